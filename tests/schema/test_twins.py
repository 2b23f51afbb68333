"""Copies that say the same are one; copies that differ are told."""

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_xsd
from tests.schema.contracts import model

SCHEMA = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:{p}="urn:n" targetNamespace="urn:n">{body}</xs:schema>'
TYPE = '<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>'


def two(tmp_path, one, other):
    (tmp_path / "a.xsd").write_text(SCHEMA.format(p="a", body=one))
    (tmp_path / "b.xsd").write_text(SCHEMA.format(p="b", body=other))
    return load_xsd([tmp_path / "a.xsd", tmp_path / "b.xsd"])


def test_alike_but_for_prefixes_and_annotations(tmp_path):
    one = TYPE + '<xs:element name="E" type="a:T"/>'
    other = TYPE + '<xs:element name="E" type="b:T"><xs:annotation/></xs:element><xs:element name="F" type="b:T"/>'
    contract = two(tmp_path, one, other)
    assert [note.text for note in contract.notes] == ["T, E: declared alike in another document, too"]
    assert {"{urn:n}E", "{urn:n}F"} <= set(model(contract).elements)


def test_different_ones_are_left_and_refused_by_the_reader_of_types(tmp_path):
    contract = two(tmp_path, TYPE, TYPE.replace("xs:int", "xs:long"))
    assert contract.notes == ()
    with pytest.raises(ContractError):
        model(contract)


def test_what_has_no_name_is_no_twin(tmp_path):
    contract = two(tmp_path, "<xs:complexType/>", "<xs:complexType/>")
    assert contract.notes == ()
    with pytest.raises(ContractError):
        model(contract)
