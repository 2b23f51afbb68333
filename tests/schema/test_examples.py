"""Example scalars: libxml2 itself takes each, whatever its facets."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from gateway.core.lexical import BUILTINS
from gateway.schema.examples import literal, matching
from tests.schema.test_samples import ROOT

FACETS = [
    ("string", '<xs:enumeration value="one"/><xs:enumeration value="two"/>'),
    ("string", '<xs:length value="9"/>'),
    ("string", '<xs:minLength value="12"/>'),
    ("string", '<xs:maxLength value="2"/>'),
    ("string", '<xs:pattern value="[A-Z]{2}\\d{3,}"/>'),
    ("string", '<xs:pattern value="(ab|cd)+x?"/>'),
    ("string", '<xs:pattern value="[^a-z]\\i\\c*"/>'),
    ("int", '<xs:minInclusive value="40"/>'),
    ("int", '<xs:maxExclusive value="-5"/>'),
    ("decimal", '<xs:minExclusive value="99.5"/><xs:maxInclusive value="100.5"/>'),
    ("hexBinary", '<xs:length value="3"/>'),
    ("base64Binary", '<xs:length value="4"/>'),
    ("anyURI", '<xs:maxLength value="10"/>'),
]


def takes(one: Any, text: str) -> bool:
    root = etree.Element(ROOT)
    root.text = text
    return one.validator.validate(root) == []  # type: ignore[no-any-return]


@pytest.mark.parametrize(("base", "facets"), FACETS)
def test_a_literal_satisfies_its_facets(schema: Any, base: str, facets: str) -> None:
    one = schema(
        f'<xs:simpleType name="S"><xs:restriction base="xs:{base}">{facets}</xs:restriction></xs:simpleType>'
        '<xs:element name="r" type="S"/>'
    )
    text = literal(one.model, "{urn:t}S")
    assert takes(one, text), text
    assert literal(one.model, "{urn:t}S") == text, "the same every time"


# NOTATION must be derived from, an ENTITY is refused at compile.
@pytest.mark.parametrize("name", sorted(set(BUILTINS) - {"NOTATION", "ENTITY", "ENTITIES", "anySimpleType"}))
def test_every_builtin_has_an_example(schema: Any, name: str) -> None:
    one = schema(f'<xs:element name="r" type="xs:{name}"/>')
    model = one.model
    text = literal(model, model.elements[ROOT].type)
    assert takes(one, text), text


def test_lists_and_unions(schema: Any) -> None:
    one = schema(
        '<xs:simpleType name="L"><xs:restriction><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType>'
        '<xs:length value="3"/></xs:restriction></xs:simpleType>'
        '<xs:simpleType name="U"><xs:union memberTypes="xs:boolean xs:int"/></xs:simpleType>'
        '<xs:element name="r" type="L"/>'
    )
    assert literal(one.model, "{urn:t}L") == "1 1 1"
    assert literal(one.model, "{urn:t}U") == "true"


def test_a_pattern_that_nothing_here_can_write_gives_nothing() -> None:
    assert matching(("[a-z",)) == ""
    assert matching(("[a-z", "b{2}")) == "bb"
