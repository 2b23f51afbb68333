"""Elements whose attributes choose their type: roots, nil, refused tables; the golden cases have the rest."""

from __future__ import annotations

import pytest

from gateway.codec.closures import ElementCodec, PlanError, compile_element
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas
from gateway.xml import parse

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">
<xs:element name="r" type="t:B" nillable="true">{}</xs:element>
<xs:complexType name="B"><xs:sequence><xs:element name="a" type="xs:int" minOccurs="0" maxOccurs="2"/></xs:sequence>
<xs:attribute name="k" type="xs:string" {}/></xs:complexType>
<xs:complexType name="X"><xs:complexContent><xs:extension base="t:B"><xs:sequence><xs:element name="b" type="xs:int"/></xs:sequence>
</xs:extension></xs:complexContent></xs:complexType></xs:schema>"""


def codec(rows: str, more: str = "") -> ElementCodec:
    model = lay_out(read_schemas([Source("a.xsd", XSD.format(rows, more).encode())]), Settings())
    return compile_element(model, "{urn:t}r", Settings())


def both(made: ElementCodec, text: str) -> object:
    value = made.decode(parse(text.encode(), DEFAULT))
    assert made.decode(parse(made.encode(value).encode(), DEFAULT)) == value
    return value


NS = 'xmlns="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def test_a_root_has_alternatives_too() -> None:
    made = codec("""<xs:alternative test="@k='x'" type="t:X"/>""")
    assert both(made, f'<r {NS} k="x"><b>1</b></r>') == {"@k": "x", "b": 1}
    assert both(made, f"<r {NS}><a>1</a></r>") == {"a": [1]}
    assert both(made, f'<r {NS} xsi:nil="true"/>') is None
    assert both(made, f'<r {NS} k="x" xsi:nil="true"/>') == {"@k": "x", "$nil": True}
    assert both(made, f'<r {NS} k="y" xmlns:t="urn:t" xsi:type="t:X"><b>1</b></r>') == {
        "$type": "t:X",
        "@k": "y",
        "b": 1,
    }


def test_the_last_alternative_takes_what_is_left() -> None:
    made = codec("""<xs:alternative test="@k='x'" type="t:B"/><xs:alternative type="t:X"/>""")
    assert both(made, f"<r {NS}><b>1</b></r>") == {"b": 1}
    assert both(made, f'<r {NS} k="x"/>') == {"@k": "x"}
    with pytest.raises(Problem) as caught:
        made.encode({"@k": "x", "b": 1})
    assert [finding.pointer for finding in caught.value.findings] == ["/b"]


def test_a_value_of_a_wrong_kind_is_said_by_the_declared_type() -> None:
    made = codec("""<xs:alternative test="@k='x'" type="t:X"/>""")
    for value in ([], "x", {"@k": 5}, {"$type": "t:None"}):
        with pytest.raises(Problem):
            made.encode(value)


def test_what_an_ancestor_hands_down_is_refused_when_compiled() -> None:
    with pytest.raises(PlanError, match=r"tests @k, which an ancestor may hand down"):
        codec("""<xs:alternative test="@k='x'" type="t:X"/>""", 'inheritable="true"')
    codec("""<xs:alternative test="@kk='x'" type="t:X"/>""", 'inheritable="true"')  # another name
