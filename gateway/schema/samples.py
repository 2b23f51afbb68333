"""The law of samples: an example of a message's JSON form, made from its layout, the same every time.

Every member that may stand is there, the first branch of each choice, one item of each repetition;
recursion ends at the second turn, by another branch or with nil where it must. Used in OpenAPI, `explain` and the
verdict's round trips.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Final

from gateway.core.value import Value
from gateway.schema.conditional import fitting
from gateway.schema.examples import literal
from gateway.schema.ir import (
    All,
    AnySlot,
    AnyUse,
    Array,
    Choice,
    Complex,
    Element,
    ElementUse,
    Entries,
    Group,
    ItemsSlot,
    Keys,
    Mixed,
    Model,
    Node,
    Open,
    Particle,
    Sequence,
    Settings,
    Simple,
    Slot,
    Text,
    TypeId,
    is_anonymous,
)
from gateway.schema.names import clark, split

_SMALL: Final = frozenset("int short byte unsignedInt unsignedShort unsignedByte".split())
_LARGE: Final = frozenset(
    "decimal integer long nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger unsignedLong".split()
)
MOST: Final = 2000  # places of one sample, past which the optional is left out
_FREE: Final = ("urn:example", "", "urn:example:other")


def sample(model: Model, element: str, settings: Settings, unwrap: tuple[str, ...] = ()) -> Value:
    """An example of a body element's content, {} where none has an end. `model` is laid out.

    Raises KeyError for an unknown element.
    """
    writer = _Sampler(model, settings)
    declaration = model.elements[element]
    for local in unwrap:
        kind = model.types[declaration.type]
        form = kind.form if isinstance(kind, Complex) else None
        declaration = next(s.element for s in _slots(form) if split(s.element.name)[1] == local)
    kind = model.types[declaration.type]
    try:
        if not unwrap and isinstance(kind, Complex) and isinstance(kind.form, Array):
            return writer.members(kind.form.member, ())
        return writer.place(declaration, ())
    except _Endless:
        return {}


def _slots(form: object) -> list[Slot]:
    content = form.member if isinstance(form, Array) else form.content if isinstance(form, Keys) else None
    found: list[Slot] = []
    stack: list[Node] = [content] if content is not None else []
    while stack:
        node = stack.pop(0)
        if isinstance(node, Slot):
            found.append(node)
        elif isinstance(node, Sequence | Choice | All):
            stack = [*node.nodes, *stack]
    return found


class _Endless(Exception):
    """What is demanded here needs itself: whoever has another branch takes that."""


class _Sampler:
    def __init__(self, model: Model, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self._left = MOST

    def place(self, element: Element, path: tuple[TypeId, ...]) -> Value:
        """An example of what stands for an element; `path` is the types that are being made."""
        self._left -= 1
        if element.fixed is not None and isinstance(self._model.types[element.type], Simple):
            return self._value(element.type, element.fixed)
        type_id, chosen = fitting(self._model, element)
        kind = self._model.types[type_id]
        if isinstance(kind, Complex) and kind.abstract:
            derived = [each for each in self._model.derived.get(type_id, ()) if not is_anonymous(each)]
            return self._derived(derived, path) if derived else None
        made = self.type(type_id, path)
        if chosen and isinstance(kind, Complex) and isinstance(made, dict):
            keys = {use.key: self._value(use.type, chosen[use.name]) for use in kind.attributes if use.name in chosen}
            made = {key: keys.get(key, value) for key, value in made.items()}
        return made

    def _derived(self, derived: list[TypeId], path: tuple[TypeId, ...]) -> Value:
        for each in derived:
            if each not in path:
                with suppress(_Endless):
                    return self._typed(each, path)
        raise _Endless

    def _typed(self, type_id: TypeId, path: tuple[TypeId, ...]) -> Value:
        namespace, local = split(type_id)
        prefix = self._model.prefixes.get(namespace, "")
        own = self.type(type_id, path)
        name = f"{prefix}:{local}" if prefix else local
        return {"$type": name, **own} if isinstance(own, dict) else {"$type": name, "$value": own}

    def type(self, type_id: TypeId, path: tuple[TypeId, ...]) -> Value:
        """An example of a type's form."""
        kind = self._model.types[type_id]
        if isinstance(kind, Simple):
            return self._value(type_id, literal(self._model, type_id))
        path = (*path, type_id)
        form = kind.form
        if isinstance(form, Text):
            value = self._value(kind.simple or "", literal(self._model, kind.simple or ""))
            return value if form.bare else {**self._attributes(kind), "$value": value}
        if isinstance(form, Array):
            return self._array(form.member, path)
        if isinstance(form, Open):
            return {"$value": "text"}
        return {**self._attributes(kind), **self._content(kind, form, path)}

    def _content(self, kind: Complex, form: object, path: tuple[TypeId, ...]) -> dict[str, Value]:
        if isinstance(form, Keys):
            return self.members(form.content, path) if form.content is not None else {}
        if not isinstance(form, Mixed | Entries):
            return {}
        entries: list[Value] = []
        if kind.particle is not None:
            known = {slot.element.name: slot for slot in form.entries}
            entries += self._run(kind.particle, known, path, least=isinstance(form, Mixed))
        if isinstance(form, Mixed):
            return {"$mixed": [*(["text"] if form.text else []), *entries]}
        return {"$items": entries} if entries else {}

    def _run(
        self, particle: Particle, known: Mapping[str, Slot], path: tuple[TypeId, ...], *, least: bool
    ) -> list[Value]:
        """Entries in an order that the particle takes; `least`: no more than it demands. Raises _Endless."""
        if particle.max == 0 or (particle.min == 0 and (least or self._left <= 0)):
            return []
        try:
            if isinstance(particle, Group) and particle.model == "choice":
                runs = self._branches(particle, known, path, least)
                return [each for run in runs for each in run]
            return self._once(particle, known, path, least) * max(1, particle.min)
        except _Endless:
            if particle.min == 0:
                return []
            raise

    def _branches(
        self, choice: Group, known: Mapping[str, Slot], path: tuple[TypeId, ...], least: bool
    ) -> list[list[Value]]:
        """Each branch once, as far as it may be there; the shortest, as often as it must."""
        runs = []
        for inner in choice.particles:
            with suppress(_Endless):
                runs.append(self._run(inner, known, path, least=least))
        if not runs:
            if choice.particles:
                raise _Endless
            return []
        if least:
            return [min(runs, key=len)] * choice.min
        chosen = [run for run in runs if run][: choice.max]
        return chosen + runs[:1] * (choice.min - len(chosen))

    def _once(
        self, particle: Particle, known: Mapping[str, Slot], path: tuple[TypeId, ...], least: bool
    ) -> list[Value]:
        if isinstance(particle, AnyUse):
            found = self._any(AnySlot(particle.wildcard, 1, 1, repeated=False), path) if particle.min else {}
            return [found] if found else []
        if isinstance(particle, ElementUse):
            names = (particle.element.name, *self._model.substitutions.get(particle.element.name, ()))
            slot = next((known[name] for name in names if name in known and not known[name].element.abstract), None)
            return [] if slot is None else [{slot.key: self._turn(slot.element, path)}]
        runs = [self._run(inner, known, path, least=least) for inner in particle.particles]
        return [each for run in runs for each in run]

    def _turn(self, element: Element, path: tuple[TypeId, ...]) -> Value:
        """What stands for an element that must stand: nil at the second turn. Raises _Endless."""
        if not self._turns(element, path):
            try:
                return self.place(element, path)
            except _Endless:
                if not element.nillable:
                    raise
        if element.nillable:
            return None
        raise _Endless

    def members(self, node: Node, path: tuple[TypeId, ...]) -> dict[str, Value]:
        """An example of a node's members. Raises _Endless where it cannot end."""
        if isinstance(node, Slot):
            return self._slot(node, path)
        if isinstance(node, AnySlot):
            return self._any(node, path) if node.min else {}
        if isinstance(node, Choice):
            return self._choice(node, path)
        try:
            if isinstance(node, ItemsSlot):
                entry = self.members(node.entry, path)
                return {"$items": [entry] * max(1, min(node.min, 3))} if entry else {}
            merged: dict[str, Value] = {}
            for inner in node.nodes:
                merged.update(self.members(inner, path))
            return merged
        except _Endless:
            if node.min == 0 if isinstance(node, ItemsSlot) else node.optional:
                return {}
            raise

    def _slot(self, node: Slot, path: tuple[TypeId, ...]) -> dict[str, Value]:
        if node.max == 0 or (node.min == 0 and (self._left <= 0 or self._turns(node.element, path))):
            return {}
        try:
            value = self._turn(node.element, path)
        except _Endless:
            if node.min == 0:
                return {}
            raise
        return {node.key: [value] * max(1, node.min) if node.repeated else value}

    def _choice(self, node: Choice, path: tuple[TypeId, ...]) -> dict[str, Value]:
        """The first branch that has something and ends."""
        ended = node.optional or not node.nodes
        for inner in node.nodes:
            with suppress(_Endless):
                found = self.members(inner, path)
                if found:
                    return found
                ended = True
        if ended:
            return {}
        raise _Endless

    def _any(self, node: AnySlot, path: tuple[TypeId, ...]) -> dict[str, Value]:
        """What a demanded wildcard takes: an element of nobody's where that may stand, else a known global one."""
        test = node.wildcard.test
        if node.wildcard.process == "strict":
            known = (each for name, each in self._model.elements.items() if node.wildcard.takes(name))
            found = next((each for each in known if not each.abstract and not self._turns(each, path)), None)
            if found is None:
                return {}
            one: Value = {_braced(found.name): self.place(found, path)}
        else:
            free = (ns for ns in _FREE if node.wildcard.takes(clark(ns, "element")))
            namespace = min(test.namespaces) if test.kind == "in" else next(free)
            one = {f"{{{namespace}}}element": {}}
        return {node.key: [one] * node.min if node.repeated else one}

    def _array(self, member: Slot | ItemsSlot, path: tuple[TypeId, ...]) -> Value:
        found = self.members(member, path)
        return next(iter(found.values()), [])

    def _turns(self, element: Element, path: tuple[TypeId, ...]) -> bool:
        return element.type in path

    def _attributes(self, kind: Complex) -> dict[str, Value]:
        return {
            use.key: self._value(use.type, use.fixed if use.fixed is not None else literal(self._model, use.type))
            for use in kind.attributes
        }

    def _value(self, type_id: TypeId, text: str) -> Value:
        kind = self._model.types[type_id]
        if not isinstance(kind, Simple):
            return text
        if kind.variety == "list":
            return [self._value(kind.item or "", part) for part in text.split()]
        if kind.variety == "union":
            return self._value(kind.members[0], text) if kind.members else text
        if kind.facets.patterns or self._settings.scalars == "string":
            return text
        return self._atomic(kind.builtin, text)

    def _atomic(self, name: str, text: str) -> Value:
        if name == "boolean":
            return text in ("true", "1")
        if name in _SMALL:
            return int(text)
        if name in _LARGE:
            return text if self._settings.numbers == "string" else _exact(text)
        if name in ("float", "double"):
            return float(text) if text not in ("INF", "-INF", "NaN") else text
        if name == "base64Binary":
            return base64.b64encode(base64.b64decode(text)).decode()
        return text.upper() if name == "hexBinary" else text


def _braced(name: str) -> str:
    namespace, local = split(name)
    return f"{{{namespace}}}{local}"


def _exact(text: str) -> Value:
    try:
        return int(text) if len(text) <= 18 else Decimal(text)
    except (ValueError, InvalidOperation):
        return Decimal(text)
