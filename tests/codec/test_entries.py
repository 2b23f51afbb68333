"""Whole contents as `$items` and `$mixed`, both ways."""

from __future__ import annotations

import pytest

from tests.codec.kit import codec_of, read, refused, round_trip, unwritten

ABA = '<xs:sequence><xs:element name="a" type="xs:int" minOccurs="0"/><xs:element name="b" type="xs:int"/><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence>'


def test_items() -> None:
    codec = codec_of(ABA)
    assert read(codec, "<t:b>1</t:b><t:a>2</t:a>") == {"$items": [{"b": 1}, {"a": 2}]}
    assert round_trip(codec, {"$items": [{"a": 1}, {"b": 2}, {"a": 3}]})
    assert unwritten(codec, {"$items": [{"a": 1}, {"a": 2}, {"b": 3}]})
    assert unwritten(codec, {})


@pytest.mark.parametrize("entry", [{}, {"a": 1, "b": 2}, 1, "x", {"z": 1}, {"$any": {"{urn:u}x": {}}}, None])
def test_bad_entries(entry: object) -> None:
    (found,) = unwritten(codec_of(ABA), {"$items": [{"b": 1}, entry]})
    assert found[0].startswith("/$items/1")


def test_places() -> None:
    codec = codec_of(ABA)
    assert refused(codec, "<t:b>1</t:b><t:a>x</t:a>")[0][:2] == ("/$items/1/a", "/t:r/t:a[1]")
    assert unwritten(codec, {"$items": [{"b": 1}, {"a": 1.5}]})[0][:2] == ("/$items/1/a", "/t:r/t:a[1]")
    assert [one[2] for one in refused(codec, "<t:a>1</t:a>stray")] == ["Text may not stand here.", "`b` is missing."]


MIXED = '<xs:sequence><xs:element name="b" type="xs:int" minOccurs="0" maxOccurs="2"/></xs:sequence>'


def mixed() -> object:
    more = f'<xs:complexType name="M" mixed="true">{MIXED}</xs:complexType>'
    return codec_of('<xs:sequence><xs:element name="m" type="M"/></xs:sequence>', more=more)


def test_mixed() -> None:
    codec = mixed()
    assert read(codec, "<t:m> a<!-- c -->b <t:b>1</t:b><t:b>2</t:b> </t:m>") == {
        "m": {"$mixed": [" ab ", {"b": 1}, {"b": 2}, " "]}
    }
    assert round_trip(codec, {"m": {}})
    assert round_trip(codec, {"m": {"$mixed": ["\r\n<&"]}})


@pytest.mark.parametrize(
    "pieces", [[""], ["a", "b"], [{"b": 1}, {"b": 1}, {"b": 1}], [["a"]], [None], ["\x00"], "text"]
)
def test_bad_mixed(pieces: object) -> None:
    assert unwritten(mixed(), {"m": {"$mixed": pieces}})[0][0].startswith("/m")


def test_two_declarations_of_one_name_keep_what_is_theirs() -> None:
    codec = codec_of(
        '<xs:sequence><xs:element name="a" type="xs:string" fixed="x"/><xs:element name="a" type="xs:string" fixed="y"/></xs:sequence>'
    )
    round_trip(codec, {"$items": [{"a": "x"}, {"a": "y"}]})
    assert refused(codec, "<t:a>y</t:a><t:a>x</t:a>")
    assert unwritten(codec, {"$items": [{"a": "x"}, {"a": "x"}]})
