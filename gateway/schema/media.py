"""The law of media types of binary values: xmime:expectedContentTypes, read and said as JSON Schema.

"Describing Media Content of Binary Data in XML" (W3C Note 2005) §3: the attribute stands on an element or a type of
base64 or hexadecimal octets and lists media ranges as HTTP's Accept does. It binds nobody, so nothing is refused by it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from gateway.schema.ir import Complex, Element, Model, TypeId

_ATTRIBUTES: Final = tuple(
    f"{{{namespace}}}expectedContentTypes"
    for namespace in (
        "http://www.w3.org/2005/05/xmlmime",
        "http://www.w3.org/2004/11/xmlmime",
        "http://www.w3.org/2004/06/xmlmime",
    )
)
MENTION: Final = b"expectedContentTypes"  # a document without it says nothing here
_WORD: Final = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_RANGE: Final = re.compile(rf"({_WORD}/{_WORD})((?:\s*;\s*{_WORD}=(?:{_WORD}|\"[^\"\\]*\"))*)")
_PARAMETER: Final = re.compile(rf";\s*({_WORD})=({_WORD}|\"[^\"\\]*\")")
_ENCODINGS: Final = {
    "base64Binary": "base64",
    "hexBinary": "base16",
}  # RFC 4648, as JSON Schema Validation §8.3 names them


def expected(attributes: Any) -> tuple[str, ...]:
    """The media ranges that a declaration's attributes expect, in order, without weights; none where it is no list.

    A comma or a semicolon within a quoted parameter is part of it.
    """
    text = next((attributes[name] for name in _ATTRIBUTES if name in attributes), "")
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        one = _RANGE.match(text, at)
        rest = one and re.compile(r"\s*(?:,\s*|$)").match(text, one.end())
        if one is None or not rest:
            return ()
        kept = [f";{name}={value}" for name, value in _PARAMETER.findall(one[2]) if name.lower() != "q"]
        found.append(one[1].lower() + "".join(kept))
        at = rest.end()
    return tuple(dict.fromkeys(found))


def media_of(model: Model, element: Element) -> tuple[str, ...]:
    """What is expected at a place: the element's own word, else its type's or the next base's."""
    return element.media or media_of_type(model, element.type)


def media_of_type(model: Model, type_id: TypeId | None) -> tuple[str, ...]:
    """What a type, or the next of those that it is derived from, says."""
    seen: set[TypeId] = set()
    while type_id and type_id not in seen and type_id in model.types:
        seen.add(type_id)
        kind = model.types[type_id]
        if kind.media:
            return kind.media
        type_id = (kind.base or kind.simple) if isinstance(kind, Complex) else kind.base
    return ()


def described(model: Model, type_id: TypeId, media: tuple[str, ...], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a scalar with its encoding and media type; untouched where it is no octets, or nothing is expected.

    `media` is what the place expects; without it the type's own word counts.

    JSON Schema names one media type (Validation §8.4); several, or a range, are told in words.
    """
    kind = model.types.get(type_id)
    media = media or media_of_type(model, type_id)
    encoding = _ENCODINGS.get("" if kind is None or isinstance(kind, Complex) else kind.builtin)
    if encoding is None or not media or media == ("*/*",):
        return schema
    one = len(media) == 1 and "*" not in media[0]
    told = {"contentMediaType": media[0]} if one else {"description": f"Expected media types: {', '.join(media)}."}
    return {**schema, "contentEncoding": encoding, **told}
