"""gateway.schema.drawn.xsd: what is drawn is a schema, and its elements are what the kinds say."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.schema.drawn.kinds import Any_, Array, Branch, Choice, Facets, Member, Place, Record, Scalar, Table, Types
from gateway.schema.drawn.naming import Names, fold
from gateway.schema.drawn.xsd import XsdWriter, schema_text


def schema_of(place):
    writer = XsdWriter(Types(), Names())
    lines = [*writer.element("r", place, indent="  ")]
    lines += writer.any_value() if writer.any_used else []
    return etree.XMLSchema(etree.fromstring(schema_text("urn:t", lines).encode()))


def valid(schema, text):
    return schema.validate(etree.fromstring(f'<r xmlns="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{text}</r>'))


def test_patterns_all_hold():
    schema = schema_of(Place(Scalar("string", Facets(patterns=("[a-z]*", ".{2}"), bounds=(("minLength", "1"),)))))
    assert [valid(schema, text) for text in ("ab", "a", "AB")] == [True, False, False]


def test_arrays_are_items_and_maps_entries():
    assert valid(schema_of(Place(Array(Place(Scalar("int")), 1, 2))), "<item>1</item>")
    assert not valid(schema_of(Place(Array(Place(Scalar("int")), 1, 2))), "")
    assert valid(schema_of(Place(Table(Place(Scalar("int"))))), "<entry><key>a b</key><value>1</value></entry>")


def test_any_json_names_its_types():
    schema = schema_of(Place(Array(Place(Any_()))))
    assert valid(schema, '<item xsi:nil="true"/><item><number>1</number></item><item><array/></item>')
    assert not valid(schema, "<item><date>1</date></item>")


TEXTS = Place(Array(Place(Scalar("string"))))


def member(name, place):
    return Member(name, name, place)


@pytest.mark.parametrize(
    "place",
    [
        Place(Record((member("books", TEXTS),))),  # Books.books
        Place(Record((member("a", Place(Record((member("b", Place(Record((member("A", TEXTS),)))),)))),))),
        Place(Array(Place(Array(Place(Array(Place(Array(Place(Scalar("int")))))))))),
        Place(Table(Place(Table(Place(Table(Place(Scalar("int")))))))),
        Place(Choice((Branch("Books", TEXTS, True), Branch("item", Place(Record((member("item", TEXTS),))), True)))),
    ],
)
def test_no_type_without_a_name_stands_in_one_of_its_own(place):
    """Classes made of the XSD are nested by elements' names, and Java has no class in one of the same name."""
    types = Types({"Books": place})
    writer = XsdWriter(types, Names(["Books"]))
    lines = [*writer.named("Books", place), *writer.apart()]
    root = etree.fromstring(schema_text("urn:t", lines).encode())
    etree.XMLSchema(root)
    for element in root.iter("{*}element"):
        if element.find("{*}complexType") is not None:
            around = [fold(each.get("name")) for each in element.iterancestors() if each.get("name")]
            assert fold(element.get("name")) not in around
    names = [fold(each.get("name")) for each in root]
    assert len(names) == len(set(names)) > 1
