"""The law of flattening: what a schema and all that it takes in by `allOf` and `$ref` demand, keyword by keyword.

A conjunction, never a choice: `anyOf` and `oneOf` are kept as groups. Two bounds become the tighter one, two types
those that both allow, two schemas of a member a list. What has no place in an XSD is only named (`checks`): it is
judged on the JSON. JSON Schema 2020-12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Schema = Any
CHECKS: Final = frozenset(
    "not if contains minContains maxContains uniqueItems minProperties maxProperties propertyNames dependentRequired "
    "dependentSchemas patternProperties prefixItems multipleOf".split()
)
_TIGHTER: Final[Mapping[str, Any]] = {
    "minimum": max, "exclusiveMinimum": max, "minLength": max, "minItems": max,
    "maximum": min, "exclusiveMaximum": min, "maxLength": min, "maxItems": min,
}  # fmt: skip
_FIRST: Final = ("title", "description", "format", "contentEncoding", "contentMediaType", "discriminator")
_GROUPS: Final = ("oneOf", "anyOf")
_MARKS: Final = ("readOnly", "writeOnly", "deprecated")
ALL_TYPES: Final = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


class Endless(ValueError):
    """A schema that takes itself in by `allOf` or `$ref`."""


@dataclass(slots=True)
class Group:
    """An `anyOf` or `oneOf`."""

    keyword: str
    branches: list[Schema]
    discriminator: Any = None


@dataclass(slots=True)
class Flat:
    """The conjunction."""

    types: frozenset[str] | None = None
    properties: dict[str, list[Schema]] = field(default_factory=dict)
    lent: dict[str, list[Schema]] = field(default_factory=dict)  # of `then`, `else`, dependent schemas
    required: dict[str, None] = field(default_factory=dict)
    rest: list[Schema] = field(default_factory=list)
    closed: bool = False
    items: list[Schema] = field(default_factory=list)
    tuple: bool = False
    enums: list[list[Any]] = field(default_factory=list)
    bounds: dict[str, Any] = field(default_factory=dict)
    multiples: list[Any] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    first: dict[str, Any] = field(default_factory=dict)
    checks: dict[str, Schema] = field(default_factory=dict)  # keyword -> the schema that has it
    marks: set[str] = field(default_factory=set)  # readOnly, writeOnly, deprecated
    never: bool = False

    def bare(self) -> bool:
        """Whether nothing is demanded but perhaps a type."""
        return not (
            self.properties
            or self.lent
            or self.required
            or self.rest
            or self.closed
            or self.items
            or self.tuple
            or self.enums
            or self.bounds
            or self.multiples
            or self.patterns
            or self.groups
            or self.checks
            or self.never
            or self.first.keys() & {"format", "contentEncoding"}
        )


def flatten(schema: Schema, defs: Mapping[str, Schema]) -> Flat:
    """The conjunction of a schema. Raises Endless."""
    flat = Flat()
    _add(flat, schema, defs, ())
    return flat


def _add(flat: Flat, schema: Schema, defs: Mapping[str, Schema], through: tuple[str, ...]) -> None:
    if isinstance(schema, bool):
        flat.never = flat.never or not schema
        return
    for name in _FIRST:  # a place's own words before those of what it refers to
        if name in schema and name != "discriminator":
            flat.first.setdefault(name, schema[name])
    reference = schema.get("$ref")
    if reference is not None:
        name = reference.removeprefix("#/$defs/")
        if name in through:
            raise Endless(name)
        _add(flat, defs[name], defs, (*through, name))
    for part in schema.get("allOf", ()):
        _add(flat, part, defs, through)
    _own(flat, schema)


def _own(flat: Flat, schema: Mapping[str, Any]) -> None:
    if "type" in schema:
        kinds = schema["type"]
        _meet(flat, frozenset([kinds] if isinstance(kinds, str) else kinds))
    for name, inner in schema.get("properties", {}).items():
        flat.properties.setdefault(name, []).append(inner)
    flat.required.update(dict.fromkeys(schema.get("required", ())))
    flat.tuple = flat.tuple or "prefixItems" in schema
    for keyword, values in (("items", flat.items), ("enum", flat.enums), ("pattern", flat.patterns)):
        if keyword in schema:
            values.append(schema[keyword])
    if "const" in schema:
        flat.enums.append([schema["const"]])
    if "multipleOf" in schema:
        flat.multiples.append(schema["multipleOf"])
    for name in _TIGHTER.keys() & schema.keys():
        flat.bounds[name] = _TIGHTER[name](flat.bounds.get(name, schema[name]), schema[name])
    flat.groups += [Group(word, schema[word], schema.get("discriminator")) for word in _GROUPS if word in schema]
    flat.checks = {**dict.fromkeys(sorted(CHECKS & schema.keys()), schema), **flat.checks}
    flat.marks |= {name for name in _MARKS if schema.get(name) is True}
    _rest(flat, schema)
    _lent(flat, schema)


def _meet(flat: Flat, kinds: frozenset[str]) -> None:
    """The types that both allow; every integer is a number."""
    if "number" in kinds and flat.types is not None and "integer" in flat.types and "number" not in flat.types:
        kinds |= {"integer"}
    if flat.types is not None and "number" in flat.types and "integer" in kinds and "number" not in kinds:
        flat.types |= {"integer"}
    flat.types = kinds if flat.types is None else flat.types & kinds
    flat.never = flat.never or not flat.types


def _rest(flat: Flat, schema: Mapping[str, Any]) -> None:
    flat.rest.extend(schema.get("patternProperties", {}).values())
    for name in ("additionalProperties", "unevaluatedProperties"):
        if schema.get(name) is False:
            flat.closed = flat.closed or not schema.get("patternProperties")
        elif name in schema:
            flat.rest.append(schema[name])


def _lent(flat: Flat, schema: Mapping[str, Any]) -> None:
    """Members that only a condition names are members all the same."""
    lenders = [schema[name] for name in ("if", "then", "else") if name in schema]
    lenders += list(schema.get("dependentSchemas", {}).values())
    for lender in lenders:
        if isinstance(lender, dict):
            for name, inner in lender.get("properties", {}).items():
                flat.lent.setdefault(name, []).append(inner)
