"""The law of folding: a flat run of keys becomes nested repetitions, as few as the content allows.

Greedy first: one look ahead decides, in linear time. Only where counts nest so that greed may take
what a later repetition needs, every end of every node is looked up instead.
"""

from __future__ import annotations

from typing import Any, Final

from ..schema import ir

Event = tuple[str, Any]  # key, value
_MOST: Final = 5_000  # events that are folded with care: its time is their square
_FAILED: Final = -1


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


def _outermost(node: ir.Node) -> list[ir.ItemsSlot]:
    """The groups of a content that stand in no other."""
    if isinstance(node, ir.ItemsSlot):
        return [node]
    return [] if isinstance(node, ir.Slot | ir.AnySlot) else [one for part in node.nodes for one in _outermost(part)]


def least(node: ir.ItemsSlot) -> int:
    """The fewest entries: repetitions that may be empty are not written."""
    return 0 if emptiable(node.entry) else node.min


class Fold:
    """Folds events by a layout node."""

    def __init__(self, node: ir.Node) -> None:
        self._node = node
        self._firsts: dict[int, frozenset[str]] = {}

    def __call__(self, events: list[Event], out: dict[str, Any]) -> bool:
        """Whether all events were folded into `out`."""
        if self._take(self._node, events, 0, out) == len(events):
            return True
        out.clear()
        return len(events) <= _MOST and _Careful(events).fold(self._node, out)

    def path(self, events: list[Event]) -> tuple[str | int, ...] | None:
        """Where the last of these events, the begin of a content, would stand; None when it may not come there."""
        out: dict[str, Any] = {}
        mark = object()
        self._take(self._node, [*events[:-1], (events[-1][0], mark)], 0, out)
        return _path(out, mark)

    def full(self, path: tuple[str | int, ...], key: str) -> ir.ItemsSlot | None:
        """The content's only group, when the path is in its last entry that may be and the key would begin another."""
        groups = [one for one in _outermost(self._node) if one.max is not None]
        if len(groups) != 1 or key not in self._first(groups[0].entry):
            return None
        return groups[0] if path[:2] == (groups[0].key, (groups[0].max or 0) - 1) else None

    def _first(self, node: ir.Node) -> frozenset[str]:
        """The keys with which a node may begin."""
        known = self._firsts.get(id(node))
        if known is None:
            if isinstance(node, (ir.Slot, ir.AnySlot)):
                known = frozenset({node.key})
            elif isinstance(node, ir.ItemsSlot):
                known = self._first(node.entry)
            else:
                known = frozenset()
                for one in node.nodes:
                    known |= self._first(one)
                    if isinstance(node, ir.Sequence) and not emptiable(one):
                        break
            self._firsts[id(node)] = known
        return known

    def _take(self, node: ir.Node, events: list[Event], at: int, out: dict[str, Any]) -> int:
        """The index behind what the node took greedily; -1 when that is less than it needs."""
        end = len(events)
        if isinstance(node, (ir.Slot, ir.AnySlot)):
            begin = at
            while at < end and events[at][0] == node.key and (node.max is None or at - begin < node.max):
                put(out, node, events[at][1])
                at += 1
            return at if at - begin >= node.min else _FAILED
        if isinstance(node, ir.ItemsSlot):
            return self._take_items(node, events, at, out)
        if isinstance(node, ir.Choice):
            for one in node.nodes:
                if at < end and events[at][0] in self._first(one):
                    return self._take(one, events, at, out)
            return at if emptiable(node) else _FAILED
        if node.optional and (at >= end or events[at][0] not in self._first(node)):
            return at
        for one in node.nodes:
            at = self._take(one, events, at, out)
            if at == _FAILED:
                return at
        return at

    def _take_items(self, node: ir.ItemsSlot, events: list[Event], at: int, out: dict[str, Any]) -> int:
        first = self._first(node.entry)
        entries: list[dict[str, Any]] = []
        while at < len(events) and events[at][0] in first and (node.max is None or len(entries) < node.max):
            entry: dict[str, Any] = {}
            entries.append(entry)
            out[node.key] = entries
            at = self._take(node.entry, events, at, entry)
            if at == _FAILED:
                return at
        return at if len(entries) >= least(node) else _FAILED


