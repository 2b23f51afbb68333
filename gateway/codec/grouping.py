"""The law of grouping: content with a repeating group is read flat, then folded into `$items`.

The automaton has already proven the order, so folding only decides where one repetition ends: as
few repetitions as the content allows. Where counts are nested the greedy choice is looked up
instead of guessed, so a content that the schema takes is never refused.
"""

from __future__ import annotations

from typing import Any

from ..core.value import Value
from ..schema import ir
from . import automaton as auto
from .decode import Content, ReadContent, finisher, order_flaw, stray
from .flaw import Flaws, Found
from .names import SPACE, braced
from .plan import Plan
from .state import Reading

Event = tuple[str, Any, Any]  # key, value, child element


class _Hole:
    """Stands where a value could not be read, until its place is known."""

    __slots__ = ("flaws", "step")

    def __init__(self, flaws: Flaws, step: str) -> None:
        self.flaws = flaws
        self.step = step


def grouped_reader(plan: Plan, type_: ir.Complex, node: ir.Node, *, array: bool = False) -> ReadContent:
    """Reads content that holds repeating groups."""
    content = Content(plan, type_, auto.of_layout(node))
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
            row, key, _, read_child = step
            try:
                events.append((key, read_child(child, doc), child))
            except Flaws as flaws:
                hole = _Hole(flaws.within((braced(child.tag),)) if key == "$any" else flaws, content.step(el, child))
                holes.append((hole, key))
                events.append((key, hole, child))
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


# ---------------------------------------------------------------- folding


class Fold:
    """Folds events by a layout node. Quick where one look ahead decides, careful where counts nest."""

    def __init__(self, node: ir.Node) -> None:
        self.node = node
        self._firsts: dict[int, frozenset[str]] = {}
        self._careful = _counts_nest(node)

    def __call__(self, events: list[Event], out: dict[str, Any]) -> bool:
        """Whether all events were folded into `out`."""
        if not self._careful:
            return self._take(self.node, events, 0, out) == len(events)
        return _Careful(events).fold(self.node, out)

    def first(self, node: ir.Node) -> frozenset[str]:
        """The keys with which a node may begin."""
        known = self._firsts.get(id(node))
        if known is None:
            known = self._firsts[id(node)] = self._first(node)
        return known

    def _first(self, node: ir.Node) -> frozenset[str]:
        if isinstance(node, (ir.Slot, ir.AnySlot)):
            return frozenset({node.key})
        if isinstance(node, ir.ItemsSlot):
            return self.first(node.entry)
        keys: frozenset[str] = frozenset()
        for one in node.nodes:
            keys |= self.first(one)
            if isinstance(node, ir.Sequence) and not emptiable(one):
                break
        return keys

    def _take(self, node: ir.Node, events: list[Event], at: int, out: dict[str, Any]) -> int:
        end = len(events)
        if isinstance(node, (ir.Slot, ir.AnySlot)):
            count = 0
            while at < end and events[at][0] == node.key and (node.max is None or count < node.max):
                _put(out, node, events[at])
                at, count = at + 1, count + 1
            return at
        if isinstance(node, ir.ItemsSlot):
            first, entries = self.first(node.entry), []
            while at < end and events[at][0] in first and (node.max is None or len(entries) < node.max):
                entry: dict[str, Any] = {}
                at = self._take(node.entry, events, at, entry)
                entries.append(entry)
            if entries:
                out[node.key] = entries
            return at
        if isinstance(node, ir.Choice):
            for one in node.nodes:
                if at < end and events[at][0] in self.first(one):
                    return self._take(one, events, at, out)
            return at
        for one in node.nodes:
            at = self._take(one, events, at, out)
        return at


def _put(out: dict[str, Any], node: ir.Slot | ir.AnySlot, event: Event) -> None:
    if not node.repeated:
        out[node.key] = event[1]
    elif node.key in out:
        out[node.key].append(event[1])
    else:
        out[node.key] = [event[1]]


def emptiable(node: ir.Node) -> bool:
    """Whether a node may hold nothing."""
    if isinstance(node, (ir.Slot, ir.AnySlot)):
        return node.min == 0
    if isinstance(node, ir.ItemsSlot):
        return node.min == 0 or emptiable(node.entry)
    if node.optional:
        return True
    some = any if isinstance(node, ir.Choice) else all
    return some(map(emptiable, node.nodes))


def _counts_nest(node: ir.Node, repeated: bool = False, many: bool = False) -> bool:
    """Whether a repetition stands inside another and one of them demands two or more."""
    if isinstance(node, ir.ItemsSlot):
        return (repeated and (many or node.min > 1)) or _counts_nest(node.entry, True, many or node.min > 1)
    if isinstance(node, (ir.Slot, ir.AnySlot)):
        return repeated and (node.max is None or node.max > 1) and (many or node.min > 1)
    return any(_counts_nest(one, repeated, many) for one in node.nodes)


