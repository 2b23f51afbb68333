"""The law of the plan: each type and each declaration is compiled once, and found again by name.

`Plan` owns the tables that closures close over. Types refer to each other through `TypeIO`, which
exists before its closures do, so recursion needs no care. A plan belongs to one element and one
set of settings; nothing of a message is kept here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core.value import Value
from ..core.xmlnames import is_nc_name
from ..schema import ir
from .leaf import Leaf
from .names import ANY_TYPE, XS, short, split
from .state import Reading, Writing

if TYPE_CHECKING:
    from .open import AnyIO

ReadPlace = Callable[[Any, Reading], Value]
WritePlace = Callable[[Value, list[str], Writing], None]
WriteContent = Callable[[dict[str, Value], list[str], Writing], int]  # gives the number of keys taken


class PlanError(ValueError):
    """What is asked of a contract that would lose something; said when it is compiled."""


class Place:
    """An element declaration, compiled."""

    __slots__ = ("default", "element", "fixed", "io", "nullable", "quick_read", "quick_write", "read", "step", "write")

    def __init__(self, element: ir.Element, step: str) -> None:
        self.element = element
        self.step = step  # of an XPath
        self.default = element.fixed if element.default is None else element.default
        self.fixed = element.fixed
        self.nullable = element.nillable  # whether a JSON null is a value here
        self.io: TypeIO  # of the declared type
        # the scalar's own functions, where an element without attributes and with text needs nothing else
        self.quick_read: Callable[[str, Any], Value] | None = None
        self.quick_write: Callable[[Value, Any], str] | None = None
        self.read: ReadPlace
        self.write: WritePlace


ReadType = Callable[[Any, list[tuple[str, str]], Reading, Place | None], Value]


class TypeIO:
    """A type, compiled. `is_object`: its form is a JSON object, so `$type` stands inside it."""

    __slots__ = ("id", "is_object", "label", "read", "read_attributes", "type", "write", "write_attributes")

    def __init__(self, id_: ir.TypeId, type_: ir.Type, label: str) -> None:
        self.id = id_
        self.type = type_
        self.label = label  # as `$type` names it
        self.is_object = False
        # (element, attributes other than xsi, reading, place with a default or fixed value)
        self.read: ReadType
        # (value, pieces, writing, head of the start tag, keys taken already, place with a default or fixed value)
        self.write: Callable[[Value, list[str], Writing, str, int, Place | None], None]
        self.read_attributes: Callable[[list[tuple[str, str]], dict[str, Value], Any, Reading], None]
        self.write_attributes: Callable[[dict[str, Value], Writing], tuple[str, int]]


class Plan:
    """All that is compiled for one model under one set of settings; may be shared by threads."""

    def __init__(self, model: ir.Model, settings: ir.Settings, findings: int) -> None:
        self.model = model
        self.settings = settings
        self.findings = findings
        self.prefixes: Mapping[str, str] = {XS: "xs", **model.prefixes}
        self.identified: list[ir.Element] = []  # declarations with identity constraints
        self._types: dict[ir.TypeId, TypeIO] = {}
        self._places: dict[ir.Element, Place] = {}
        self._leaves: dict[ir.TypeId, Leaf] = {}
        self._wild: dict[ir.Wildcard, AnyIO] = {}
        self._labels: dict[str, ir.TypeId] = {}
        self._lock = threading.RLock()  # what is built is seen by others only when it is whole
        self._pending: list[Callable[[], object]] = []
        self._depth = 0
        self._known: list[int] = []
        for id_ in model.types:
            if not ir.is_anonymous(id_) and is_nc_name(split(id_)[1]):
                self._labels[short(id_, self.prefixes)] = id_

    def later(self, work: Callable[[], object]) -> None:
        """Compile that, too, before anyone reads or writes."""
        self._pending.append(work)

    @contextmanager
    def _building(self) -> Iterator[None]:
        """The outermost builder also does what was put off, so that it gives what is whole; failing leaves nothing."""
        made: tuple[dict[Any, Any], ...] = (self._types, self._places, self._leaves, self._wild)
        if self._depth == 0:
            self._known = [len(each) for each in made]
        self._depth += 1
        try:
            yield
            while self._depth == 1 and self._pending:
                self._pending.pop()()
        except BaseException:
            if self._depth == 1:  # what was begun would be taken for whole by the next who asks
                self._pending.clear()
                for each, known in zip(made, self._known, strict=True):
                    while len(each) > known:
                        each.popitem()
            raise
        finally:
            self._depth -= 1

    def place(self, element: ir.Element) -> Place:
        """The compiled declaration."""
        with self._lock:
            place = self._places.get(element)
            if place is None:
                from .places import build_place

                with self._building():
                    place = self._places[element] = Place(element, short(element.name, self.prefixes))
                    place.io = self.type(element.type)
                    build_place(self, place)
            return place

    def root(self, element: ir.Element) -> Place:
        """A declaration as the root of a body: its type never collapses to an array."""
        type_ = self.model.types[element.type]
        if element.alternatives:
            return self._conditional_root(element)
        if not isinstance(type_, ir.Complex) or not isinstance(type_.form, ir.Array):
            return self.place(element)
        from .places import build_place
        from .types import build_type

        with self._lock:
            place = Place(element, short(element.name, self.prefixes))
            kept = replace(type_, form=ir.Keys(type_.form.member, type_.form.loose))
            place.io = TypeIO(element.type, kept, short(element.type, self.prefixes))
            with self._building():
                build_type(self, place.io)
                build_place(self, place)
            return place

    def _conditional_root(self, element: ir.Element) -> Place:
        from .alternatives import build_conditional

        with self._lock:
            place = Place(element, short(element.name, self.prefixes))
            place.io = self.type(element.type)
            build_conditional(self, place, self.root)
            return place

    def type(self, id_: ir.TypeId) -> TypeIO:
        """The compiled type."""
        with self._lock:
            io = self._types.get(id_)
            if io is None:
                from .types import build_type

                with self._building():
                    io = self._types[id_] = TypeIO(id_, self.model.types[id_], short(id_, self.prefixes))
                    build_type(self, io)
                    for derived in self.model.derived.get(id_, ()) if id_ != ANY_TYPE else ():
                        if isinstance(self.model.types[derived], ir.Complex):
                            self.later(lambda name=derived: self.type(name))  # type: ignore[misc]
            return io

    def leaf(self, id_: ir.TypeId) -> Leaf:
        """The reader and writer of a simple type's text."""
        with self._lock:
            leaf = self._leaves.get(id_)
            if leaf is None:
                leaf = self._leaves[id_] = Leaf(self.model, id_, self.settings)
            return leaf

    def wildcard(self, wildcard: ir.Wildcard) -> AnyIO:
        """The reader and writer of what a wildcard takes."""
        with self._lock:
            made = self._wild.get(wildcard)
            if made is None:
                from .open import AnyIO

                with self._building():
                    made = self._wild[wildcard] = AnyIO(self, wildcard)
            return made

    def labelled(self, label: str) -> TypeIO | None:
        """The global type that a `$type` names."""
        id_ = self._labels.get(label)
        return None if id_ is None else self.type(id_)

    def derives(self, actual: ir.TypeId, declared: ir.TypeId, blocked: frozenset[str]) -> bool:
        """Whether a type may stand at another's place (XSD 1.0 Part 1 §3.4.6, §3.14.6)."""
        types = self.model.types
        at: ir.TypeId | None = actual
        while at is not None and at != declared:
            type_ = types[at]
            method = type_.derivation if isinstance(type_, ir.Complex) else "restriction"
            if method in blocked:
                return False
            at = type_.base if type_.base != at else None
        if at == declared or (declared == ANY_TYPE and not blocked):
            return True
        target = types[declared]
        if isinstance(target, ir.Simple) and target.variety == "union":
            return any(self.derives(actual, member, blocked) for member in target.members)
        return declared == ANY_TYPE or (declared == f"{{{XS}}}anySimpleType" and isinstance(types[actual], ir.Simple))
