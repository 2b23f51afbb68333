"""What XSD 1.0 forbids and xmlschema lets pass."""

from __future__ import annotations

import pytest

from gateway.schema.bundle import bundle
from gateway.schema.errors import ContractError
from gateway.schema.source import XSI, Source
from gateway.schema.xsd import read_schemas

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def schema(body: str, namespace: str = "", more: str = "") -> bytes:
    target = f'targetNamespace="{namespace}"' if namespace else ""
    return f"<xs:schema {XS} {target} {more}>\n{body}</xs:schema>".encode()


def wrong(*documents: bytes) -> str:
    with pytest.raises(ContractError) as caught:
        bundle([Source(f"/{at}.xsd", text) for at, text in enumerate(documents)], lambda _: None)
    return str(caught.value)


@pytest.mark.parametrize("name", ["include", "redefine"])
def test_an_include_says_where(name: str) -> None:
    assert wrong(schema(f"<xs:{name}/>")).startswith(f"/0.xsd:2: xs:{name} has no schemaLocation (XSD 1.0 Part 1 §4.2.")


def test_an_import_names_the_namespace_of_what_it_brings() -> None:
    imports = '<xs:import namespace="urn:b" schemaLocation="1.xsd"/>'
    assert "names the namespace urn:b, but '1.xsd' has the namespace urn:c" in wrong(schema(imports), schema("", "urn:c"))
    assert "but '1.xsd' has no namespace" in wrong(schema(imports, "urn:a"), schema(""))
    bundle([Source("/0.xsd", schema(imports)), Source("/1.xsd", schema("", "urn:b"))])


def test_no_attributes_for_xsi() -> None:
    assert "may not be declared" in wrong(schema('<xs:attribute name="a"/>', XSI))
    local = '<xs:attributeGroup name="g"><xs:attribute name="a"/></xs:attributeGroup>'
    assert "may not be declared" in wrong(schema(local, XSI, 'attributeFormDefault="qualified"'))
    bundle([Source("/0.xsd", schema(local, XSI))])


@pytest.mark.parametrize(("base", "value"), [("anyURI", ":a"), ("anyURI", "%"), ("NCName", "a:b")])
def test_a_listed_value_is_in_the_types_lexical_space(base: str, value: str) -> None:
    body = f'<xs:simpleType name="T"><xs:restriction base="xs:{base}"><xs:enumeration value="{value}"/></xs:restriction></xs:simpleType>'
    with pytest.raises(ContractError, match=r"/s\.xsd:2"):
        read_schemas([Source("/s.xsd", schema(body))])


def test_only_elements_that_the_schema_for_schemas_has_are_borrowed() -> None:
    sequence = '<xs:element name="r"><xs:complexType><xs:sequence><xs:element ref="xs:%s"/></xs:sequence></xs:complexType></xs:element>'
    read_schemas([Source("/s.xsd", schema(sequence % "schema"))])
    with pytest.raises(ContractError):
        read_schemas([Source("/s.xsd", schema(sequence % "undeclared"))])


def test_a_schema_of_ones_own_for_the_xml_namespace_is_read() -> None:
    own = schema('<xs:attribute name="lang" type="xs:language"/><xs:attribute name="blah"/>', "http://www.w3.org/XML/1998/namespace")
    body = (
        '<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="own.xsd"/>'
        '<xs:complexType name="T"><xs:attribute ref="xml:blah"/></xs:complexType>'
    )
    model = read_schemas([Source("/s.xsd", schema(body))], fetch={"/own.xsd": own}.get)
    assert "{http://www.w3.org/XML/1998/namespace}blah" in model.attributes


@pytest.mark.parametrize(
    ("inside", "base", "words"),
    [
        ("", "", "neither a base nor an xs:simpleType in it"),
        ('<xs:simpleType><xs:restriction base="xs:int"/></xs:simpleType>', 'base="xs:int"', "both a base and"),
    ],
)
def test_a_simple_type_restricts_exactly_one(inside: str, base: str, words: str) -> None:
    body = f'<xs:simpleType name="T"><xs:restriction {base}>{inside}</xs:restriction></xs:simpleType>'
    assert f"/0.xsd:2: xs:restriction has {words}" in wrong(schema(body))
    assert "§3.14.3" in wrong(schema(body))
