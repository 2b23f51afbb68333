"""The law of the prolog: what stands before the root is read by hand, before any parser.

A DTD must never reach libxml2 (asking lxml for one costs quadratic time), nor any encoding but
UTF-8. What this scan accepts is exactly: byte order mark, XML declaration of version 1.0, white
space and comments, then a start tag (XML 1.0 §2.8, §4.3.3, Appendix F).
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from gateway.core.problem import Kind, Problem
from gateway.xml.charset import USUAL

# UTF-32 first: its little-endian mark begins with the one of UTF-16
_FOREIGN: Final = (
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\xfe\xff", "UTF-16"),
    (b"\xff\xfe", "UTF-16"),
    (b"\x00\x00\x00<", "UTF-32"),
    (b"<\x00\x00\x00", "UTF-32"),
    (b"\x00<", "UTF-16"),
    (b"<\x00", "UTF-16"),
    (b"+/v", "UTF-7"),
    (b"\x4c\x6f\xa7\x94", "EBCDIC"),
)
_DECLARATION: Final = re.compile(
    rb"""<\?xml\s+version\s*=\s*["'](?P<version>[^"'<>]{1,16})["']"""
    rb"""(?:\s+encoding\s*=\s*["'](?P<encoding>[^"'<>]{1,64})["'])?"""
    rb"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)
_UTF8: Final = frozenset({"utf-8", "utf8"})
_SPACE: Final = re.compile(rb"[ \t\r\n]*")


def enter(raw: bytes, comments: int) -> int:
    """Check charset and prolog; the offset of the XML's first byte behind mark and declaration.

    At most `comments` of them may stand before the root. Raises Problem: UNSUPPORTED_CHARSET,
    MALFORMED_XML, XML_DTD_FORBIDDEN, XML_PI_FORBIDDEN, XML_LIMIT_EXCEEDED.
    """
    start = _charset(raw)
    if raw.startswith(USUAL, start):
        start += len(USUAL[0])
        _misc(raw, start, comments)
        return start
    declaration = _DECLARATION.match(raw, start)
    if declaration:
        if declaration["version"] != b"1.0":
            raise Problem(Kind.MALFORMED_XML, "Only XML 1.0 is read.")
        encoding = declaration["encoding"]
        if encoding is not None and encoding.decode("latin-1").lower() not in _UTF8:
            raise Problem(Kind.UNSUPPORTED_CHARSET, "The XML declaration names another encoding than UTF-8.")
        start = declaration.end()
    elif raw.startswith(b"<?xml", start) and raw[start + 5 : start + 6] in b" \t\r\n":
        raise Problem(Kind.MALFORMED_XML, "The XML declaration is not well-formed.")
    _misc(raw, start, comments)
    return start


def _charset(raw: bytes) -> int:
    start = 3 if raw.startswith(codecs.BOM_UTF8) else 0
    if not start and (not raw.startswith(b"<") or raw[1:2] == b"\x00"):
        for mark, name in _FOREIGN:
            if raw.startswith(mark):
                raise Problem(Kind.UNSUPPORTED_CHARSET, f"The body is encoded in {name}; only UTF-8 is read.")
    if not raw.isascii():
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            raise Problem(Kind.MALFORMED_XML, f"The body is not UTF-8 at byte {error.start}.") from None
    if b"\x00" in raw:
        raise Problem(Kind.MALFORMED_XML, "The body holds a NUL.")
    return start


def _misc(raw: bytes, at: int, comments: int) -> None:
    """White space and comments up to the root's start tag (XML 1.0 production 27, without PI)."""
    if raw[at : at + 1] == b"<" and raw[at + 1 : at + 2] not in (b"!", b"?"):
        return
    while True:
        space = _SPACE.match(raw, at)
        at = space.end() if space else at
        if raw.startswith(b"<!--", at):
            end = raw.find(b"-->", at + 4)
            if end < 0:
                raise Problem(Kind.MALFORMED_XML, "A comment does not end.")
            at = end + 3
            comments -= 1
            if comments < 0:
                words = "Too many comments stand before the root element."
                raise Problem(Kind.XML_LIMIT_EXCEEDED, words, limit="xml_elements")
            continue
        if raw.startswith(b"<!", at):
            raise Problem(Kind.XML_DTD_FORBIDDEN)
        if raw.startswith(b"<?", at):
            raise Problem(Kind.XML_PI_FORBIDDEN)
        if at >= len(raw):
            raise Problem(Kind.MALFORMED_XML, "The body holds no element.")
        if not raw.startswith(b"<", at):
            raise Problem(Kind.MALFORMED_XML, "Text stands before the root element.")
        return
