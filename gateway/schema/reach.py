"""The law of reach: which types and elements a document with a given root may hold.

Follows slots, attributes, derived types, substitutions and wildcards of a laid out model; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
    Simple,
    Slot,
    TypeId,
    Wildcard,
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What is reached, each once, in the order found."""

    types: tuple[TypeId, ...]
    elements: tuple[Element, ...]


def reach(model: Model, roots: Iterable[str]) -> Reach:
    """The types and elements of documents with these global root elements, derived types included."""
    elements: dict[Element, None] = {}
    types: dict[TypeId, None] = {}
    opened: set[Wildcard] = set()
    queue: list[Element] = [model.elements[name] for name in roots if name in model.elements]
    todo: list[TypeId] = []
    while queue or todo:
        if queue:
            element = queue.pop()
            if element not in elements:
                elements[element] = None
                todo.append(element.type)
                todo += [row.type for row in element.alternatives if row.type]
            continue
        type_id = todo.pop()
        if type_id in types:
            continue
        types[type_id] = None
        kind = model.types[type_id]
        # a simple type named at a simple place is checked and set aside, so no document rests on it
        todo += [below for below in model.derived.get(type_id, ()) if isinstance(model.types[below], Complex)]
        if isinstance(kind, Simple):
            todo += [*([kind.item] if kind.item else []), *kind.members]
            continue
        todo += [use.type for use in kind.attributes]
        todo += [kind.simple] if kind.simple else []
        queue += [slot.element for slot in slots_of(kind)]
        if isinstance(kind.form, Open):
            todo += model.types
            queue += model.elements.values()
        for wildcard in wildcards_of(kind):
            if wildcard not in opened and wildcard.process != "skip":
                opened.add(wildcard)
                queue += [e for name, e in model.elements.items() if wildcard.takes(name)]
    return Reach(tuple(types), tuple(elements))


def slots_of(kind: Complex) -> Iterator[Slot]:
    """The slots of a laid out type, those within `$items` included."""
    for node in _nodes(kind):
        if isinstance(node, Slot):
            yield node


def wildcards_of(kind: Complex) -> Iterator[Wildcard]:
    """The element wildcards of a laid out type."""
    if isinstance(kind.form, Entries | Mixed):
        yield from kind.form.wildcards
    for node in _nodes(kind):
        if isinstance(node, AnySlot):
            yield node.wildcard


def _nodes(kind: Complex) -> Iterator[Node]:
    form = kind.form
    if isinstance(form, Entries | Mixed):
        yield from form.entries
    elif isinstance(form, Array):
        yield from _walk(form.member)
    elif isinstance(form, Keys) and form.content is not None:
        yield from _walk(form.content)


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, ItemsSlot):
        yield from _walk(node.entry)
    elif isinstance(node, Sequence | Choice | All):
        for child in node.nodes:
            yield from _walk(child)
