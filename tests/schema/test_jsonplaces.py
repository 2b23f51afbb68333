"""What a default or a fixed value adds to a scalar's schema."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from gateway.schema.ir import Settings
from gateway.schema.jsonplaces import bounded_by_place

XS = "{http://www.w3.org/2001/XMLSchema}"


def takes(model: Any, name: str, own: Any, value: Any, **place: Any) -> bool:
    given = {"default": None, "fixed": None, **place}
    settings = Settings(**given.pop("settings", {}))
    schema = bounded_by_place(model, f"{XS}{name}", settings, own, given["default"], given["fixed"])
    return bool(jsonschema_rs.Draft202012Validator(schema).is_valid(value))


@pytest.fixture(name="model")
def _model(schema: Any) -> Any:
    return schema('<xs:element name="r" type="xs:string"/>').model


def test_without_either_the_schema_is_the_scalars_own(model: Any) -> None:
    own = {"type": "string"}
    assert bounded_by_place(model, f"{XS}string", Settings(), own, None, None) is own


def test_an_empty_string_is_refused_where_it_would_mean_the_default(model: Any) -> None:
    assert takes(model, "string", {"type": "string"}, "x", default="y")
    assert not takes(model, "string", {"type": "string"}, "", default="y")


@pytest.mark.parametrize(
    ("name", "fixed", "value", "same"),
    [
        ("string", "a b", "a b", True),
        ("string", "a b", "a  b", False),
        ("token", " a  b ", "a b", True),
        ("boolean", "1", True, True),
        ("boolean", "true", False, False),
        ("int", "07", 7, True),
        ("int", "7", 8, False),
        ("decimal", "7.0", 7, True),
        ("integer", "7", "7", True),  # digits as a string are compared after encoding
        ("decimal", "0.1", 0.25, True),  # no binary neighbour is a witness: compared after encoding
        ("date", "2024-05-17", "2024-05-18", True),  # equality of dates is on the closed list
    ],
)
def test_a_fixed_value_is_compared_by_value(model: Any, name: str, fixed: str, value: Any, same: bool) -> None:
    assert takes(model, name, {}, value, fixed=fixed) is same


def test_scalars_as_strings_are_compared_after_encoding(model: Any) -> None:
    assert takes(model, "int", {"type": "string"}, "07", fixed="7", settings={"scalars": "string"})
