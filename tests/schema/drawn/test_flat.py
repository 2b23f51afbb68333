"""gateway.schema.drawn.flat: a conjunction, keyword by keyword."""

from __future__ import annotations

import pytest

from gateway.schema.drawn.flat import Endless, flatten


def test_the_parts_of_an_all_of_are_one():
    defs = {"A": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}}
    flat = flatten({"allOf": [{"$ref": "#/$defs/A"}, {"properties": {"a": {"minLength": 1}, "b": {}}}]}, defs)
    assert flat.types == {"object"}
    assert flat.properties == {"a": [{"type": "string"}, {"minLength": 1}], "b": [{}]}
    assert list(flat.required) == ["a"]


def test_the_tighter_bound_holds_and_types_meet():
    flat = flatten({"allOf": [{"type": "number", "minimum": 1}, {"type": ["integer", "null"], "minimum": 3}]}, {})
    assert flat.types == {"integer"}
    assert flat.bounds == {"minimum": 3}
    assert flatten({"allOf": [{"type": "string"}, {"type": "object"}]}, {}).never


def test_members_of_conditions_are_lent_and_named_as_checks():
    flat = flatten({"if": {"properties": {"k": {"const": 1}}}, "then": {"properties": {"x": {}}}, "not": {}}, {})
    assert set(flat.lent) == {"k", "x"}
    assert {"if", "not"} <= flat.checks.keys()


def test_one_that_takes_itself_in_has_no_end():
    with pytest.raises(Endless):
        flatten({"$ref": "#/$defs/A"}, {"A": {"allOf": [{"$ref": "#/$defs/A"}]}})
