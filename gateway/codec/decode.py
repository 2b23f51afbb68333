"""The law of reading content: child elements become keys and items, one step of an automaton each.

The order is judged by the type's own particle; where the layout takes more than that (nested
counts, a restriction in its base's shape) both automata run (XSD 1.0 Part 1 §3.4.4, §3.8.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from ..core.value import Value
from ..schema import ir
from . import automaton as auto
from . import expressions as expr
from .choices import rivals, unchosen
from .flaw import Flaw, Flaws, Found, misplaced, missing, missing_choice, strange, too_few, too_many, unfit, unknown
from .lexical import Unfit
from .names import SPACE, braced, local, short, step_of
from .plan import Plan
from .state import Reading

_NONE: Final[dict[str | None, str]] = {}
ReadContent = Callable[[Any, dict[str, Value], Reading], None]


def stray() -> Flaw:
    """Text between elements where content is not mixed."""
    return Flaw("Text may not stand here.", "elements only")


def nothing_reader(plan: Plan, type_: ir.Complex) -> ReadContent:
    """Reads empty content (cvc-complex-type 2.1)."""
    blank = type_.content == "element"

    def read(el: Any, out: dict[str, Value], doc: Reading) -> None:
        text = el.text
        if len(el) or text:
            found = Found(plan.findings)
            for child in el:
                if isinstance(child.tag, str):
                    found.add(unknown(local(child.tag), step_of(child.tag, plan.prefixes)))
                text = (text or "") + (child.tail or "")
            if text and (text.strip(SPACE) or not blank):
                found.add(stray())
            found.done()

    return read


# ---------------------------------------------------------------- order


class Where:
    """Where JSON shows what is said of a child: as a key of the object, unless a shape of groups knows better."""

    def child(self, flaw: Flaw) -> Flaw:
        """The flaw of a child that may not stand here."""
        return flaw

    def missing(self, flaw: Flaw, keys: list[str], end: bool) -> Flaw:
        """The flaw of a child that is not there; `keys` lead from the last one read to it. `end`: nothing follows."""
        return flaw

    def names(self, known: Iterable[str]) -> Iterable[str]:
        """The keys of the object in which a child stands that is not known; `known` are those of the whole content."""
        return known

    def crowd(self, key: str, flaw: Flaw) -> Flaw | None:
        """The flaw of a child past the most of its name; None where that is not what is wrong with it."""
        return self.child(flaw)


HERE: Final = Where()


class Content:
    """The content of one type as automata, and what is said when a child does not fit."""

    def __init__(
        self,
        plan: Plan,
        type_: ir.Complex,
        expression: expr.Expression,
        counted: frozenset[str] = frozenset(),
        layout: ir.Node | None = None,
    ) -> None:
        self.plan = plan
        self.layout = layout  # of content in keys: its choices, for the words
        self.counted = counted  # elements whose steps carry a position in any case: those of entries
        self.limit = plan.findings
        self.keys: dict[str, str] = {}  # tag -> key
        self.wild: list[ir.Wildcard] = []
        self.any: ir.AnySlot | None = None
        self.most: dict[str, ir.Bound] = {}
        bind = _binder(plan)
        for leaf in expr.leaves(expression):
            plan.later(lambda payload=leaf.payload: bind(payload))  # type: ignore[misc]
            if isinstance(leaf.symbol, str):
                slot = leaf.payload
                self.keys[leaf.symbol] = slot.key if isinstance(slot, ir.Slot) else short(leaf.symbol, plan.prefixes)
                known = self.most.get(leaf.symbol, 0)
                self.most[leaf.symbol] = None if known is None or slot.max is None else max(known, slot.max)
            else:
                self.wild.append(leaf.symbol)
                self.any = leaf.payload if isinstance(leaf.payload, ir.AnySlot) else None
        self.start = auto.automaton(expression, bind)
        truth: expr.Expression = expr.Seq(())
        if type_.particle is not None:
            truth = expr.of_particle(type_.particle, plan.model, lambda payload: payload)
        self.exact = auto.same(expression, truth)
        self.gate = None if self.exact else auto.automaton(truth, lambda payload: ())

    def label(self, tag: str) -> str:
        """A child's key, or the one that it would have: its local name, less a clash."""
        known = self.keys.get(tag)
        if known is None:
            known = local(tag)
            if tag[0] == "{" and tag[1:].partition("}")[0] not in self.plan.prefixes:
                return tag
            return short(tag, self.plan.prefixes) if known in self.keys.values() else known
        return known

    def given(self, el: Any) -> frozenset[str]:
        """The keys of an element's children."""
        tags = (child.tag for child in el if isinstance(child.tag, str))
        return frozenset(self.label(tag) if tag in self.keys or not self.wild else "$any" for tag in tags)

    def next_to(self, row: auto.Row) -> list[str]:
        """The keys that may stand in a row."""
        return [self.label(name) for name in row.ready()]

    def absent(
        self, found: Found, row: auto.Row, el: Any, arrived: Callable[[auto.Row], bool], where: Where, *, end: bool
    ) -> bool:
        """Say what is missing between a row and the nearest that will do; False if there is none."""
        way = auto.way(row.ready(), arrived)
        if way is None:
            return False
        keys: list[str] = []
        said: set[str] = set()
        given = self.given(el)
        stranger = any(flaw.pointer[-1:] == ["$any"] for flaw in found.flaws)  # stands in its place
        for at, name in way:
            keys.append("$any" if name == "*" else self.label(name))
            if keys[-1] in said:
                continue
            choice = unchosen(self.layout, given - {"$any"}, keys[-1])
            if choice:
                said.update(choice)
                if not ("$any" in choice and stranger):
                    found.add(missing_choice(choice))
                continue
            if name == "*":
                if not stranger:
                    slot = self.any
                    few = slot is not None and slot.repeated and slot.min > 1
                    lacks = too_few("$any", "*", slot.min) if slot is not None and few else missing("$any", "*")
                    found.add(where.missing(lacks, keys, end))
                said.add("$any")
                continue
            names = [other for other, step in at.items() if step[0] is at[name][0]]
            step = step_of(name, self.plan.prefixes)
            slot = at.leaves.get(name)
            if len(names) > 1:
                found.add(where.missing(missing_choice(map(self.label, names)), keys, end))
            elif isinstance(slot, ir.Slot) and slot.repeated and slot.min > 1:
                found.add(where.missing(too_few(slot.key, step, slot.min), keys, end))
                break
            else:
                found.add(where.missing(missing(keys[-1], step), keys, end))
        return True

    def incomplete(self, found: Found, row: auto.Row, el: Any, where: Where = HERE) -> None:
        """Say what is missing at the end."""
        if not self.absent(found, row, el, lambda at: at.final, where, end=True):
            found.add(order_flaw())

    def refuse(self, found: Found, row: auto.Row, el: Any, child: Any, where: Where = HERE) -> Any:
        """Say why a child does not fit; the step with which reading goes on, if there is one."""
        tag = child.tag
        if where is HERE and self.crowded(found, tag):
            return None
        step = self.step(el, child)
        if tag not in self.keys and not self.wild:
            found.add(where.child(unknown(self.label(tag), step, where.names(self.keys.values()))))
            return None
        surplus = self.surplus(child, step, where)
        if surplus is not None:
            found.add(surplus)
            return None
        ahead: list[auto.Row] = []

        def arrived(at: auto.Row) -> bool:
            if at is not row and at[tag] is not None:
                ahead.append(at)
                return True
            return False

        if self.absent(found, row, el, arrived, where, end=False):
            return ahead[0][tag]
        if tag not in self.keys:
            found.add(where.child(self.stranger(row, child, step)))
            return None
        others = rivals(self.layout, self.given(el), self.label(tag)) or self.next_to(row)
        found.add(where.child(misplaced(self.label(tag), step, others)))
        return None

    def crowded(self, found: Found, tag: str) -> bool:
        """Whether it was said that there are too many of these: once is enough, and nobody counts them again."""
        key = self.keys.get(tag, "$any")
        said = too_many(key, "", 0).detail
        return any(flaw.pointer == [key] and flaw.detail == said for flaw in found.flaws)

    def surplus(self, child: Any, step: str, where: Where) -> Flaw | None:
        """The flaw of a child past the most of its name, or of a wildcard; None where that is not what is wrong."""
        if child.tag in self.keys:
            key, most = self.keys[child.tag], self.most[child.tag]
            if most is None or sum(1 for _ in child.itersiblings(child.tag, preceding=True)) < most:
                return None
            return where.crowd(key, too_many(key, step, most))
        slot = self.any
        if slot is None or slot.max is None or not slot.repeated or not slot.wildcard.takes(child.tag):
            return None
        return too_many("$any", step, slot.max) if where is HERE and self.earlier(child) >= slot.max else None

    def earlier(self, child: Any) -> int:
        """How many children before this one are none that the type declares."""
        return sum(isinstance(one.tag, str) and one.tag not in self.keys for one in child.itersiblings(preceding=True))

    def stranger(self, row: auto.Row, child: Any, step: str) -> Flaw:
        """The flaw of a child that is not declared, where it can be an entry of `$any` only."""
        tag = child.tag
        slot = self.any
        earlier = self.earlier(child)
        if any(wildcard.takes(tag) for wildcard in self.wild):
            rival = rivals(self.layout, self.given(child.getparent()), "$any")
            if rival:
                return misplaced("$any", step, rival)
            flaw = misplaced(braced(tag), step, self.next_to(row))
        else:
            flaw = strange(tag, step, self.wild[0])
        flaw.pointer += ["$any"] if slot is None or not slot.repeated or self.counted else [earlier, "$any"]
        return flaw

    def step(self, el: Any, child: Any) -> str:
        """The XPath step of a child, with its position where the name occurs twice."""
        name = step_of(child.tag, self.plan.prefixes)
        before = sum(1 for _ in child.itersiblings(child.tag, preceding=True))
        repeats = (
            child.tag in self.counted
            or self.most.get(child.tag, 1) != 1
            or before
            or next(child.itersiblings(child.tag), None) is not None
        )
        return f"{name}[{before + 1}]" if repeats else name

    def passes(self, el: Any) -> bool:
        """Whether the children's order fits the type's own particle, where the layout takes more."""
        row = self.gate
        if row is None:
            return True
        for child in el:
            if isinstance(child.tag, str):
                step = row[child.tag]
                if step is None:
                    return False
                row = step[0]
        return row.ready().final


