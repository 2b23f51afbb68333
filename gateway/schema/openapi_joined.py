"""The law of joined operations: routes of one verb and path are one operation in OpenAPI, each a form of its body.

A field's value tells them apart; what two of them answer with one status is either form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The operation that is either; names, tags and descriptions are the first one's."""
    told = {**one, "summary": f"{one['summary']} / {other['summary']}"}
    told["x-operation"] = f"{one['x-operation']}, {other['x-operation'].rpartition('/')[2]}"
    parameters = _parameters(one.get("parameters", ()), other.get("parameters", ()))
    if parameters:
        told["parameters"] = parameters
    body = _body(one.get("requestBody"), other.get("requestBody"))
    if body:
        told["requestBody"] = body
    told["responses"] = dict(one["responses"])
    for status, answer in other["responses"].items():
        told["responses"][status] = _either(told["responses"].get(status), answer)
    return told


def _parameters(one: Any, other: Any) -> list[Any]:
    """Both lists; the field that chooses takes either value, one that a route alone has need not be given."""
    found = {(each["in"], each["name"]): each for each in one}
    theirs = {(each["in"], each["name"]): each for each in other}
    for key, each in theirs.items():
        mine = found.get(key)
        if mine is None:
            found[key] = each if each["in"] == "path" else {**each, "required": False}
        elif mine["schema"] != each["schema"]:
            enums = [schema["schema"].get("enum") for schema in (mine, each)]
            both = enums[0] + enums[1] if all(enums) else None
            found[key] = {**mine, "schema": {"type": "string", "enum": both} if both else {}}
    for key, each in found.items():
        if key not in theirs and each["in"] != "path":
            found[key] = {**each, "required": False}
    return list(found.values())


def _body(one: Any, other: Any) -> Any:
    if not one or not other:
        found = one or other
        return {**found, "required": False} if found else None
    mine, theirs = (each["content"]["application/json"] for each in (one, other))
    media: dict[str, Any] = {"schema": _forms(mine["schema"], theirs["schema"])}
    examples = {**mine.get("examples", {}), **theirs.get("examples", {})}
    if examples:
        media["examples"] = examples
    return {"required": one["required"] and other["required"], "content": {"application/json": media}}


def _either(one: Any, other: Any) -> Any:
    """A response that is one or the other."""
    if one is None or one == other or "$ref" in one:
        return other if one is None or "$ref" not in other else one
    if "content" not in one or "content" not in other:
        return one if "content" in one else other
    content = dict(one["content"])
    for media, told in other["content"].items():
        mine = content.get(media)
        content[media] = told if mine is None else {**mine, "schema": _forms(mine["schema"], told["schema"])}
    return {**one, "content": content}


def _forms(one: Any, other: Any) -> Any:
    forms = [*(one["anyOf"] if set(one) == {"anyOf"} else [one])]
    return one if other in forms else {"anyOf": [*forms, other]}
