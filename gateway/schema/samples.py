"""The law of samples: an example of a message's JSON form, made from its layout, the same every time.

Every member that may stand is there, the first branch of each choice, one item of each repetition;
recursion ends at the second turn, with nil where it must. Used in OpenAPI, `explain` and the verdict's round trips.
"""

from __future__ import annotations

import base64
from decimal import Decimal, InvalidOperation
from typing import Final

from gateway.core.value import Value
from gateway.schema.examples import literal
from gateway.schema.ir import (
    All,
    AnySlot,
    Array,
    Choice,
    Complex,
    Element,
    Entries,
    ItemsSlot,
    Keys,
    Mixed,
    Model,
    Node,
    Open,
    Sequence,
    Settings,
    Simple,
    Slot,
    Text,
    TypeId,
    is_anonymous,
)
from gateway.schema.names import split

_SMALL: Final = frozenset("int short byte unsignedInt unsignedShort unsignedByte".split())
_LARGE: Final = frozenset(
    "decimal integer long nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger unsignedLong".split()
)
MOST: Final = 2000  # places of one sample, past which the optional is left out
_FREE: Final = ("urn:example", "", "urn:example:other")


def sample(model: Model, element: str, settings: Settings, unwrap: tuple[str, ...] = ()) -> Value:
    """An example of a body element's content. `model` is laid out; raises KeyError for an unknown element."""
    writer = _Sampler(model, settings)
    declaration = model.elements[element]
    for local in unwrap:
        kind = model.types[declaration.type]
        form = kind.form if isinstance(kind, Complex) else None
        declaration = next(s.element for s in _slots(form) if split(s.element.name)[1] == local)
    kind = model.types[declaration.type]
    if not unwrap and isinstance(kind, Complex) and isinstance(kind.form, Array):
        return writer.members(kind.form.member, ())
    return writer.place(declaration, ())


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
        type_id = element.type
        kind = self._model.types[type_id]
        if isinstance(kind, Complex) and kind.abstract:
            derived = [each for each in self._model.derived.get(type_id, ()) if not is_anonymous(each)]
            if not derived:
                return None
            return self._typed(derived[0], path)
        return self.type(type_id, path)

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
        return {**self._attributes(kind), **self._content(form, path)}

    def _content(self, form: object, path: tuple[TypeId, ...]) -> dict[str, Value]:
        if isinstance(form, Keys):
            return self.members(form.content, path) if form.content is not None else {}
        if isinstance(form, Mixed):
            return {"$mixed": ["text"]} if form.text else {}
        if isinstance(form, Entries):
            entries = [slot for slot in form.entries if not self._turns(slot.element, path)]
            return {"$items": [{slot.key: self.place(slot.element, path)} for slot in entries]} if entries else {}
        return {}

    def members(self, node: Node, path: tuple[TypeId, ...]) -> dict[str, Value]:
        """An example of a node's members."""
        if isinstance(node, Slot):
            if node.max == 0 or (node.min == 0 and (self._left <= 0 or self._turns(node.element, path))):
                return {}
            ends = node.element.nillable and self._turns(node.element, path)
            value = None if ends else self.place(node.element, path)
            return {node.key: [value] * max(1, node.min) if node.repeated else value}
        if isinstance(node, AnySlot):
            return self._any(node, path) if node.min else {}
        if isinstance(node, ItemsSlot):
            entry = self.members(node.entry, path)
            return {"$items": [entry] * max(1, min(node.min, 3))} if entry else {}
        if isinstance(node, Choice):
            for inner in node.nodes:
                found = self.members(inner, path)
                if found:
                    return found
            return {}
        merged: dict[str, Value] = {}
        for inner in node.nodes:
            merged.update(self.members(inner, path))
        return merged

    def _any(self, node: AnySlot, path: tuple[TypeId, ...]) -> dict[str, Value]:
        """What a demanded wildcard takes: an element of nobody's where that may stand, else a known global one."""
        test = node.wildcard.test
        if node.wildcard.process == "strict":
            known = (each for name, each in self._model.elements.items() if test.takes(split(name)[0]))
            found = next((each for each in known if not each.abstract and not self._turns(each, path)), None)
            if found is None:
                return {}
            one: Value = {_braced(found.name): self.place(found, path)}
        else:
            namespace = min(test.namespaces) if test.kind == "in" else next(ns for ns in _FREE if test.takes(ns))
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
