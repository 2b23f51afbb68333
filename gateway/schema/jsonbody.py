"""The law of the remaining body: what a client still sends when a route fills some members itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .jsongiven import NULL, ruled


def without(schema: Any, defs: Mapping[str, Any], bound: Collection[tuple[str, ...]], refs: str) -> Any:
    """The schema of the body that is left: bound members taken out, along their path written out of `$ref`s.

    What holds one may still be null where it could be: the member need not be given elsewhere either.
    """
    if not bound:
        return schema
    told = _resolved(schema, defs, refs)
    properties = dict(told.get("properties", {}))
    for name in {steps[0] for steps in bound}:
        deeper = {steps[1:] for steps in bound if steps[0] == name and len(steps) > 1}
        if not deeper:
            properties.pop(name, None)
            continue
        held = properties.get(name, {})
        left = without(held, defs, deeper, refs)
        properties[name] = {"anyOf": [left, dict(NULL)]} if _nullable(held, defs, refs) else left
        if not left.get("properties"):
            properties.pop(name)
    told["properties"] = properties
    told = ruled(told, frozenset(steps[0] for steps in bound if len(steps) == 1), sure=False)
    left = [name for name in told.get("required", []) if name in properties]
    told.pop("required", None)
    return {**told, **({"required": left} if left else {})}


def eased(schema: Any, defs: Mapping[str, Any], paths: Collection[tuple[str, ...]], refs: str) -> Any:
    """The schema in which the members at these paths need not be given; along the way written out of `$ref`s.

    They are always given elsewhere, and what holds them is made with them: it need not be given either where it
    demands nothing else, must be where it does, is not null, and is the branch that a choice has taken.
    """
    if not paths:
        return schema
    told = _resolved(schema, defs, refs)
    properties = dict(told.get("properties", {}))
    holders = {steps[0] for steps in paths if len(steps) > 1 and steps[0] in properties}
    for name in holders:
        deeper = {steps[1:] for steps in paths if steps[0] == name and len(steps) > 1}
        properties[name] = eased(properties[name], defs, deeper, refs)
    told["properties"] = properties
    told = ruled(told, {steps[0] for steps in paths if len(steps) == 1} | holders)
    demanding = {name for name in holders if properties[name].get("required")}
    mine = {steps[0] for steps in paths} - demanding
    asked = dict.fromkeys((*told.pop("required", []), *sorted(demanding)))
    left = [name for name in asked if name not in mine]
    return {**told, **({"required": left} if left else {})}


def within(schema: Any, defs: Mapping[str, Any], steps: tuple[str, ...], refs: str) -> Any:
    """The schema of the member at a path of names: the part of a message that is the whole body."""
    for step in steps:
        schema = _resolved(schema, defs, refs)["properties"][step]
    return schema


def chosen(schema: Any, defs: Mapping[str, Any], name: str, value: str, refs: str) -> dict[str, Any]:
    """The schema of a body whose member `name` has chosen the route by this value."""
    told = _resolved(schema, defs, refs)
    member = {"type": "string", "enum": [value]}
    properties = {name: member, **{key: inner for key, inner in told.get("properties", {}).items() if key != name}}
    needed = [name, *(key for key in told.get("required", []) if key != name)]
    return {**told, "type": "object", "properties": properties, "required": needed}


def beside(
    schema: Any, defs: Mapping[str, Any], members: Mapping[str, Any], needed: Collection[str], refs: str
) -> dict[str, Any]:
    """The schema of a body with `$headers` beside its members; one that is no object rides in `$value`."""
    told = _resolved(schema, defs, refs)
    block: dict[str, Any] = {"type": "object", "properties": dict(members), "additionalProperties": False}
    if needed:
        block["required"] = sorted(needed)
    if told.get("type") != "object":
        told = {"type": "object", "properties": {"$value": schema}, "additionalProperties": False}
    told["properties"] = {"$headers": block, **told.get("properties", {})}
    if needed:
        told["required"] = ["$headers", *told.get("required", [])]
    return told


def _nullable(schema: Any, defs: Mapping[str, Any], refs: str) -> bool:
    while "$ref" in schema:
        schema = defs[schema["$ref"].removeprefix(refs)]
    return NULL in schema.get("anyOf", ())


def _resolved(schema: Any, defs: Mapping[str, Any], refs: str) -> dict[str, Any]:
    while "$ref" in schema:
        schema = defs[schema["$ref"].removeprefix(refs)]
    if "anyOf" in schema and "properties" not in schema:  # an optional structure: its object form has the members
        forms = [_resolved(form, defs, refs) for form in schema["anyOf"]]
        schema = next((form for form in forms if "properties" in form), forms[0])
    return _whole(dict(schema), defs, refs)


def _whole(schema: dict[str, Any], defs: Mapping[str, Any], refs: str) -> dict[str, Any]:
    """A schema with the members that its `allOf` parts name; a part without any stays one."""
    parts = [_resolved(part, defs, refs) if "$ref" in part else part for part in schema.get("allOf", ())]
    named = [part for part in parts if part.get("type") == "object" and "properties" in part]
    if not named:
        return schema
    told = {word: inner for word, inner in schema.items() if word != "allOf"}
    properties, needed = dict(told.get("properties", {})), list(told.get("required", ()))
    left = [part for part in parts if part not in named]
    for part in (_whole(dict(each), defs, refs) for each in named):
        for name, inner in part.pop("properties").items():
            properties[name] = inner if properties.get(name, inner) == inner else {"allOf": [properties[name], inner]}
        needed += part.pop("required", ())
        left += [part] if part != {"type": "object"} else []
    told |= {"type": "object", "properties": properties}
    told |= {"required": list(dict.fromkeys(needed))} if needed else {}
    return {**told, "allOf": left} if left else told
