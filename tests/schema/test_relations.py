from collections.abc import Callable
from typing import Any

import pytest

from gateway.schema.relations import derivation

BASE = '<xs:complexType name="B"/>'
DERIVED = '<xs:complexType name="D"><xs:complexContent><xs:extension base="t:B"/></xs:complexContent></xs:complexType>'
FURTHER = (
    '<xs:complexType name="E"><xs:complexContent><xs:restriction base="t:D"/></xs:complexContent></xs:complexType>'
)


def test_derived_types_are_transitive_and_abstract_ones_left_out(schema: Callable[..., Any]) -> None:
    model = schema(BASE + DERIVED.replace('name="D"', 'name="D" abstract="true"') + FURTHER).model
    assert model.derived["{urn:t}B"] == ("{urn:t}E",)
    assert derivation("{urn:t}E", "{urn:t}B", model.types) == {"extension", "restriction"}
    assert derivation("{urn:t}B", "{urn:t}E", model.types) is None


def test_a_member_of_a_union_derives_from_it(schema: Callable[..., Any]) -> None:
    model = schema('<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:date"/></xs:simpleType>').model
    assert "{http://www.w3.org/2001/XMLSchema}short" in model.derived["{urn:t}U"]


@pytest.mark.parametrize(
    ("head", "base", "members"),
    [
        ("", "", ["M", "N"]),
        ('block="substitution"', "", []),
        ('block="extension"', "", []),
        ('block="restriction"', "", ["M"]),
        ('block="#all"', "", []),
        ("", 'block="extension"', []),
        ("", 'block="restriction"', ["M"]),
        ('abstract="true"', "", ["M", "N"]),
    ],
)
def test_substitutes_obey_blocks(schema: Callable[..., Any], head: str, base: str, members: list[str]) -> None:
    model = schema(
        BASE.replace("/>", f" {base}/>") + DERIVED + FURTHER + f'<xs:element name="H" type="t:B" {head}/>'
        '<xs:element name="M" type="t:D" substitutionGroup="t:H"/><xs:element name="N" type="t:E" substitutionGroup="t:M"/>'
        '<xs:element name="A" type="t:D" substitutionGroup="t:H" abstract="true"/>'
    ).model
    assert list(model.substitutions.get("{urn:t}H", ())) == [f"{{urn:t}}{name}" for name in members]


def test_a_member_may_stand_in_another_namespace(schema: Callable[..., Any]) -> None:
    other = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o" xmlns:x="urn:t"><xs:import namespace="urn:t"/>'
        '<xs:element name="O" substitutionGroup="x:H" type="xs:int"/></xs:schema>'
    )
    model = schema('<xs:element name="H" type="xs:int"/>', other).model
    assert model.substitutions == {"{urn:t}H": ("{urn:o}O",)}


def test_a_type_of_a_namespace_with_a_fragment_is_not_anonymous(schema: Callable[..., Any]) -> None:
    xmldsig = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/09/xmldsig#" '
        'xmlns:d="http://www.w3.org/2000/09/xmldsig#"><xs:complexType name="B"/><xs:complexType name="D"><xs:complexContent>'
        '<xs:extension base="d:B"/></xs:complexContent></xs:complexType></xs:schema>'
    )
    model = schema(xmldsig).model
    assert model.derived["{http://www.w3.org/2000/09/xmldsig#}B"] == ("{http://www.w3.org/2000/09/xmldsig#}D",)
