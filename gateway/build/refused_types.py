"""The law of a refused type: what no codec can be made for is told where the schema has it, not where it is used.

A codec that cannot be compiled knows no files. Asked is which type of the message holds what was refused; a simple type
is told by the complex one that holds it.
"""

from __future__ import annotations

from ..schema.ir import Complex, Model, Simple, TypeId
from ..schema.reach import reach, slots_of


def placed(model: Model, element: str, words: str) -> str:
    """`file:line` of the first type that holds what the words refuse, '' where none is known."""
    for type_id in reach(model, [element]).types:
        kind = model.types[type_id]
        if isinstance(kind, Complex) and kind.place and _holds(model, kind, words):
            return kind.place
    return ""


def _holds(model: Model, kind: Complex, words: str) -> bool:
    elements = [slot.element for slot in slots_of(kind)]
    if "xs:alternative" in words:
        return any(row.inherits for each in elements for row in each.alternatives)
    types = [*(use.type for use in kind.attributes), *(each.type for each in elements), kind.simple or ""]
    return any(_of_entities(model, each) for each in types)


def _of_entities(model: Model, type_id: TypeId) -> bool:
    kind = model.types.get(type_id)
    if not isinstance(kind, Simple):
        return False  # a complex one holds it itself
    return kind.builtin == "ENTITY" or any(
        _of_entities(model, each) for each in (*kind.members, *([kind.item] if kind.item else []))
    )
