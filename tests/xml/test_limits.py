"""Every XML limit with its boundary pair: N is read, N+1 refused, whichever way it is proven."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.limits import DEFAULT, Limits
from gateway.core.problem import Kind, Problem
from gateway.xml import limits as limits_module
from gateway.xml import parse
from gateway.xml.limits import _BUT_MARKS, _count, _has, _kept, _proven, _scan, _short_names


def nested(depth: int, pad: bytes = b"") -> bytes:
    return b"<a>" * depth + pad + b"</a>" * depth


def children(count: int, one: bytes = b"<b/>") -> bytes:
    return b"<a>" + one * (count - 1) + b"</a>"


def with_attributes(count: int) -> bytes:
    return b"<a " + b" ".join(b'a%d="1"' % i for i in range(count)) + b"/>"


def with_namespaces(count: int) -> bytes:
    return b"<a " + b" ".join(b'xmlns:n%d="u%d"' % (i, i) for i in range(count)) + b"/>"


def namespaces_in_all(count: int) -> bytes:
    return b"<a>" + b"".join(b'<b xmlns:n="u%d"/>' % i for i in range(count)) + b"</a>"


def attributes_in_all(count: int) -> bytes:
    return b"<a>" + b"<b c='1'/>" * count + b"</a>"


SMALL = Limits(xml_attributes_total=100, xml_elements=500)
WIDE = b"<w/>" * 70  # so many tags that the depth is not proven by counting them
CASES = [
    ("depth", nested, 64, DEFAULT),
    ("depth, walked", lambda n: nested(n, WIDE.replace(b"<w/>", b"<!--x-->")), 64, DEFAULT),
    ("depth beside much", lambda n: b"<r>" + WIDE + nested(n - 1) + b"</r>", 64, DEFAULT),
    ("depth beside attributes", lambda n: b"<r>" + b"<w x='1'/>" * 70 + nested(n - 1) + b"</r>", 64, DEFAULT),
    ("elements", children, 20_000, DEFAULT),
    ("comments are nodes", lambda n: children(n, b"<!-- -->"), 20_000, DEFAULT),
    (
        "elements beside cdata",
        lambda n: children(n - 1, b"<b/>").replace(b"<a>", b"<a><b><![CDATA[<<<]]></b>"),
        20_000,
        DEFAULT,
    ),
    ("attributes", with_attributes, 64, DEFAULT),
    ("attributes beside text", lambda n: b"<r>" + b"=" * 70 + with_attributes(n) + b"</r>", 64, DEFAULT),
    ("attributes in all", attributes_in_all, 100, SMALL),
    ("namespaces", with_namespaces, 16, DEFAULT),
    ("namespaces in all", namespaces_in_all, 256, DEFAULT),
    ("element name", lambda n: b"<" + b"n" * n + b"/>", 256, DEFAULT),
    ("element name, wide characters", lambda n: ("<" + "ä" * n + "/>").encode(), 256, DEFAULT),
    ("attribute name", lambda n: b"<a b='' " + b"n" * n + b"='1'/>", 256, DEFAULT),
    ("prefix", lambda n: b"<a xmlns:" + b"n" * (n - 6) + b"='u'/>", 256, DEFAULT),
    ("name beside long words", lambda n: b"<r>" + b"w" * 3000 + b"<" + b"n" * n + b"/></r>", 256, DEFAULT),
    (
        "attribute name beside long words",
        lambda n: b"<r>" + b"w" * 999 + b"<b " + b"n" * n + b"='1'/></r>",
        256,
        DEFAULT,
    ),
    (
        "attribute value beside much text",
        lambda n: b"<r>" + b"x y" * 70_000 + b"<b c='" + b"> " * (n // 2) + b"z" * (n % 2) + b"'/></r>",
        64 * 1024,
        DEFAULT,
    ),
    (
        "namespaces, each in its tag",
        lambda n: b"<r>" + b"<b xmlns:n='u'>=</b>" * 100 + with_namespaces(n) + b"</r>",
        16,
        DEFAULT,
    ),
    ("attribute value", lambda n: b"<a b='" + b"x" * n + b"'/>", 64 * 1024, DEFAULT),
    ("attribute value, double quotes", lambda n: b'<a b="' + b"'" * n + b'"/>', 64 * 1024, DEFAULT),
]


@pytest.mark.parametrize(("make", "limit", "limits"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_boundary_pair(make, limit: int, limits: Limits) -> None:  # type: ignore[no-untyped-def]
    assert parse(make(limit), limits) is not None
    with pytest.raises(Problem) as info:
        parse(make(limit + 1), limits)
    assert info.value.kind is Kind.XML_LIMIT_EXCEEDED
    assert "more than" in info.value.detail
    assert getattr(limits, info.value.limit) == limit


@pytest.mark.parametrize("before", range(300))
def test_a_long_name_is_seen_wherever_it_begins(before: int) -> None:
    with pytest.raises(Problem):
        parse(b"<r>" + b" " * before + b"<" + b"n" * 257 + b"/></r>", DEFAULT)


PIECES = [
    b"<a>",
    b"</a>",
    b"<b c='1'/>",
    b"<b c=\"x=y\" d = '>'>t</b>",
    b"<p:nn xmlns:p='u' xmlns='v'/>",
    b" text = > ' text",
    b"wordsofmanyletters",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(0, 40), st.integers(1, 60))
def test_what_counts_prove_each_tag_proves_as_well(pieces: list[bytes], long: int, bound: int) -> None:
    tight = Limits(
        xml_name=bound // 2 + 1, xml_attribute_value=bound, xml_attributes=bound % 4, xml_attributes_total=bound,
        xml_namespaces=bound % 3, xml_namespaces_total=bound // 2,
    )  # fmt: skip
    rest = b"<r>" + b"".join(pieces) + b"<z" + b"z" * long + b" y='" + b"y" * long + b"'/></r>"
    if _proven(rest, rest.translate(None, _BUT_MARKS), tight):
        _scan(rest.decode(), tight)  # raises for what is beyond


@pytest.mark.parametrize("piece", [5, 64, 1000])
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(0, 400), st.integers(1, 60))
def test_pieces_say_what_the_whole_says(piece: int, pieces: list[bytes], long: int, bound: int) -> None:
    rest = b"<r>" + b"".join(pieces) + b"<z" + b"z" * long + b" xmlns='u'/></r>"
    whole = _kept(rest, _BUT_MARKS), _count(rest, b"xmlns"), _count(rest, b"</"), _short_names(rest, 1, bound)
    has = _has(rest, b"<!"), _has(rest, b"<?")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits_module, "_PIECE", piece)
        assert whole == (
            _kept(rest, _BUT_MARKS), _count(rest, b"xmlns"), _count(rest, b"</"), _short_names(rest, 1, bound),
        )  # fmt: skip
        assert has == (_has(rest, b"<!"), _has(rest, b"<?"))


def test_an_answer_may_hold_more_elements() -> None:
    assert parse(children(20_001), DEFAULT, response=True) is not None
    with pytest.raises(Problem) as info:
        parse(children(200_001), DEFAULT, response=True)
    assert info.value.kind is Kind.XML_LIMIT_EXCEEDED
    assert info.value.limit == "xml_elements_response"


def test_what_only_looks_like_markup_does_not_count() -> None:
    inside = b"<b>" * 30_000
    assert parse(b"<a><![CDATA[" + inside + b"]]></a>", DEFAULT).text == inside.decode()
    assert parse(b"<a><!--" + inside + b"--></a>", DEFAULT).text is None
    assert parse(b"<a x='" + b"=" * 300 + b" xmlns:" * 300 + b"'/>", DEFAULT) is not None
