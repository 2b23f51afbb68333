"""Loosening: what is filled in is optional for the client, required for the service; all else is as it was."""

from __future__ import annotations

import pytest

from gateway.codec.closures import compile_element
from gateway.core.problem import Problem
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from gateway.schema.jsonschema import schema_for
from gateway.schema.layout import lay_out
from gateway.schema.loosen import loosen
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

XSD = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" xmlns="urn:t"
  elementFormDefault="qualified">
  <xs:complexType name="Info"><xs:sequence>
    <xs:element name="SessionId" type="xs:base64Binary"/><xs:element name="Id" type="xs:long"/>
    <xs:element name="Count" type="xs:long"/></xs:sequence></xs:complexType>
  <xs:element name="Get"><xs:complexType><xs:sequence><xs:element name="Info" type="Info"/></xs:sequence>
  </xs:complexType></xs:element>
  <xs:element name="Put"><xs:complexType><xs:sequence><xs:element name="Info" type="Info"/></xs:sequence>
  </xs:complexType></xs:element>
</xs:schema>"""
SETTINGS = Settings()
FILLED = {"{urn:t}Get": ["/Info/SessionId", "/Info/Count"]}


def laid(fills):
    model = read_schemas([Source("t.xsd", XSD)])
    return lay_out(loosen(model, fills), SETTINGS)


def test_members_that_are_filled_in_are_optional_and_others_are_not():
    model = laid(FILLED)
    get = compile_element(model, "{urn:t}Get", SETTINGS)
    assert "<Id>7</Id>" in get.encode({"Info": {"Id": 7}}).replace("ns1:", "")
    with pytest.raises(Problem):
        get.encode({"Info": {"Count": 7}})


def test_no_other_use_of_the_type_changes():
    put = compile_element(laid(FILLED), "{urn:t}Put", SETTINGS)
    with pytest.raises(Problem):
        put.encode({"Info": {"Id": 7}})


def test_the_json_schema_asks_for_what_is_left():
    def needs(element):
        found = []

        def walk(schema):
            if isinstance(schema, dict):
                found.extend(schema.get("required", []))
                for value in schema.values():
                    walk(value)
            elif isinstance(schema, list):
                for value in schema:
                    walk(value)

        walk(schema_for(laid(FILLED), element, SETTINGS))
        return set(found)

    assert needs("{urn:t}Get") == {"Info", "Id"}
    assert needs("{urn:t}Put") == {"Info", "SessionId", "Id", "Count"}


@pytest.mark.parametrize("pointer", ["/Info/Cound", "/Info/Id/Deeper", "/Nothing"])
def test_a_pointer_that_leads_nowhere_is_told(pointer):
    with pytest.raises(ContractError, match="has no member"):
        laid({"{urn:t}Get": [pointer]})
