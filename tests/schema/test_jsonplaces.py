"""What a default or a fixed value adds to a scalar's schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from lxml import etree

from gateway.codec.closures import compile_element
from gateway.core.problem import Problem
from gateway.schema.ir import Settings
from gateway.schema.jsonplaces import bounded_by_place
from gateway.schema.jsonschema import schema_for
from gateway.schema.layout import lay_out

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
        ("decimal", "0.1", 0.25, False),
        ("decimal", "0.10", Decimal("0.1"), True),
        ("double", "0.5", Decimal("0.50"), True),
        ("double", "0.5", 0.25, False),
        ("double", "INF", "INF", True),
        ("double", "INF", "NaN", False),
        ("NMTOKENS", " a  b ", ["a", "b"], True),
        ("NMTOKENS", "a b", ["a", "c"], False),
        ("NMTOKENS", "a b", ["a"], False),
        ("QName", "{urn:t}x", "{urn:t}x", True),
        ("QName", "{urn:t}x", "x", False),
        ("hexBinary", "abCD", "ABcd", True),
        ("hexBinary", "abCD", "AB", False),
        ("date", "2024-05-17", "2024-05-18", True),  # equality of dates is on the closed list
    ],
)
def test_a_fixed_value_is_compared_by_value(model: Any, name: str, fixed: str, value: Any, same: bool) -> None:
    assert takes(model, name, {}, value, fixed=fixed) is same


def test_scalars_as_strings_are_compared_after_encoding(model: Any) -> None:
    assert takes(model, "int", {"type": "string"}, "07", fixed="7", settings={"scalars": "string"})


@pytest.mark.parametrize("place", [{"default": ""}, {"fixed": ""}])
def test_an_empty_default_is_the_empty_value(model: Any, place: dict[str, str]) -> None:
    assert takes(model, "string", {"type": "string"}, "", **place)


@pytest.mark.parametrize(
    ("kind", "place", "good", "bad"),
    [
        ('type="xs:anyType"', 'fixed="f"', [{"$value": "f"}], [{}, {"$value": "g"}, {"$items": [{"{urn:u}p": {}}]}]),
        ('type="xs:anyType"', 'default="d"', [{"$value": "x"}, {"$items": [{"{urn:u}p": {}}]}], [{}]),
        ('type="t:M"', 'fixed="f"', [{"$mixed": ["f"]}], [{}, {"$mixed": ["g"]}]),
        ('type="t:M"', 'default="d"', [{"$mixed": ["f"]}, {"$mixed": [{"a": "x"}]}], [{}, {"$mixed": []}]),
    ],
)
def test_default_and_fixed_of_what_is_no_scalar(
    schema: Any, kind: str, place: str, good: list[Any], bad: list[Any]
) -> None:
    """The JSON Schema and the codec say the same."""
    made = schema(
        f'<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="v" {kind} {place}/></xs:sequence></xs:complexType></xs:element>'
        '<xs:complexType name="M" mixed="true"><xs:sequence><xs:element name="a" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>'
    )
    laid = lay_out(made.model, Settings())
    verdict = jsonschema_rs.Draft202012Validator(schema_for(laid, "{urn:t}r", Settings()))
    codec = compile_element(laid, "{urn:t}r", Settings())
    for value in good:
        assert verdict.is_valid({"v": value}), value
        assert codec.decode(etree.fromstring(codec.encode({"v": value}))) == {"v": value}
    for value in bad:
        assert not verdict.is_valid({"v": value}), value
        with pytest.raises(Problem):
            codec.encode({"v": value})


OPENED = """
<xs:element name="wild"><xs:complexType><xs:sequence><xs:any namespace="##other" processContents="lax"/></xs:sequence>
</xs:complexType></xs:element><xs:element name="strict"><xs:complexType><xs:sequence><xs:any namespace="##other"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="may" type="xs:anyType" nillable="true"/><xs:element name="not" type="xs:anyType"/>
<xs:complexType name="C"><xs:sequence><xs:element name="k" type="xs:int"/></xs:sequence>
<xs:attribute name="at" type="xs:int" use="required"/></xs:complexType>
<xs:complexType name="D"><xs:sequence><xs:element name="k" type="xs:int"/></xs:sequence></xs:complexType>
"""
NILS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"@a": "1"}, True),
    ({"@a": 1}, False),
    ({"zz": 1}, False),
    ({"$value": "1"}, False),
    ({"$items": [{"{urn:o}x": {}}]}, False),
    ({"$mixed": ["a", {"{urn:o}x": {}}]}, False),
    ({"$type": "xs:int"}, True),
    ({"$type": "xs:int", "@a": "1"}, False),
    ({"$type": "xs:int", "$value": 1}, False),
    ({"$type": "t:D"}, True),
    ({"$type": "t:D", "k": 1}, False),
    ({"$type": "t:C", "@at": 1}, True),
    ({"$type": "t:C"}, False),
    ({"$type": "t:C", "@at": 1, "k": 1}, False),
    ({"$type": "t:Nope"}, False),
]


@pytest.mark.parametrize(("element", "wild"), [("wild", True), ("strict", True), ("may", False), ("not", False)])
def test_a_nil_of_any_type_holds_attributes_alone(schema: Any, element: str, wild: bool) -> None:
    """The JSON Schema and the codec have one verdict; nil is refused where the element may not be."""
    model = lay_out(schema(OPENED).model, Settings())
    described = jsonschema_rs.Draft202012Validator(schema_for(model, f"{{urn:t}}{element}", Settings()))
    codec = compile_element(model, f"{{urn:t}}{element}", Settings())
    for more, good in NILS:
        nil = {"$nil": True, **more}
        value: Any = {"$any": {"{urn:o}x": nil}} if wild else nil
        good = good and (element in {"wild", "may"} or (element == "strict" and "$type" in nil))
        assert described.is_valid(value) is good, value
        if good:
            assert codec.decode(etree.fromstring(codec.encode(value))) == (value if wild or more else None)
        else:
            with pytest.raises(Problem):
                codec.encode(value)
