"""Repeating groups read: entries, and the places of what is wrong in them."""

from __future__ import annotations

from tests.codec.kit import codec_of, read, refused, round_trip, unwritten

ROWS = (
    '<xs:sequence><xs:element name="n" type="xs:string"/><xs:sequence minOccurs="0" maxOccurs="unbounded">'
    '<xs:element name="k" type="xs:int"/><xs:element name="v" type="xs:int" minOccurs="0"/></xs:sequence></xs:sequence>'
)


def test_rows() -> None:
    codec = codec_of(ROWS)
    value = read(codec, "<t:n>x</t:n><t:k>1</t:k><t:v>2</t:v><t:k>3</t:k>")
    assert value == {"n": "x", "$items": [{"k": 1, "v": 2}, {"k": 3}]}
    assert round_trip(codec, value)


def test_a_place_in_an_entry() -> None:
    codec = codec_of(ROWS)
    expected = ("/$items/1/v", "Not a whole number.")
    (found,) = refused(codec, "<t:n>x</t:n><t:k>1</t:k><t:k>2</t:k><t:v>z</t:v>")
    assert (found[0], found[2]) == expected
    assert found[1] == "/t:r/t:v[1]"
    assert unwritten(codec, {"n": "x", "$items": [{"k": 1}, {"k": 2, "v": 1.5}]})[0] == (
        *expected[:1],
        found[1],
        expected[1],
    )
    assert unwritten(codec, {"n": "x", "$items": [{"k": 1}, {"k": 1.5}]})[0][1] == "/t:r/t:k[2]"


def test_what_is_missing_and_what_is_stray() -> None:
    codec = codec_of(ROWS)
    assert [one[2] for one in refused(codec, "<t:n>x</t:n><t:v>1</t:v>text")] == [
        "`k` is missing.",
        "Text may not stand here.",
    ]
    assert unwritten(codec, {"n": "x", "$items": [{"v": 1}]}) == [("/$items/0/k", "/t:r/t:k[1]", "`k` is missing.")]


def test_an_array_of_a_group_has_no_items_key() -> None:
    body = '<xs:sequence><xs:element name="w" type="W"/></xs:sequence>'
    more = (
        '<xs:complexType name="W"><xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="a" type="xs:int"/>'
        '<xs:element name="b" type="xs:int"/></xs:choice></xs:complexType>'
    )
    codec = codec_of(body, more=more)
    assert read(codec, "<t:w><t:a>1</t:a><t:b>2</t:b></t:w>") == {"w": [{"a": 1}, {"b": 2}]}
    assert refused(codec, "<t:w><t:a>1</t:a><t:b>z</t:b></t:w>")[0][0] == "/w/1/b"
    assert unwritten(codec, {"w": [{"a": 1}, {"b": 1.5}]})[0][0] == "/w/1/b"
