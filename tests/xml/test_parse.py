"""Foreign bytes to a tree or a Problem: order, refusals, words, and the fuzz law."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core.limits import DEFAULT, LARGE, Limits
from gateway.core.problem import Kind, Problem
from gateway.xml import parse, text_of


def refused(raw: bytes, limits: Limits = DEFAULT, **how: bool) -> Problem:
    with pytest.raises(Problem) as info:
        parse(raw, limits, **how)
    return info.value


def test_a_message_is_read_with_comments_dropped_and_cdata_merged() -> None:
    root = parse(b'<?xml version="1.0" encoding="utf-8"?><!--x--><a>1<!-- c -->000<![CDATA[<&]]></a><!--y-->', DEFAULT)
    assert root.tag == "a"
    assert len(root) == 0
    assert text_of(root) == "1000<&"
    assert root.getprevious() is None


def test_a_byte_order_mark_of_utf8_is_read() -> None:
    assert parse(b"\xef\xbb\xbf<?xml version='1.0'?><a>\xc3\xa4</a>", DEFAULT).text == "ä"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no element"),
        (b" \n", "no element"),
        (b"\xef\xbb\xbf", "no element"),
        (b"x", "before the root"),
        (b"<a>&#0;</a>", "not allowed in XML 1.0"),
        (b"<a>&#1;</a>", "not allowed in XML 1.0"),
        (b"<a>&#xD800;</a>", "not allowed in XML 1.0"),
        (b"<a>&#xFFFE;</a>", "not allowed in XML 1.0"),
        (b"<a>\x01</a>", "not allowed in XML 1.0"),
        (b"<a>\x00</a>", "NUL"),
        (b"<a/>x", "follows the root"),
        (b"<a/><b/>", "follows the root"),
        (b"<a><b></a>", "end tag"),
        (b"<a>&foo;</a>", "entity"),
        (b"<x:a/>", "prefix"),
        (b'<a b="1" b="2"/>', "twice"),
        (b"<a>]]></a>", "`]]>`"),
        (b"<a><!-- a -- b --></a>", "`--`"),
        (b"<a><!-- ", "does not end"),
        (b"<!-- ", "does not end"),
        (b"<a><![CDATA[", "does not end"),
        (b"<a><!ELEMENT b></a>", "declaration"),
        (b"<a", "Line 1"),
    ],
)
def test_what_is_not_well_formed_says_where_and_why(raw: bytes, words: str) -> None:
    problem = refused(raw)
    assert problem.kind is Kind.MALFORMED_XML
    assert words in problem.detail


def test_values_never_stand_in_the_shown_text() -> None:
    problem = refused(b"<a><secretname></a>")
    assert "secretname" not in problem.detail
    assert "secretname" in problem.cause


@pytest.mark.parametrize(
    "raw",
    [
        b"<?p x?><a/>",
        b"<a><?p x?></a>",
        b"<a/><?p x?>",
        b"<a><!-- --><?p?></a>",
        b'<?xml version="1.0"?><?xml-stylesheet href="http://x/"?><a/>',
        b"<a><?p <!-- ?></a>",
        b"<a>" + b"<?p?>" * 100_000 + b"</a>",
    ],
)
def test_a_processing_instruction_is_refused_anywhere(raw: bytes) -> None:
    assert refused(raw).kind is Kind.XML_PI_FORBIDDEN


def test_a_question_mark_in_comment_or_cdata_is_no_processing_instruction() -> None:
    assert text_of(parse(b"<a><!-- <?p?> --><![CDATA[<?q?>]]></a>", DEFAULT)) == "<?q?>"


def test_sizes_of_requests_and_answers() -> None:
    limits = Limits(body=100, response=200)
    exact = b"<a>" + b"x" * 93 + b"</a>"
    assert parse(exact, limits).tag == "a"
    assert refused(exact + b" ", limits).kind is Kind.PAYLOAD_TOO_LARGE
    assert parse(exact.ljust(200), limits, response=True).tag == "a"
    assert refused(exact.ljust(201), limits, response=True).kind is Kind.UPSTREAM_TOO_LARGE


def test_no_schema_location_and_no_xinclude_is_followed() -> None:
    raw = (
        b'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u http://127.0.0.1:9/x.xsd"'
        b' xsi:noNamespaceSchemaLocation="file:///etc/hostname">'
        b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/></a>'
    )
    root = parse(raw, DEFAULT)
    assert root[0].tag == "{http://www.w3.org/2001/XInclude}include"
    assert text_of(root) == ""


def cost(raw: bytes) -> float:
    """Seconds of CPU that a refusal takes, the least of three: a look for garbage is not the parser's."""
    least = 1e9
    for _ in range(3):
        begun = time.process_time()
        assert refused(raw).kind in {Kind.XML_LIMIT_EXCEEDED, Kind.MALFORMED_XML}
        least = min(least, time.process_time() - begun)
    return least


