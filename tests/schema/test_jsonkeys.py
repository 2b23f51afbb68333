"""gateway.schema.jsonkeys: open keys are exact, and no key of the JSON Schema is long."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from gateway.schema.ir import NamespaceTest, Wildcard
from gateway.schema.jsonkeys import free_keys, wild_keys
from gateway.schema.jsonnodes import Schema

TYPED: Schema = {r"^@\{urn:a\}n$": {"type": "integer"}}
BOTH = NamespaceTest("in", frozenset({"urn:a", "urn:b"}))


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("@{urn:a}n", 5, True),
        ("@{urn:a}n", "5", False),
        ("@{urn:a}nx", "5", True),
        ("@{urn:b}n", "5", True),
        ("@{urn:b}n", 5, False),
        ("@{urn:b}own", "5", False),
        ("@{urn:c}n", "5", False),
        ("@n", "5", False),
        ("@b:own", 1, True),
        ("n", "5", False),
    ],
)
def test_a_wildcard_of_attributes(key: str, value: object, fits: bool) -> None:
    declared: Schema = {"properties": {"@b:own": {"type": "integer"}}, "additionalProperties": False}
    schema = declared | wild_keys(Wildcard(BOTH, "lax"), TYPED, ["{urn:b}own"])
    assert jsonschema_rs.Draft202012Validator(schema).is_valid({key: value}) is fits
    strict = declared | wild_keys(Wildcard(BOTH, "strict"), TYPED, ["{urn:b}own"])
    known = fits and key != "@{urn:a}nx" and key != "@{urn:b}n"
    assert jsonschema_rs.Draft202012Validator(strict).is_valid({key: value}) is known


@pytest.mark.parametrize(
    ("key", "value", "fits", "skipped"),
    [
        ("@{urn:a}n", 5, True, True),
        ("@{urn:a}n", "5", False, False),
        ("@n", "5", True, True),
        ("@xmlns", "5", False, False),
        ("@{http://www.w3.org/2001/XMLSchema-instance}nil", "true", False, True),
        ("@{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "a b", False, False),
        ("@1", "5", False, False),
        ("n", "5", False, False),
        ("$value", "5", True, True),
    ],
)
def test_an_element_of_nobodys(key: str, value: object, fits: bool, skipped: bool) -> None:
    for hints, wanted in ((False, fits), (True, skipped)):
        schema = {"properties": {"$value": {}}, "additionalProperties": False} | free_keys(TYPED, hints=hints)
        assert jsonschema_rs.Draft202012Validator(schema).is_valid({key: value}) is wanted


def test_no_key_is_longer_than_yaml_reads() -> None:
    def keys(one: object) -> list[str]:
        return [*one, *(key for inner in one.values() for key in keys(inner))] if isinstance(one, dict) else []

    schema = wild_keys(Wildcard(NamespaceTest("any"), "lax"), TYPED, [f"{{urn:d}}a{n}" for n in range(200)])
    assert max(map(len, keys(schema | {"inner": free_keys(TYPED, hints=False)}))) < 1024
    assert len(json.dumps(schema)) > 4000
