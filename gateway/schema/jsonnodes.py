"""The law of presence: which keys of a plain object may stand together, said in JSON Schema.

Reads a layout's node tree and gives constraints on the presence of keys; what a key's value looks like
is not known here. `null` and, for a repetition, `[]` count as absent (MAPPING, laws 1 and 2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.schema.ir import AnySlot, Choice, ItemsSlot, Node, Sequence, Slot

Schema = dict[str, Any]
Leaf = Slot | AnySlot | ItemsSlot


def leaves(node: Node | None) -> Iterator[Leaf]:
    """Every member of a node tree, in schema order."""
    if node is None:
        return
    if isinstance(node, Slot | AnySlot | ItemsSlot):
        yield node
        return
    for inner in node.nodes:
        yield from leaves(inner)


def is_array(leaf: Leaf) -> bool:
    """Whether the member's value is an array of repetitions."""
    return isinstance(leaf, ItemsSlot) or leaf.repeated


def nullable(leaf: Leaf) -> bool:
    """Whether null is the value nil there."""
    return isinstance(leaf, Slot) and leaf.element.nillable and not leaf.repeated


def required(node: Node | None) -> list[str]:
    """The keys that must stand in every object: members of no choice and no optional group."""
    if node is None or isinstance(node, Choice):
        return []
    if isinstance(node, Slot | AnySlot | ItemsSlot):
        return [node.key] if node.min and not (isinstance(node, ItemsSlot) and may_be_empty(node.entry)) else []
    if node.optional:
        return []
    return [key for inner in node.nodes for key in required(inner)]


def may_be_empty(node: Node) -> bool:
    """Whether the node allows that none of its members is there."""
    if isinstance(node, ItemsSlot):
        return node.min == 0 or may_be_empty(node.entry)
    if isinstance(node, Slot | AnySlot):
        return node.min == 0
    if node.optional:
        return True
    if isinstance(node, Choice):
        return not node.nodes or any(may_be_empty(inner) for inner in node.nodes)
    return all(may_be_empty(inner) for inner in node.nodes)


def constraints(node: Node | None, sure: frozenset[str]) -> list[Schema]:
    """Schemas that all must hold, beyond `required`; `sure` are the keys that are required anyway."""
    if node is None:
        return []
    return [rule for rule in _satisfied(node, sure) if rule]


def _satisfied(node: Node, sure: frozenset[str]) -> list[Schema]:
    if isinstance(node, Slot | AnySlot | ItemsSlot):
        return _leaf(node, sure)
    if isinstance(node, Choice):
        return _choice(node, sure)
    inside = [rule for inner in node.nodes for rule in _satisfied(inner, sure)]
    if not node.optional or not inside:
        return inside
    members = list(leaves(node))
    dependent = _dependent(node)
    if dependent is not None:
        return [dependent]
    return [{"anyOf": [_absent(members), _all(inside)]}]


def _dependent(node: Node) -> Schema | None:
    """An optional group of required single members that cannot be null: all or none, the short way."""
    if isinstance(node, Sequence) and all(
        isinstance(inner, Slot) and inner.min and not inner.repeated and inner.element.nillable for inner in node.nodes
    ):
        keys = [inner.key for inner in node.nodes if isinstance(inner, Slot)]
        if len(keys) > 1:
            return {"dependentRequired": {key: [other for other in keys if other != key] for key in keys}}
    return None


def _leaf(leaf: Leaf, sure: frozenset[str]) -> list[Schema]:
    if isinstance(leaf, ItemsSlot):
        needed = leaf.min > 0 and not may_be_empty(leaf.entry)
        return [_present(leaf, 1)] if needed and leaf.key not in sure else []
    if leaf.key in sure:
        return []
    rules: list[Schema] = []
    if leaf.min:
        rules.append(_present(leaf, leaf.min))
    if leaf.repeated and leaf.max is not None:
        rules.append({"properties": {leaf.key: {"maxItems": leaf.max}}})
    return rules


def _present(leaf: Leaf, least: int) -> Schema:
    if is_array(leaf):
        return {"required": [leaf.key], "properties": {leaf.key: {"type": "array", "minItems": max(1, least)}}}
    if nullable(leaf):
        return {"required": [leaf.key]}
    return {"required": [leaf.key], "properties": {leaf.key: {"not": {"type": "null"}}}}


def _absent(members: list[Leaf]) -> Schema:
    return {"properties": {leaf.key: _nothing(leaf) for leaf in members}}


def _nothing(leaf: Leaf) -> Schema | bool:
    if is_array(leaf):
        return {"type": ["array", "null"], "maxItems": 0}
    return False if nullable(leaf) else {"type": "null"}


def _choice(node: Choice, sure: frozenset[str]) -> list[Schema]:
    members = list(leaves(node))
    branches: list[Schema] = []
    for inner in node.nodes:
        own = {leaf.key for leaf in leaves(inner)}
        others = [leaf for leaf in members if leaf.key not in own]
        rules = [rule for rule in _satisfied(inner, sure - own) if rule]
        branches.append(_all([*rules, *([_absent(others)] if others else [])]))
    if node.optional and not any(may_be_empty(inner) for inner in node.nodes):
        branches.append(_absent(members))
    if len(branches) == 1:
        return [branches[0]]
    return [{"anyOf": branches}]


def _all(rules: list[Schema]) -> Schema:
    merged: Schema = {}
    for rule in rules:
        if merged.keys() & rule.keys() - {"required", "properties"} or (
            merged.get("properties", {}).keys() & rule.get("properties", {}).keys()
        ):
            return {"allOf": [each for each in rules if each]}
        for word, value in rule.items():
            if word == "required":
                merged[word] = [*merged.get(word, []), *(key for key in value if key not in merged.get(word, []))]
            elif word == "properties":
                merged[word] = {**merged.get(word, {}), **value}
            else:
                merged[word] = value
    return merged


def some_present(node: Node) -> Schema:
    """At least one member is there: no entry of `$items` is empty."""
    each = [_present(leaf, 1) for leaf in leaves(node)]
    return each[0] if len(each) == 1 else {"anyOf": each}
