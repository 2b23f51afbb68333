"""The law of schemas that are a service's own: a message's JSON Schema and its definitions as OpenAPI components.

A contract that was drawn from JSON has a schema for each direction; what both say alike is one component. Names are
those of the document, made fit for OpenAPI; one that is taken gets a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

DEFS: Final = "#/$defs/"
_ODD: Final = re.compile(r"[^A-Za-z0-9._-]")
_DATA: Final = frozenset({"enum", "const"})  # values, not schemas
_MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})  # schemas by any name


@dataclass(frozen=True, slots=True)
class Own:
    """A message's JSON Schema (2020-12); its `$ref`s are `#/$defs/NAME` into `defs`."""

    schema: Any
    defs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Direction:
    """The definitions of one direction, the components that they became, and those that another direction has alike."""

    defs: Mapping[str, Any]
    names: dict[str, str] = field(default_factory=dict)
    alike: list[tuple[_Direction, frozenset[str]]] = field(default_factory=list)


class Adopted:
    """Takes schemas of services into the components of one document."""

    def __init__(self, components: dict[str, Any], refs: str) -> None:
        self._components = components
        self._refs = refs
        self._directions: list[_Direction] = []
        self._waiting: list[tuple[str, Any, _Direction]] = []

    def schema(self, own: Own) -> dict[str, Any]:
        """The schema, its references those of the components, each of which is there."""
        told = self._told(own.schema, self._direction(own.defs))
        while self._waiting:
            component, schema, direction = self._waiting.pop()
            self._components[component] = _object(self._told(schema, direction))
        return _object(told)

    def _direction(self, defs: Mapping[str, Any]) -> _Direction:
        known = next((each for each in self._directions if each.defs is defs), None)
        if known is None:
            alike = [(each, _alike(each.defs, defs)) for each in self._directions]
            known = _Direction(defs, alike=[(each, names) for each, names in alike if names])
            self._directions.append(known)
        return known

    def _told(self, schema: Any, direction: _Direction) -> Any:
        if isinstance(schema, list):
            return [self._told(one, direction) for one in schema]
        if not isinstance(schema, Mapping):
            return schema
        told: dict[str, Any] = {}
        for word, inner in schema.items():
            if word == "$ref" and isinstance(inner, str):
                told[word] = self._refs + self._name(inner.removeprefix(DEFS), direction)
            elif word in _MAPS and isinstance(inner, Mapping):
                told[word] = {name: self._told(one, direction) for name, one in inner.items()}
            elif word in _DATA:
                told[word] = inner
            elif word != "required" or inner != []:
                told[word] = self._told(inner, direction)
        return told

    def _name(self, name: str, direction: _Direction) -> str:
        for other, names in direction.alike:
            if name in names:
                return self._name(name, other)
        if name not in direction.names:
            label = component = _ODD.sub("_", name) or "_"
            number = 1
            while component in self._components:
                number += 1
                component = f"{label}_{number}"
            direction.names[name] = component
            self._components[component] = {}
            self._waiting.append((component, direction.defs[name], direction))
        return direction.names[name]


def _object(schema: Any) -> dict[str, Any]:
    """A schema as an object: true and false have a form that every reader knows."""
    return schema if isinstance(schema, dict) else {} if schema else {"not": {}}


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> frozenset[str]:
    """The names that mean the same in both, with all that they refer to."""
    same = {name for name in other if name in one and one[name] == other[name]}
    while True:
        left = {name for name in same if _references(other[name]) <= same}
        if left == same:
            return frozenset(same)
        same = left


def _references(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {name for one in schema for name in _references(one)}
    if not isinstance(schema, Mapping):
        return set()
    found: set[str] = set()
    for word, inner in schema.items():
        if word == "$ref" and isinstance(inner, str):
            found.add(inner.removeprefix(DEFS))
        elif word in _MAPS and isinstance(inner, Mapping):
            found |= _references(list(inner.values()))
        elif word not in _DATA:
            found |= _references(inner)
    return found
