"""The plan: recursion, sharing between threads, derivation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.codec.closures import plan_of
from gateway.codec.plan import Plan
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" xmlns:t="urn:t" targetNamespace="urn:t">
<xs:element name="r" type="N"/>
<xs:complexType name="N"><xs:sequence><xs:element name="n" type="N" minOccurs="0"/></xs:sequence></xs:complexType>
<xs:complexType name="E"><xs:complexContent><xs:extension base="N"/></xs:complexContent></xs:complexType>
<xs:complexType name="F"><xs:complexContent><xs:restriction base="E"><xs:sequence/></xs:restriction></xs:complexContent></xs:complexType>
<xs:simpleType name="S"><xs:restriction base="xs:int"/></xs:simpleType>
<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:boolean"/></xs:simpleType></xs:schema>"""
XS = "{http://www.w3.org/2001/XMLSchema}"


def plan() -> Plan:
    return Plan(lay_out(read_schemas([Source("file:///s.xsd", SCHEMA)]), Settings()), Settings(), 10)


def test_derivation() -> None:
    one = plan()
    none: frozenset[str] = frozenset()
    assert one.derives("{urn:t}F", "{urn:t}N", none)
    assert not one.derives("{urn:t}F", "{urn:t}N", frozenset({"restriction"}))
    assert not one.derives("{urn:t}F", "{urn:t}N", frozenset({"extension"}))
    assert not one.derives("{urn:t}N", "{urn:t}E", none)
    assert one.derives("{urn:t}S", XS + "integer", none)
    assert one.derives("{urn:t}S", "{urn:t}U", none)
    assert one.derives("{urn:t}S", XS + "anySimpleType", none)
    assert one.derives("{urn:t}E", XS + "anyType", none)
    assert not one.derives("{urn:t}E", XS + "anySimpleType", none)


def test_a_type_that_holds_itself_is_compiled_once() -> None:
    one = plan()
    assert one.type("{urn:t}N") is one.type("{urn:t}N")
    assert one.labelled("t:E") is one.type("{urn:t}E")
    assert one.labelled("t:Nope") is None


def test_threads_see_whole_types_only() -> None:
    for _ in range(20):
        one = plan()
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda plan_: plan_.place(plan_.model.elements["{urn:t}r"]).read, [one] * 4))
        assert len({id(read) for read in made}) == 1


def test_one_plan_a_model() -> None:
    model = plan().model
    assert plan_of(model, Settings()) is plan_of(model, Settings())
    assert plan_of(model, Settings()) is not plan_of(model, Settings(numbers="string"))


def test_what_was_refused_once_is_refused_again() -> None:
    source = Source(
        "t.xsd",
        b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" elementFormDefault="qualified">'
        b'<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="e" type="xs:ENTITY"/></xs:sequence></xs:complexType>'
        b'</xs:element><xs:element name="s" type="xs:int"/></xs:schema>',
    )
    one = plan_of(lay_out(read_schemas([source]), Settings(), ()), Settings())
    for _ in range(2):  # the second must not find what the first had begun
        with pytest.raises(ValueError, match="ENTITY"):
            one.root(one.model.elements["{urn:t}r"])
    assert one.root(one.model.elements["{urn:t}s"]).read is not None
