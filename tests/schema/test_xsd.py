from collections.abc import Callable
from typing import Any

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.ir import Complex, Wildcard
from gateway.schema.passes import elements_of
from gateway.schema.source import Source
from gateway.schema.xsd import ANY_TYPE, read_schemas

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
BASE = (
    '<xs:complexType name="B"><xs:sequence><xs:element name="i" type="xs:int"/></xs:sequence><xs:attribute name="k" type="xs:int" use="required"/>'
    '<xs:attribute name="gone"/></xs:complexType>'
)


def kind(schema: Any, name: str) -> Complex:
    found = schema.model.types[f"{{urn:t}}{name}"]
    assert isinstance(found, Complex)
    return found


def test_what_is_inherited_is_written_out(schema: Callable[..., Any]) -> None:
    made = schema(
        BASE
        + '<xs:complexType name="D"><xs:complexContent><xs:extension base="t:B"><xs:sequence><xs:element name="x"/></xs:sequence>'
        '<xs:attribute name="l"/></xs:extension></xs:complexContent></xs:complexType>'
    )
    derived = kind(made, "D")
    assert made.form("D") == "Keys Sequence(i{1,1}, x{1,1})"
    assert [(use.name, use.required) for use in derived.attributes] == [("k", True), ("gone", False), ("l", False)]
    assert (derived.base, derived.derivation) == ("{urn:t}B", "extension")


def test_a_prohibited_attribute_is_gone_and_an_unnamed_one_stays(schema: Callable[..., Any]) -> None:
    made = schema(
        BASE
        + '<xs:complexType name="R"><xs:complexContent><xs:restriction base="t:B"><xs:sequence><xs:element name="i" type="xs:int"/></xs:sequence>'
        '<xs:attribute name="gone" use="prohibited"/></xs:restriction></xs:complexContent></xs:complexType>'
    )
    assert [use.name for use in kind(made, "R").attributes] == ["k"]


def test_groups_of_attributes_and_their_wildcard(schema: Callable[..., Any]) -> None:
    made = schema(
        '<xs:import namespace="http://www.w3.org/XML/1998/namespace"/><xs:attributeGroup name="G"><xs:attribute name="a" default="1"/><xs:attribute ref="xml:lang"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:attributeGroup>'
        '<xs:complexType name="T"><xs:attributeGroup ref="t:G"/></xs:complexType>'
    )
    found = kind(made, "T")
    assert [use.name for use in found.attributes] == ["a", "{http://www.w3.org/XML/1998/namespace}lang"]
    assert found.attributes[0].default == "1"
    assert isinstance(found.any_attribute, Wildcard)
    assert found.content == "empty"


def test_ids_of_anonymous_types_are_their_places(schema: Callable[..., Any]) -> None:
    inner = '<xs:element name="a"><xs:complexType><xs:attribute name="k"><xs:simpleType><xs:restriction base="xs:int"/></xs:simpleType></xs:attribute></xs:complexType></xs:element>'
    first = schema(f'<xs:complexType name="T"><xs:sequence>{inner}</xs:sequence></xs:complexType>').model
    more = schema(
        f'<xs:element name="before"><xs:complexType/></xs:element><xs:complexType name="T"><xs:sequence><xs:element name="new"><xs:complexType/></xs:element>{inner}</xs:sequence></xs:complexType>'
    ).model
    anonymous = {type_id for type_id in first.types if "urn:t" in type_id and "#" in type_id}
    assert anonymous == {"{urn:t}T#a", "{urn:t}T#a/@k"}
    assert anonymous <= set(more.types)


def test_every_type_that_is_named_is_there(schema: Callable[..., Any]) -> None:
    made = schema(
        BASE
        + '<xs:group name="G"><xs:sequence><xs:element name="g"><xs:complexType><xs:sequence><xs:group ref="t:G" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:group><xs:complexType name="T"><xs:group ref="t:G"/></xs:complexType>'
    )
    model = made.model
    for found in model.types.values():
        assert found.base is None or found.base in model.types
        if isinstance(found, Complex):
            assert all(use.type in model.types for use in found.attributes)
    assert made.form("T") == "Keys g{1,1}"
    assert ANY_TYPE in model.types


def test_defaults_and_fixed_values_are_normalised(content: Callable[..., Any]) -> None:
    model = content(
        '<xs:sequence><xs:element name="a" type="xs:token" default=" x  y "/><xs:element name="q" type="xs:QName" fixed="t:n"/></xs:sequence>'
    ).model
    found = model.types[model.elements["{urn:t}r"].type]
    assert isinstance(found, Complex)
    assert found.particle is not None
    first, second = (use.element for use in found.particle.particles)  # type: ignore[union-attr]
    assert (first.default, second.fixed) == ("x y", "{urn:t}n")


