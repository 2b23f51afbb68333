"""Floats in JSON Schema: the same verdict as the codec's, but where ROUNDED says so."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.codec.lexical import Unfit
from gateway.codec.scalars import scalar_for
from gateway.core.floats import nearest
from gateway.schema.constraints import Constraint
from gateway.schema.ir import Settings
from gateway.schema.jsonschema_scalars import json_schema_of
from tests.codec.models import Declared, model_of, restricted

LITERALS = ("0", "-0", "0.1", "1.5", "1.278656273654", "-3.3", "16777217", "1e-45", "5e-324", "1e300", "3.4028235e38", "INF", "-INF", "NaN")
FACETS = ("enumeration", "min_inclusive", "max_inclusive", "min_exclusive", "max_exclusive")


def verdicts(name: str, facets: dict[str, Any], value: Any) -> tuple[bool, bool]:
    model = model_of(restricted(name, **facets))
    said = json_schema_of(model, "T", Settings())
    try:
        scalar_for(model, "T", Settings()).write(value, Declared())
    except Unfit:
        return jsonschema_rs.Draft202012Validator(said).is_valid(value), False
    return jsonschema_rs.Draft202012Validator(said).is_valid(value), True


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(("float", "double")),
    st.sampled_from(FACETS),
    st.sampled_from(LITERALS),
    st.one_of(st.sampled_from(LITERALS), st.decimals(-2, 2).map(str)),
    st.integers(-3, 3),
    st.integers(10, 60),
)
def test_the_verdict_is_the_codecs(name: str, facet: str, literal: str, near: str, side: int, places: int) -> None:
    if name == "float" and literal == "1e300":
        return
    if literal == near == "3.4028235e38":
        return  # jsonschema_rs compares a fraction with a whole bound past 2^64 as doubles
    value: Any = near
    if near not in ("INF", "-INF", "NaN"):
        with localcontext() as context:
            context.prec = 400
            value = Decimal(near) + Decimal(side).scaleb(-places)
            if side == 3 and nearest(near, False) != float("inf"):
                value = Decimal(nearest(near, name == "float")) if abs(Decimal(near)) < 1e38 else value
    accepted, written = verdicts(name, {facet: (literal,) if facet == "enumeration" else literal}, value)
    assert accepted or not written, value
    if accepted and not written:
        assert facet.endswith("exclusive"), value
        assert nearest(str(value), name == "float") == nearest(literal, name == "float")


@pytest.mark.parametrize(
    ("name", "facets", "value", "taken"),
    [
        ("double", {"enumeration": ("0.1",)}, Decimal("0.1000000000000000000001"), True),
        ("double", {"enumeration": ("0.1",)}, Decimal("0.10000000000000002"), False),
        ("double", {"enumeration": ("0",)}, Decimal("1E-400"), True),
        ("double", {"enumeration": ("0",)}, Decimal("1E-323"), False),
        ("float", {"enumeration": ("0.1", "INF")}, Decimal("0.10000000149011612"), True),
        ("float", {"enumeration": ("0.1", "INF")}, "INF", True),
        ("float", {"enumeration": ("0.1", "INF")}, "NaN", False),
        ("double", {"min_inclusive": "0"}, Decimal("-1E-400"), False),
        ("double", {"max_inclusive": "0.1"}, Decimal("0.10000000000000000001"), False),
        ("double", {"min_inclusive": "INF"}, 5, False),
        ("double", {"min_inclusive": "INF"}, "INF", True),
        ("double", {"min_exclusive": "-INF"}, "-INF", False),
        ("double", {"min_exclusive": "-INF"}, "INF", True),
        ("double", {"max_exclusive": "INF"}, "INF", False),
        ("double", {"max_exclusive": "-INF"}, 5, False),
        ("double", {"min_exclusive": "NaN"}, "NaN", False),
        ("double", {"min_inclusive": "NaN"}, "NaN", True),
    ],
)
def test_digits_past_the_type(name: str, facets: dict[str, Any], value: Any, taken: bool) -> None:
    assert verdicts(name, facets, value) == (taken, taken)


def test_what_people_see() -> None:
    said = json_schema_of(model_of(restricted("double", enumeration=("0.5", "2"))), "T", Settings())
    assert said["type"] == "number"
    assert said["anyOf"][0] == {"enum": [Decimal("0.5"), 2]}
    said = json_schema_of(model_of(restricted("double", min_inclusive="0", max_inclusive="1")), "T", Settings())
    assert said == {"type": "number", "minimum": 0, "maximum": 1}


def test_the_row() -> None:
    assert Constraint.ROUNDED.value.checked == "value"
