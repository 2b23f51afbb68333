"""gateway.schema.drawn.ecma: the XSD pattern takes the texts that the ECMA expression takes, judged by two engines."""

from __future__ import annotations

import jsonschema_rs
import pytest
from lxml import etree

from gateway.schema.drawn.ecma import to_xsd
from gateway.xml.escape import escape_attribute

TEXTS = ["", "a", "red", "blue", "12", "a1_", "x y", "a-b", "a/b", "A.B", "\t", "123", "[x]", "é", "٣", "a\nb", "{2}"]


def takes(pattern: str) -> etree.XMLSchema:
    text = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:simpleType>'
        f'<xs:restriction base="xs:string"><xs:pattern value="{escape_attribute(pattern)}"/></xs:restriction>'
        "</xs:simpleType></xs:element></xs:schema>"
    )
    return etree.XMLSchema(etree.fromstring(text))


@pytest.mark.parametrize(
    "pattern",
    ["^[a-z]+$", "a", "^a|d$", "\\d", "^\\w*$", "[^/\\s]", "^(?:red|blue)$", "^.{2,3}$", "\\.", "^[\\w.-]+$", "^\\S+?$",
     "^\\x61$", "^[\\[\\]x]+$", "^\\u{61}", "^\\D*$", "^\\-?[0-9]*$", "^$", "", "-", "^[a^-]$"],
)  # fmt: skip
def test_both_take_the_same_texts(pattern):
    translated = to_xsd(pattern)
    assert translated is not None
    schema, judge = takes(translated), jsonschema_rs.Draft202012Validator({"pattern": pattern})
    for text in TEXTS:
        element = etree.Element("r")
        element.text = text
        assert schema.validate(element) == judge.is_valid(text), (pattern, translated, text)


@pytest.mark.parametrize("pattern", ["(?=x)", "\\bx", "(a)\\1", "a^b", "(^a)", "a**", "[", "(", "\\p{L}", "[^\\D]", "x{2000}"])
def test_what_has_no_twin_is_none(pattern):
    assert to_xsd(pattern) is None
