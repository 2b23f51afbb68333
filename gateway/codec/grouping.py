"""The law of grouping: content with a repeating group is read flat, then folded into `$items`.

The automaton has already proven the order; where one repetition ends is decided in `folding`. What
could not be read leaves a hole, so that its place in the JSON is known when it is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..core.value import Value
from ..schema import ir
from . import expressions as expr
from .choices import keys_of, leaves_of
from .decode import Content, ReadContent, Where, finisher, order_flaw, stray
from .flaw import Flaw, Flaws, Found, missing, too_many
from .folding import Event, Fold
from .names import SPACE, braced
from .plan import Plan
from .state import Reading


class _Hole:
    """Stands where a value could not be read, until its place is known."""

    __slots__ = ("flaws", "step")

    def __init__(self, flaws: Flaws, step: str) -> None:
        self.flaws = flaws
        self.step = step


class _Repetition(Where):
    """The repetition that was being read when something was found to be wrong."""

    def __init__(self, node: ir.Node, fold: Fold, events: list[Event], drop: int, inside: frozenset[str]) -> None:
        self._node, self._fold, self._events, self._drop, self._inside = node, fold, events, drop, inside

    def _object(self) -> tuple[str | int, ...]:
        """Where the object stands that the last element was read into."""
        last = self._fold.path([(key, None) for key, _ in self._events]) if self._events else None
        while last and isinstance(last[-1], int):  # out of the array of the last one, into its object
            last = last[:-1]
        return (last or ())[:-1]

    def child(self, flaw: Flaw) -> Flaw:
        flaw.pointer += self._object()[self._drop :][::-1]
        return flaw

    def names(self, known: Iterable[str]) -> Iterable[str]:
        node = self._node
        for part in self._object():
            if isinstance(part, str):
                node = next(
                    leaf.entry for leaf in leaves_of(node) if isinstance(leaf, ir.ItemsSlot) and leaf.key == part
                )
        return [key for key in keys_of(node) if key[0] != "$"]

    def missing(self, flaw: Flaw, keys: list[str], end: bool) -> Flaw:
        at = self._fold.path([*((key, None) for key, _ in self._events), *((key, None) for key in keys)])
        while at and isinstance(at[-1], int):
            at = at[:-1]
        if end and at and not self._drop and at[1:2] == (0,) and self._object()[:1] != at[:1]:
            return missing(str(at[0]), "")  # none of the group is there
        flaw.pointer += (at or ())[:-1][self._drop :][::-1]
        if keys[-1] in self._inside and flaw.xpath:  # where it would stand, after those of the entries before
            flaw.xpath[-1] += f"[{sum(key == keys[-1] for key, _ in self._events) + 1}]"
        return flaw

    def crowd(self, key: str, flaw: Flaw) -> Flaw | None:
        at = self._fold.path([(one, None) for one, _ in self._events]) or ()
        if key not in self._inside or (at and isinstance(at[-1], int) and at[-2] == key):
            return self.child(flaw)  # its own array is full
        group = self._fold.full(at, key)
        if group is None:
            return None
        many = too_many(group.key, "", group.max or 1)
        many.pointer = many.pointer[: len(many.pointer) - self._drop]
        return many


def grouped_reader(plan: Plan, type_: ir.Complex, node: ir.Node, *, array: bool = False) -> ReadContent:
    """Reads content that holds repeating groups."""
    content = Content(plan, type_, expr.of_layout(node), frozenset(_inside(node)), node)
    inside = frozenset(map(content.label, _inside(node)))
    fold = Fold(node)
    finish = None if array else finisher(plan, node)
    drop = 1 if array else 0

    def read(el: Any, out: dict[str, Value], doc: Reading) -> None:
        found = Found(content.limit)
        events: list[Event] = []
        holes = _events(content, el, doc, found, events, _Repetition(node, fold, events, drop, inside))
        folded: dict[str, Any] = {}
        whole = not found.flaws and fold(events, folded)
        if holes and not whole:
            for hole, at in holes:
                path = fold.path(events[: at + 1]) or (events[at][0],)
                found.take(hole.flaws.within(path[drop:], hole.step))
        elif holes:
            _fill_holes(folded, (), found, drop)
        found.done()
        if not whole or not content.passes(el):
            raise Flaws(order_flaw())
        out.update(folded)
        if finish is not None:
            finish(out)

    return read


def _inside(node: ir.Node, repeated: bool = False) -> Iterator[str]:
    """The elements that stand in a repeating group."""
    if isinstance(node, ir.Slot):
        if repeated:
            yield node.element.name
    elif isinstance(node, ir.ItemsSlot):
        yield from _inside(node.entry, True)
    elif not isinstance(node, ir.AnySlot):
        for one in node.nodes:
            yield from _inside(one, repeated)


def _events(
    content: Content, el: Any, doc: Reading, found: Found, events: list[Event], where: Where
) -> list[tuple[_Hole, int]]:
    """Gather the children as events; the holes among them, each with its index."""
    row = content.start
    holes: list[tuple[_Hole, int]] = []
    text = el.text
    if text is not None and text.strip(SPACE):
        found.add(stray())
    for child in el:
        step = row[child.tag] if isinstance(child.tag, str) else None
        if step is None and isinstance(child.tag, str):
            step = content.refuse(found, row, el, child, where)
        if step is not None:
            row, key, _, read_child, _ = step
            try:
                events.append((key, read_child(child, doc)))
            except Flaws as flaws:
                hole = _Hole(flaws.within((braced(child.tag),)) if key == "$any" else flaws, content.step(el, child))
                holes.append((hole, len(events)))
                events.append((key, hole))
                if len(holes) >= content.limit:
                    break
        text = child.tail
        if text is not None and text.strip(SPACE):
            found.add(stray())
    if not row.ready().final and len(holes) < content.limit:
        content.incomplete(found, row, el, where)
    return holes


def _fill_holes(value: Any, path: tuple[str | int, ...], found: Found, drop: int) -> None:
    if isinstance(value, _Hole):
        found.take(value.flaws.within(path[drop:], value.step))
    elif isinstance(value, dict) and len(path) % 2 == 0:  # our own objects; a child's value is never looked into
        for key, one in value.items():
            if isinstance(one, list):
                for at, item in enumerate(one):
                    _fill_holes(item, (*path, key, at), found, drop)
            elif isinstance(one, _Hole):
                found.take(one.flaws.within((*path, key)[drop:], one.step))