def test_element_properties(schema: Callable[..., Any]) -> None:
    element = schema(
        '<xs:element name="e" type="xs:int" nillable="true" abstract="true" block="extension substitution"/>'
    ).model.elements["{urn:t}e"]
    assert element.nillable
    assert element.abstract
    assert element.is_global
    assert element.block_types == {"extension"}


def read(*texts: tuple[str, str]) -> Any:
    return read_schemas([Source(url, text.encode()) for url, text in texts], fetch=lambda url: None)


def test_a_chameleon_takes_the_namespace_of_each_that_includes_it() -> None:
    model = read(
        ("/a", f'<xs:schema {XS} targetNamespace="urn:a"><xs:include schemaLocation="c"/></xs:schema>'),
        ("/b", f'<xs:schema {XS} targetNamespace="urn:b"><xs:include schemaLocation="c"/></xs:schema>'),
        ("/c", f'<xs:schema {XS}><xs:complexType name="T"/><xs:element name="e" type="T"/></xs:schema>'),
    )
    assert {name: element.type for name, element in model.elements.items()} == {
        "{urn:a}e": "{urn:a}T",
        "{urn:b}e": "{urn:b}T",
    }


def test_a_redefined_type_is_the_one_that_counts() -> None:
    model = read(
        (
            "/a",
            f'<xs:schema {XS} targetNamespace="urn:a" xmlns="urn:a"><xs:redefine schemaLocation="b"><xs:complexType name="T"><xs:complexContent><xs:extension base="T">'
            '<xs:sequence><xs:element name="more"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:redefine></xs:schema>',
        ),
        (
            "/b",
            f'<xs:schema {XS} targetNamespace="urn:a"><xs:complexType name="T"><xs:sequence><xs:element name="one"/></xs:sequence></xs:complexType></xs:schema>',
        ),
    )
    kind = model.types["{urn:a}T"]
    assert list(elements_of(kind.particle)) == ["one", "more"]
    assert kind.base != "{urn:a}T"
    assert list(elements_of(model.types[kind.base].particle)) == ["one"]


def test_circular_includes_and_imports_are_read() -> None:
    model = read(
        (
            "/a",
            f'<xs:schema {XS} targetNamespace="urn:a" xmlns:b="urn:b"><xs:include schemaLocation="a2"/><xs:import namespace="urn:b"/><xs:element name="x" type="b:T"/></xs:schema>',
        ),
        (
            "/a2",
            f'<xs:schema {XS} targetNamespace="urn:a"><xs:include schemaLocation="a"/><xs:complexType name="U"/></xs:schema>',
        ),
        (
            "/b",
            f'<xs:schema {XS} targetNamespace="urn:b" xmlns:a="urn:a"><xs:import namespace="urn:a" schemaLocation="a"/><xs:complexType name="T"><xs:sequence><xs:element name="u" type="a:U"/></xs:sequence></xs:complexType></xs:schema>',
        ),
    )
    assert model.elements["{urn:a}x"].type == "{urn:b}T"


def test_a_refused_schema_shows_file_and_line() -> None:
    text = f'<xs:schema {XS}>\n<xs:element name="a"/>\n<!-- x -->\n<xs:element name="b" type="xs:nope"/></xs:schema>'
    with pytest.raises(ContractError, match="nope") as caught:
        read_schemas([Source("x.wsdl#0", text.encode(), "x.wsdl", 40)])
    assert (caught.value.file, caught.value.line) == ("x.wsdl", 44)


def test_newer_schemas_are_read(schema: Callable[..., Any]) -> None:
    made = schema(
        '<xs:complexType name="T"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence><xs:assert test="a > 1"/></xs:complexType>'
    )
    assert kind(made, "T").asserts == ("a > 1",)


def test_a_type_knows_its_place_and_its_documentation() -> None:
    text = f"""<xs:schema {XS} targetNamespace="urn:t">
    <!-- a comment
    of two lines --><xs:complexType name="T">
      <xs:annotation><xs:documentation>What   it
      is.</xs:documentation></xs:annotation></xs:complexType></xs:schema>"""
    model = read_schemas([Source("a.wsdl#1", text.encode(), "a.wsdl", 10)])
    kind = model.types["{urn:t}T"]
    assert isinstance(kind, Complex)
    assert (kind.place, kind.document) == ("a.wsdl:13", "What it is.")
