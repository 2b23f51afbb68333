"""The law of the schema-less form: an element that no contract describes, as an object (MAPPING, unknown element).

For fault details that are not declared. Attributes are `@{namespace}name`; text only is `$value`, children
are `$items`, both are `$mixed`, neither is nothing.
"""

from __future__ import annotations

from typing import Any, Final

from ..core.value import Value
from ..xml import text_of

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


def untyped(node: Any) -> Value:
    """The schema-less form of an element; its depth is bounded by the parser's limit."""
    form: dict[str, Value] = {
        "@" + _braced(name): text for name, text in node.attrib.items() if not name.startswith(_XSI)
    }
    children = list(node)
    if not children:
        text = text_of(node)
        return {**form, "$value": text} if text else form
    texts = [node.text, *(child.tail for child in children)]
    if not any(text and not text.isspace() for text in texts):
        return {**form, "$items": [{_braced(child.tag): untyped(child)} for child in children]}
    mixed: list[Value] = [texts[0]] if texts[0] else []
    for child, tail in zip(children, texts[1:], strict=True):
        mixed.append({_braced(child.tag): untyped(child)})
        if tail:
            mixed.append(tail)
    return {**form, "$mixed": mixed}


def _braced(name: str) -> str:
    return name if name.startswith("{") else "{}" + name
