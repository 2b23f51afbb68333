"""The law of shapes: where the service's JSON is not the mapping's, said as plain data that a file can hold.

One shape a type, none where both are the same (most of a contract). Read by `gateway.codec.reshape`, which knows what
each word does: `members`, `rest`, `items`, `table`, `choice`, `any`, `type`. Also the schemas that judge the
service's JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import jsonschema_rs

from gateway.schema.drawn.bundle import ASSERTED, Schema
from gateway.schema.drawn.kinds import Any_, Array, Choice, Kind, Record, Ref, Table, Types

Shape = dict[str, Any] | None  # None: the same JSON
_WORDS: Final = frozenset({"title", "description", "default", "deprecated", "readOnly", "writeOnly", "discriminator"})
_PLAIN: Final = frozenset({"enum", "const", "required", "type", "dependentRequired"})
_MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})


class Shapes:
    """The shapes of all types of one import; which of them are the same is known before the first is written."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._other = self._others()

    def _others(self) -> frozenset[str]:
        """The named types whose JSON is another: those that hold a difference, then those that hold them."""
        found: set[str] = set()
        while True:
            more = {name for name, place in self._types.named.items() if self._differs(place.kind, found)} - found
            if not more:
                return frozenset(found)
            found |= more

    def _differs(self, kind: Kind, known: set[str]) -> bool:
        if isinstance(kind, Ref):
            target = self._types.target(kind).name
            return target in known or isinstance(self._types.resolve(kind), Any_)
        if isinstance(kind, Any_ | Table | Choice):
            return True
        if isinstance(kind, Array):
            return self._differs(kind.item.kind, known)
        if isinstance(kind, Record):
            return kind.rest is not None or any(
                member.name != member.xml or self._differs(member.place.kind, known) for member in kind.members
            )
        return False

    def of(self, kind: Kind) -> Shape:
        """The shape of a place."""
        if isinstance(kind, Ref):
            if isinstance(self._types.resolve(kind), Any_):
                return {"any": True}
            name = self._types.target(kind).name
            return {"type": name} if name in self._other else None
        if isinstance(kind, Any_):
            return {"any": True}
        if isinstance(kind, Table):
            return {"table": self.of(kind.value.kind)}
        if isinstance(kind, Array):
            inner = self.of(kind.item.kind)
            return None if inner is None else {"items": inner}
        if isinstance(kind, Choice):
            return self._choice(kind)
        return self._record(kind) if isinstance(kind, Record) else None

    def _choice(self, kind: Choice) -> Shape:
        branches = []
        for branch in kind.branches:
            told: dict[str, Any] = {"key": branch.xml, "when": trimmed(branch.when)}
            form = self._types.resolve(branch.place.kind)
            if isinstance(form, Record) and form.rest is None:
                told["only"] = [member.name for member in form.members]
            inner = self.of(branch.place.kind)
            if inner is not None:
                told["shape"] = inner
            if kind.by and branch.values:
                told["values"] = list(branch.values)
            branches.append(told)
        return {"choice": branches, **({"by": kind.by} if kind.by else {})}

    def _record(self, kind: Record) -> Shape:
        members: dict[str, Any] = {}
        for member in kind.members:
            inner = self.of(member.place.kind)
            told: dict[str, Any] = {} if member.name == member.xml else {"name": member.name}
            if inner is not None:
                told["shape"] = inner
            if told or kind.rest is not None:
                members[member.xml] = told
        if kind.rest is not None:
            return {"members": members, "rest": {"key": kind.rest_xml, "shape": self.of(kind.rest.kind)}}
        return {"members": members} if members else None

    def types(self) -> dict[str, Shape]:
        """The shapes of the named types that have one."""
        return {name: self.of(self._types.named[name].kind) for name in sorted(self._other)}


def trimmed(schema: Schema) -> Schema:
    """What a schema demands, without its words; formats where the XSD says them, patterns where they compile."""
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    for key, inner in schema.items():
        if key in _WORDS or (key == "format" and inner not in ASSERTED) or (key == "pattern" and not usable(inner)):
            continue
        if key in _PLAIN:
            found[key] = inner
        elif key in _MAPS:
            usables = (name for name in inner if key != "patternProperties" or usable(name))
            found[key] = {name: trimmed(inner[name]) for name in usables}
        elif isinstance(inner, dict):
            found[key] = trimmed(inner)
        elif isinstance(inner, list):
            found[key] = [trimmed(one) for one in inner]
        else:
            found[key] = inner
    return found


def usable(pattern: str) -> bool:
    """Whether the engine that checks JSON takes a pattern."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (ValueError, jsonschema_rs.ValidationError):
        return False
    return True


def reached(schemas: Mapping[str, Schema], defs: Mapping[str, Schema]) -> dict[str, Schema]:
    """The named schemas that some schemas need, trimmed, by name."""
    found: dict[str, Schema] = {}
    todo: list[Any] = list(schemas.values())
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            name = one["$ref"].removeprefix("#/$defs/") if isinstance(one.get("$ref"), str) else ""
            if name and name not in found and name in defs:
                found[name] = trimmed(defs[name])
                todo.append(found[name])
            todo.extend(one.values())
        elif isinstance(one, list):
            todo.extend(one)
    return dict(sorted(found.items()))


def plain(value: Any) -> Any:
    """Data that a JSON writer takes; a Decimal is written with its digits by `default`."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
