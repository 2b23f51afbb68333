import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.ir import Complex, Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

CASES = Path(__file__).parent.parent / "golden" / "cases"
FORMS = {
    "all-order": "Keys All(a{1,1}, b{0,1})",
    "any-once": "Keys Sequence(a{1,1}, $any{0,1})",
    "any-overlaps-declared": "Keys Sequence(a{1,1}, $any{1,1})",
    "any-repeats": "Keys Sequence(a{1,1}, $any[]{0,None})",
    "any-unknown": "Keys $any{1,1}",
    "anyattribute": "Keys -",
    "choice-emptiable-branches": "Keys Choice(a{0,1}, b{0,1})",
    "choice-name-in-two-branches": "Keys Choice(Sequence(a{1,1}, b{1,1}), Sequence(c{1,1}, a{1,1}))",
    "choice-same-names-other-order": "Entries a{1,1}, b{1,1}",
    "group-optional": "Keys Sequence(Sequence?(a{1,1}, b{1,1}), n{1,1})",
    "items-beside-keys": "Keys Sequence(a{1,1}, $items{0,None}<Choice(b{1,1}, c{1,1})>, d{1,1})",
    "items-greedy": "Array $items{0,None}<Sequence(a{0,1}, b{0,1})>",
    "items-name-at-two-places": "Entries a{0,2}, b{1,1}",
    "items-nested": "Array $items{1,None}<Sequence($items{1,None}<Choice(a{1,1}, b{1,1})>, c{1,1})>",
    "items-rows": "Keys Sequence(title{1,1}, $items{0,None}<Sequence(key{1,1}, value{1,1})>, end{1,1})",
    "mixed": "Mixed b{0,None}",
    "mixed-text-only": "Mixed ",
    "name-clash-form": "Keys Sequence(t:a{1,1}, a{1,1})",
    "repeat-group-of-one-name": "Array a[]{0,None}",
    "repeat-none-in-optional-group": "Keys Sequence(n{1,1}, Sequence?(a[]{0,None}, b{1,1}), Choice(c[]{0,None}, d{1,1}))",
    "repeat-one-is-array": "Array a[]{0,None}",
    "substitution-once": "Keys Sequence(Choice(Circle{1,1}, Square{1,1}), n{1,1})",
    "substitution-repeats": "Keys Sequence($items{0,None}<Choice(Circle{1,1}, Square{1,1})>, n{1,1})",
}


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_every_golden_case_is_laid_out(case: str, spell: Callable[[Any], str]) -> None:
    path = CASES / case / "schema.xsd"
    settings = CASES / case / "settings.json"
    model = read_schemas([Source(str(path), path.read_bytes())])
    laid = lay_out(model, Settings(**json.loads(settings.read_text())) if settings.exists() else Settings())
    root = laid.types[laid.elements["{urn:t}r"].type]
    assert isinstance(root, Complex)
    assert root.form is not None
    if case in FORMS:
        assert spell(root.form) == FORMS[case]
    assert all(
        use.key.startswith("@") for kind in laid.types.values() if isinstance(kind, Complex) for use in kind.attributes
    )


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ("", "Keys -"),
        ('<xs:sequence maxOccurs="unbounded"><xs:any maxOccurs="unbounded"/></xs:sequence>', "Keys $any[]{1,None}"),
        (
            '<xs:choice maxOccurs="9"><xs:element name="a"/><xs:any namespace="##other"/></xs:choice>',
            "Keys $items{1,9}<Choice(a{1,1}, $any{1,1})>",
        ),
        ('<xs:sequence><xs:any namespace="urn:x"/><xs:any namespace="urn:y"/></xs:sequence>', "Entries  +2"),
        (
            '<xs:sequence><xs:choice maxOccurs="3"><xs:element name="a"/><xs:element name="b"/></xs:choice><xs:choice maxOccurs="3"><xs:element name="c"/><xs:element name="d"/></xs:choice></xs:sequence>',
            "Entries a{0,3}, b{0,3}, c{0,3}, d{0,3}",
        ),
        (
            '<xs:sequence maxOccurs="3"><xs:element name="a" minOccurs="2" maxOccurs="2"/></xs:sequence>',
            "Array a[]{2,6} loose",
        ),
        (
            '<xs:sequence minOccurs="2" maxOccurs="3"><xs:element name="a" minOccurs="0"/><xs:element name="b" minOccurs="0"/></xs:sequence>',
            "Array $items{0,None}<Sequence(a{0,1}, b{0,1})> loose",
        ),
        (
            '<xs:choice><xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b"/></xs:sequence><xs:sequence><xs:element name="c"/><xs:element name="a" type="xs:int" maxOccurs="2"/></xs:sequence></xs:choice>',
            "Keys Choice(Sequence(a[]{1,1}, b{1,1}), Sequence(c{1,1}, a[]{1,2}))",
        ),
    ],
)
def test_content_models(content: Callable[..., Any], body: str, form: str) -> None:
    assert content(body).form() == form


