"""The codec as a whole: roots, namespaces, IDs, depth, and one sentence: a value or a Problem, nothing else."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.core.problem import Kind, Problem
from tests.codec.kit import codec_of, refused, round_trip, unwritten

IDS = '<xs:sequence><xs:element name="i" type="xs:ID" maxOccurs="unbounded"/><xs:element name="f" type="xs:IDREFS"/></xs:sequence>'
NEST = (
    '<xs:complexType name="N"><xs:sequence><xs:element name="n" type="N" minOccurs="0"/></xs:sequence></xs:complexType>'
)


def test_another_root() -> None:
    with pytest.raises(Problem) as caught:
        codec_of("").decode(etree.fromstring("<x/>"))
    assert caught.value.findings[0].detail == "`x` is not the element expected."


def test_ids() -> None:
    codec = codec_of(IDS)
    assert round_trip(codec, {"i": ["a", "b"], "f": ["a", "b"]})
    assert unwritten(codec, {"i": ["a", "a"], "f": ["a"]}) == [("/i/1", "/t:r/t:i[2]", "This ID is given twice.")]
    assert unwritten(codec, {"i": ["a"], "f": ["b"]}) == [("/f", "/t:r/t:f", "There is no element with this ID.")]
    assert refused(codec, "<t:i>a</t:i><t:i>a</t:i><t:f>a</t:f>") == [
        ("/i/1", "/t:r/t:i[2]", "This ID is given twice.")
    ]
    assert refused(codec, "<t:i>a</t:i><t:f>a b</t:f>") == [("/f", "/t:r/t:f", "There is no element with this ID.")]


def test_no_default_namespace_and_prefixes_on_the_root() -> None:
    codec = codec_of('<xs:sequence><xs:element name="q" type="xs:QName" maxOccurs="unbounded"/></xs:sequence>')
    text = round_trip(codec, {"q": ["{urn:z}x", "{http://www.w3.org/2001/XMLSchema}int", "plain"]})
    assert "xmlns=" not in text
    assert text.index(">") > text.rindex("xmlns:")


def test_illegal_characters() -> None:
    codec = codec_of('<xs:sequence><xs:element name="s" type="xs:string"/></xs:sequence>')
    with pytest.raises(Problem) as caught:
        codec.encode({"s": "a\x00b"})
    assert caught.value.kind is Kind.XML_ILLEGAL_CHARACTER
    assert caught.value.findings[0].pointer == "/s"
    assert "\x00" not in str(caught.value.findings)


def test_hostile_depth_is_a_problem() -> None:
    codec = codec_of('<xs:sequence><xs:element name="n" type="N" minOccurs="0"/></xs:sequence>', more=NEST)
    value: dict = {}
    for _ in range(62):
        value = {"n": value}
    round_trip(codec, value)
    for _ in range(5_000):
        value = {"n": value}
    assert unwritten(codec, value)[0][2] == "The message is nested too deeply."
    deep = etree.fromstring(
        '<t:r xmlns:t="urn:t">' + "<t:n>" * 1500 + "</t:n>" * 1500 + "</t:r>", etree.XMLParser(huge_tree=True)
    )
    with pytest.raises(Problem):
        codec.decode(deep)


def test_no_value_in_a_finding() -> None:
    codec = codec_of(
        '<xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:date"/></xs:sequence>'
    )
    for found in (
        refused(codec, "<t:a>s3cret</t:a><t:b>s3cret</t:b>"),
        unwritten(codec, {"a": "s3cret", "b": "s3cret"}),
    ):
        assert len(found) == 2
        assert "s3cret" not in str(found)


def test_an_abstract_root_does_not_stand() -> None:
    from gateway.codec.closures import compile_element
    from gateway.schema.ir import Settings
    from gateway.schema.layout import lay_out
    from gateway.schema.source import Source
    from gateway.schema.xsd import read_schemas

    text = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r" abstract="true"/></xs:schema>'
    codec = compile_element(lay_out(read_schemas([Source("a.xsd", text)]), Settings()), "r", Settings())
    with pytest.raises(Problem):
        codec.decode(etree.fromstring("<r/>"))
    with pytest.raises(Problem):
        codec.encode({})
