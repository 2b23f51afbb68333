"""The law of rules whose member is given elsewhere: what a choice still asks of a body when a path has chosen a branch.

A rule between members (`anyOf` of `required` and of nulls) is worked out as far as what a route fills decides
it: that is there, and not null. What the rules do not say in these words is left as it stands.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, TypeAlias

Rule: TypeAlias = "dict[str, Any] | bool"

NULL: Final = {"type": "null"}
_SOME: Final = {"not": NULL}
_RULES: Final[tuple[str, ...]] = ("anyOf", "allOf")


def ruled(schema: dict[str, Any], given: Collection[str], *, sure: bool = True) -> dict[str, Any]:
    """The schema of an object with its rules worked out; as it was, where they would leave nothing.

    Not `sure`: the members are out of the body and may be missing elsewhere, too, so that they forbid nothing.
    """
    rules = {word: schema[word] for word in _RULES if word in schema}
    left = decided(rules, given, sure) if given and rules else rules
    if isinstance(left, bool):
        return {word: inner for word, inner in schema.items() if word not in _RULES} if left else schema
    return {word: left.get(word, inner) for word, inner in schema.items() if word not in _RULES or word in left}


def decided(rule: Any, given: Collection[str], sure: bool = True) -> Rule:
    """What is left of a rule; true or false where the members decide it."""
    if not isinstance(rule, dict):
        return bool(rule)
    if not _speaks(rule, given):
        return rule
    told: dict[str, Any] = {}
    for word, inner in rule.items():
        left = _DECIDE[word](inner, given, sure) if word in _DECIDE else {word: inner}
        if left is False:
            return False
        if left is not True:
            told[word] = left[word]
    return told or True


def _speaks(rule: Any, given: Collection[str]) -> bool:
    """Whether a rule is about one of the members at all."""
    if not isinstance(rule, dict):
        return False
    inner = [*rule.get("anyOf", ()), *rule.get("allOf", ()), rule.get("not")]
    return any(name in rule.get(word, ()) for word in ("required", "properties") for name in given) or any(
        _speaks(one, given) for one in inner
    )


def _required(names: Any, given: Collection[str], sure: bool) -> Rule:
    left = [name for name in names if name not in given]
    return {"required": left} if left else True


def _properties(members: Any, given: Collection[str], sure: bool) -> Rule:
    if sure and any(members.get(name) == NULL for name in given):
        return False
    left = {name: inner for name, inner in members.items() if name not in given or (sure and inner != _SOME)}
    return {"properties": left} if left else True


def _any_of(rules: Any, given: Collection[str], sure: bool) -> Rule:
    left = [decided(rule, given, sure) for rule in rules]
    kept = [rule for rule in left if rule is not False]
    return True if True in left else {"anyOf": kept} if kept else False


def _all_of(rules: Any, given: Collection[str], sure: bool) -> Rule:
    left = [decided(rule, given, sure) for rule in rules]
    kept = [rule for rule in left if rule is not True]
    return False if False in left else {"allOf": kept} if kept else True


def _not(rule: Any, given: Collection[str], sure: bool) -> Rule:
    if not sure and _speaks(rule, given):  # what may be true is not what is forbidden
        return True
    left = decided(rule, given, sure)
    return not left if isinstance(left, bool) else {"not": left}


_DECIDE: Final = {"required": _required, "properties": _properties, "anyOf": _any_of, "allOf": _all_of, "not": _not}
