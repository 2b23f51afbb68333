"""The law of writing content: keys become elements in schema order, presence decides the branches.

Text pieces only, never a tree. A node writer gives the number of keys it took from the object, so
that one comparison finds a key nobody took. What presence alone cannot prove (order in a whole
content of `$items`, nested counts) is read back once: `Writing.recheck`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from ..core.value import Value
from ..schema import ir
from . import automaton as auto
from .flaw import (
    Flaw,
    Flaws,
    Found,
    misplaced,
    missing,
    missing_choice,
    not_nillable,
    too_few,
    too_many,
    unknown,
    wrong_shape,
)
from .grouping import emptiable
from .leaf import text_piece
from .names import short
from .places import is_scalar
from .plan import Plan
from .state import Writing

Object = dict[str, Value]
WriteContent = Callable[[Object, list[str], Writing], int]
_ABSENT: Final[Any] = object()


def keys_writer(plan: Plan, type_: ir.Complex, node: ir.Node | None) -> tuple[WriteContent, frozenset[str]]:
    """The writer of a plain object's content, and the keys it knows."""
    if node is None:
        return (lambda value, out, doc: 0), frozenset()
    write = node_writer(plan, node)
    keys = frozenset(keys_of(node))
    truth: auto.Expression = auto.Seq(())
    if type_.particle is not None:
        truth = auto.of_particle(type_.particle, plan.model, lambda payload: payload)
    if auto.same(auto.of_layout(node), truth):
        return write, keys

    def doubtful(value: Object, out: list[str], doc: Writing) -> int:
        doc.recheck = True
        return write(value, out, doc)

    return doubtful, keys


def keys_of(node: ir.Node) -> Iterator[str]:
    """The keys of a node's own object."""
    if isinstance(node, (ir.Slot, ir.AnySlot, ir.ItemsSlot)):
        yield node.key
    else:
        for one in node.nodes:
            yield from keys_of(one)


def node_writer(plan: Plan, node: ir.Node, *, array: bool = False) -> WriteContent:
    """The writer of a layout node. `array`: the member of an array wrapper."""
    match node:
        case ir.Slot():
            return _repeated_writer(plan, node, array) if node.repeated else _slot_writer(plan, node)
        case ir.AnySlot():
            return _any_writer(plan, node)
        case ir.ItemsSlot():
            return _items_writer(plan, node)
        case ir.Choice():
            return _choice_writer(plan, node)
        case _:
            return _sequence_writer(plan, node)


# ---------------------------------------------------------------- members


def _slot_writer(plan: Plan, slot: ir.Slot) -> WriteContent:
    key, required = slot.key, slot.min > 0
    step = short(slot.element.name, plan.prefixes)
    place = plan.place(slot.element)

    def write(value: Object, out: list[str], doc: Writing) -> int:
        one = value.get(key, _ABSENT)
        if one is _ABSENT:
            if required:
                raise Flaws(missing(key, step))
            return 0
        try:
            if one is None and not place.nullable:
                if required:
                    raise Flaws(not_nillable())
                return 1
            place.write(one, out, doc)
        except Flaws as flaws:
            raise flaws.within((key,), step) from None
        return 1

    return write


def _repeated_writer(plan: Plan, slot: ir.Slot, array: bool) -> WriteContent:
    key, least, most = slot.key, slot.min, slot.max
    step = short(slot.element.name, plan.prefixes)
    place = plan.place(slot.element)

    def write(value: Object, out: list[str], doc: Writing) -> int:
        items = value.get(key, _ABSENT)
        if items is _ABSENT or items is None:
            if least:
                raise Flaws(missing(key, step))
            return 0 if items is _ABSENT else 1
        if type(items) is not list:
            raise Flaws(wrong_shape("an array")).within((key,), step)
        if len(items) < least:
            raise Flaws(too_few(key, step, least) if items else missing(key, step))
        if most is not None and len(items) > most:
            raise Flaws(too_many(key, f"{step}[{most + 1}]", most))
        found: Found | None = None
        write_one = place.write
        for at, one in enumerate(items):
            try:
                write_one(one, out, doc)
            except Flaws as flaws:
                found = found or Found(plan.findings)
                found.take(flaws.within((key, at), f"{step}[{at + 1}]"))
        if found is not None:
            found.done()
        return 1

    return write


def _any_writer(plan: Plan, slot: ir.AnySlot) -> WriteContent:
    wild = plan.wildcard(slot.wildcard)
    key, least, most = slot.key, slot.min, slot.max

    def write(value: Object, out: list[str], doc: Writing) -> int:
        given = value.get(key, _ABSENT)
        if given is _ABSENT or given is None or (slot.repeated and given == []):
            if least:
                raise Flaws(missing(key, "*"))
            return 0 if given is _ABSENT else 1
        if not slot.repeated:
            try:
                wild.write_entry(given, out, doc)
            except Flaws as flaws:
                raise flaws.within((key,)) from None
            return 1
        if type(given) is not list:
            raise Flaws(wrong_shape("an array")).within((key,))
        if len(given) < least:
            raise Flaws(too_few(key, "*", least))
        if most is not None and len(given) > most:
            raise Flaws(too_many(key, f"*[{most + 1}]", most))
        found = Found(plan.findings)
        for at, one in enumerate(given):
            try:
                wild.write_entry(one, out, doc)
            except Flaws as flaws:
                found.take(flaws.within((key, at)))
        found.done()
        return 1

    return write