def _binder(plan: Plan) -> auto.Bind:
    """What a step does with a child: (key, repeated, reader, the scalar's reader for plain text)."""
    made: dict[int, tuple[Any, ...]] = {}
    keep: list[Any] = []

    def bind(payload: Any) -> tuple[Any, ...]:
        known = made.get(id(payload))
        if known is None:
            keep.append(payload)
            if isinstance(payload, ir.Slot):
                place = plan.place(payload.element)
                known = (payload.key, payload.repeated, place.read, place.quick_read)
            elif isinstance(payload, ir.AnySlot):
                known = (payload.key, payload.repeated, plan.wildcard(payload.wildcard).read_entry, None)
            else:
                known = ("$any", True, plan.wildcard(payload).read_entry, None)
            made[id(payload)] = known
        return known

    return bind


def order_flaw() -> Flaw:
    """A content that its type's particle refuses, though every name has its place."""
    return Flaw("The elements here do not follow the schema's order or counts.", "the content model of the type")


# ---------------------------------------------------------------- flat content


def keys_reader(plan: Plan, type_: ir.Complex, node: ir.Node, *, array: bool = False) -> ReadContent:
    """Reads content without repeating groups into keys; of an array wrapper under its one key."""
    content = Content(plan, type_, expr.of_layout(node), layout=node)
    start, gate = content.start, content.gate
    finish = None if array else finisher(plan, node)

    def read(el: Any, out: dict[str, Value], doc: Reading) -> None:  # noqa: PLR0912 - the hot loop, in one piece
        row = start
        found: Found | None = None
        text = el.text
        if text is not None and text.strip(SPACE):
            found = Found(content.limit)
            found.add(stray())
        for child in el:
            step = row[child.tag]
            if step is None and isinstance(child.tag, str):
                found = found or Found(content.limit)
                step = content.refuse(found, row, el, child)
            if step is not None:
                row, key, repeated, read_child, quick = step
                try:
                    if quick is None or len(child) or not (text := child.text) or child.items():
                        value = read_child(child, doc)
                    else:
                        value = quick(text, _NONE)
                except (Flaws, Unfit) as refusal:
                    flaws = unfit(refusal) if isinstance(refusal, Unfit) else refusal
                    found = found or Found(content.limit)
                    value = None
                    at = _pointer(out, key, repeated, child)
                    found.take(flaws.within(at[1:] if array else at, content.step(el, child)))
                if not repeated:
                    out[key] = value
                elif key in out:
                    out[key].append(value)  # type: ignore[union-attr]
                else:
                    out[key] = [value]
            text = child.tail
            if text is not None and text.strip(SPACE):
                found = found or Found(content.limit)
                found.add(stray())
        if not row.ready().final:
            found = found or Found(content.limit)
            content.incomplete(found, row, el)
        if found is not None:
            found.done()
        if gate is not None and not content.passes(el):
            raise Flaws(order_flaw())
        if finish is not None:
            finish(out)

    return read


