"""The law of the remaining body: what a client still sends when a route fills some members itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def without(schema: Any, defs: Mapping[str, Any], bound: Collection[tuple[str, ...]], refs: str) -> Any:
    """The schema of the body that is left: bound members taken out, along their path written out of `$ref`s."""
    if not bound:
        return schema
    told = _resolved(schema, defs, refs)
    properties = dict(told.get("properties", {}))
    for name in {steps[0] for steps in bound}:
        deeper = {steps[1:] for steps in bound if steps[0] == name and len(steps) > 1}
        if not deeper:
            properties.pop(name, None)
            continue
        properties[name] = without(properties.get(name, {}), defs, deeper, refs)
        if not properties[name].get("properties"):
            properties.pop(name)
    told["properties"] = properties
    left = [name for name in told.get("required", []) if name in properties]
    told.pop("required", None)
    return {**told, **({"required": left} if left else {})}


def eased(schema: Any, defs: Mapping[str, Any], paths: Collection[tuple[str, ...]], refs: str) -> Any:
    """The schema in which the members at these paths need not be given; along the way written out of `$ref`s."""
    if not paths:
        return schema
    told = _resolved(schema, defs, refs)
    properties = dict(told.get("properties", {}))
    for name in {steps[0] for steps in paths if steps[0] in properties}:
        deeper = {steps[1:] for steps in paths if steps[0] == name and len(steps) > 1}
        properties[name] = eased(properties[name], defs, deeper, refs)
    told["properties"] = properties
    mine = {steps[0] for steps in paths if len(steps) == 1}
    left = [name for name in told.pop("required", []) if name not in mine]
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


def _resolved(schema: Any, defs: Mapping[str, Any], refs: str) -> dict[str, Any]:
    while "$ref" in schema:
        schema = defs[schema["$ref"].removeprefix(refs)]
    if "anyOf" in schema:  # an optional structure: its object form is the one that has members
        forms = [_resolved(form, defs, refs) for form in schema["anyOf"]]
        schema = next((form for form in forms if "properties" in form), forms[0])
    return dict(schema)
