"""gateway.schema.drawn.scalars: types, formats and bounds as simple types."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway.schema.drawn.flat import flatten
from gateway.schema.drawn.kinds import Facets, Scalar
from gateway.schema.drawn.scalars import scalar


def made(kind, schema, values=None):
    remarks = []
    return scalar(kind, flatten(schema, {}), values, lambda what, then: remarks.append(what)), remarks


@pytest.mark.parametrize(
    ("kind", "schema", "base"),
    [("string", {}, "string"), ("string", {"format": "byte"}, "base64Binary"), ("string", {"format": "email"}, "string"),
     ("string", {"contentEncoding": "base64"}, "base64Binary"), ("integer", {}, "integer"),
     ("integer", {"format": "int32"}, "int"), ("integer", {"format": "uint64"}, "unsignedLong"),
     ("number", {}, "decimal"), ("number", {"format": "float"}, "double"), ("number", {"multipleOf": 1}, "integer"),
     ("boolean", {}, "boolean"), ("string", {"format": "date-time"}, "dateTime")],
)  # fmt: skip
def test_types_and_formats(kind, schema, base):
    assert made(kind, schema)[0].base == base


def test_bounds_are_inside_of_the_base_and_one_at_each_end():
    schema = {"format": "int32", "minimum": 0.5, "exclusiveMinimum": 3, "maximum": 10**12}
    assert made("integer", schema)[0] == Scalar("int", Facets(bounds=(("minInclusive", "4"),)))


def test_bounds_that_nothing_meets_are_the_json_s():
    assert made("number", {"minimum": 2, "exclusiveMaximum": 2}) == (Scalar("decimal"), ["minimum, maximum"])


def test_a_power_of_ten_is_digits_and_any_other_multiple_the_json_s():
    assert made("number", {"multipleOf": Decimal("0.01")})[0].facets.bounds == (("fractionDigits", "2"),)
    assert made("number", {"multipleOf": Decimal("0.5")})[1] == ["multipleOf 0.5"]


def test_an_enumeration_and_a_pattern_without_a_twin():
    assert made("string", {"enum": ["a"]}, ["a", 1, "b"])[0].facets.enumeration == ("a", "b")
    assert made("string", {"pattern": "(?=x)"}) == (Scalar("string"), ["pattern '(?=x)'"])
