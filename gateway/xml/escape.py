"""The law of escaping: text becomes markup here and nowhere else (XML 1.0 §2.2, §2.4, §2.11).

A carriage return is written as a reference, since a parser would turn it into a line feed; in
attributes tab and line feed as well, since a parser would turn them into spaces (§3.3.3). What
XML cannot carry at all is refused, never dropped.
"""

from __future__ import annotations

import re
from typing import Final

import orjson

from gateway.core.problem import Kind, Problem

_LEGAL: Final = "\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_ILLEGAL: Final = re.compile(f"[^{_LEGAL}]")
# one search answers both questions: anything to escape, anything illegal
_ATTRIBUTE: Final = re.compile(f'[&<>"\t\n\r]|[^{_LEGAL}]').search
_LONG: Final = 100  # characters from which on bytes are looked at
_NOT_CONTROLS: Final = bytes([0x09, 0x0A, 0x0D, *range(0x20, 0x100)])
_TEXT_TABLE: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE_TABLE: Final = _TEXT_TABLE | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def illegal_at(text: str) -> int:
    """Index of the first character that XML 1.0 cannot carry (§2.2, lone surrogates too), or -1."""
    if len(text) > _LONG and _carried(text):
        return -1
    found = _ILLEGAL.search(text)
    return found.start() if found else -1


def _carried(text: str) -> bool:
    """Whether XML can carry every character: under half a nanosecond each, where a search takes five.

    JSON escapes every control character, so ASCII that it writes as it is has none; orjson looks at many at once.
    """
    if text.isascii() and len(orjson.dumps(text)) == len(text) + 2:
        return True
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    if raw.translate(None, _NOT_CONTROLS):
        return False
    return len(raw) == len(text) or (b"\xef\xbf\xbe" not in raw and b"\xef\xbf\xbf" not in raw)


def escape_text(text: str) -> str:
    """Element content. Raises Problem(XML_ILLEGAL_CHARACTER)."""
    if len(text) > _LONG:
        if not _carried(text):
            _refuse_illegal(text)
    elif not text.isprintable():  # what XML lacks is never printable; this looks at a character in two nanoseconds
        _refuse_illegal(text)
    if len(text) > _LONG and text.isascii():  # bytes are replaced in two thirds of the time
        if not ("&" in text or "<" in text or ">" in text or "\r" in text):
            return text
        raw = text.encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;")
        return raw.replace(b">", b"&gt;").replace(b"\r", b"&#13;").decode("ascii")
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" in text else text


def escape_attribute(text: str) -> str:
    """The inside of a double-quoted attribute value. Raises Problem(XML_ILLEGAL_CHARACTER)."""
    if _ATTRIBUTE(text) is None:
        return text
    _refuse_illegal(text)
    return text.translate(_ATTRIBUTE_TABLE)


def _refuse_illegal(text: str) -> None:
    at = illegal_at(text)
    if at >= 0:
        raise Problem(
            Kind.XML_ILLEGAL_CHARACTER, f"A string holds U+{ord(text[at]):04X}, which XML 1.0 §2.2 does not allow."
        )