def test_an_object_with_attributes_does_not_collapse(content: Callable[..., Any]) -> None:
    body = '<xs:sequence><xs:element name="a" maxOccurs="unbounded"/></xs:sequence>'
    assert content(body).form() == "Array a[]{1,None}"
    assert content(body).form(arrays="wrapped") == "Keys a[]{1,None}"
    assert content(body, '<xs:attribute name="k"/>').form() == "Keys a[]{1,None}"
    assert content(body, "<xs:anyAttribute/>").form() == "Keys a[]{1,None}"


def test_simple_content(schema: Callable[..., Any]) -> None:
    made = schema(
        '<xs:complexType name="T"><xs:simpleContent><xs:extension base="xs:int"><xs:attribute name="k"/></xs:extension></xs:simpleContent></xs:complexType>'
        '<xs:complexType name="Bare"><xs:simpleContent><xs:extension base="xs:int"/></xs:simpleContent></xs:complexType>'
        '<xs:complexType name="Less"><xs:simpleContent><xs:restriction base="t:T"><xs:attribute name="k" use="prohibited"/></xs:restriction></xs:simpleContent></xs:complexType>'
    )
    assert (made.form("T"), made.form("Bare"), made.form("Less")) == ("Text", "Text bare", "Text")


CHOICES = '<xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/></xs:choice>'
ARRAY = '<xs:sequence><xs:element name="a" type="xs:int" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>'
PAIR = '<xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/></xs:sequence>'
ONE = '<xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>'
KEY = '<xs:attribute name="k"/>'


@pytest.mark.parametrize(
    ("base", "restricted", "form"),
    [
        (CHOICES, PAIR, "Array $items{0,None}<Choice(a{1,1}, b{1,1})> loose"),
        (CHOICES + KEY, PAIR, "Keys $items{0,None}<Choice(a{1,1}, b{1,1})> loose"),
        (
            CHOICES,
            '<xs:sequence maxOccurs="2"><xs:element name="a" type="xs:int"/></xs:sequence>',
            "Array $items{0,None}<Choice(a{1,1})> loose",
        ),
        (ARRAY, ONE, "Array a[]{1,1}"),
        (ARRAY, "", "Array a[]{0,0}"),
        (ARRAY + KEY, ARRAY + '<xs:attribute name="k" use="prohibited"/>', "Keys a[]{0,None}"),
        (
            '<xs:sequence><xs:element name="a" type="xs:int" maxOccurs="2"/><xs:element name="b" type="xs:int" minOccurs="0"/></xs:sequence>',
            ONE,
            "Keys a[]{1,1}",
        ),
        (
            '<xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence>',
            PAIR,
            "Entries a{1,1}, b{1,1}",
        ),
    ],
)
def test_a_restriction_keeps_the_shape_of_its_base(
    schema: Callable[..., Any], base: str, restricted: str, form: str
) -> None:
    made = schema(
        f'<xs:complexType name="B">{base}</xs:complexType><xs:complexType name="R"><xs:complexContent>'
        f'<xs:restriction base="t:B">{restricted}</xs:restriction></xs:complexContent></xs:complexType>'
    )
    assert made.form("R") == form


def test_a_mixed_type_restricted_to_elements_stays_mixed(schema: Callable[..., Any]) -> None:
    made = schema(
        f'<xs:complexType name="B" mixed="true">{ARRAY}</xs:complexType><xs:complexType name="R"><xs:complexContent>'
        f'<xs:restriction base="t:B">{ONE}</xs:restriction></xs:complexContent></xs:complexType>'
    )
    assert made.form("R") == "Mixed a{1,1}"
    assert made.laid().types["{urn:t}R"].form.text is False


def test_keys_are_spelled_as_set(schema: Callable[..., Any]) -> None:
    made = schema(
        '<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="FirstName"/><xs:element name="ID"/></xs:sequence>'
        '<xs:attribute name="KeyNo"/></xs:complexType></xs:element>'
    )
    assert made.form(names="camel") == "Keys Sequence(firstName{1,1}, id{1,1})"
    assert made.form(names="snake") == "Keys Sequence(first_name{1,1}, id{1,1})"
    laid = made.laid(names="snake")
    assert [use.key for use in laid.types[laid.elements["{urn:t}r"].type].attributes] == ["@key_no"]


def test_two_members_that_become_one_name_are_refused(content: Callable[..., Any]) -> None:
    both = content('<xs:sequence><xs:element name="Foo"/><xs:element name="foo"/></xs:sequence>')
    assert both.form() == "Keys Sequence(Foo{1,1}, foo{1,1})"
    with pytest.raises(ContractError, match=r"Foo.*foo"):
        both.form(names="camel")
    twice = content("", '<xs:attribute name="Foo"/><xs:attribute name="foo"/>')
    with pytest.raises(ContractError, match="one key"):
        twice.form(names="snake")
