"""The law of the older dialect: an OpenAPI 3.1 document said in 3.0.3, for generators that read no other.

JSON Schema 2020-12 is rewritten word by word: `const` to a one-value `enum`, null types to `nullable`,
`patternProperties` and `dependentRequired` to what 3.0 can say, which is less: it accepts more, never less.
What a choice forbids is left out, too: generators make classes that do not compile of whatever stands under `not`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

_DROPPED: Final = frozenset(
    "if then else patternProperties dependentRequired dependentSchemas propertyNames $defs $schema prefixItems "
    "contains minContains maxContains unevaluatedProperties unevaluatedItems contentEncoding contentMediaType".split()
)


def downgraded(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as OpenAPI 3.0.3."""
    components = document["components"]
    return {
        **{key: value for key, value in document.items() if key not in ("components", "paths")},
        "openapi": "3.0.3",
        "paths": _walk(document["paths"]),
        "components": {
            **components,
            "schemas": {name: _schema(schema) for name, schema in components["schemas"].items()},
            "responses": _walk(components["responses"]),
        },
    }


def _walk(value: Any) -> Any:
    """Everything but schemas stays; what stands under `schema` is rewritten."""
    if isinstance(value, Mapping):
        return {key: _schema(inner) if key == "schema" else _walk(inner) for key, inner in value.items()}
    return [_walk(inner) for inner in value] if isinstance(value, list) else value


def _schema(schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return {} if schema is True else {"not": {}}
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}  # siblings of $ref have no meaning in 3.0
    told: dict[str, Any] = {}
    for word, value in schema.items():
        if word in _DROPPED:
            continue
        rewrite = _WORDS.get(word)
        told.update(rewrite(value) if rewrite else {word: value})
    if "patternProperties" in schema:
        told.pop("additionalProperties", None)
    if told.get("type") == "array" and ("items" not in told or "prefixItems" in schema):
        told["items"] = {}  # demanded there; what 3.1 says is of the items after the first ones
    return _without_null(told)


def _each(word: str) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {word: [_schema(inner) for inner in value]}


def _under(word: str) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {word: {key: _schema(inner) for key, inner in value.items()}}


def _types(value: Any) -> dict[str, Any]:
    if not isinstance(value, list):
        return {"type": value}
    others = [name for name in value if name != "null"]
    one = {"type": others[0]} if len(others) == 1 else {"anyOf": [{"type": name} for name in others]}
    return {**one, **({"nullable": True} if "null" in value else {})}


_WORDS: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "const": lambda value: {"enum": [value]},
    "type": _types,
    "properties": _under("properties"),
    "items": lambda value: {"items": _schema(value)},
    "not": lambda value: {"not": _schema(value)},
    "additionalProperties": lambda value: {
        "additionalProperties": value if isinstance(value, bool) else _schema(value)
    },
    "anyOf": _each("anyOf"),
    "allOf": _each("allOf"),
    "oneOf": _each("oneOf"),
    "exclusiveMinimum": lambda value: {"minimum": value, "exclusiveMinimum": True},
    "exclusiveMaximum": lambda value: {"maximum": value, "exclusiveMaximum": True},
    "examples": lambda value: {"example": value[0]} if value else {},
}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A type or null becomes a type that is `nullable`; a type that is only null an enumeration of it."""
    if schema.get("type") == "null":
        return {**schema, "type": "object", "nullable": True, "enum": [None]}
    forms = schema.get("anyOf")
    if not forms:
        return schema
    kept = [form for form in forms if form.get("enum") != [None]]
    if len(kept) == len(forms):
        return schema
    rest = {word: value for word, value in schema.items() if word != "anyOf"}
    if len(kept) == 1 and "type" in kept[0] and "enum" not in kept[0]:
        return {**kept[0], **rest, "nullable": True}
    return schema  # `nullable` means something beside a `type` only (3.0.3): null stays a form of its own
