"""Choices: the keys decide the branch; none, one too many, and names that stand in two."""

from __future__ import annotations

import pytest

from tests.codec.kit import codec_of, round_trip, unwritten

PLAIN = '<xs:choice><xs:element name="a" type="xs:int"/><xs:sequence><xs:element name="b" type="xs:int"/><xs:element name="c" type="xs:int" minOccurs="0"/></xs:sequence></xs:choice>'
SHARED = (
    '<xs:choice><xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int" minOccurs="0"/></xs:sequence>'
    '<xs:sequence><xs:element name="c" type="xs:int"/><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence></xs:choice>'
)


@pytest.mark.parametrize("value", [{"a": 1}, {"b": 1}, {"b": 1, "c": 2}])
def test_a_branch(value: dict) -> None:
    assert round_trip(codec_of(PLAIN), value)


def test_refused() -> None:
    codec = codec_of(PLAIN)
    assert unwritten(codec, {}) == [("", "/t:r", "One of several members is missing.")]
    assert unwritten(codec, {"c": 1}) == [("/b", "/t:r/t:b", "`b` is missing.")]
    assert unwritten(codec, {"a": 1, "b": 2}) == [("/b", "/t:r/t:b", "`b` may not stand here.")]
    assert unwritten(codec, {"a": None}) == [("", "/t:r", "One of several members is missing.")]


def test_null_in_the_other_branch_is_absence() -> None:
    assert codec_of(PLAIN).encode({"a": 1, "b": None, "c": None}) == codec_of(PLAIN).encode({"a": 1})


@pytest.mark.parametrize("value", [{"a": 1}, {"a": 1, "b": 2}, {"c": 1, "a": 2}, {"c": 1}])
def test_a_name_in_two_branches(value: dict) -> None:
    assert round_trip(codec_of(SHARED), value)


def test_a_name_in_two_branches_refused() -> None:
    assert unwritten(codec_of(SHARED), {"a": 1, "b": 2, "c": 3})
    assert unwritten(codec_of(SHARED), {"b": 2})


def test_optional_group() -> None:
    codec = codec_of(
        '<xs:sequence><xs:sequence minOccurs="0"><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int" nillable="true"/></xs:sequence></xs:sequence>'
    )
    assert round_trip(codec, {})
    assert round_trip(codec, {"a": 1, "b": None})
    assert unwritten(codec, {"a": 1}) == [("/b", "/t:r/t:b", "`b` is missing.")]
    assert unwritten(codec, {"b": None}) == [("/a", "/t:r/t:a", "`a` is missing.")]
    assert round_trip(codec_of(PLAIN.replace("<xs:choice>", '<xs:choice minOccurs="0">')), {})


def test_null_beside_a_fixed_value_is_no_empty_element() -> None:
    group = (
        '<xs:sequence minOccurs="0"><xs:element name="d" type="xs:string" fixed="1"/>'
        '<xs:element name="b" type="xs:int" minOccurs="2" maxOccurs="2"/></xs:sequence>'
    )
    codec = codec_of(group, nulls="write", empties="null")
    assert round_trip(codec, {"d": None, "b": None})
    assert unwritten(codec, {"d": None, "b": [1, 2]}) == [("/d", "/t:r/t:d", "A null is not allowed here.")]
