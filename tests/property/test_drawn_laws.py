"""The laws of drawn contracts, on random OpenAPI schemas: what the schema takes comes back, what it refuses never passes."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.json import loads
from gateway.core.limits import DEFAULT
from gateway.core.problem import Kind, Problem
from tests.property.json_schemas import Maker
from tests.schema.drawn.drawing import Contract_, document

INSTANCES = 8


def equal(one: Any, other: Any) -> bool:
    """JSON equality: numbers by value, true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(inner, other[key]) for key, inner in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def check(seed: int, folder: Any) -> tuple[int, int, int]:
    """One document and its instances: how many came back, were refused rightly, were refused although valid."""
    random = Random(seed)
    old = random.random() < 0.5
    maker = Maker(random, old=old)
    components = maker.components()
    schema = maker.schema(3)
    contract = Contract_(folder, document(components, schema, "3.0.3" if old else "3.1.0"))
    judge = contract.messages.schema(f"{{{contract.drawn.namespace}}}putResponse", ("result",))
    back = rightly = valid_refused = 0
    for _ in range(INSTANCES):
        text = json.dumps(maker.instance(schema, components))
        try:
            value = loads(text.encode(), DEFAULT)
        except Problem:
            continue
        wanted = judge.is_valid(value)
        refused = found = None
        try:
            _, found = contract.there_and_back(text)
        except Problem as problem:
            refused = problem
        if refused is not None:
            assert refused.kind in (Kind.INVALID_MESSAGE, Kind.XML_ILLEGAL_CHARACTER)
            assert not wanted or undeclared(refused) or beyond(refused), (text, refused.findings)
            valid_refused += wanted
            rightly += not wanted
            continue
        assert wanted, f"passed although the schema refuses it: {text}"
        assert equal(found, json.loads(text, parse_float=Decimal)), (text, found)
        back += 1
    return back, rightly, valid_refused


def undeclared(problem: Problem) -> bool:
    """A member that no schema names: the stated refusal."""
    words = ("not known here", "no such member", "None of the forms")
    return any(word in finding.detail for finding in problem.findings for word in words)


def beyond(problem: Problem) -> bool:
    """Formats that JSON Schema takes for words: whole numbers past their bits, base64 that is none."""
    return any(word in f"{f.detail} {f.expected}" for f in problem.findings for word in ("range", "base64", "from -", "from 0"))


@given(seed=st.integers(0, 2**32))
def test_what_the_schema_takes_comes_back_and_what_it_refuses_does_not_pass(seed, tmp_path_factory):
    check(seed, tmp_path_factory.mktemp("law"))


@pytest.mark.slow
def test_the_generator_draws_enough_that_comes_back(tmp_path_factory):
    counts = [check(seed, tmp_path_factory.mktemp("law")) for seed in range(300)]
    assert sum(back for back, _, _ in counts) > 800
    assert sum(rightly for _, rightly, _ in counts) > 200


def test_a_law_is_broken_by_a_schema_that_is_not_looked_at(tmp_path):
    contract = Contract_(tmp_path, document({}, {"type": "string", "pattern": "^(?=x)x"}))
    assert contract.there_and_back('"x"')[1] == "x"
    with pytest.raises(Problem):
        contract.there_and_back('"y"')