def _items_writer(plan: Plan, slot: ir.ItemsSlot) -> WriteContent:
    key, most = slot.key, slot.max
    least = 0 if emptiable(slot.entry) else slot.min
    write_entry = node_writer(plan, slot.entry)
    known = frozenset(keys_of(slot.entry))
    present = Presence(plan, slot.entry)

    def write(value: Object, out: list[str], doc: Writing) -> int:
        items = value.get(key, _ABSENT)
        if items is _ABSENT or items is None or items == []:
            if least:
                raise Flaws(missing(key, ""))
            return 0 if items is _ABSENT else 1
        if type(items) is not list:
            raise Flaws(wrong_shape("an array")).within((key,))
        if len(items) < least:
            raise Flaws(too_few(key, "", least))
        if most is not None and len(items) > most:
            raise Flaws(too_many(key, "", most))
        found = Found(plan.findings)
        for at, one in enumerate(items):
            try:
                if type(one) is not dict:
                    raise Flaws(wrong_shape("an object"))
                if not present(one) and known.issuperset(one):
                    raise Flaws(Flaw("An entry is empty.", f"at least one of {', '.join(sorted(known)[:8])}"))
                if write_entry(one, out, doc) != len(one):
                    raise Flaws(*(unknown(k, k, known) for k in one if k not in known))
            except Flaws as flaws:
                found.take(flaws.within((key, at)))
        found.done()
        return 1

    return write


# ---------------------------------------------------------------- groups


class Presence:
    """Which keys of a node an object gives: null for what cannot be nil, and `[]`, do not count."""

    def __init__(self, plan: Plan, node: ir.Node) -> None:
        self._rules: dict[str, tuple[bool, bool]] = {}  # key -> (null counts, [] counts)
        for leaf in leaves_of(node):
            if isinstance(leaf, ir.Slot):
                null = not leaf.repeated and (
                    leaf.element.nillable
                    or (plan.settings.empties == "null" and is_scalar(plan.model.types[leaf.element.type]))
                )
                self._rules[leaf.key] = (null, not leaf.repeated)
            else:
                self._rules[leaf.key] = (False, isinstance(leaf, ir.AnySlot) and not leaf.repeated)

    def given(self, value: Object, key: str) -> bool:
        """Whether a key that the object has counts as present."""
        null, empty = self._rules[key]
        one = value[key]
        if one is None:
            return null
        return empty or one != []

    def __call__(self, value: Object) -> list[str]:
        """The keys present, the node's order aside."""
        rules = self._rules
        if len(value) < len(rules):
            return [key for key in value if key in rules and self.given(value, key)]
        return [key for key in rules if key in value and self.given(value, key)]

    def hollow(self, value: Object) -> int:
        """The number of keys that are there and do not count."""
        return sum(1 for key in value if key in self._rules and not self.given(value, key))


def leaves_of(node: ir.Node) -> Iterator[ir.Slot | ir.AnySlot | ir.ItemsSlot]:
    """The members of a node's own object."""
    if isinstance(node, (ir.Slot, ir.AnySlot, ir.ItemsSlot)):
        yield node
    else:
        for one in node.nodes:
            yield from leaves_of(one)


def _sequence_writer(plan: Plan, node: ir.Sequence | ir.All) -> WriteContent:
    parts = tuple(node_writer(plan, one) for one in node.nodes)
    limit = plan.findings

    def write(value: Object, out: list[str], doc: Writing) -> int:
        hits = 0
        found: Found | None = None
        for part in parts:
            try:
                hits += part(value, out, doc)
            except Flaws as flaws:
                found = found or Found(limit)
                found.take(flaws)
        if found is not None:
            found.done()
        return hits

    if not node.optional:
        return write
    presence = Presence(plan, node)

    def optional(value: Object, out: list[str], doc: Writing) -> int:
        return write(value, out, doc) if presence(value) else presence.hollow(value)

    return optional


