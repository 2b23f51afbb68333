"""Attributes: order, required, fixed, defaults, wildcards; the same words on either side."""

from __future__ import annotations

import pytest

from tests.codec.kit import codec_of, read, refused, round_trip, unwritten

USES = '<xs:attribute name="a" type="xs:int" use="required"/><xs:attribute name="b" type="xs:decimal" fixed="1.0"/><xs:attribute name="c" default="d"/>'
WILD = '<xs:attribute name="a" type="xs:int"/><xs:anyAttribute namespace="{}" processContents="{}"/>'
GLOBAL = '<xs:attribute name="g" type="xs:int"/>'


def test_schema_order_whatever_is_given() -> None:
    codec = codec_of(USES)
    assert list(read(codec, "", 'c="x" b="1.00" a="1"')) == ["@a", "@b", "@c"]  # type: ignore[arg-type]
    assert codec.encode({"@c": "x", "@a": 1}) == '<t:r xmlns:t="urn:t" a="1" c="x"></t:r>'


@pytest.mark.parametrize(
    ("attributes", "value", "expected"),
    [
        ("", {}, [("/@a", "/t:r/@a", "`@a` is missing.")]),
        ('a="1" b="2"', {"@a": 1, "@b": 2}, [("/@b", "/t:r/@b", "Only one value is allowed here.")]),
        (
            'b="2"',
            {"@b": 2},
            [("/@a", "/t:r/@a", "`@a` is missing."), ("/@b", "/t:r/@b", "Only one value is allowed here.")],
        ),
    ],
)
def test_refused_with_the_same_words(attributes: str, value: dict, expected: list) -> None:
    codec = codec_of(USES)
    assert refused(codec, "", attributes) == expected
    assert unwritten(codec, value) == expected


def test_undeclared_is_refused() -> None:
    codec = codec_of(USES)
    assert refused(codec, "", 'a="1" x="2"') == [("/@x", "/t:r/@x", "`@x` is not known here.")]
    assert unwritten(codec, {"@a": 1, "@x": "2"}) == [("/@x", "/t:r/@x", "`@x` is not known here.")]


def test_null_is_absence_unless_required() -> None:
    codec = codec_of(USES)
    assert codec.encode({"@a": 1, "@c": None}) == '<t:r xmlns:t="urn:t" a="1"></t:r>'
    assert unwritten(codec, {"@a": None}) == [("/@a", "/t:r/@a", "A null is not allowed here.")]


def test_settings() -> None:
    assert read(codec_of(USES, defaults="fill"), "", 'a="1"') == {"@a": 1, "@b": pytest.approx(1), "@c": "d"}
    assert read(codec_of(USES, nulls="write"), "", 'a="1"') == {"@a": 1, "@b": None, "@c": None}


def test_wildcard_strict_lax_skip() -> None:
    for process, known, unknown in (("strict", 5, None), ("lax", 5, "x"), ("skip", "5", "x")):
        codec = codec_of(WILD.format("##any", process), more=GLOBAL)
        assert round_trip(codec, {"@{urn:t}g": known})
        if unknown is None:
            place = "/t:r/@*[local-name()='q' and namespace-uri()='urn:u']"  # the contract has no prefix for it
            assert refused(codec, "", 'u:q="x"') == [("/@{urn:u}q", place, "`@{urn:u}q` is not known here.")]
            assert unwritten(codec, {"@{urn:u}q": "x"}) == [("/@{urn:u}q", place, "`@{urn:u}q` is not known here.")]
        else:
            assert round_trip(codec, {"@{urn:u}q": unknown, "@{}n": "y"})


def test_wildcard_namespace() -> None:
    codec = codec_of(WILD.format("##other", "lax"), more=GLOBAL)
    assert unwritten(codec, {"@{urn:t}g": 5})
    assert refused(codec, "", 't:g="5"')
    assert unwritten(codec, {"@{}n": "x"})


@pytest.mark.parametrize(
    "key", ["@{}xmlns", "@{}a", "@{urn:u}a b", '@{urn:u}a="1" b', "@{urn:u", "@{http://www.w3.org/2000/xmlns/}x"]
)
def test_hostile_names_are_refused(key: str) -> None:
    codec = codec_of(WILD.format("##any", "lax"), more=GLOBAL)
    assert unwritten(codec, {key: "x"})


def test_values_are_escaped() -> None:
    codec = codec_of(USES)
    assert 'c="&lt;&quot;&amp;&#13;&#9;&#10;"' in round_trip(codec, {"@a": 1, "@c": '<"&\r\t\n'})


IDS = '<xs:attribute name="i" type="xs:ID"/><xs:attribute name="j" type="xs:ID"/>'


def test_one_id_by_way_of_a_wildcard_and_none_beside_a_declared_one() -> None:
    codec = codec_of(WILD.format("##any", "lax"), more=IDS)
    round_trip(codec, {"@{urn:t}i": "a"})
    assert refused(codec, "", 't:i="a" t:j="b"')[0][2] == "This element has another attribute of type ID."
    assert unwritten(codec, {"@{urn:t}i": "a", "@{urn:t}j": "b"})[0][0] == "/@{urn:t}j"
    declared = codec_of('<xs:attribute name="k" type="xs:ID"/>' + WILD.format("##any", "lax"), more=IDS)
    assert refused(declared, "", 't:i="a"')
    assert unwritten(declared, {"@{urn:t}i": "a"})


REFERRING = """<xs:sequence><xs:element name="b" minOccurs="0"><xs:complexType><xs:attribute name="i" type="xs:ID"/></xs:complexType></xs:element>
</xs:sequence><xs:attribute name="to" type="xs:IDREFS" default="x y"/>"""


@pytest.mark.parametrize("settings", [{}, {"nulls": "write"}, {"defaults": "fill"}])
def test_an_absent_attribute_with_a_default_of_idrefs_wants_their_ids(settings: dict[str, str]) -> None:
    """Its value is the default (§3.4.4), and so an IDREF without an ID (cvc-id)."""
    codec = codec_of(REFERRING, **settings)
    words = ("/@to", "/t:r/@to", "There is no element with this ID.")
    assert refused(codec, "") == [words]
    assert refused(codec, '<t:b i="x"/>') == [words]
    assert unwritten(codec, {}) == [words]
    assert unwritten(codec, {"b": {"@i": "x"}}) == [words]
    assert unwritten(codec, {"@to": None, "b": {"@i": "x"}}) == [words]
    assert read(codec, '<t:b i="x"/>', 'to="x"')["@to"] == ["x"]
    assert round_trip(codec, {"@to": ["x"], "b": {"@i": "x"}})
