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
from ..xml import escape_text
from . import expressions as expr
from .automaton import same
from .choices import Branches, Presence, keys_of, leaves_of
from .flaw import (
    Flaw,
    Flaws,
    Found,
    missing,
    not_nillable,
    too_few,
    too_many,
    unknown,
    wrong_shape,
)
from .folding import emptiable
from .lexical import Unfit
from .names import home_of, key_step, short, split, wild_step
from .plan import Plan, WriteContent, WritePlace
from .state import Writing

Object = dict[str, Value]
_ABSENT: Final[Any] = object()


def keys_writer(plan: Plan, type_: ir.Complex, node: ir.Node | None) -> tuple[WriteContent, frozenset[str]]:
    """The writer of a plain object's content, and the keys it knows."""
    if node is None:
        return (lambda value, out, doc: 0), frozenset()
    write = node_writer(plan, node)
    keys = frozenset(keys_of(node))
    truth: expr.Expression = expr.Seq(())
    if type_.particle is not None:
        truth = expr.of_particle(type_.particle, plan.model, lambda payload: payload)
    if same(expr.of_layout(node), truth):
        return write, keys

    def doubtful(value: Object, out: list[str], doc: Writing) -> int:
        doc.recheck = True
        return write(value, out, doc)

    return doubtful, keys


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
            return Branches(plan, node, tuple(node_writer(plan, one) for one in node.nodes)).write
        case _:
            return _sequence_writer(plan, node)


# ---------------------------------------------------------------- members


def _slot_writer(plan: Plan, slot: ir.Slot) -> WriteContent:
    key, required = slot.key, slot.min > 0
    step = short(slot.element.name, plan.prefixes)
    place = plan.place(slot.element)

    quick: Callable[[Value, Any], str] | None = None
    start, close, need = f"<{step}>", f"</{step}>", split(slot.element.name)[0]

    def write(value: Object, out: list[str], doc: Writing) -> int:
        one = value.get(key, _ABSENT)
        if one is _ABSENT:
            if required:
                raise Flaws(missing(key, step))
            return 0
        try:
            if quick is not None and one is not None and type(one) is not dict:
                try:
                    text = quick(one, doc)
                except Unfit:
                    pass  # said by the place, in its own words
                else:
                    if need:
                        doc.needed.add(need)
                    out.append(f"{start}{escape_text(text)}{close}")
                    return 1
            if one is None and not place.nullable:
                if required:
                    raise Flaws(not_nillable())
                return 1
            place.write(one, out, doc)
        except Flaws as flaws:
            raise flaws.within((key,), step) from None
        return 1

    def late() -> None:
        nonlocal quick
        quick = place.quick_write

    plan.later(late)
    return write


def _repeated_writer(plan: Plan, slot: ir.Slot, array: bool) -> WriteContent:
    key, least, most = slot.key, slot.min, slot.max
    step = short(slot.element.name, plan.prefixes)
    place = plan.place(slot.element)

    start, close, need = f"<{step}>", f"</{step}>", split(slot.element.name)[0]

    def write(value: Object, out: list[str], doc: Writing) -> int:
        items = value.get(key, _ABSENT)
        if items is _ABSENT or items is None:
            if least:
                raise Flaws(_lacking(key, step, least))
            return 0 if items is _ABSENT else 1
        if type(items) is not list:
            raise Flaws(wrong_shape("an array")).within((key,), step)
        if len(items) < least:
            raise Flaws(_lacking(key, step, least))
        if most is not None and len(items) > most:
            raise Flaws(too_many(key, f"{step}[{most + 1}]", most))
        found: Found | None = None
        write_one, quick = place.write, place.quick_write
        if quick is not None and need:
            doc.needed.add(need)
        for at, one in enumerate(items):
            try:
                if quick is None or one is None or type(one) is dict:
                    write_one(one, out, doc)
                else:
                    out.append(f"{start}{escape_text(quick(one, doc))}{close}")
            except (Flaws, Unfit) as refusal:
                flaws = _said(write_one, one, doc) if isinstance(refusal, Unfit) else refusal
                found = found or Found(plan.findings)
                found.take(flaws.within((key, at), f"{step}[{at + 1}]"))
        if found is not None:
            found.done()
        return 1

    return write