def _pointer(out: dict[str, Value], key: str, repeated: bool, child: Any) -> tuple[str | int, ...]:
    """Where a child's value would stand in its parent's."""
    at: tuple[str | int, ...] = (key,)
    if repeated:
        so_far = out.get(key)
        at = (key, len(so_far) if isinstance(so_far, list) else 0)
    return (*at, braced(child.tag)) if key == "$any" else at


def finisher(plan: Plan, node: ir.Node) -> Callable[[dict[str, Value]], None] | None:
    """Puts keys in schema order after an xs:all, and writes `[]` or null for none where settings say so."""
    fill: dict[str, Any] = {}
    if plan.settings.lists == "empty":
        fill.update(dict.fromkeys(_always(node), list))
    if plan.settings.nulls == "write":
        fill.update({slot.key: _null for slot in _slots(node) if slot.key not in fill and _may_be_null(plan, slot)})
    if not fill and not _has_all(node):
        return None
    keys = tuple(dict.fromkeys(key_order(node)))

    def finish(out: dict[str, Value]) -> None:
        given = {key: out.pop(key) for key in keys if key in out}
        for key in keys:
            if key in given:
                out[key] = given[key]
            elif key in fill:
                out[key] = fill[key]()

    return finish


def _null() -> None:
    return None


