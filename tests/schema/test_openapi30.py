"""The 3.0.3 document: valid by its specification, and never narrower than the 3.1 one."""

from __future__ import annotations

import openapi_spec_validator
import pytest

from gateway.schema.openapi30 import _schema
from tests.schema.test_openapi import EVERY, document


@pytest.mark.parametrize("name", EVERY)
def test_the_document_is_valid(name: str) -> None:
    openapi_spec_validator.validate(document(name, "3.0"))
    assert document(name, "3.0")["openapi"] == "3.0.3"


@pytest.mark.parametrize("name", ["netid", "projector"])
def test_the_same_paths_and_components_are_there(name: str) -> None:
    new, old = document(name), document(name, "3.0")
    assert old["paths"].keys() == new["paths"].keys()
    assert old["components"]["schemas"].keys() == new["components"]["schemas"].keys()


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"const": "a"}, {"enum": ["a"]}),
        ({"type": "null"}, {"type": "object", "nullable": True, "enum": [None]}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "string", "nullable": True}),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": "number", "exclusiveMinimum": 1}, {"type": "number", "minimum": 1, "exclusiveMinimum": True}),
        ({"$ref": "#/x", "description": "lost"}, {"$ref": "#/x"}),
        ({"type": "object", "patternProperties": {"a": {}}, "additionalProperties": False}, {"type": "object"}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        ({"type": "array", "prefixItems": [{}], "items": False}, {"type": "array", "items": {}}),
        ({"if": {"minLength": 1}, "then": {"maxLength": 2}, "else": {}, "contains": {}, "minContains": 0}, {}),
        ({"type": "object", "if": {"type": "object"}, "then": {"anyOf": [{}]}}, {"type": "object"}),
        (False, {"not": {}}),
        ({"properties": {"const": {"const": 1}}}, {"properties": {"const": {"enum": [1]}}}),
    ],
)
def test_each_word(new: object, old: object) -> None:
    assert _schema(new) == old


def test_a_reference_or_null_stays_a_reference_or_null() -> None:
    told = _schema({"anyOf": [{"$ref": "#/x"}, {"type": "null"}]})
    null = {"type": "object", "nullable": True, "enum": [None]}
    assert told == {"anyOf": [{"$ref": "#/x"}, null]}, "3.0.3 gives `nullable` a meaning beside a type only"
