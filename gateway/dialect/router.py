"""The law of doors: a method and a canonical path lead to one door, or to an honest refusal.

Templates are `/a/{name}/b`; a fixed step wins over a variable one; `/a/` is not `/a`. The path decides before the
method: it is the resource of the first template that has it, and a method which that one lacks is 405, never another
resource's (RFC 9110 §15.5.6; OpenAPI matches concrete paths before templated ones). Compiled at start; two doors that
could take the same request are refused there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ..core.problem import Kind, Problem

T = TypeVar("T")


@dataclass(slots=True)
class _Step(Generic[T]):
    fixed: dict[str, _Step[T]] = field(default_factory=dict)
    variable: _Step[T] | None = None
    doors: dict[str, tuple[T, tuple[str, ...]]] = field(default_factory=dict)


class Router(Generic[T]):
    """Finds the door of a request. `HEAD` is served by `GET`; `OPTIONS` answers with Allow."""

    def __init__(self, doors: Iterable[tuple[str, str, T]] = ()) -> None:
        self._root: _Step[T] = _Step()
        self._plain: dict[tuple[str, str], T] = {}
        for method, path, door in doors:
            self.add(method, path, door)

    def add(self, method: str, path: str, door: T) -> None:
        """Add a door; raises ValueError when one stands there already."""
        step, names = self._root, []
        for part in path[1:].split("/"):
            if part.startswith("{") and part.endswith("}"):
                names.append(part[1:-1])
                step.variable = step.variable or _Step()
                step = step.variable
            else:
                step = step.fixed.setdefault(part, _Step())
        if method in step.doors:
            raise ValueError(f"{method} {path} is served twice")
        if len(set(names)) != len(names):
            raise ValueError(f"{path} names a variable twice")
        step.doors[method] = (door, tuple(names))
        if not names:
            self._plain[method, path] = door

    def find(self, method: str, path: str) -> tuple[T, dict[str, str]]:
        """The door and its variables. Raises Problem NOT_FOUND or METHOD_NOT_ALLOWED with Allow."""
        door = self._plain.get((method, path))
        if door is not None:
            return door, {}
        parts = path[1:].split("/")
        step, values = self._resource(parts)
        found = step.doors.get(method) or (step.doors.get("GET") if method == "HEAD" else None)
        if found is not None:
            return found[0], dict(zip(found[1], values, strict=True))
        if step.doors:
            raise Problem(Kind.METHOD_NOT_ALLOWED, headers={"allow": ", ".join(allow(step.doors))})
        raise Problem(Kind.NOT_FOUND)

    def allowed(self, path: str) -> tuple[str, ...]:
        """The methods of a path, empty when nothing is served there."""
        return allow(self._resource(path[1:].split("/"))[0].doors)

    def _resource(self, parts: list[str]) -> tuple[_Step[T], tuple[str, ...]]:
        """The first template that has the path, with its variables; one without doors where none has."""
        return next(iter(self._walk(self._root, parts, 0)), (_Step(), ()))

    def _walk(self, step: _Step[T], parts: list[str], at: int) -> Iterable[tuple[_Step[T], tuple[str, ...]]]:
        if at == len(parts):
            if step.doors:
                yield step, ()
            return
        fixed = step.fixed.get(parts[at])
        if fixed is not None:
            yield from self._walk(fixed, parts, at + 1)
        if step.variable is not None and parts[at]:
            for end, values in self._walk(step.variable, parts, at + 1):
                yield end, (parts[at], *values)


def shape(path: str) -> str:
    """A template without the names of its variables: what is told apart here."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def allow(methods: Iterable[str]) -> tuple[str, ...]:
    """The value of Allow: HEAD beside GET, OPTIONS always."""
    named = set(methods)
    if not named:
        return ()
    if "GET" in named:
        named.add("HEAD")
    return tuple(sorted(named | {"OPTIONS"}))
