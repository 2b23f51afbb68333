"""The law of relations between components: who derives from whom, who may stand for whom.

Works on the model's own records; nothing here reads a schema document. XSD 1.0 Part 1 §3.3.6 (substitution groups),
§3.4.6 and Part 2 §4.1 (derivation).
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.schema.ir import Complex, Element, Simple, Type, TypeId, is_anonymous
from gateway.schema.names import clark
from gateway.schema.source import XS

_ANY_TYPE = clark(XS, "anyType")


def derived_types(types: Mapping[TypeId, Type]) -> dict[TypeId, tuple[TypeId, ...]]:
    """Type -> the named types that xsi:type may give at its place, transitive, abstract ones left out.

    xs:anyType is left out as a key: every type derives from it. A member of a plain union counts as derived
    from it (XSD 1.0 Part 1 §3.14.6).
    """
    found: dict[TypeId, dict[TypeId, None]] = {}
    unions: dict[TypeId, list[TypeId]] = {}
    for type_id, kind in types.items():
        if isinstance(kind, Simple) and kind.variety == "union" and not _restricts(kind):
            for member in kind.members:
                unions.setdefault(member, []).append(type_id)
    for type_id, kind in types.items():
        if is_anonymous(type_id) or (isinstance(kind, Complex) and kind.abstract):
            continue
        todo = list(_above(type_id, types, unions))
        seen = {type_id}
        while todo:
            above = todo.pop()
            if above not in seen and above != _ANY_TYPE:
                seen.add(above)
                found.setdefault(above, {})[type_id] = None
                todo += _above(above, types, unions)
    return {type_id: tuple(below) for type_id, below in found.items()}


def _restricts(kind: Simple) -> bool:
    return kind.base != clark(XS, "anySimpleType")


def _above(type_id: TypeId, types: Mapping[TypeId, Type], unions: Mapping[TypeId, list[TypeId]]) -> list[TypeId]:
    kind = types[type_id]
    return [*([kind.base] if kind.base else []), *unions.get(type_id, ())]


def derivation(type_id: TypeId, base: TypeId, types: Mapping[TypeId, Type]) -> frozenset[str] | None:
    """The methods by which one type derives from another; None when it does not (§3.4.6, §3.14.6)."""
    methods: set[str] = set()
    at: TypeId | None = type_id
    while at is not None and at != base:
        kind = types[at]
        methods.add(kind.derivation if isinstance(kind, Complex) and kind.derivation else "restriction")
        at = kind.base
    return frozenset(methods) if at is not None or base == _ANY_TYPE else None


def substitutes(
    elements: Mapping[str, Element],
    heads: Mapping[str, tuple[str, ...]],
    blocks: Mapping[str, frozenset[str]],
    types: Mapping[TypeId, Type],
) -> dict[str, tuple[str, ...]]:
    """Head -> its members in schema order: transitive, itself and abstract ones left out, blocks applied (§3.3.6)."""
    found: dict[str, list[str]] = {}
    for name, element in elements.items():
        todo, seen = list(heads.get(name, ())), {name}
        while todo:
            head = todo.pop()
            if head in seen:
                continue
            seen.add(head)
            todo += heads.get(head, ())
            if not element.abstract and not _blocked(element, elements[head], blocks.get(head, frozenset()), types):
                found.setdefault(head, []).append(name)
    return {head: tuple(members) for head, members in found.items()}


def _blocked(member: Element, head: Element, block: frozenset[str], types: Mapping[TypeId, Type]) -> bool:
    if "substitution" in block:
        return True
    methods = derivation(member.type, head.type, types)
    if methods is None:
        return False
    declared = types[head.type]
    prohibited = block | (declared.block if isinstance(declared, Complex) else frozenset())
    at: TypeId | None = types[member.type].base
    while at is not None and at != head.type:  # what a type in between prohibits counts, too
        kind = types[at]
        prohibited |= kind.block if isinstance(kind, Complex) else frozenset()
        at = kind.base
    return bool(methods & prohibited)
