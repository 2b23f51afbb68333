"""The law of escaping: text becomes markup here and nowhere else (XML 1.0 §2.2, §2.4, §2.11).

A carriage return is written as a reference, since a parser would turn it into a line feed; in
attributes tab and line feed as well, since a parser would turn them into spaces (§3.3.3). What
XML cannot carry at all is refused, never dropped.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.core.problem import Kind, Problem

_LEGAL: Final = "\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_ILLEGAL: Final = re.compile(f"[^{_LEGAL}]")
# one search answers both questions: anything to escape, anything illegal
_ATTRIBUTE: Final = re.compile(f'[&<>"\t\n\r]|[^{_LEGAL}]').search
_TEXT_TABLE: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE_TABLE: Final = _TEXT_TABLE | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def illegal_at(text: str) -> int:
    """Index of the first character that XML 1.0 cannot carry (§2.2, lone surrogates too), or -1."""
    found = _ILLEGAL.search(text)
    return found.start() if found else -1


def escape_text(text: str) -> str:
    """Element content. Raises Problem(XML_ILLEGAL_CHARACTER)."""
    if not text.isprintable():  # what XML lacks is never printable; this looks at a character in a nanosecond
        _refuse_illegal(text)
        text = text.replace("\r", "&#13;") if "&" not in text else text.replace("&", "&amp;").replace("\r", "&#13;")
    elif "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


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