class _Careful:
    """Folding with every end of every node looked up once (linear in nodes times events squared)."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        self._ends: dict[tuple[int, int], tuple[int, ...]] = {}

    def fold(self, node: ir.Node, out: dict[str, Any]) -> bool:
        if len(self.events) not in self.ends(node, 0):
            return False
        self._build(node, 0, len(self.events), out)
        return True

    def ends(self, node: ir.Node, at: int) -> tuple[int, ...]:
        """Where a node that begins at an event may end, the longest first."""
        known = self._ends.get((id(node), at))
        if known is None:
            known = self._ends[id(node), at] = tuple(sorted(self._find(node, at), reverse=True))
        return known

    def _find(self, node: ir.Node, at: int) -> set[int]:
        if isinstance(node, (ir.Slot, ir.AnySlot)):
            most = at
            while most < len(self.events) and self.events[most][0] == node.key:
                most += 1
                if node.max is not None and most - at >= node.max:
                    break
            return set(range(at + node.min, most + 1))
        if isinstance(node, ir.ItemsSlot):
            return {end for end, count in self.counts(node, at).items() if self._enough(node, count)}
        if isinstance(node, ir.Choice):
            found = {end for one in node.nodes for end in self.ends(one, at)}
        else:
            found = {at}
            for one in node.nodes:
                found = {end for begin in found for end in self.ends(one, begin)}
        return found | {at} if node.optional else found

    def _enough(self, node: ir.ItemsSlot, counts: set[int]) -> bool:
        least = 0 if emptiable(node.entry) else node.min
        return any(count >= least and (node.max is None or count <= node.max) for count in counts)

    def counts(self, node: ir.ItemsSlot, at: int) -> dict[int, set[int]]:
        """End -> the numbers of repetitions that lead there."""
        reached: dict[int, set[int]] = {at: {0}}
        for begin in range(at, len(self.events)):
            for end in self.ends(node.entry, begin) if begin in reached else ():
                if end > begin:
                    reached.setdefault(end, set()).update(count + 1 for count in reached[begin])
        return reached

    def _build(self, node: ir.Node, at: int, end: int, out: dict[str, Any]) -> None:
        if isinstance(node, (ir.Slot, ir.AnySlot)):
            for event in self.events[at:end]:
                _put(out, node, event)
        elif isinstance(node, ir.ItemsSlot):
            entries = []
            for begin, stop in self._entries(node, at, end):
                entry: dict[str, Any] = {}
                self._build(node.entry, begin, stop, entry)
                entries.append(entry)
            if entries:
                out[node.key] = entries
        elif isinstance(node, ir.Choice):
            for one in node.nodes:
                if end in self.ends(one, at):
                    self._build(one, at, end, out)
                    return
        elif at < end or not node.optional:
            for one, (begin, stop) in zip(node.nodes, self._parts(node.nodes, at, end), strict=True):
                self._build(one, begin, stop, out)

    def _parts(self, nodes: tuple[ir.Node, ...], at: int, end: int) -> list[tuple[int, int]]:
        """The parts of a sequence, each as long as the rest allows."""
        fits: list[set[int]] = [{end}]
        for node in reversed(nodes):
            fits.append({begin for begin in range(at, end + 1) if fits[-1].intersection(self.ends(node, begin))})
        fits.reverse()
        parts = []
        for node, after in zip(nodes, fits[1:], strict=True):
            stop = next(stop for stop in self.ends(node, at) if stop in after)
            parts.append((at, stop))
            at = stop
        return parts

    def _entries(self, node: ir.ItemsSlot, at: int, end: int) -> list[tuple[int, int]]:
        """The fewest repetitions from here to there, earlier ones the longest."""
        counts = self.counts(node, at)
        least = 0 if emptiable(node.entry) else node.min
        count = min(n for n in counts.get(end, {0}) if n >= least and (node.max is None or n <= node.max))
        entries: list[tuple[int, int]] = []
        while count:
            back = (
                next(
                    begin
                    for begin in range(at, end)
                    if count - 1 in counts.get(begin, ()) and end in self.ends(node.entry, begin)
                )
                if count == 1
                else next(
                    begin
                    for begin in range(end - 1, at - 1, -1)
                    if count - 1 in counts.get(begin, ()) and end in self.ends(node.entry, begin)
                )
            )
            entries.append((back, end))
            end, count = back, count - 1
        return entries[::-1]
