"""The law of choices: which keys of an object count as present, and which branch they decide for.

Null for what cannot be nil, and `[]` for a repetition, do not count. Exactly one branch is taken;
where a name stands in several, the other keys tell which.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core.value import Value
from ..schema import ir
from .flaw import Flaw, Flaws, misplaced, missing_choice
from .folding import emptiable
from .names import short, wild_step
from .places import null_is_empty
from .plan import Plan, WriteContent
from .state import Writing

Object = dict[str, Value]


def keys_of(node: ir.Node) -> Iterator[str]:
    """The keys of a node's own object."""
    for leaf in leaves_of(node):
        yield leaf.key


class Presence:
    """Which keys of a node an object gives: null for what cannot be nil, and `[]`, do not count."""

    def __init__(self, plan: Plan, node: ir.Node) -> None:
        self._rules: dict[str, tuple[bool, bool]] = {}  # key -> (null counts, [] counts)
        for leaf in leaves_of(node):
            if isinstance(leaf, ir.Slot):
                null = not leaf.repeated and (leaf.element.nillable or null_is_empty(plan, leaf.element))
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


def rivals(node: ir.Node | None, given: frozenset[str], key: str) -> list[str]:
    """The keys of the choice of which these take more than one branch, this key's; none where that is not so."""
    if node is None or isinstance(node, (ir.Slot, ir.AnySlot, ir.ItemsSlot)):
        return []
    labels = list(keys_of(node))
    if key not in labels:
        return []
    if isinstance(node, ir.Choice):
        inside = given.intersection(labels)
        if not any(inside.issubset(keys_of(one)) for one in node.nodes):
            return labels
    return next((found for one in node.nodes if (found := rivals(one, given, key))), [])


def unchosen(node: ir.Node | None, given: frozenset[str], key: str) -> list[str]:
    """The keys of the required choice that has this one, and of which none is given; none where that is not so."""
    if node is None or isinstance(node, (ir.Slot, ir.AnySlot, ir.ItemsSlot)):
        return []
    labels = list(keys_of(node))
    if key not in labels:
        return []
    if isinstance(node, ir.Choice) and given.isdisjoint(labels):
        return labels
    return next((found for one in node.nodes if (found := unchosen(one, given, key))), [])


class Branches:
    """The branches of a choice and their writers."""

    def __init__(self, plan: Plan, node: ir.Choice, writers: tuple[WriteContent, ...]) -> None:
        self._presence = Presence(plan, node)
        self._branches = [(frozenset(keys_of(one)), one, write) for one, write in zip(node.nodes, writers, strict=True)]
        self._of_key: dict[str, list[int]] = {}
        for at, (keys, _, _) in enumerate(self._branches):
            for key in keys:
                self._of_key.setdefault(key, []).append(at)
        self._labels = list(keys_of(node))
        self._may_be_none = emptiable(node)
        self._prefixes = plan.prefixes
        self._steps = {
            leaf.key: short(leaf.element.name, plan.prefixes) for leaf in leaves_of(node) if isinstance(leaf, ir.Slot)
        }

    def write(self, value: Object, out: list[str], doc: Writing) -> int:
        """Write the branch that the keys decide for; the number of keys taken. Raises Flaws."""
        given = self._presence(value)
        if not given:
            if not self._may_be_none:
                raise Flaws(missing_choice(self._labels))
            return self._presence.hollow(value)
        keys, _, write = self._branches[self._chosen(given, value)]
        return write(value, out, doc) + sum(1 for key in value if key in self._of_key and key not in keys)

    def _chosen(self, given: list[str], value: Object) -> int:
        here = self._of_key[given[0]]
        if len(here) == 1 and len(given) == 1:
            return here[0]
        here = [at for at, (keys, _, _) in enumerate(self._branches) if keys.issuperset(given)]
        if not here:
            raise Flaws(*self._conflict(given, value))
        present = frozenset(given)
        return next((at for at in here if fits(self._branches[at][1], present)), here[0])

    def _conflict(self, given: list[str], value: Object) -> list[Flaw]:
        def step(key: str) -> str:
            return wild_step(value[key], 0, self._prefixes) if key == "$any" else self._steps.get(key, "")

        best = max((keys for keys, _, _ in self._branches), key=lambda keys: len(keys.intersection(given)))
        return [misplaced(key, step(key), self._labels) for key in given if key not in best]
