"""Media types expected of binary values: read as HTTP's Accept, described as JSON Schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway.schema.compiled import freeze, thaw
from gateway.schema.ir import Model, Settings
from gateway.schema.jsonschema import schema_for
from gateway.schema.layout import lay_out
from gateway.schema.media import described, expected, media_of
from gateway.schema.source import Source
from gateway.schema.wsdl import load_wsdl
from gateway.schema.xsd import read_schemas

NAMED = "{http://www.w3.org/2005/05/xmlmime}expectedContentTypes"
HEAD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:m="http://www.w3.org/2005/05/xmlmime" xmlns="urn:t"'
    ' targetNamespace="urn:t" elementFormDefault="qualified">'
)
PNG = 'm:expectedContentTypes="image/png"'
BYTES = {"contentEncoding": "base64", "contentMediaType": "image/png"}


def model_of(body: str) -> Model:
    return lay_out(read_schemas([Source("s.xsd", f"{HEAD}{body}</xs:schema>".encode())]), Settings())


def schema_of(body: str) -> dict[str, Any]:
    schema = schema_for(model_of(body), "{urn:t}r", Settings())
    Draft202012Validator.check_schema(schema)
    return schema


def child(attributes: str, types: str = "", inner: str = "") -> dict[str, Any]:
    """What the schema says of the one child `b`, a reference followed."""
    element = f'<xs:element name="b" {attributes}>{inner}</xs:element>'
    root = f'<xs:element name="r"><xs:complexType><xs:sequence>{element}</xs:sequence></xs:complexType></xs:element>'
    schema = schema_of(root + types)
    return followed(schema, followed(schema, schema)["properties"]["b"])


def followed(schema: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
    return found


def words(schema: dict[str, Any]) -> dict[str, Any]:
    return {word: schema[word] for word in ("contentEncoding", "contentMediaType", "description") if word in schema}


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("image/png", ("image/png",)),
        (" Image/PNG ,application/pdf ", ("image/png", "application/pdf")),
        ("image/*;q=0.5, text/xml ; charset=UTF-8;Q=1", ("image/*", "text/xml;charset=UTF-8")),
        ('a/b;x="1,2;3", a/c', ('a/b;x="1,2;3"', "a/c")),
        ("image/png, image/png", ("image/png",)),
        ("", ()), ("png", ()), ("image/png application/pdf", ()), ("image/png;", ()), ("image/png,,", ()), ('a/b;x="', ()),
    ],
)  # fmt: skip
def test_the_list_is_read_as_accept_is_and_what_is_none_says_nothing(text: str, ranges: tuple[str, ...]) -> None:
    assert expected({NAMED: text}) == ranges


@pytest.mark.parametrize("year", ["2005/05", "2004/11", "2004/06"])
def test_each_edition_of_the_note_is_known(year: str) -> None:
    assert expected({f"{{http://www.w3.org/{year}/xmlmime}}expectedContentTypes": "a/b"}) == ("a/b",)
    assert expected({"expectedContentTypes": "a/b"}) == ()


def test_an_element_of_octets_has_its_encoding_and_media_type() -> None:
    assert words(child(f'type="xs:base64Binary" {PNG}')) == BYTES
    assert words(child(f'type="xs:hexBinary" {PNG}')) == {**BYTES, "contentEncoding": "base16"}
    assert words(child('type="xs:base64Binary"')) == {}
    assert words(child(f'type="xs:string" {PNG}')) == {}
    assert words(child('type="xs:base64Binary" m:expectedContentTypes="*/*"')) == {}


def test_several_types_or_a_range_are_told_in_words() -> None:
    told = words(child('type="xs:base64Binary" m:expectedContentTypes="image/*, application/pdf"'))
    assert told == {"contentEncoding": "base64", "description": "Expected media types: image/*, application/pdf."}


def test_an_element_whose_type_has_attributes_says_it_of_its_value() -> None:
    typed = (
        '<xs:complexType name="T"><xs:simpleContent><xs:extension base="xs:base64Binary">'
        '<xs:attribute name="n" type="xs:int"/></xs:extension></xs:simpleContent></xs:complexType>'
    )
    found = child(f'type="T" {PNG}', typed)
    assert words(found["properties"]["$value"]) == BYTES
    assert set(found["properties"]) == {"@n", "$value"}
    assert words(child('type="T"', typed)["properties"]["$value"]) == {}


def test_repeated_and_nillable_places_say_it_of_each_item() -> None:
    found = child(f'type="xs:base64Binary" {PNG} minOccurs="0" maxOccurs="unbounded"')
    items = found["anyOf"][0]["items"] if "anyOf" in found else found["items"]
    assert words(items) == BYTES
    found = child(f'type="xs:base64Binary" {PNG} nillable="true"')
    assert words(found["anyOf"][0]) == BYTES


def test_a_type_says_it_for_its_elements_and_those_derived_and_the_element_has_the_last_word() -> None:
    simple = f'<xs:simpleType name="S" {PNG}><xs:restriction base="xs:base64Binary"/></xs:simpleType>'
    derived = '<xs:simpleType name="D"><xs:restriction base="S"><xs:maxLength value="9"/></xs:restriction></xs:simpleType>'
    assert words(child('type="S"', simple)) == BYTES
    assert words(child('type="D"', simple + derived)) == BYTES
    own = child('type="S" m:expectedContentTypes="a/b"', simple)
    assert words(own) == {**BYTES, "contentMediaType": "a/b"}
    extended = (
        f'<xs:complexType name="C" {PNG}><xs:simpleContent><xs:extension base="xs:base64Binary">'
        '<xs:attribute name="n" type="xs:int"/></xs:extension></xs:simpleContent></xs:complexType>'
        '<xs:complexType name="E"><xs:simpleContent><xs:extension base="C"/></xs:simpleContent></xs:complexType>'
    )
    assert words(child('type="E"', extended)["properties"]["$value"]) == BYTES
    schema = schema_of('<xs:element name="r" type="C"/>' + extended)
    forms = [followed(schema, form)["properties"]["$value"] for form in followed(schema, schema)["anyOf"]]
    assert [words(form) for form in forms] == [BYTES, BYTES, BYTES]  # itself, itself and the derived one by $type
    bare = f'<xs:complexType {PNG}><xs:simpleContent><xs:extension base="xs:base64Binary"/></xs:simpleContent></xs:complexType>'
    assert words(child("", inner=bare)) == BYTES


def test_the_attribute_needs_no_import_of_its_schema() -> None:
    assert words(schema_of(f'<xs:element name="r" type="xs:base64Binary" {PNG}/>')) == BYTES


def test_a_stored_contract_keeps_it() -> None:
    model = model_of(f'<xs:element name="r" type="xs:base64Binary" {PNG}/>')
    thawed = thaw(freeze(model, "key"), "key")
    assert thawed is not None
    assert media_of(thawed, thawed.elements["{urn:t}r"]) == ("image/png",)


def test_nothing_expected_changes_nothing() -> None:
    model = model_of('<xs:element name="r" type="xs:base64Binary"/>')
    schema = {"type": "string"}
    assert described(model, model.elements["{urn:t}r"].type, (), schema) is schema


def test_it_reaches_from_a_wsdl() -> None:
    path = Path("tests/golden/wsdl/mtom/contract.wsdl")
    contract = load_wsdl(path)
    schema = schema_for(lay_out(read_schemas(contract.sources), Settings()), "{urn:t}Store", Settings())
    told = words(followed(schema, schema)["properties"]["content"]["properties"]["$value"])
    assert told == {"contentEncoding": "base64", "description": "Expected media types: image/png, application/pdf."}
