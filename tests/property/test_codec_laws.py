"""The laws of the mapping on random schemas: libxml2 and the codec agree, and nothing is lost either way.

Generated source says what the closures say, of every instance and every mutant: value, JSON, text and findings.

Where the two disagree xmlschema decides. What libxml2 lets pass by mistake and the codec refuses is allowed only so.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random

import pytest
import xmlschema
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.codec.closures import ElementCodec, compile_element
from gateway.codec.emit import EmittedCodec, emit_element
from gateway.codec.json import dumps
from gateway.core.problem import Problem
from gateway.core.value import Value
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas
from tests.property import schemas, simples

CHOICES = {
    "numbers": ["exact", "string"],
    "arrays": ["collapsed", "wrapped"],
    "defaults": ["keep", "fill"],
    "names": ["as-is", "camel", "snake"],
    "nulls": ["omit", "write"],
    "lists": ["omit", "empty"],
    "scalars": ["typed", "string"],
    "empties": ["keep", "null"],
}

OVERFLOW = "A number too large for its type."  # of a float, an error by the mapping; of an int both judges say so, too
RANGE = "Outside its range."  # NaN is incomparable, so no bound takes it (XSD 1.0 Part 2 §3.2.4.1); both judges let it pass


class Contract:
    """One random schema with its judges."""

    def __init__(self, random: Random, chosen: Settings) -> None:
        schemas.deal(random)
        self.text = schemas.schema(random)
        self.libxml2 = etree.XMLSchema(etree.fromstring(self.text.encode()))
        self.model = model = lay_out(
            read_schemas([Source("file:///s.xsd", self.text.encode())]), chosen, ["{urn:t}r"]
        )
        self.codec: ElementCodec = compile_element(model, "{urn:t}r", chosen)
        self.fast: EmittedCodec = emit_element(model, "{urn:t}r", chosen)
        self.instances = schemas.Instances(model, random)

    def valid(self, tree: etree._Element) -> bool:
        return self.libxml2.validate(tree)

    def xmlschema_says(self, tree: etree._Element) -> bool:
        return xmlschema.XMLSchema10(self.text).is_valid(tree)


def contract(random: Random, chosen: Settings) -> Contract | None:
    try:
        return Contract(random, chosen)
    except (etree.XMLSchemaParseError, ContractError):
        return None  # an ambiguous content model, or settings that lose something


def some_settings(random: Random) -> Settings:
    return Settings(**{name: random.choice(values) for name, values in CHOICES.items()})


def told(work: Callable[[], object]) -> object:
    """What came of it, or the findings."""
    try:
        return work()
    except Problem as problem:
        return problem.findings


def check_generated(one: Contract, tree: etree._Element) -> None:
    """The fast way reads what libxml2 holds valid as the closures do, and its JSON is that of the value."""
    reference = told(lambda: dumps(one.codec.decode(tree)))
    assert told(lambda: dumps(one.fast.decode_valid(tree))) == reference, (etree.tostring(tree), one.fast.source)
    assert told(lambda: one.fast.json_valid(tree)) == reference, (etree.tostring(tree), one.fast.source)


def check_reading(one: Contract, text: str) -> Value | None:
    """Reading agrees with the validators; the value of a valid instance."""
    tree = etree.fromstring(text)
    if one.valid(tree):
        check_generated(one, tree)
    refusal: Problem | None = None
    value: Value = None
    try:
        value = one.codec.decode(tree)
    except Problem as problem:
        refusal = problem
    if refusal is None:
        assert one.valid(tree) or one.xmlschema_says(tree), (text, one.text)
        return value
    assert refusal.findings
    assert all(found.xpath.startswith("/t:r") for found in refusal.findings)
    if not all(found.detail == OVERFLOW or (found.detail == RANGE and "NaN" in text) for found in refusal.findings):
        assert not (one.valid(tree) and one.xmlschema_says(tree)), (refusal.findings, text, one.text)
    return None


def check_writing(one: Contract, text: str, value: Value) -> None:
    """What was read is written again: the same elements, valid, and the same value when read."""
    written = one.codec.encode(value)
    assert one.fast.encode(value) == written, (value, one.fast.source)
    tree = etree.fromstring(written)
    assert one.valid(tree), (text, written, one.text)
    assert dumps(one.codec.decode(tree)) == dumps(value), (text, written)
    tags = [sorted(str(el.tag) for el in root.iter()) for root in (etree.fromstring(text), tree)]
    assert tags[0] == tags[1], (text, written)


def check_mutation(one: Contract, value: Value) -> None:
    """A value is refused with findings, or its text is valid and can be read."""
    assert told(lambda: one.fast.encode(value)) == told(lambda: one.codec.encode(value)), (value, one.fast.source)
    try:
        written = one.codec.encode(value)
    except Problem:
        return
    tree = etree.fromstring(written)
    assert one.valid(tree), (written, dumps(value), one.text)
    again = one.codec.decode(tree)
    assert one.codec.encode(again) == one.codec.encode(one.codec.decode(etree.fromstring(one.codec.encode(again))))


def run(number: int, *, instances: int) -> None:
    random = Random(number)
    one = contract(random, some_settings(random) if number % 2 else Settings())
    if one is None:
        return
    for _ in range(instances):
        text = one.instances.root()
        value = check_reading(one, text)
        if value is None:
            continue
        check_writing(one, text, value)
        for _ in range(3):
            mutant = copy.deepcopy(value)
            mutate(mutant, random)
            check_mutation(one, mutant)


def mutate(value: Value, random: Random) -> None:
    """Spoil a value somewhere, in place."""
    everything = list(_walk(value))
    places = [one for one in everything if isinstance(one, (dict, list))]
    for _ in range(random.randint(1, 2) if places else 0):
        place = random.choice(places)
        new = copy.deepcopy(
            random.choice(
                [
                    None,
                    [],
                    {},
                    "",
                    1,
                    "1",
                    "x",
                    True,
                    [1],
                    {"$nil": True},
                    {"$type": "t:More", "m": "x"},
                    random.choice(everything),
                    random.choice(simples.VALUES),
                    random.choice(simples.VALUES),
                    random.choice(simples.VALUES),
                ]
            )
        )
        if isinstance(place, dict):
            if place and random.random() < 0.35:
                place.pop(random.choice(list(place)))
            else:
                keys = [
                    *"abcdefkwm",
                    "head",
                    "one",
                    "two",
                    "$any",
                    "$items",
                    "$mixed",
                    "$value",
                    "$type",
                    "@x",
                    "@{urn:u}q",
                    "zz",
                ]
                place[random.choice([*keys, *place])] = new
        elif not place or random.random() < 0.4:
            place.append(new)
        elif random.random() < 0.5:
            place.pop()
        else:
            random.shuffle(place)


def _walk(value: Value) -> list[Value]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(deeper for one in inner for deeper in _walk(one))]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_random_contracts(number: int) -> None:
    run(number, instances=6)


@pytest.mark.slow
@seed(20)
@settings(max_examples=1500, deadline=None, database=None, derandomize=False)
@given(st.integers(0, 10**9))
def test_many_random_contracts(number: int) -> None:
    run(number, instances=15)