def test_a_large_text_needs_large_limits_and_no_more() -> None:
    raw = b"<a>" + b"x" * 11_000_000 + b"</a>"
    assert len(parse(raw, LARGE).text) == 11_000_000
    assert refused(raw).kind is Kind.PAYLOAD_TOO_LARGE


@pytest.mark.parametrize(
    "raw",
    [
        b"<X>" * 1500 + b"</X>" * 1500,
        b"<X>" * 100_000,
        b"<a>" + b"<A>" * 30_000,
        b"<a>" + b"<b/>" * 262_000 + b"</a>",
        b"<a " + b" ".join(b'a%d=""' % i for i in range(80_000)) + b"/>",
        b"<a " + b" ".join(b'xmlns:a%d="u"' % i for i in range(50_000)) + b"/>",
        b"<" + b"n" * 100_000 + b"/>",
        b"<a " + b"n" * 1_000_000 + b"/>",
        b"<a b='" + b"n" * 1_000_000 + b"'/>",
        b"<!---->" * 140_000 + b"<a/>",
    ],
)
def test_an_attack_is_refused_cheaply(raw: bytes) -> None:
    assert cost(raw) < 0.06  # 20 ms, tolerance three


@pytest.mark.parametrize(
    "raw",
    [
        b"<a " + b" " * 500_000 + b"n='1'" + b" " * 500_000 + b"='/>",
        b"<a " + b'="' * 500_000,
        b"<a " + b"b='" * 340_000,
        b"<a " + b"n " * 500_000 + b"='1'/>",
        b"<" + b"'" * 1_000_000,
    ],
)
def test_nothing_is_more_than_linear(raw: bytes) -> None:
    assert cost(raw) < 0.9  # 300 ms a MiB, tolerance three


def test_each_thread_has_its_own_parser() -> None:
    from gateway.xml.parse import _parser

    seen: list[object] = [_parser(False)]
    thread = threading.Thread(target=lambda: seen.append(_parser(False)))
    thread.start()
    thread.join()
    assert seen[0] is _parser(False)
    assert seen[0] is not seen[1]


PIECES = st.sampled_from(
    [
        b"<a>",
        b"</a>",
        b"<b x='1'/>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<?",
        b"?>",
        b"&lt;",
        b"&#",
        b"=",
        b'"',
        b"'",
        b"<",
        b">",
        b"/",
        b" ",
        b"xmlns:p='u'",
        b"<!DOCTYPE a [",
        b"<?xml version='1.0'",
        b"\xef\xbb\xbf",
        b"\xff",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=20).map(b"".join)))
def test_any_bytes_give_a_tree_or_a_problem(raw: bytes) -> None:
    try:
        root = parse(raw, DEFAULT)
    except Problem as problem:
        assert problem.kind.row.status in {400, 415}  # noqa: PT017  # the other outcome is a tree
        return
    assert isinstance(root, etree._Element)
    assert root.getroottree().docinfo.doctype == ""


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=12).map(lambda parts: b"<a>" + b"".join(parts) + b"</a>"))
def test_what_is_accepted_is_what_libxml2_reads(raw: bytes) -> None:
    """The scan never refuses what a strict parser reads without DTD and PI, and never lets more through."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        tree = etree.fromstring(raw, parser)
        fine = next(tree.iter(etree.PI), None) is None
    except etree.XMLSyntaxError:
        fine = False
    try:
        parse(raw, DEFAULT)
        assert fine
    except Problem:
        assert not fine
