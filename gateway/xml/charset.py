"""The law of foreign charsets: a service's XML that says that it is no UTF-8 is written anew in UTF-8.

For answers alone: old services write ISO-8859-1, and every XML processor reads UTF-16 (XML 1.0 §2.2, §4.3.3). What
is read is what is said: byte order mark, XML declaration and Content-Type must not contradict each other (RFC 7303 §3),
and nothing is guessed. Whatever is not understood is left as it came, for the parser to refuse.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Final

# Charsets of a byte a character, by Python's names for them; US-ASCII is UTF-8 as it stands.
_BYTES: Final[Mapping[str, str]] = {
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
}
USUAL: Final = tuple(b'<?xml version="1.0" encoding="%s"?>' % name for name in (b"utf-8", b"UTF-8"))  # of one length
_UTF8: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
# How UTF-16 begins, with a mark or without (XML 1.0, Appendix F), and the bytes of the mark.
_WIDE: Final = (
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (b"\x00<", "utf-16-be", 0),
    (b"<\x00", "utf-16-le", 0),
)
_ENCODING: Final = re.compile(r"""(<\?xml\s[^>]{0,100}?)\s+encoding\s*=\s*(?:"([^"<>]{1,64})"|'([^'<>]{1,64})')""")


def in_utf8(raw: bytes, charset: str) -> bytes:
    """A document in UTF-8, without the name of another encoding; `charset` is that of its Content-Type, '' for none.

    UTF-8 is the very same bytes, and so is what says two things of itself or is not in the encoding that it names.
    """
    said = charset.lower()
    if said in _UTF8 and raw.startswith(USUAL):
        return raw
    for mark, codec, size in _WIDE:
        if raw.startswith(mark):
            return (_wide(raw[size:], codec) if said.startswith("utf-16") or not said else None) or raw
    named = _named(raw)
    if named in _UTF8 and (named or said in _UTF8 or _is_utf8(raw)):
        return raw
    return _narrow(raw, named, said) or raw


def _wide(raw: bytes, codec: str) -> bytes | None:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    declared = _ENCODING.match(text)
    if "\x00" in text or (declared is not None and not _name(declared).startswith("utf-16")):
        return None  # the NUL of UTF-32, or two words about one document
    return text.encode() if declared is None else _undeclared(text, declared)


def _narrow(raw: bytes, named: str, said: str) -> bytes | None:
    """What declaration and Content-Type agree on, where both say something."""
    codec = _BYTES.get(named or said)
    if codec is None or (said and _BYTES.get(said) != codec):
        return None
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    declared = _ENCODING.match(text)
    return text.encode() if declared is None else _undeclared(text, declared)


def _named(raw: bytes) -> str:
    declared = _ENCODING.match(raw[:200].decode("latin-1")) if raw.startswith(b"<?xml") else None
    return "" if declared is None else _name(declared)


def _name(declared: re.Match[str]) -> str:
    return str(declared[2] or declared[3]).lower()


def _undeclared(text: str, declared: re.Match[str]) -> bytes:
    return (declared[1] + text[declared.end() :]).encode()


def _is_utf8(raw: bytes) -> bool:
    if raw.isascii():
        return True
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
