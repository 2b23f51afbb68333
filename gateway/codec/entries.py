"""The law of entries: a whole content as `$items` or `$mixed`, one element an entry, both ways.

The order is judged by the type's own particle: on reading as it goes, on writing by reading the
text back (`Writing.recheck`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from ..core.value import Value
from ..schema import ir
from . import expressions as expr
from .decode import Content, ReadContent, Where, stray
from .flaw import Flaw, Flaws, Found, unknown, wrong_shape
from .leaf import text_piece
from .names import SPACE, braced, home_of, key_step, step_of
from .plan import Plan, WriteContent
from .state import Reading, Writing

Object = dict[str, Value]
_ABSENT: Final[Any] = object()


class _Entry(Where):
    """One entry of `$items` or `$mixed`; what is missing has no entry, so that the array itself is named."""

    def __init__(self, key: str, items: list[Value]) -> None:
        self._key, self._items = key, items

    def child(self, flaw: Flaw) -> Flaw:
        flaw.pointer += [len(self._items), self._key]
        return flaw

    def missing(self, flaw: Flaw, keys: list[str], end: bool) -> Flaw:
        flaw.pointer = [self._key]
        return flaw


def entries_reader(
    plan: Plan, type_: ir.Complex, entries: tuple[ir.Slot, ...], key: str, *, text: bool = False
) -> ReadContent:
    """Reads the whole content as one-element entries; with the `text` between them where it is mixed."""
    mixed = text
    slots = {slot.element.name: slot for slot in entries}

    def payload(of: ir.Element | ir.Wildcard) -> Any:
        """The slot with the declaration of this very place: two of one name may differ in default, fixed and nil."""
        if not isinstance(of, ir.Element):
            return of
        slot = slots[of.name]
        return slot if slot.element == of else replace(slot, element=of)

    truth: expr.Expression = expr.Seq(())
    if type_.particle is not None:
        truth = expr.of_particle(type_.particle, plan.model, payload)
    content = Content(plan, type_, truth, frozenset(slots))
    always = plan.settings.lists == "empty"

    def read(el: Any, out: dict[str, Value], doc: Reading) -> None:
        row = content.start
        found = Found(content.limit)
        items: list[Value] = []
        where = _Entry(key, items)
        text = el.text or ""
        for child in el:
            step = row[child.tag] if isinstance(child.tag, str) else None
            if isinstance(child.tag, str):
                _text(items, text, mixed, found)
                text = ""
                step = step or content.refuse(found, row, el, child, where)
                if step is None:
                    items.append(None)  # what may not stand here has its place all the same
            if step is not None:
                row, name, _, read_child, _ = step
                try:
                    items.append({name: read_child(child, doc)})
                except Flaws as flaws:
                    at = (key, len(items), name) if name != "$any" else (key, len(items), name, braced(child.tag))
                    items.append(None)
                    found.take(flaws.within(at, content.step(el, child)))
            text += child.tail or ""
        _text(items, text, mixed, found)
        if not row.ready().final:
            content.incomplete(found, row, el, where)
        found.done()
        if items or always:
            out[key] = items

    return read


def _text(items: list[Value], text: str, mixed: bool, found: Found) -> None:
    if text and mixed:
        items.append(text)
    elif text.strip(SPACE):
        found.add(stray())


def _entry_writer(
    plan: Plan, entries: tuple[ir.Slot, ...], wildcards: tuple[ir.Wildcard, ...]
) -> Callable[[Value, list[str], Writing, dict[str, int]], None]:
    slots = {slot.key: slot.element for slot in entries}
    home = home_of(plan.prefixes, (slot.element.name for slot in entries))
    wild = [plan.wildcard(wildcard) for wildcard in wildcards]

    def write(entry: Value, out: list[str], doc: Writing, seen: dict[str, int]) -> None:
        if type(entry) is not dict or len(entry) != 1:
            raise Flaws(wrong_shape("an object of one key"))
        ((key, one),) = entry.items()
        element = slots.get(key)
        if element is not None:
            step = step_of(element.name, plan.prefixes)
            seen[step] = seen.get(step, 0) + 1
            try:
                plan.place(element).write(one, out, doc)
            except Flaws as flaws:
                raise flaws.within((key,), f"{step}[{seen[step]}]") from None
            return
        if key != "$any" or not wild:
            raise Flaws(unknown(key, key_step(key, plan.prefixes, home), slots))
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
