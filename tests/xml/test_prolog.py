"""What may stand before the root: encodings, declarations, DTDs, each refused before libxml2."""

from __future__ import annotations

import time

import pytest

from gateway.core.problem import Kind, Problem
from gateway.xml.prolog import enter


def refused(raw: bytes) -> Kind:
    with pytest.raises(Problem) as info:
        enter(raw, 10)
    return info.value.kind


@pytest.mark.parametrize(
    "raw",
    [
        "<a/>".encode("utf-16"),
        "<a/>".encode("utf-16-le"),
        "<a/>".encode("utf-16-be"),
        "<a/>".encode("utf-32"),
        "<a/>".encode("utf-32-le"),
        "<a/>".encode("utf-32-be"),
        b"+/v8-<a/>",
        b'<?xml version="1.0" encoding="UTF-7"?><a/>',
        b'<?xml version="1.0" encoding="latin-1"?><a/>',
        b"<?xml version='1.0' encoding='UTF-16'?><a/>",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
    ],
)
def test_only_utf8(raw: bytes) -> None:
    assert refused(raw) is Kind.UNSUPPORTED_CHARSET


@pytest.mark.parametrize(
    "raw",
    [b"<a>\xc0\xaf</a>", b"<a>\xe0\x80\xaf</a>", b"<a>\xed\xa0\x80</a>", b"<a>\xf5\x80\x80\x80</a>", b"<a>\xff</a>"],
)
def test_overlong_forms_and_surrogates_are_no_utf8(raw: bytes) -> None:
    assert refused(raw) is Kind.MALFORMED_XML


@pytest.mark.parametrize(
    "raw",
    [
        b'<?xml version="1.1"?><a/>',
        b"<?xml ?><a/>",
        b'<?xml encoding="utf-8"?><a/>',
        b'<?xml version="1.0" standalone="maybe"?><a/>',
    ],
)
def test_the_declaration_is_of_xml_1_0(raw: bytes) -> None:
    assert refused(raw) is Kind.MALFORMED_XML


@pytest.mark.parametrize(
    "raw",
    [
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<!doctype a><a/>",
        b"<!DOCTYPE a [" + b"<!ATTLIST a aN CDATA 'x'>" * 30_000 + b"]><a/>",
    ],
)
def test_a_dtd_never_reaches_the_parser(raw: bytes) -> None:
    begun = time.process_time()
    assert refused(raw) is Kind.XML_DTD_FORBIDDEN
    assert time.process_time() - begun < 0.006


@pytest.mark.parametrize(
    ("raw", "start"),
    [
        (b"<a/>", 0),
        (b" <a/>", 0),
        (b"\xef\xbb\xbf<a/>", 3),
        (b'<?xml version="1.0"?><a/>', 21),
        (b"<?xml version = '1.0' encoding = 'Utf-8' standalone='yes' ?><a/>", 60),
        (b"<!--" + b"x" * 50 + b"--><a/>", 0),
    ],
)
def test_where_the_markup_begins(raw: bytes, start: int) -> None:
    assert enter(raw, 10) == start


def test_comments_before_the_root_are_counted() -> None:
    assert enter(b"<!---->" * 10 + b"<a/>", 10) == 0
    assert refused(b"<!---->" * 11 + b"<a/>") is Kind.XML_LIMIT_EXCEEDED
