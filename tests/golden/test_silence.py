"""No refusal holds the value that was refused: every text of every golden document is replaced, one at a time, and the findings read."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.xml import parse
from tests.golden.test_golden import NAMES, codec, tree_of, value_of

CANARY = "hunter2 7f3a"


def spoilt(value: Any) -> Iterator[Any]:
    """The value with one scalar in it replaced, for each of them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: other} for other in spoilt(inner))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in spoilt(inner))
    else:
        yield CANARY


def silent(problem: Problem) -> None:
    shown = json.dumps([problem.detail, *([f.detail, f.expected, f.pointer, f.xpath] for f in problem.findings)], default=str)
    assert "hunter2" not in shown, shown


@pytest.mark.parametrize("name", NAMES)
def test_no_finding_holds_what_was_sent(name: str) -> None:
    one = codec(name)
    for value in spoilt(value_of(name, "doc.json")):
        try:
            one.encode(loads(dumps(value), DEFAULT))
        except Problem as problem:
            silent(problem)
    for at, element in enumerate(tree_of(name, "doc.xml").iter()):
        for attribute in (None, *element.keys()):
            tree = copy.deepcopy(tree_of(name, "doc.xml"))
            changed = list(tree.iter())[at]
            if attribute is None:
                changed.text = CANARY
            else:
                changed.set(attribute, CANARY)
            try:
                one.decode(tree)
            except Problem as problem:
                silent(problem)


def test_a_refusal_is_looked_at() -> None:
    with pytest.raises(Problem) as caught:
        codec("union").decode(parse(b'<t:r xmlns:t="urn:t"><t:odd/></t:r>', DEFAULT))
    silent(caught.value)