def _path(value: Any, mark: object) -> tuple[str | int, ...] | None:
    """The way down to a mark: only the last entry of each array can hold what was taken last."""
    if value is mark:
        return ()
    if isinstance(value, list) and value:
        below = _path(value[-1], mark)
        return None if below is None else (len(value) - 1, *below)
    if isinstance(value, dict):
        for key, one in value.items():
            below = _path(one, mark)
            if below is not None:
                return (key, *below)
    return None


def put(out: dict[str, Any], node: ir.Slot | ir.AnySlot, value: Any) -> None:
    """Give a slot one more value."""
    if not node.repeated:
        out[node.key] = value
    elif node.key in out:
        out[node.key].append(value)
    else:
        out[node.key] = [value]


class _Careful:
    """Folding with every end of every node looked up once."""

    def __init__(self, events: list[Event]) -> None:
        self._events = events
        self._ends: dict[tuple[int, int], tuple[int, ...]] = {}

    def fold(self, node: ir.Node, out: dict[str, Any]) -> bool:
        """Whether all events were folded into `out`."""
        if len(self._events) not in self.ends(node, 0):
            return False
        self._build(node, 0, len(self._events), out)
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
            while most < len(self._events) and self._events[most][0] == node.key:
                most += 1
                if node.max is not None and most - at >= node.max:
                    break
            return set(range(at + node.min, most + 1))
        if isinstance(node, ir.ItemsSlot):
            return {end for end, counts in self._counts(node, at).items() if self._fitting(node, counts)}
        if isinstance(node, ir.Choice):
            found = {end for one in node.nodes for end in self.ends(one, at)}
        else:
            found = {at}
            for one in node.nodes:
                found = {end for begin in found for end in self.ends(one, begin)}
        return found | {at} if node.optional else found

    @staticmethod
    def _fitting(node: ir.ItemsSlot, counts: set[int]) -> list[int]:
        return sorted(n for n in counts if n >= least(node) and (node.max is None or n <= node.max))

    def _counts(self, node: ir.ItemsSlot, at: int) -> dict[int, set[int]]:
        """End -> the numbers of repetitions that lead there."""
        reached: dict[int, set[int]] = {at: {0}}
        for begin in range(at, len(self._events)):
            for end in self.ends(node.entry, begin) if begin in reached else ():
                if end > begin:
                    reached.setdefault(end, set()).update(count + 1 for count in reached[begin])
        return reached

    def _build(self, node: ir.Node, at: int, end: int, out: dict[str, Any]) -> None:
        if isinstance(node, (ir.Slot, ir.AnySlot)):
            for _, value in self._events[at:end]:
                put(out, node, value)
        elif isinstance(node, ir.ItemsSlot):
            entries = []
            for begin, stop in self._entries(node, at, end):
                entry: dict[str, Any] = {}
                self._build(node.entry, begin, stop, entry)
                entries.append(entry)
            if entries:
                out[node.key] = entries
        elif isinstance(node, ir.Choice):
            branch = next((one for one in node.nodes if end in self.ends(one, at)), None)
            if branch is not None:
                self._build(branch, at, end, out)
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
        """The fewest repetitions from here to there."""
        counts = self._counts(node, at)
        count = self._fitting(node, counts.get(end, set()))[0]
        entries: list[tuple[int, int]] = []
        while count:
            count -= 1
            begin = next(
                begin
                for begin in range(at, end)
                if count in counts.get(begin, ()) and end in self.ends(node.entry, begin)
            )
            entries.append((begin, end))
            end = begin
        return entries[::-1]
