"""The law of forms: an object of an OpenAPI document has its members in the JSON types that the specification gives.

Only what is read is asked (OpenAPI 3.1 §4.8, 3.0.3 §4.7); one level at a time, since a `$ref` may lead anywhere. Null
is as good as absent where documents in YAML have a key with nothing under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any, Final, Literal, TypeAlias

Kind: TypeAlias = Literal["a path item", "an operation", "a parameter", "a request body", "an answer"]

_TEXT: Final = ((str,), "text")
_FLAG: Final = ((bool,), "true or false")
_OBJECT: Final = ((dict, NoneType), "an object")
_LIST: Final = ((list, NoneType), "a list")
FORMS: Final[Mapping[Kind, Mapping[str, tuple[tuple[type, ...], str]]]] = {
    "a path item": {"parameters": _LIST},
    "an operation": {
        "operationId": _TEXT,
        "parameters": _LIST,
        "requestBody": ((dict,), "an object"),
        "responses": _OBJECT,
    },
    "a parameter": {"name": _TEXT, "in": _TEXT, "style": _TEXT, "explode": _FLAG},
    "a request body": {"content": _OBJECT},
    "an answer": {"content": _OBJECT},
}


def misformed(kind: Kind, value: Any) -> tuple[tuple[str, ...], str] | None:
    """What is wrong with an object, as its place below it and words; None where nothing is."""
    if not isinstance(value, dict):
        return (), f"{kind} is an object"
    for key, (types, words) in FORMS[kind].items():
        if key in value and not isinstance(value[key], types):
            return (key,), f"`{key}` of {kind} is {words}"
    return None
