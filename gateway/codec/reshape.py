"""The law of reshaping: the service's own JSON and the mapping's, one made of the other.

Compiled for a contract that was drawn from JSON, out of shapes (plain data that `gateway.schema.drawn.shapes`
writes): a member's other name, a map for a list of entries, the form itself for a choice's key, any JSON for its
typed elements. Nothing is dropped: what has no place is a Problem with its pointer. Whether a value is valid is not
judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

from ..core.problem import Finding, Kind, Problem
from ..core.value import Value, pointer

Path: TypeAlias = "tuple[str | int, ...]"
Turn: TypeAlias = "Callable[[Any, Path], Any]"  # (value, its path in the service's JSON) -> the other form
Pair: TypeAlias = "tuple[Turn, Turn]"  # inward: the service's to the mapping's; outward: back
Judge: TypeAlias = "Callable[[Any], Callable[[Any], bool]]"  # a JSON Schema -> its verdict

KEY: Final = "key"
VALUE: Final = "value"


def _same(value: Any, path: Path) -> Any:
    return value


SAME: Final[Pair] = (_same, _same)


class Shapes:
    """Compiles shapes. `types` are the named ones; `judge` tells the forms of a choice apart."""

    def __init__(self, types: Mapping[str, Any], judge: Judge) -> None:
        self._types = types
        self._judge = judge
        self._named: dict[str, Pair] = {}

    def pair(self, shape: Mapping[str, Any] | None) -> Pair:
        """Both ways of a shape; `SAME` without one."""
        if not shape:
            return SAME
        word = next(word for word in _WORDS if word in shape)
        made: Pair = _WORDS[word](self, shape)
        return made

    def at(self, shape: Mapping[str, Any] | None, steps: Sequence[str]) -> Mapping[str, Any] | None:
        """The shape at a path whose names are the same on both sides. Raises KeyError with the first that is not."""
        for step in steps:
            while shape and "type" in shape:
                shape = self._types[shape["type"]]
            if not shape:
                return None
            members: Mapping[str, Any] = shape.get("members", {})
            told = members.get(step)
            others = {one.get("name", xml) for xml, one in members.items()}
            if "members" not in shape or (step in others if told is None else told.get("name", step) != step):
                raise KeyError(step)
            if told is None and shape.get("rest"):
                raise KeyError(step)
            shape = told.get("shape") if told else None
        while shape and "type" in shape:
            shape = self._types[shape["type"]]
        return shape

    def named(self, shape: Mapping[str, Any]) -> Pair:
        """A type by name: made when it is first needed, since types hold themselves."""
        name = shape["type"]

        def inward(value: Any, path: Path) -> Any:
            return self._type(name)[0](value, path)

        def outward(value: Any, path: Path) -> Any:
            return self._type(name)[1](value, path)

        return inward, outward

    def _type(self, name: str) -> Pair:
        if name not in self._named:
            self._named[name] = self.pair(self._types[name])
        return self._named[name]

    def record(self, shape: Mapping[str, Any]) -> Pair:
        """Members by their names; those that are not declared in a list of entries, where the type has one."""
        told = shape["members"]
        rest = shape.get("rest")
        pairs = {xml: self.pair(one.get("shape")) for xml, one in told.items()}
        names = {xml: one.get("name", xml) for xml, one in told.items()}
        inside = {name: (xml, pairs[xml][0]) for xml, name in names.items()}
        hidden = frozenset(names) - frozenset(inside)
        rest_key = rest["key"] if rest else ""
        rest_in, rest_out = self.pair(rest["shape"]) if rest else SAME

        def inward(value: Any, path: Path) -> Any:
            if not isinstance(value, dict):
                return value
            found: dict[str, Value] = {}
            others: list[Value] = []
            for name, inner in value.items():
                if name in inside:
                    xml, turn = inside[name]
                    found[xml] = turn(inner, (*path, name))
                elif rest:
                    others.append({KEY: name, VALUE: rest_in(inner, (*path, name))})
                elif name in hidden:
                    raise flaw((*path, name), "There is no such member.", "the members that the schema names")
                else:
                    found[name] = inner
            if others:
                found[rest_key] = others
            return found

        def outward(value: Any, path: Path) -> Any:
            if not isinstance(value, dict):
                return value
            found: dict[str, Value] = {}
            for xml, inner in value.items():
                if xml in pairs:
                    name = names[xml]
                    found[name] = pairs[xml][1](inner, (*path, name))
                elif not rest or xml != rest_key:
                    found[xml] = inner
            for entry in (value.get(rest_key) or ()) if rest else ():
                name = entry[KEY]
                if name in found or name in inside:
                    raise flaw((*path, name), "The entry has the name of another member.", "a name that is its own")
                found[name] = rest_out(entry[VALUE], (*path, name))
            return found

        return inward, outward

    def items(self, shape: Mapping[str, Any]) -> Pair:
        """An array, item by item."""
        item_in, item_out = self.pair(shape["items"])

        def inward(value: Any, path: Path) -> Any:
            return [item_in(one, (*path, at)) for at, one in enumerate(value)] if isinstance(value, list) else value

        def outward(value: Any, path: Path) -> Any:
            return [item_out(one, (*path, at)) for at, one in enumerate(value)] if isinstance(value, list) else value

        return inward, outward

    def table(self, shape: Mapping[str, Any]) -> Pair:
        """A map as a list of entries."""
        value_in, value_out = self.pair(shape["table"])

        def inward(value: Any, path: Path) -> Any:
            if isinstance(value, list):
                raise flaw(path, "This is an array.", "an object")
            if not isinstance(value, dict):
                return value
            return [{KEY: name, VALUE: value_in(inner, (*path, name))} for name, inner in value.items()]

        def outward(value: Any, path: Path) -> Any:
            if not isinstance(value, list):
                return value
            found: dict[str, Value] = {}
            for entry in value:
                name = entry[KEY]
                if name in found:
                    raise flaw((*path, name), "Two entries have this key.", "each key once")
                found[name] = value_out(entry[VALUE], (*path, name))
            return found

        return inward, outward

    def choice(self, shape: Mapping[str, Any]) -> Pair:
        """The form itself for an object of one key: by the discriminator, else the first that takes it."""
        forms = [(one["key"], self.pair(one.get("shape")), self._form(one)) for one in shape["choice"]]
        pairs = {key: pair for key, pair, _ in forms}
        by = shape.get("by", "")
        told = {value: one["key"] for one in reversed(shape["choice"]) for value in one.get("values", ())}

        def inward(value: Any, path: Path) -> Any:
            if value is None:
                return None
            said = value.get(by) if by and isinstance(value, dict) else None
            if isinstance(said, str) and said in told:
                return {told[said]: pairs[told[said]][0](value, path)}
            for key, (turn, _), takes in forms:
                if takes(value):
                    try:
                        return {key: turn(value, path)}
                    except Problem:
                        continue
            raise flaw(path, "None of the forms takes it.", ", ".join(pairs))

        def outward(value: Any, path: Path) -> Any:
            if value is None:
                return None
            ((key, inner),) = value.items()
            return pairs[key][1](inner, path)

        return inward, outward

    def _form(self, one: Mapping[str, Any]) -> Callable[[Any], bool]:
        verdict = self._judge(one["when"])
        only = frozenset(one["only"]) if "only" in one else None
        if only is None:
            return verdict
        return lambda value: (not isinstance(value, dict) or value.keys() <= only) and verdict(value)

    def anything(self, shape: Mapping[str, Any]) -> Pair:
        """Any JSON as elements that name its type."""
        return _any_in, _any_out


def _any_in(value: Any, path: Path) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return {"string": value}
    if isinstance(value, bool):
        return {"boolean": value}
    if isinstance(value, list):
        return {"array": [_any_in(one, (*path, at)) for at, one in enumerate(value)]}
    if isinstance(value, dict):
        return {"object": [{KEY: name, VALUE: _any_in(inner, (*path, name))} for name, inner in value.items()]}
    return {"number": Decimal(repr(value)) if isinstance(value, float) else value}


def _any_out(value: Any, path: Path) -> Any:
    if value is None:
        return None
    ((kind, inner),) = value.items()
    if kind == "array":
        return [_any_out(one, (*path, at)) for at, one in enumerate(inner)]
    if kind != "object":
        return inner
    found: dict[str, Value] = {}
    for entry in inner:
        if entry[KEY] in found:
            raise flaw((*path, entry[KEY]), "Two entries have this key.", "each key once")
        found[entry[KEY]] = _any_out(entry[VALUE], (*path, entry[KEY]))
    return found


def flaw(path: Path, detail: str, expected: str) -> Problem:
    """A place that has no form on the other side."""
    return Problem(Kind.INVALID_MESSAGE, findings=[Finding(pointer(path), "", detail, expected)])


_WORDS: Final[Mapping[str, Callable[[Shapes, Mapping[str, Any]], Pair]]] = {
    "type": Shapes.named,
    "members": Shapes.record,
    "items": Shapes.items,
    "table": Shapes.table,
    "choice": Shapes.choice,
    "any": Shapes.anything,
}
