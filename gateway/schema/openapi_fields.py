"""The law of header fields and path segments in OpenAPI: what the gateway itself reads of a request, as parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# One entity tag for a version that is handed on, several where the gateway compares (RFC 9110 §8.8.3).
TAG: Final = '^\\s*(\\*|(W/)?"[!#-~]*"(\\s*,\\s*(W/)?"[!#-~]*")*)\\s*$'
KEY: Final = '^("[ !#-\\[\\]-~]{1,255}"|[A-Za-z0-9._:\\-]{1,255})$'

# A path that two readers could read in two ways is refused (`gateway.net.path`): no control character, no `/` or `\\`
# in a segment, none that is empty, `.` or `..`. Without look-ahead, for readers that know none.
_ODD: Final = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ufffe\\uffff/\\\\"
SEGMENT: Final = f"^(\\.{{0,2}}[^.{_ODD}][^{_ODD}]*|\\.{{3}}[^{_ODD}]*)$"


def segment(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of what stands in a path."""
    if "pattern" in schema:
        return {**schema, "allOf": [*schema.get("allOf", ()), {"pattern": SEGMENT}]}
    text = schema.get("type", "string") == "string" or "string" in schema["type"]
    return {**schema, "pattern": SEGMENT} if text else dict(schema)


def parted(place: str, style: str) -> dict[str, Any]:
    """What a parameter says whose items stand in one text; OpenAPI has a style for commas, in a query for more.

    Elsewhere it is a text, and words say what parts it: the style that is left to it would be another.
    """
    if place == "query":
        return {"style": _STYLES[style], "explode": False} if style in _STYLES else {}
    if style not in _SIGNS:
        return {}
    text: dict[str, Any] = {"type": "string"}
    if place == "path":
        text = segment(text)
    return {"schema": text, "description": f"The items, with {_SIGNS[style]} between them."}


def given(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter where it is given: one that is not is left out, it is never null.

    All is text in a URL: a number's other form as a string, whose bounds no pattern says, says nothing more there.
    """
    told = dict(schema)
    forms = [form for form in told.get("anyOf", ()) if form != {"type": "null"}]
    numbers = [form for form in forms if form.get("type") in ("integer", "number")]
    forms = [form for form in forms if form.get("type") != "string" or "pattern" not in form] if numbers else forms
    if forms:
        told = forms[0] if len(forms) == 1 else {"anyOf": forms}
    kinds = told.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        left = [kind for kind in kinds if kind != "null"]
        told["type"] = left[0] if len(left) == 1 else left
    return told


def if_match(required: bool) -> dict[str, Any]:
    """The version that was read, as its ETag gave it."""
    return _field("If-Match", "The ETag of what was read: it is refused with 412 when that has changed.", required, TAG)


def idempotency_key(required: bool) -> dict[str, Any]:
    """A key of the client's own."""
    words = "A new one for each new request; the same key gives the same answer for a day."
    return _field("Idempotency-Key", words, required, KEY)


def choosing(place: str, name: str, value: str) -> dict[str, Any]:
    """The field whose value means the route."""
    return {"name": name, "in": place, "required": True, "schema": {"type": "string", "enum": [value]}}


def _field(name: str, words: str, required: bool, pattern: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "description": words, "required": required, "schema": schema}


_STYLES: Final = {"comma": "form", "space": "spaceDelimited", "pipe": "pipeDelimited"}
_SIGNS: Final = {"space": "a space", "pipe": "`|`"}
