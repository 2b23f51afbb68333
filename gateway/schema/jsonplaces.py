"""The law of places: what a default or a fixed value of an element or attribute adds to a scalar's schema.

An empty element with a default means the default, so `""` cannot be said there; a fixed value is
compared by value, in JSON Schema as far as JSON can compare (MAPPING, law 4, for the rest). And what types
a document may name at a place.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.core.lexical import normal
from gateway.schema.ir import Complex, Element, Mixed, Model, Open, Settings, Simple, TypeId, is_anonymous
from gateway.schema.jsonschema_scalars import json_schema_of, only
from gateway.schema.names import clark
from gateway.schema.source import XS

Schema = dict[str, Any]
ANY_TYPE: Final = clark(XS, "anyType")
_UNTYPED: Final = frozenset(
    {ANY_TYPE, *(clark(XS, name) for name in ("ENTITY", "ENTITIES", "NOTATION", "anyAtomicType"))}
)
_VERBATIM: Final = frozenset("string normalizedString token language Name NCName NMTOKEN ID IDREF anyURI".split())


def bounded_by_place(
    model: Model, type_id: TypeId, settings: Settings, schema: Schema, default: str | None, fixed: str | None
) -> Schema:
    """The scalar's schema at a place with this default or fixed value."""
    rules = _rules(model, type_id, settings, default, fixed)
    return {"allOf": [schema, *rules]} if rules else schema


def beside(model: Model, kind: Complex, settings: Settings, schema: Schema, element: Element) -> Schema:
    """The schema of a type that is no scalar at a place with the element's default or fixed value."""
    if element.default is None and element.fixed is None:
        return schema
    text = element.fixed if element.default is None else element.default
    if kind.simple is not None:
        rules = _rules(model, kind.simple, settings, element.default, element.fixed)
        return {"allOf": [schema, {"properties": {"$value": {"allOf": rules}}}]} if rules else schema
    if isinstance(kind.form, Mixed) and text:
        content: Schema = {"const": [text]} if element.fixed is not None else {"type": "array", "minItems": 1}
        return {"allOf": [schema, {"required": ["$mixed"], "properties": {"$mixed": content}}]}
    if isinstance(kind.form, Open) and text:
        return {"allOf": [schema, _open(text, element.fixed is not None)]}
    return schema


def _open(text: str, fixed: bool) -> Schema:
    """Of xs:anyType: nil and a type that the document names have their own rules."""
    marks: list[Schema] = [{"required": ["$nil"]}, {"required": ["$type"]}]
    if fixed:
        return {"anyOf": [*marks, {"required": ["$value"], "properties": {"$value": {"const": text}}}]}
    return {"anyOf": [*marks, *({"required": [key]} for key in ("$value", "$items", "$mixed"))]}


def _rules(model: Model, type_id: TypeId, settings: Settings, default: str | None, fixed: str | None) -> list[Schema]:
    rules: list[Schema] = []
    if fixed if default is None else default:
        rules.append({"not": {"enum": ["", []]}})
    kind = model.types[type_id]
    if fixed is not None and isinstance(kind, Simple):
        if kind.variety == "atomic" and kind.builtin in _VERBATIM:
            rules.append({"const": normal(fixed, kind.white_space)})
        else:
            rules.append(json_schema_of(only(model, type_id, fixed), type_id, settings))
    return rules


def steps_between(model: Model, type_id: TypeId, base: TypeId) -> frozenset[str]:
    """The methods of derivation from one type down to another."""
    steps = set()
    while type_id != base:
        kind = model.types.get(type_id)
        if not isinstance(kind, Complex) or not kind.base:
            break
        steps.add(kind.derivation)
        type_id = kind.base
    return frozenset(steps)


def nameable(model: Model) -> list[TypeId]:
    """Every type that xsi:type may name at a place of xs:anyType."""
    return [
        type_id
        for type_id, kind in model.types.items()
        if not is_anonymous(type_id)
        and type_id not in _UNTYPED
        and not (isinstance(kind, Complex) and kind.abstract)
        and not of_entities(model, type_id)
    ]


def of_entities(model: Model, type_id: TypeId) -> bool:
    """Whether a type is of entities, which no message can declare."""
    kind = model.types.get(type_id)
    if not isinstance(kind, Simple):
        return kind is not None and kind.simple is not None and of_entities(model, kind.simple)
    parts = [*kind.members, *([kind.item] if kind.item else [])]
    return kind.builtin == "ENTITY" or any(of_entities(model, part) for part in parts)
