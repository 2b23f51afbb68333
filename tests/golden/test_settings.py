"""Every pair of the mapping's settings, on the golden documents: nothing is lost, or the setting is refused with the place."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Final

import jsonschema_rs
import pytest

from gateway.codec.closures import compile_element
from gateway.codec.emit import emit_element
from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.schema.errors import ContractError
from gateway.schema.ir import Model, Settings
from gateway.schema.jsonschema import schema_for
from gateway.schema.layout import lay_out
from gateway.schema.refusals import check
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas
from gateway.xml import parse
from tests.golden.test_golden import CASES, NAMES, same_xml

ROOT: Final = "{urn:t}r"
CHOICES: Final = {
    "numbers": ("exact", "string"),
    "arrays": ("collapsed", "wrapped"),
    "defaults": ("keep", "fill"),
    "names": ("as-is", "camel", "snake"),
    "nulls": ("omit", "write"),
    "lists": ("omit", "empty"),
    "scalars": ("typed", "string"),
    "empties": ("keep", "null"),
}


def pairwise() -> list[dict[str, str]]:
    """Rows that hold each value of each setting beside each of every other: the fullest row first, until none is left."""
    pairs = {
        frozenset((first, second))
        for one, other in itertools.combinations(CHOICES, 2)
        for first in ((one, value) for value in CHOICES[one])
        for second in ((other, value) for value in CHOICES[other])
    }
    every = [dict(zip(CHOICES, values, strict=True)) for values in itertools.product(*CHOICES.values())]
    rows = []
    while pairs:
        best = max(every, key=lambda row: sum(pair <= row.items() for pair in pairs))
        pairs -= {pair for pair in pairs if pair <= best.items()}
        rows.append(best)
    return rows


ROWS: Final = pairwise()


@cache
def model_of(case: str) -> Model:
    sources = [Source(f"file:///{path.name}", path.read_bytes()) for path in sorted((CASES / case).glob("*.xsd"))]
    sources.sort(key=lambda source: not source.url.endswith("schema.xsd"))
    return read_schemas(sources)


def hold(case: str, chosen: Settings) -> bool:
    """The laws on the case's documents; False where the settings are refused."""
    try:
        model = lay_out(model_of(case), chosen)
        check(model, chosen, [ROOT])
    except ContractError as refused:
        if "{urn:" not in str(refused) and "`" not in str(refused):  # it names what would be lost
            raise
        return False
    slow, fast = compile_element(model, ROOT, chosen), emit_element(model, ROOT, chosen)
    described = jsonschema_rs.Draft202012Validator(schema_for(model, ROOT, chosen))
    for path in sorted((*(CASES / case).glob("doc.xml"), *(CASES / case).glob("also*.xml"))):
        value = slow.decode(tree := parse(path.read_bytes(), DEFAULT))
        sent = loads(dumps(value), DEFAULT)
        assert described.is_valid(sent), (path, sent, [error.message for error in described.iter_errors(sent)])
        text = slow.encode(sent)
        assert fast.encode(sent) == text
        assert dumps(slow.decode(parse(text.encode(), DEFAULT))) == dumps(value), path
        if chosen.defaults == "keep" and path.name == "doc.xml":
            assert same_xml(parse(text.encode(), DEFAULT), tree), (path, text)
    return True


def test_the_rows_are_few_and_hold_every_pair() -> None:
    assert len(ROWS) < 14
    assert {row[name] for row in ROWS for name in row} == {value for values in CHOICES.values() for value in values}


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_every_pair_of_settings(number: int) -> None:
    """On a part of the cases each; all of them at length."""
    held = [hold(case, Settings(**ROWS[number])) for case in NAMES[number % 5 :: 5]]  # type: ignore[arg-type]
    assert sum(held) > len(held) / 3


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(ROWS)))
def test_every_pair_of_settings_at_length(number: int) -> None:
    for case in NAMES:
        hold(case, Settings(**ROWS[number]))  # type: ignore[arg-type]
