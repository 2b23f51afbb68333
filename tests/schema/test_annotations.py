import pytest
from lxml import etree

from gateway.schema.annotations import lift

XS = "http://www.w3.org/2001/XMLSchema"


def schema(body: str) -> etree._Element:
    return etree.fromstring(f'<xs:schema xmlns:xs="{XS}">{body}</xs:schema>')


def annotations(root: etree._Element) -> int:
    return sum(1 for _ in root.iter(f"{{{XS}}}annotation"))


def test_what_is_documented_is_kept_by_place() -> None:
    root = schema(
        "<xs:annotation><xs:documentation>of the whole</xs:documentation></xs:annotation>"
        '<xs:element name="a"/><xs:element name="b"><xs:annotation><xs:appinfo><x/></xs:appinfo>'
        '<xs:documentation xml:lang="en">One\n  <i>and</i> two</xs:documentation></xs:annotation></xs:element>'
    )
    assert lift(root) == {2: "One and two"}
    assert annotations(root) == 0


@pytest.mark.parametrize(
    "body",
    [
        '<xs:annotation id="x"/>',
        "<xs:annotation>text</xs:annotation>",
        "<xs:annotation><xs:element/></xs:annotation>",
        '<xs:annotation><xs:documentation bad="1"/></xs:annotation>',
        '<xs:annotation><xs:documentation xml:lang="not a language"/></xs:annotation>',
        '<xs:element name="a"><xs:complexType/><xs:annotation/></xs:element>',
    ],
)
def test_any_other_is_left_for_the_processor_to_judge(body: str) -> None:
    root = schema(body)
    assert lift(root) == {}
    assert annotations(root) == 1


def test_the_second_of_two_is_seen() -> None:
    root = schema('<xs:element name="a"><xs:annotation/><xs:annotation/></xs:element>')
    lift(root)
    assert annotations(root) >= 1


def test_text_after_one_stays_a_mistake() -> None:
    root = schema('<xs:element name="a"><xs:annotation/>oops</xs:element>')
    lift(root)
    assert root[0].text == "oops"
