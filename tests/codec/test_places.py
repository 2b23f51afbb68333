"""Nil, xsi:type, default, fixed: what an instance says beyond its declaration."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.codec.kit import codec_of, read, refused, round_trip, unwritten

TYPES = (
    '<xs:complexType name="B"><xs:sequence><xs:element name="i" type="xs:int"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="D"><xs:complexContent><xs:extension base="t:B"><xs:attribute name="q" type="xs:int" use="required"/></xs:extension></xs:complexContent></xs:complexType>'
    '<xs:complexType name="R"><xs:complexContent><xs:restriction base="t:B"><xs:sequence><xs:element name="i" type="xs:int"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>'
    '<xs:complexType name="A" abstract="true"><xs:complexContent><xs:extension base="t:B"/></xs:complexContent></xs:complexType>'
    '<xs:complexType name="Other"><xs:sequence/></xs:complexType>'
    '<xs:complexType name="Blocked" block="extension"><xs:sequence><xs:element name="i" type="xs:int"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="Ext"><xs:complexContent><xs:extension base="t:Blocked"/></xs:complexContent></xs:complexType>'
)


def place(type_: str, more: str = "") -> object:
    return codec_of(f'<xs:sequence><xs:element name="e" type="{type_}" {more}/></xs:sequence>', more=TYPES)


def test_derived() -> None:
    codec = place("B")
    assert read(codec, '<t:e xsi:type="t:D" q="1"><t:i>1</t:i></t:e>') == {"e": {"$type": "t:D", "@q": 1, "i": 1}}
    assert round_trip(codec, {"e": {"$type": "t:R", "i": 1}})
    assert read(codec, '<t:e xsi:type=" t:B "><t:i>1</t:i></t:e>') == {"e": {"i": 1}}


@pytest.mark.parametrize("name", ["t:Other", "t:Nope", "zz:D", "xs:int", "t:A"])
def test_wrong_types(name: str) -> None:
    codec = place("B")
    assert refused(codec, f'<t:e xsi:type="{name}"><t:i>1</t:i></t:e>')
    assert unwritten(codec, {"e": {"$type": name, "i": 1}})


def test_blocks() -> None:
    assert (
        refused(place("Blocked"), '<t:e xsi:type="t:Ext"><t:i>1</t:i></t:e>')[0][2] == "This type may not stand here."
    )
    words = [("/e/$type", "/t:r/t:e/@xsi:type", "This type may not stand here.")]
    assert unwritten(place("Blocked"), {"e": {"$type": "t:Ext", "i": 1}}) == words
    assert refused(place("Blocked"), '<t:e xsi:type="t:Ext"><t:i>1</t:i></t:e>') == words
    assert refused(place("B", 'block="restriction"'), '<t:e xsi:type="t:R"><t:i>1</t:i></t:e>')
    assert unwritten(place("B", 'block="restriction"'), {"e": {"$type": "t:R", "i": 1}})


def test_abstract() -> None:
    assert refused(place("A"), "<t:e><t:i>1</t:i></t:e>")[0][2] == "The type here is abstract."
    assert unwritten(place("A"), {"e": {"i": 1}})[0][2] == "The type here is abstract."


def test_nil() -> None:
    codec = place("D", 'nillable="true"')
    assert round_trip(codec, {"e": {"@q": 1, "$nil": True}})
    assert unwritten(codec, {"e": None}) == [("/e/@q", "/t:r/t:e/@q", "`@q` is missing.")]
    assert refused(codec, '<t:e xsi:nil="true"/>') == [("/e/@q", "/t:r/t:e/@q", "`@q` is missing.")]
    assert refused(codec, '<t:e q="1" xsi:nil="true"><t:i>1</t:i></t:e>')[0][2] == "A nil element has content."
    assert refused(codec, '<t:e q="1" xsi:nil="true"> </t:e>')
    assert refused(codec, '<t:e q="1" xsi:nil="maybe"/>')
    assert read(codec, '<t:e q="1" xsi:nil="0"><t:i>1</t:i></t:e>') == {"e": {"@q": 1, "i": 1}}
    for value in ({"$nil": True, "@q": 1, "i": 1}, {"$nil": False, "@q": 1}, {"$nil": True, "@q": 1, "@z": 1}):
        assert unwritten(codec, {"e": value})
    assert refused(place("B"), '<t:e xsi:nil="false"><t:i>1</t:i></t:e>')  # cvc-elt 3.1
    assert round_trip(place("B", 'nillable="true"'), {"e": {"$type": "t:D", "@q": 1, "$nil": True}})


def test_default_and_fixed() -> None:
    codec = place("xs:int", 'default="5" nillable="true"')
    assert read(codec, "<t:e/>") == {"e": 5}
    assert read(codec, '<t:e xsi:nil="true"/>') == {"e": None}
    fixed = place("xs:decimal", 'fixed="1.0"')
    assert read(fixed, "<t:e/>") == {"e": Decimal("1.0")}
    assert str(read(fixed, "<t:e>1.00</t:e>")["e"]) == "1.00"  # type: ignore[index,call-overload]
    assert refused(fixed, "<t:e>2</t:e>")[0][2] == "Only one value is allowed here."
    assert unwritten(fixed, {"e": 2})[0][2] == "Only one value is allowed here."
    text = place("xs:string", 'default="d"')
    assert unwritten(text, {"e": ""})[0][0] == "/e"


def test_type_on_simple_is_checked_then_set_aside() -> None:
    codec = place("xs:decimal")
    assert read(codec, '<t:e xsi:type="xs:int">5</t:e>') == {"e": 5}
    assert refused(codec, '<t:e xsi:type="xs:int">5.5</t:e>')
    assert refused(codec, '<t:e xsi:type="xs:string">5</t:e>')
    assert refused(codec, '<t:e odd="1">5</t:e>')


def test_hints_are_set_aside_and_other_xsi_refused() -> None:
    codec = place("B")
    assert read(
        codec, '<t:e xsi:schemaLocation="urn:t x.xsd" xsi:noNamespaceSchemaLocation="y"><t:i>1</t:i></t:e>'
    ) == {"e": {"i": 1}}
    assert refused(codec, '<t:e xsi:foo="1"><t:i>1</t:i></t:e>')


def test_empties_null() -> None:
    codec = codec_of(
        '<xs:sequence><xs:element name="s" type="xs:string" minOccurs="0"/><xs:element name="i" type="xs:int" minOccurs="0"/></xs:sequence>',
        empties="null",
    )
    assert read(codec, "<t:s/>") == {"s": None}
    assert codec.encode({"s": None}) == '<t:r xmlns:t="urn:t"><t:s></t:s></t:r>'
    assert refused(codec, "<t:i/>")
    assert codec.encode({"s": "x", "i": None}) == '<t:r xmlns:t="urn:t"><t:s>x</t:s></t:r>'  # no int is empty: absent
