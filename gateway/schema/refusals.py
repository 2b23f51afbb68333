"""The law of settings that lose: each row is a setting, what it cannot tell apart, and the place that shows it.

Run once after the layout. A refused setting is a ContractError that names type and member; nothing is mended here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gateway.schema.errors import ContractError
from gateway.schema.ir import (
    All,
    Array,
    Choice,
    Complex,
    Entries,
    ItemsSlot,
    Keys,
    Mixed,
    Model,
    Node,
    Sequence,
    Settings,
    Slot,
    Text,
    TypeId,
)
from gateway.schema.reach import reach
from gateway.schema.simples import BUILTINS

_NEVER_EMPTY: Final = frozenset(BUILTINS) - {
    *("string", "normalizedString", "token", "anyURI", "anySimpleType", "anyAtomicType", "hexBinary", "base64Binary"),
}


def check(model: Model, settings: Settings, roots: Iterable[str] | None) -> None:
    """Raises ContractError for the first member at which a setting would lose something."""
    if settings.empties != "null" and settings.nulls != "write":
        return
    reached = set(model.types) if roots is None else set(reach(model, roots).types)
    for type_id in model.types:
        kind = model.types[type_id]
        if type_id in reached and isinstance(kind, Complex):
            for slot, is_key in _slots(kind):
                _check_slot(model, settings, kind, slot, is_key)


def _check_slot(model: Model, settings: Settings, kind: Complex, slot: Slot, is_key: bool) -> None:
    element = slot.element
    blank = _scalar_may_be_empty(model, element.type)
    absent = is_key and slot.min == 0 and not slot.repeated
    losses = []
    if settings.empties == "null" and element.nillable and element.fixed is None and blank:
        losses.append("`empties: null` no longer tells nil from empty")
    if settings.nulls == "write" and element.nillable and element.fixed is None and absent:
        losses.append("`nulls: write` no longer tells nil from absent")
    if settings.nulls == "write" and settings.empties == "null" and blank and absent:
        losses.append("`nulls: write` with `empties: null` no longer tells empty from absent")
    if losses:
        raise ContractError(
            f"{losses[0]}: element {element.name} of type {kind.id}", file=kind.place, section="MAPPING, settings"
        )


def _slots(kind: Complex) -> Iterator[tuple[Slot, bool]]:
    """Slots, and whether each is a key that may be absent (conditionally required ones count as such)."""
    form = kind.form
    if isinstance(form, Entries | Mixed):
        yield from ((slot, False) for slot in form.entries)
    elif isinstance(form, Array):
        if isinstance(form.member, Slot):
            yield form.member, False
        else:
            yield from _walk(form.member)
    elif isinstance(form, Keys) and form.content is not None:
        yield from _walk(form.content)


def _walk(node: Node) -> Iterator[tuple[Slot, bool]]:
    if isinstance(node, Slot):
        yield node, True
    elif isinstance(node, ItemsSlot):
        yield from _walk(node.entry)
    elif isinstance(node, Sequence | Choice | All):
        for child in node.nodes:
            yield from _walk(child)


def _scalar_may_be_empty(model: Model, type_id: TypeId) -> bool:
    """Whether an element of this type is a scalar in JSON and its text may be empty."""
    kind = model.types[type_id]
    if isinstance(kind, Complex):
        bare = isinstance(kind.form, Text) and kind.form.bare and kind.simple is not None
        return bare and _scalar_may_be_empty(model, kind.simple or "")
    facets = kind.facets
    if (facets.length or 0) > 0 or (facets.min_length or 0) > 0:
        return False
    if facets.enumeration is not None and "" not in facets.enumeration:
        return False
    if kind.variety == "union":
        return any(_scalar_may_be_empty(model, member) for member in kind.members)
    return kind.variety == "list" or kind.builtin not in _NEVER_EMPTY
