"""Which elements are base64Binary: by type, wherever they stand, and never by their look."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.codec.binaries import Binaries
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" xmlns:t="urn:t" elementFormDefault="qualified">
  <xs:simpleType name="Small"><xs:restriction base="xs:base64Binary"><xs:maxLength value="9"/></xs:restriction></xs:simpleType>
  <xs:complexType name="Marked"><xs:simpleContent><xs:extension base="t:Small"><xs:attribute name="k"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="Base"><xs:sequence><xs:element name="a" type="xs:base64Binary"/></xs:sequence></xs:complexType>
  <xs:complexType name="More"><xs:complexContent><xs:extension base="t:Base"><xs:sequence>
    <xs:element name="b" type="t:Marked" maxOccurs="2"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
  <xs:element name="Head" type="t:Base" abstract="true"/>
  <xs:element name="Member" type="t:More" substitutionGroup="t:Head"/>
  <xs:element name="Known" type="t:Small"/>
  <xs:element name="Root"><xs:complexType><xs:sequence>
    <xs:element name="s" type="xs:string"/><xs:element name="base" type="t:Base"/>
    <xs:choice minOccurs="0"><xs:element ref="t:Head"/><xs:element name="self" type="xs:hexBinary"/></xs:choice>
    <xs:any minOccurs="0" processContents="lax"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""


@pytest.fixture(scope="module")
def binaries() -> Binaries:
    return Binaries(read_schemas([Source("s.xsd", SCHEMA.encode())]))


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<s>QQ==</s><base><a>QQ==</a></base>", ["a"]),
        (f"<s/><base i:type='t:More' xmlns:i='{XSI}'><a/><b/><b/></base>", ["a", "b", "b"]),
        ("<s/><base><a/></base><Member><a/><b/></Member>", ["a", "a", "b"]),
        ("<s/><base><a/></base><self>QQ==</self>", ["a"]),
        ("<s/><base><a/></base><Known>QQ==</Known>", ["a", "Known"]),
        ("<s/><base><a/></base><unknown><a>QQ==</a></unknown>", ["a"]),
        (f"<s/><base i:type='t:Nobody' xmlns:i='{XSI}'><a/></base>", ["a"]),
        (f"<s/><base i:type='no:More' xmlns:i='{XSI}'><a/></base>", ["a"]),
    ],
)
def test_by_their_types(binaries: Binaries, inside: str, found: list[str]) -> None:
    root = etree.fromstring(f'<Root xmlns="urn:t" xmlns:t="urn:t">{inside}</Root>')
    assert [etree.QName(each).localname for each in binaries.of(root, "{urn:t}Root")] == found


def test_without_the_element_around_them(binaries: Binaries) -> None:
    nodes = list(etree.fromstring('<x xmlns="urn:t"><s/><base><a/></base></x>'))
    assert [each.tag for each in binaries.within(nodes, "{urn:t}Root")] == ["{urn:t}a"]


def test_an_element_that_is_one_itself_and_one_that_nobody_declares(binaries: Binaries) -> None:
    root = etree.fromstring('<Known xmlns="urn:t">QQ==</Known>')
    assert list(binaries.of(root, "{urn:t}Known")) == [root]
    assert list(binaries.of(root, "{urn:t}Nobody")) == []
    assert list(binaries.within([root], "{urn:t}Nobody")) == []
