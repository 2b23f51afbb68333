"""The law of masking: what is shown of a message keeps its shape and loses its secrets.

A secret is told by the name of what holds it: a header field, a member, an element, an attribute, a parameter. Nothing
here is sent on; a text that cannot be read is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ..codec.json import dumps, indented, loads
from ..core.limits import LARGE
from ..core.problem import Problem
from ..core.value import Value
from ..xml import element_text, parse

MASK: Final = "***"
_NAME: Final = re.compile(
    r"(password|passphrase|passwd|pwd|pin|secret|token|ticket|credential|authorization|cookie|signature|blob|certificate|"
    r"api[-_]?key|private[-_]?key|session(?:[-_]?(?:id|ticket|key))?)s?$",
    re.IGNORECASE,
)


def secret(name: str) -> bool:
    """Whether what has this name is a secret."""
    return bool(_NAME.search(name.rpartition("}")[2]))


def fields(headers: Mapping[str, str], hidden: frozenset[str] = frozenset()) -> dict[str, str]:
    """Header fields; `hidden` are names (lower case) that are secret here."""
    return {
        name: MASK if name.lower() in hidden or (secret(name) and name.lower() != "soapaction") else text
        for name, text in headers.items()
    }


def query(text: str) -> str:
    """A query, its parameters' secrets masked."""
    parts = [part.partition("=") for part in text.split("&")]
    return "&".join(f"{name}={MASK}" if eq and secret(name) else name + eq + value for name, eq, value in parts)


def json_value(value: Any, name: str = "") -> Any:
    """A JSON value."""
    if isinstance(value, Mapping):
        return {key: json_value(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [json_value(inner, name) for inner in value]
    return MASK if secret(name) and value not in (None, "") else value


def json_text(value: Value) -> str:
    """A JSON value as indented text, its numbers with the digits that they have."""
    return indented(dumps(json_value(value)))


def xml_text(raw: bytes) -> str:
    """An XML document; ours alone, so its tree may be changed."""
    try:
        root = parse(raw, LARGE, response=True)
    except Problem:
        return "(not XML: not shown)"
    for node in root.iter():
        if isinstance(node.tag, str):
            if secret(node.tag) and len(node) == 0 and node.text:
                node.text = MASK
            for key in node.attrib:
                if secret(key):
                    node.set(key, MASK)
    return element_text(root)


def body(raw: bytes, content_type: str) -> str:
    """A body by its media type."""
    if not raw:
        return ""
    if "xml" in content_type:
        return xml_text(raw)
    try:
        return json_text(loads(raw, LARGE, response=True))
    except Problem:
        return "(not JSON: not shown)"
