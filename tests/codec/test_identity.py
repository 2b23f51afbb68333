"""Keys, uniques and keyrefs: paths taken apart, values compared, places named."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.codec.closures import ElementCodec, compile_element
from gateway.codec.identity import Path, parse_path
from gateway.core.problem import Problem
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:q="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">
<xs:element name="r"><xs:complexType><xs:sequence>
  <xs:element name="a" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:element name="n" type="xs:decimal" minOccurs="0"/></xs:sequence>
    <xs:attribute name="id" type="xs:int"/><xs:attribute name="ref" type="xs:int"/></xs:complexType></xs:element>
</xs:sequence></xs:complexType>
<xs:key name="K"><xs:selector xpath="q:a | .//q:zz"/><xs:field xpath="@id"/></xs:key>
<xs:unique name="U"><xs:selector xpath="q:a"/><xs:field xpath="q:n"/></xs:unique>
<xs:keyref name="R" refer="q:K"><xs:selector xpath="q:a"/><xs:field xpath="@ref"/></xs:keyref></xs:element></xs:schema>"""


@pytest.fixture(scope="module")
def codec() -> ElementCodec:
    model = lay_out(read_schemas([Source("file:///k.xsd", SCHEMA)]), Settings())
    return compile_element(model, "{urn:t}r", Settings())


def read(codec: ElementCodec, inside: str) -> object:
    return codec.decode(etree.fromstring(f'<q:r xmlns:q="urn:t">{inside}</q:r>'))


def test_valid(codec: ElementCodec) -> None:
    value = read(codec, '<q:a id="1"><q:n>1.0</q:n></q:a><q:a id="2" ref="01"/>')
    assert codec.decode(etree.fromstring(codec.encode(value))) == value


@pytest.mark.parametrize(
    ("inside", "pointer", "words"),
    [
        ('<q:a id="1"/><q:a id="01"/>', "/a/1", "stands twice (key `K`)"),
        ('<q:a id="1"/><q:a/>', "/a/1", "A field of the key `K` is missing"),
        ('<q:a id="1" ref="3"/>', "/a/0", "refers to nothing (keyref `R`)"),
        ('<q:a id="1"><q:n>1.0</q:n></q:a><q:a id="2"><q:n>1.00</q:n></q:a>', "/a/1", "stands twice (unique `U`)"),
    ],
)
def test_breaches(codec: ElementCodec, inside: str, pointer: str, words: str) -> None:
    with pytest.raises(Problem) as caught:
        read(codec, inside)
    (finding,) = caught.value.findings
    assert finding.pointer == pointer
    assert finding.xpath == f"/q:r/q:a[{int(pointer[-1]) + 1}]"
    assert words in finding.detail


def test_writing_is_judged_too(codec: ElementCodec) -> None:
    with pytest.raises(Problem) as caught:
        codec.encode({"a": [{"@id": 1}, {"@id": 1}]})
    assert caught.value.findings[0].pointer == "/a/1"


def test_paths() -> None:
    assert parse_path(".//{urn:a/b}x/{urn:a/b}* | child::y") == (
        Path(True, ("{urn:a/b}x", "{urn:a/b}*")),
        Path(False, ("y",)),
    )
    assert parse_path("{u}x/@{u}y | attribute::z") == (Path(False, ("{u}x",), "{u}y"), Path(False, (), "z"))


FIELDS = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType><xs:sequence>
<xs:element name="a" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:element name="c" type="xs:string" minOccurs="0" maxOccurs="2"/>
<xs:element name="d" minOccurs="0"><xs:complexType><xs:sequence/></xs:complexType></xs:element></xs:sequence>
<xs:attribute name="id" type="xs:int"/></xs:complexType></xs:element></xs:sequence></xs:complexType>
<xs:unique name="U"><xs:selector xpath="a"/><xs:field xpath="%s"/></xs:unique></xs:element></xs:schema>"""


@pytest.mark.parametrize(
    ("field", "inside", "words"),
    [
        ("@*", '<a id="1"/><a id="2"/>', ""),
        ("@*", '<a id="1"/><a id="01"/>', "stands twice"),
        ("c", "<a><c>1</c></a><a><c>2</c></a>", ""),
        ("c", "<a><c>1</c><c>2</c></a>", "is not one value"),
        ("d", "<a><d/></a>", "is not one value"),
    ],
)
def test_a_field_names_one_value_of_a_simple_type(field: str, inside: str, words: str) -> None:
    model = lay_out(read_schemas([Source("f.xsd", (FIELDS % field).encode())]), Settings())
    found = ""
    try:
        compile_element(model, "r", Settings()).decode(etree.fromstring(f"<r>{inside}</r>"))
    except Problem as problem:
        found = problem.findings[0].detail
    assert (words in found) if words else not found


def test_many_nodes_are_told_apart(codec: ElementCodec) -> None:
    many = "".join(f'<q:a id="{n}"/>' for n in range(500))
    read(codec, many)
    with pytest.raises(Problem) as caught:
        read(codec, many + '<q:a id="250"/>')
    assert caught.value.findings[0].pointer == "/a/500"
