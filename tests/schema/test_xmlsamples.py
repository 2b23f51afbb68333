"""gateway.schema.xmlsamples: documents made from the content model are valid, without asking layout or codec."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.schema.source import Source
from gateway.schema.validator import Validator
from gateway.schema.xmlsamples import NoSample, sample_xml
from gateway.schema.xsd import read_schemas

HEAD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" '
    'targetNamespace="urn:t" elementFormDefault="qualified">'
)


def made(body: str, element: str = "r", most: int = 2000) -> etree._Element:
    sources = [Source("t.xsd", f"{HEAD}{body}</xs:schema>".encode())]
    root = sample_xml(read_schemas(sources), f"{{urn:t}}{element}", most=most)
    document = etree.fromstring(etree.tostring(root))
    assert Validator(sources).validate(document) == []
    return document


def _r(content: str) -> str:
    return f'<xs:element name="r"><xs:complexType>{content}</xs:complexType></xs:element>'


@pytest.mark.parametrize(
    "content",
    [
        '<xs:sequence><xs:element name="a" type="xs:int" maxOccurs="3"/><xs:element name="b" minOccurs="2" maxOccurs="2" type="xs:date"/></xs:sequence>',
        '<xs:choice><xs:any minOccurs="0" namespace="##other"/><xs:element name="b" type="xs:hexBinary"/></xs:choice>',
        '<xs:sequence><xs:any namespace="##other" processContents="lax"/></xs:sequence>',
        '<xs:sequence><xs:any processContents="strict" namespace="##targetNamespace"/></xs:sequence>',
        '<xs:all><xs:element name="a" type="xs:boolean"/><xs:element name="b" type="xs:double" minOccurs="0"/></xs:all>',
        '<xs:sequence/><xs:attribute name="id" type="xs:ID"/><xs:attribute name="f" fixed="7" type="xs:int"/>',
        '<xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="unit" type="xs:NMTOKEN" use="required"/></xs:extension></xs:simpleContent>',
        '<xs:sequence><xs:element name="x" type="xs:ID"/><xs:element name="y" type="xs:ID"/></xs:sequence>',
    ],
)
def test_a_document_is_valid(content: str) -> None:
    made(_r(content) + '<xs:element name="other" type="xs:string"/>')


def test_an_abstract_type_gives_way_to_a_derived_one() -> None:
    found = made(
        '<xs:complexType name="B" abstract="true"><xs:sequence/></xs:complexType>'
        '<xs:complexType name="D"><xs:complexContent><xs:extension base="t:B"><xs:sequence>'
        '<xs:element name="d" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
        '<xs:element name="r" type="t:B"/>'
    )
    assert found.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "t:D"


def test_an_abstract_head_gives_way_to_its_member() -> None:
    found = made(
        '<xs:element name="head" abstract="true" type="xs:string"/>'
        '<xs:element name="member" substitutionGroup="t:head" type="xs:string"/>'
        + _r('<xs:sequence><xs:element ref="t:head"/></xs:sequence>')
    )
    assert found[0].tag == "{urn:t}member"


def test_recursion_ends() -> None:
    found = made('<xs:complexType name="T"><xs:sequence><xs:element name="t" type="t:T" minOccurs="0" maxOccurs="9"/></xs:sequence></xs:complexType><xs:element name="r" type="t:T"/>')
    assert len(list(found.iter())) <= 2


def test_recursion_that_is_demanded_ends_with_nil() -> None:
    found = made('<xs:complexType name="T"><xs:sequence><xs:element name="t" type="t:T" nillable="true"/></xs:sequence></xs:complexType><xs:element name="r" type="t:T"/>')
    assert found[0].get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


def test_a_document_that_nobody_can_write_is_none() -> None:
    with pytest.raises(NoSample, match="abstract"):
        made('<xs:element name="r" abstract="true" type="xs:string"/>')
    with pytest.raises(NoSample, match="holds itself"):
        made('<xs:complexType name="T"><xs:sequence><xs:element name="t" type="t:T"/></xs:sequence></xs:complexType><xs:element name="r" type="t:T"/>')


def test_the_optional_is_left_out_past_the_bound() -> None:
    content = _r('<xs:sequence><xs:element name="a" minOccurs="0" type="xs:int"/><xs:element name="b" type="xs:int"/></xs:sequence>')
    assert [each.tag for each in made(content, most=0)] == ["{urn:t}b"]
    assert len(made(content)) == 2
