"""The law of grouping: content with a repeating group is read flat, then folded into `$items`.

The automaton has already proven the order; where one repetition ends is decided in `folding`. What
could not be read leaves a hole, so that its place in the JSON is known when it is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..core.value import Value
from ..schema import ir
from . import expressions as expr
from .decode import Content, ReadContent, finisher, order_flaw, stray
from .flaw import Flaws, Found
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


def grouped_reader(plan: Plan, type_: ir.Complex, node: ir.Node, *, array: bool = False) -> ReadContent:
    """Reads content that holds repeating groups."""
    content = Content(plan, type_, expr.of_layout(node), frozenset(_inside(node)))
    fold = Fold(node)
    finish = None if array else finisher(plan, node)

    def read(el: Any, out: dict[str, Value], doc: Reading) -> None:
        found = Found(content.limit)
        events, holes = _events(content, el, doc, found)
        folded: dict[str, Any] = {}
        whole = not found.flaws and fold(events, folded)
        if holes and not whole:
            for hole, key in holes:
                found.take(hole.flaws.within((key,), hole.step))
        elif holes:
            _fill_holes(folded, (), found, drop=1 if array else 0)
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


def _events(content: Content, el: Any, doc: Reading, found: Found) -> tuple[list[Event], list[tuple[_Hole, str]]]:
    row = content.start
    events: list[Event] = []
    holes: list[tuple[_Hole, str]] = []
    text = el.text
    if text is not None and text.strip(SPACE):
        found.add(stray())
    for child in el:
        step = row[child.tag] if isinstance(child.tag, str) else None
        if step is None and isinstance(child.tag, str):
            step = content.refuse(found, row, el, child)
        if step is not None:
            row, key, _, read_child, _ = step
            try:
                events.append((key, read_child(child, doc)))
            except Flaws as flaws:
                hole = _Hole(flaws.within((braced(child.tag),)) if key == "$any" else flaws, content.step(el, child))
                holes.append((hole, key))
                events.append((key, hole))
                if len(holes) >= content.limit:
                    break
        text = child.tail
        if text is not None and text.strip(SPACE):
            found.add(stray())
    if not row.ready().final and len(holes) < content.limit:
        content.incomplete(found, row)
    return events, holes


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
