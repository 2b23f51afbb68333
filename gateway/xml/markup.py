"""The law of markup: a subtree as text that stands alone, with the namespaces that are in scope.

Prefixes inside values keep their meaning. The parser's cap on declarations bounds what is written again.
"""

from __future__ import annotations

from typing import Any

from lxml import etree


def element_text(node: Any) -> str:
    """The element as XML text, without its tail."""
    text: str = etree.tostring(node, encoding="unicode", with_tail=False)
    return text
