"""The law of text: character data is read by `text_of`, never by `.text` on a foreign tree.

`.text` stops at the first child node, so that a comment inside a value cuts it (M-19 of the
hazard table); comments are dropped at parse, and this reads past whatever is left.
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

_STRING: Final = etree.XPath("string()", smart_strings=False)


def text_of(node: Any) -> str:
    """The XPath string value of an element: all character data inside it, in document order."""
    if len(node) == 0:
        text: str | None = node.text
        return text or ""
    return str(_STRING(node))