def _lacking(key: str, step: str, least: int) -> Flaw:
    """Fewer than the least; of one, none."""
    return too_few(key, step, least) if least > 1 else missing(key, step)


def _said(write: WritePlace, value: Value, doc: Writing) -> Flaws:
    """What a place says of a value that its scalar refused."""
    try:
        write(value, [], doc)
    except Flaws as flaws:
        return flaws
    raise AssertionError("a scalar refused what its place takes")


def _any_writer(plan: Plan, slot: ir.AnySlot) -> WriteContent:
    wild = plan.wildcard(slot.wildcard)
    key, least, most = slot.key, slot.min, slot.max

    def write(value: Object, out: list[str], doc: Writing) -> int:
        given = value.get(key, _ABSENT)
        if given is _ABSENT or given is None or (slot.repeated and given == []):
            if least:
                raise Flaws(_lacking(key, "*", least))
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
            raise Flaws(_lacking(key, "*", least))
        if most is not None and len(given) > most:
            raise Flaws(too_many(key, wild_step(given, most, plan.prefixes), most))
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
    home = home_of(plan.prefixes, (leaf.element.name for leaf in leaves_of(slot.entry) if isinstance(leaf, ir.Slot)))
    arrays = frozenset(_arrays(slot.entry))

    def odd(entry: Object) -> Iterator[Flaw]:
        names = [key for key in known if key[0] != "$"]
        return (unknown(key, key_step(key, plan.prefixes, home), names) for key in entry if key not in known)

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
                try:
                    strays = write_entry(one, out, doc) != len(one)
                except Flaws as flaws:
                    raise Flaws(*flaws.flaws, *odd(one)) from None
                if strays:
                    raise Flaws(*odd(one))
            except Flaws as flaws:
                for flaw in flaws.flaws:
                    _count(flaw, items[:at], arrays, known)
                found.take(flaws.within((key, at)))
        found.done()
        return 1

    return write


def _arrays(node: ir.Node) -> Iterator[str]:
    """The keys of an entry, and of those within it, that hold an element several times."""
    for leaf in leaves_of(node):
        if isinstance(leaf, ir.ItemsSlot):
            yield from _arrays(leaf.entry)
        elif leaf.repeated:
            yield leaf.key


def _count(flaw: Flaw, before: list[Value], arrays: frozenset[str], known: frozenset[str]) -> None:
    """Give the outermost step the position that its element has among those of the entries before."""
    key = next((part for part in reversed(flaw.pointer) if isinstance(part, str) and part != "$items"), None)
    if key is None or not flaw.xpath or flaw.xpath[-1][:1] in "@*" or _own(flaw, known):
        return
    name, _, number = flaw.xpath[-1].partition("[")
    flaw.xpath[-1] = f"{name}[{_standing(key, before, key in arrays) + (int(number[:-1]) if number else 1)}]"


def _own(flaw: Flaw, known: frozenset[str]) -> bool:
    """Whether it is of a wildcard's element, or of one that is not declared: those are placed by the whole object."""
    return flaw.pointer[-1:] == ["$any"] or known.isdisjoint(map(str, flaw.pointer[-1:]))


def _standing(key: str, entries: Value, array: bool) -> int:
    """How often an element stands in entries and those within them: as often as items, where it is an array."""
    found = 0
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            one = entry.get(key, _ABSENT)
            found += 0 if one is _ABSENT else len(one) if array and isinstance(one, list) else 1
            found += _standing(key, entry.get("$items"), array)
    return found


# ---------------------------------------------------------------- groups


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
