"""The law of decidability: when the members of a plain object tell the order of the elements they came from.

An object keeps no order among its keys and no place of a name. So a content model is a plain object only
if the keys that are present name one branch of every choice and one place of every name (MAPPING, law 2); else
its whole content is `$items`. Works on layout nodes, knows nothing of settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final, TypeAlias

from gateway.schema.ir import All, AnySlot, Choice, ItemsSlot, Node, Sequence, Slot

KeySets: TypeAlias = "frozenset[frozenset[str]]"

_MOST: Final = 256  # key sets of one branch; beyond, only what is always and what is ever present is compared
_NONE: Final[frozenset[str]] = frozenset()


def is_plain(node: Node) -> bool:
    """Whether a plain object, with entries of `$items` as plain objects, gives the document back exactly."""
    if len(list(_wildcards(node))) > 1:
        return False
    if isinstance(node, All) and any(_groups(node)):  # what repeats there may stand between the others (XSD 1.1)
        return False
    return _levels(node) and _places(node)


def _wildcards(node: Node) -> Iterator[AnySlot]:
    if isinstance(node, AnySlot):
        yield node
    elif isinstance(node, ItemsSlot):
        yield from _wildcards(node.entry)
    elif not isinstance(node, Slot):
        for child in node.nodes:
            yield from _wildcards(child)


def _groups(node: Node) -> Iterator[ItemsSlot]:
    """The repeating groups of one object, not those within their entries."""
    if isinstance(node, ItemsSlot):
        yield node
    elif isinstance(node, Sequence | Choice | All):
        for child in node.nodes:
            yield from _groups(child)


def _levels(node: Node) -> bool:
    """One `$items` an object, on every level."""
    groups = list(_groups(node))
    return len(groups) <= 1 and all(_levels(group.entry) for group in groups)


def names(node: Node) -> frozenset[str]:
    """All element names of a node, those within entries included."""
    if isinstance(node, Slot):
        return frozenset({node.element.name})
    if isinstance(node, AnySlot):
        return _NONE
    if isinstance(node, ItemsSlot):
        return names(node.entry)
    return frozenset().union(*(names(child) for child in node.nodes))


def _places(node: Node) -> bool:
    """No name at two places, but for exclusive branches whose key sets are unlike."""
    if isinstance(node, Slot | AnySlot):
        return True
    if isinstance(node, ItemsSlot):
        return _places(node.entry)
    if not all(_places(child) for child in node.nodes):
        return False
    seen: set[str] = set()
    shared: set[str] = set()
    for child in node.nodes:
        own = names(child)
        shared |= seen & own
        seen |= own
    if not shared:
        return True
    if not isinstance(node, Choice):
        return False
    touched = [child for child in node.nodes if names(child) & shared]
    return all(_unlike(one, two) for one, two in combinations(touched, 2) if names(one) & names(two))


def _unlike(one: Node, two: Node) -> bool:
    first, second = key_sets(one), key_sets(two)
    if first is not None and second is not None:
        return not (first & second) - {_NONE}
    return bool(always(one) - ever(two)) or bool(always(two) - ever(one))


def key_sets(node: Node) -> KeySets | None:
    """The sets of keys that a node may leave in its object; None when there are too many to list."""
    if isinstance(node, Slot | AnySlot | ItemsSlot):
        there = frozenset({node.key if isinstance(node, AnySlot | ItemsSlot) else node.element.name})
        return frozenset({there, _NONE} if node.min == 0 else {there})
    if isinstance(node, Choice):
        found: set[frozenset[str]] = set()
        for child in node.nodes:
            own = key_sets(child)
            if own is None:
                return None
            found |= own
    else:
        found = {_NONE}
        for child in node.nodes:
            own = key_sets(child)
            if own is None or len(found) * len(own) > _MOST:
                return None
            found = {before | after for before in found for after in own}
    if node.optional:
        found.add(_NONE)
    return frozenset(found) if len(found) <= _MOST else None


def ever(node: Node) -> frozenset[str]:
    """The keys that a node may leave."""
    if isinstance(node, Slot | AnySlot | ItemsSlot):
        return frozenset({node.key if isinstance(node, AnySlot | ItemsSlot) else node.element.name})
    return frozenset().union(*(ever(child) for child in node.nodes))


def always(node: Node) -> frozenset[str]:
    """The keys that a node leaves in every document."""
    if isinstance(node, Slot | AnySlot | ItemsSlot):
        return ever(node) if node.min else _NONE
    if node.optional or not node.nodes:
        return _NONE
    parts = [always(child) for child in node.nodes]
    return frozenset.intersection(*parts) if isinstance(node, Choice) else frozenset().union(*parts)


def can_be_empty(node: Node) -> bool:
    """Whether a node may leave nothing at all."""
    if isinstance(node, Slot | AnySlot | ItemsSlot):
        return node.min == 0
    if node.optional or not node.nodes:
        return True
    return (any if isinstance(node, Choice) else all)(can_be_empty(child) for child in node.nodes)