def _may_be_null(plan: Plan, slot: ir.Slot) -> bool:
    return slot.repeated or not plan.place(slot.element).nullable


def _always(node: ir.Node) -> Iterator[str]:
    """Keys of repetitions that stand unconditionally."""
    if isinstance(node, ir.ItemsSlot):
        yield node.key
    elif isinstance(node, (ir.Slot, ir.AnySlot)):
        if node.repeated:
            yield node.key
    elif not node.optional and not isinstance(node, ir.Choice):
        for one in node.nodes:
            yield from _always(one)


def _slots(node: ir.Node) -> Iterator[ir.Slot]:
    if isinstance(node, ir.Slot):
        yield node
    elif isinstance(node, (ir.Sequence, ir.Choice, ir.All)):
        for one in node.nodes:
            yield from _slots(one)


def _has_all(node: ir.Node) -> bool:
    return isinstance(node, ir.All) or (isinstance(node, (ir.Sequence, ir.Choice)) and any(map(_has_all, node.nodes)))


def key_order(node: ir.Node) -> Iterator[str]:
    """The keys of a node's own object, in schema order."""
    if isinstance(node, (ir.Slot, ir.AnySlot, ir.ItemsSlot)):
        yield node.key
    else:
        for one in node.nodes:
            yield from key_order(one)
