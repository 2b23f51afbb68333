"""gateway.xml.charset: what a service says of its encoding is believed where it is said once; the rest stays as it came."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.xml import parse
from gateway.xml.charset import in_utf8

TEXT = "<a>Åsa – 5 €</a>"
PLAIN = "<a>Åsa</a>"


def declared(name: str, text: str = PLAIN, quote: str = '"') -> str:
    return f"<?xml version={quote}1.0{quote} encoding={quote}{name}{quote} standalone={quote}yes{quote}?>\n{text}"


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        (declared("ISO-8859-1").encode("latin-1"), "", PLAIN),
        (declared("iso-8859-1", quote="'").encode("latin-1"), "ISO-8859-1", PLAIN),
        (PLAIN.encode("latin-1"), "iso-8859-1", PLAIN),
        (declared("windows-1252", TEXT).encode("cp1252"), "windows-1252", TEXT),
        (declared("ISO-8859-15", "<a>€</a>").encode("iso8859-15"), "", "<a>€</a>"),
        (TEXT.encode("utf-16"), "", TEXT),
        (declared("UTF-16", TEXT).encode("utf-16"), "utf-16", TEXT),
        (declared("utf-16", TEXT).encode("utf-16-be"), "", TEXT),
        (TEXT.encode("utf-16-le"), "utf-16le", TEXT),
        (b"\xfe\xff" + declared("utf-16", TEXT).encode("utf-16-be"), "", TEXT),
    ],
)
def test_what_is_said_is_read(raw: bytes, charset: str, text: str) -> None:
    told = in_utf8(raw, charset)
    assert etree.tostring(parse(told, DEFAULT, response=True), encoding="unicode") == text


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "utf-8"),
        (TEXT.encode(), "iso-8859-1"),  # containers add it to all that they send
        (declared("utf-8", TEXT).encode(), "iso-8859-1"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (b"", "iso-8859-1"),
    ],
)
def test_utf_8_is_the_very_same_bytes(raw: bytes, charset: str) -> None:
    assert in_utf8(raw, charset) is raw


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        (declared("iso-8859-1").encode("latin-1"), "utf-8"),
        (declared("iso-8859-1").encode("latin-1"), "windows-1252"),
        (declared("utf-8").encode("latin-1"), "iso-8859-1"),
        (declared("utf-8").encode("utf-16"), ""),
        (declared("utf-16").encode(), "utf-16"),
        (TEXT.encode("utf-16"), "utf-8"),
        (TEXT.encode("utf-32"), ""),
        (declared("windows-1252", "<a>\x81</a>").encode("latin-1"), ""),
        (declared("utf-7").encode("utf-7"), "utf-7"),
        (declared("shift_jis", "<a>表</a>").encode("shift_jis"), ""),
        (PLAIN.encode("latin-1"), "utf-8"),
        (TEXT.encode("utf-16")[:-1], ""),
    ],
)
def test_what_contradicts_itself_or_is_not_known_is_left_to_be_refused(raw: bytes, charset: str) -> None:
    assert in_utf8(raw, charset) is raw
    with pytest.raises(Problem):
        parse(raw, DEFAULT, response=True)


def test_no_declaration_of_another_version_or_a_dtd_comes_through() -> None:
    for text in (declared("iso-8859-1").replace("1.0", "1.1"), declared("iso-8859-1", "<!DOCTYPE a>" + PLAIN)):
        with pytest.raises(Problem):
            parse(in_utf8(text.encode("latin-1"), ""), DEFAULT, response=True)
