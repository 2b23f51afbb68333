"""A particle that occurs no times is none: a restriction may name one that its base has not."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from gateway.library import Contract
from gateway.schema.absent import drop
from gateway.schema.errors import ContractError

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
N = '<xs:element name="n" type="xs:int" minOccurs="0"/>'


def contract(folder: Path, derived: str) -> Contract:
    text = (
        f'{HEAD}<xs:complexType name="B"><xs:sequence>{N}</xs:sequence></xs:complexType><xs:complexType name="R"><xs:complexContent>'
        f'<xs:restriction base="B"><xs:sequence>{derived}</xs:sequence></xs:restriction></xs:complexContent></xs:complexType>'
        '<xs:element name="r" type="R"/></xs:schema>'
    )
    (folder / "s.xsd").write_text(text, encoding="utf-8")
    return Contract.from_xsd(folder / "s.xsd")


@pytest.mark.parametrize(
    "derived",
    [
        '<xs:element name="o" type="xs:int" minOccurs="0" maxOccurs="0"/>',
        f'{N}<xs:element name="o" type="xs:int" minOccurs=" 0 " maxOccurs="00"/>',
        '<xs:choice minOccurs="0" maxOccurs="0"><xs:element name="o" type="xs:int"/></xs:choice>',
        '<xs:element name="n" type="xs:date" minOccurs="0" maxOccurs="0"/>',
        '<xs:any minOccurs="0" maxOccurs="0"/>',
    ],
)
def test_a_restriction_may_name_what_occurs_no_times(tmp_path: Path, derived: str) -> None:
    made = contract(tmp_path, derived)
    assert made.to_json(b"<r/>", element="r") == b"{}"
    with pytest.raises(Exception, match="schema"):
        made.to_json(b"<r><o>1</o></r>", element="r")


@pytest.mark.parametrize(
    "derived",
    [
        '<xs:element name="o" type="xs:int"/>',
        '<xs:element name="o" type="xs:int" minOccurs="0"/>',
        '<xs:element name="o" type="xs:int" maxOccurs="0"/>',
    ],
)
def test_what_does_occur_is_refused_as_before(tmp_path: Path, derived: str) -> None:
    with pytest.raises(ContractError):
        contract(tmp_path, derived)


def test_what_the_base_demands_cannot_be_left_out(tmp_path: Path) -> None:
    text = (
        f'{HEAD}<xs:complexType name="A"><xs:sequence><xs:element name="n" type="xs:int"/></xs:sequence></xs:complexType>'
        '<xs:complexType name="B"><xs:complexContent><xs:extension base="A"/></xs:complexContent></xs:complexType><xs:complexType name="R">'
        '<xs:complexContent><xs:restriction base="B"><xs:sequence><xs:element name="n" type="xs:int" minOccurs="0" maxOccurs="0"/>'
        '</xs:sequence></xs:restriction></xs:complexContent></xs:complexType><xs:element name="r" type="R"/></xs:schema>'
    )
    (tmp_path / "s.xsd").write_text(text, encoding="utf-8")
    with pytest.raises(ContractError):
        Contract.from_xsd(tmp_path / "s.xsd")


def test_other_places_and_choices_keep_theirs_and_lines_stay() -> None:
    zero = 'minOccurs="0" maxOccurs="0"'
    root = etree.fromstring(
        f'{HEAD}<xs:complexType><xs:sequence><xs:element name="a" {zero}/></xs:sequence></xs:complexType>'
        f'<xs:complexType><xs:complexContent><xs:restriction base="b"><xs:sequence>\n<xs:choice\n><xs:element name="c" {zero}/></xs:choice>'
        f'<xs:element\nname="d" {zero}\n/>\n<xs:element name="e"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType></xs:schema>'
    )
    before = etree.tostring(root).count(b"\n")
    drop([root])
    assert [each.get("name") for each in root.iter("{*}element")] == ["a", "c", "e"]
    assert before - 2 <= etree.tostring(root).count(b"\n") <= before
