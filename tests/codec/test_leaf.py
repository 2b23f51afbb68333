"""Leaves: prefixes, IDs and IDREFs, characters that XML lacks, equality by value."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.codec.flaw import Flaws
from gateway.codec.leaf import Leaf
from gateway.codec.state import Reading, Writing
from gateway.core.problem import Kind
from gateway.schema.ir import Model, Settings
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.fixture(scope="module")
def model() -> Model:
    return read_schemas([Source("file:///s.xsd", b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')])


def leaf(model: Model, name: str) -> Leaf:
    return Leaf(model, XS + name, Settings())


def test_qname_by_the_element_that_holds_it(model: Model) -> None:
    el = etree.fromstring('<a xmlns="urn:d" xmlns:p="urn:p"/>')
    one = leaf(model, "QName")
    assert not one.plain
    assert one.read("p:x", el, Reading()) == "{urn:p}x"
    assert one.read("x", el, Reading()) == "{urn:d}x"
    doc = Writing({})
    assert one.write("{urn:p}x", doc) == "n1:x"
    assert doc.needed == {"urn:p"}


def test_an_id_once(model: Model) -> None:
    doc = Reading()
    one = leaf(model, "ID")
    assert one.read("a", None, doc) == "a"
    with pytest.raises(Flaws):
        one.read(" a ", None, doc)


def test_references_are_noted(model: Model) -> None:
    doc = Reading()
    leaf(model, "IDREFS").read("a b", None, doc)
    assert doc.open() == {"a", "b"}
    with pytest.raises(Flaws):
        leaf(model, "IDREF").read("a", None, Reading(frozenset("a")))


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\ufffe"])
def test_illegal_characters(model: Model, text: str) -> None:
    with pytest.raises(Flaws) as caught:
        leaf(model, "string").write(text, Writing({}))
    assert caught.value.flaws[0].kind is Kind.XML_ILLEGAL_CHARACTER


def test_equal_by_value(model: Model) -> None:
    assert leaf(model, "decimal").has("1.0", " 1.00 ")
    assert not leaf(model, "decimal").has("x", "1")
    assert leaf(model, "dateTime").has("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00")
    assert not leaf(model, "string").has("1.0", "1.00")


def test_a_fixed_name_is_found_again_while_it_is_written(model: Model) -> None:
    one, doc = leaf(model, "QName"), Writing({"urn:p": "p"})
    text = one.write("{urn:p}x", doc)
    assert one.has(text, "{urn:p}x", doc)
    assert not one.has(text, "{urn:q}x", doc)


def test_which_leaf_is_an_id(model: Model) -> None:
    assert leaf(model, "ID").is_id
    assert not leaf(model, "IDREF").is_id