def _choice_writer(plan: Plan, node: ir.Choice) -> WriteContent:
    presence = Presence(plan, node)
    branches = [(frozenset(keys_of(one)), one, node_writer(plan, one)) for one in node.nodes]
    of_key: dict[str, list[int]] = {}
    for at, (keys, _, _) in enumerate(branches):
        for key in keys:
            of_key.setdefault(key, []).append(at)
    labels = [key for one in node.nodes for key in keys_of(one)]
    may_be_none = emptiable(node)
    steps = {leaf.key: short(leaf.element.name, plan.prefixes) for leaf in leaves_of(node) if isinstance(leaf, ir.Slot)}

    def write(value: Object, out: list[str], doc: Writing) -> int:
        given = presence(value)
        if not given:
            if not may_be_none:
                raise Flaws(missing_choice(labels))
            return presence.hollow(value)
        here = of_key[given[0]]
        if len(here) > 1 or len(given) > 1:
            here = [at for at in range(len(branches)) if branches[at][0].issuperset(given)]
            if not here:
                raise Flaws(*_conflict(given))
            if len(here) > 1:
                fitting = [at for at in here if fits(branches[at][1], frozenset(given))]
                here = fitting or here
        keys, _, write_branch = branches[here[0]]
        hits = write_branch(value, out, doc)
        return hits + sum(1 for key in presence_keys(value) if key not in keys)

    def presence_keys(value: Object) -> list[str]:
        return [key for key in value if key in of_key]

    def _conflict(given: list[str]) -> list[Flaw]:
        best = max(range(len(branches)), key=lambda at: len(branches[at][0].intersection(given)))
        wrong = [key for key in given if key not in branches[best][0]]
        return [misplaced(key, steps.get(key, key), labels) for key in wrong]

    return write


def fits(node: ir.Node, given: frozenset[str]) -> bool:
    """Whether a node is satisfied by these keys, required ones looked at only."""
    if isinstance(node, (ir.Slot, ir.AnySlot)):
        return node.min == 0 or node.key in given
    if isinstance(node, ir.ItemsSlot):
        return emptiable(node) or node.key in given
    if node.optional and not given.intersection(keys_of(node)):
        return True
    if isinstance(node, ir.Choice):
        inside = given.intersection(keys_of(node))
        return any(fits(one, given) and inside.issubset(keys_of(one)) for one in node.nodes)
    return all(fits(one, given) for one in node.nodes)


# ---------------------------------------------------------------- the whole content as entries


def _entry_writer(
    plan: Plan, entries: tuple[ir.Slot, ...], wildcards: tuple[ir.Wildcard, ...]
) -> Callable[[Value, list[str], Writing, dict[str, int]], None]:
    slots = {slot.key: slot.element for slot in entries}
    wild = [plan.wildcard(wildcard) for wildcard in wildcards]

    def write(entry: Value, out: list[str], doc: Writing, seen: dict[str, int]) -> None:
        if type(entry) is not dict or len(entry) != 1:
            raise Flaws(wrong_shape("an object of one key"))
        ((key, one),) = entry.items()
        element = slots.get(key)
        if element is not None:
            step = short(element.name, plan.prefixes)
            seen[step] = seen.get(step, 0) + 1
            try:
                plan.place(element).write(one, out, doc)
            except Flaws as flaws:
                raise flaws.within((key,), f"{step}[{seen[step]}]") from None
            return
        if key != "$any" or not wild:
            raise Flaws(unknown(key, key, slots))
        chosen = next((io for io in wild if io.takes(one)), wild[0])
        try:
            chosen.write_entry(one, out, doc)
        except Flaws as flaws:
            raise flaws.within((key,)) from None

    return write


def entries_writer(plan: Plan, form: ir.Entries) -> WriteContent:
    """The writer of `$items` as the whole content."""
    write_entry = _entry_writer(plan, form.entries, form.wildcards)

    def write(value: Object, out: list[str], doc: Writing) -> int:
        doc.recheck = True
        items = value.get("$items", _ABSENT)
        if items is _ABSENT or items is None:
            return 0 if items is _ABSENT else 1
        if type(items) is not list:
            raise Flaws(wrong_shape("an array")).within(("$items",))
        found = Found(plan.findings)
        seen: dict[str, int] = {}
        for at, entry in enumerate(items):
            try:
                write_entry(entry, out, doc, seen)
            except Flaws as flaws:
                found.take(flaws.within(("$items", at)))
        found.done()
        return 1

    return write


def mixed_writer(plan: Plan, form: ir.Mixed) -> WriteContent:
    """The writer of `$mixed`: strings and one-element entries."""
    write_entry = _entry_writer(plan, form.entries, form.wildcards)

    def write(value: Object, out: list[str], doc: Writing) -> int:
        doc.recheck = True
        items = value.get("$mixed", _ABSENT)
        if items is _ABSENT or items is None:
            return 0 if items is _ABSENT else 1
        if type(items) is not list:
            raise Flaws(wrong_shape("an array")).within(("$mixed",))
        found = Found(plan.findings)
        seen: dict[str, int] = {}
        was_text = False
        for at, entry in enumerate(items):
            try:
                if type(entry) is str:
                    if not form.text:
                        raise Flaws(wrong_shape("an object of one key"))
                    if not entry or was_text:
                        raise Flaws(Flaw("Texts here may not be empty or stand side by side.", "one text"))
                    out.append(text_piece(entry))
                else:
                    write_entry(entry, out, doc, seen)
            except Flaws as flaws:
                found.take(flaws.within(("$mixed", at)))
            was_text = type(entry) is str
        found.done()
        return 1

    return write
