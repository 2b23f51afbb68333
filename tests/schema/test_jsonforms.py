"""Alternatives are told once and flat; wildcards' namespaces become patterns."""

from __future__ import annotations

import jsonschema_rs
import pytest

from gateway.schema.ir import NamespaceTest, Wildcard
from gateway.schema.jsonforms import any_of, braced, component, name_pattern, quoted


def test_alternatives_are_flat_and_told_once():
    text, number = {"type": "string"}, {"type": "integer"}
    assert any_of([text]) == text
    assert any_of([{"anyOf": [text, number]}, number]) == any_of([text, number])


@pytest.mark.parametrize(
    ("test", "taken", "refused"),
    [
        (NamespaceTest("any"), ["{urn:a}x", "{}x"], ["x", "{urn:a}"]),
        (NamespaceTest("in", frozenset({"urn:a", ""})), ["{urn:a}x", "{}x"], ["{urn:b}x", "{urn:ab}x"]),
        (NamespaceTest("not", frozenset({"urn:a.b"})), ["{urn:a}x", "{urn:aXb}x"], ["{urn:a.b}x"]),
        (NamespaceTest("in", frozenset()), [], ["{}x", "{urn:a}x"]),
    ],
)
def test_a_wildcards_names_as_a_pattern(test, taken, refused):
    schema = {"patternProperties": {f"^{name_pattern(Wildcard(test, 'lax'))}": True}, "additionalProperties": False}
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert all(validator.is_valid({name: 1}) for name in taken)
    assert not any(validator.is_valid({name: 1}) for name in refused)


def test_names_are_quoted_and_braced():
    assert braced("x") == "{}x"
    assert braced("{urn:a}x") == "{urn:a}x"
    assert jsonschema_rs.Draft202012Validator({"pattern": f"^{quoted('a.b*(c)')}$"}).is_valid("a.b*(c)")


def test_components_are_named_by_local_names():
    assert component("{urn:x}Order") == "Order"
    assert component("element:{http://a/b#c}Order#{http://a/b#c}Line") == "Order_Line"
    assert component("{urn:x}Größe") == "Gr__e"
