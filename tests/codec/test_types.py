"""Forms: simple content, arrays, mixed defaults, a type's keys and no others."""

from __future__ import annotations

from tests.codec.kit import codec_of, read, refused, round_trip, unwritten

VAL = '<xs:complexType name="V"><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="u" use="required"/></xs:extension></xs:simpleContent></xs:complexType>'
BARE = '<xs:complexType name="V"><xs:simpleContent><xs:extension base="xs:int"/></xs:simpleContent></xs:complexType>'
ONE = '<xs:sequence><xs:element name="v" type="V" {}/></xs:sequence>'


def test_simple_content() -> None:
    codec = codec_of(ONE.format(""), more=VAL)
    assert refused(codec, "<t:v>x</t:v>") == [
        ("/v/@u", "/t:r/t:v/@u", "`@u` is missing."),
        ("/v/$value", "/t:r/t:v", "Not a number."),
    ]
    assert [one[0] for one in refused(codec, "<t:v>x</t:v>")] == ["/v/@u", "/v/$value"]
    assert [one[0] for one in unwritten(codec, {"v": {"$value": True}})] == ["/v/@u", "/v/$value"]
    assert unwritten(codec, {"v": {"@u": "x"}}) == [("/v/$value", "/t:r/t:v", "`$value` is missing.")]
    assert unwritten(codec, {"v": {"@u": "x", "$value": 1, "z": 1}})[0][0] == "/v/z"
    assert unwritten(codec, {"v": 1})[0][0] == "/v"


def test_simple_content_without_attributes_is_the_scalar() -> None:
    codec = codec_of(ONE.format('nillable="true"'), more=BARE)
    assert round_trip(codec, {"v": 5})
    assert round_trip(codec, {"v": None})
    assert unwritten(codec, {"v": {"$value": 5}})


def test_default_of_simple_content() -> None:
    codec = codec_of(ONE.format('default="5"'), more=VAL)
    assert read(codec, '<t:v u="x"/>') == {"v": {"@u": "x", "$value": 5}}
    fixed = codec_of(ONE.format('fixed="5"'), more=VAL)
    assert read(fixed, '<t:v u="x">5.0</t:v>')
    assert refused(fixed, '<t:v u="x">6</t:v>')[0][0] == "/v/$value"
    assert unwritten(fixed, {"v": {"@u": "x", "$value": 6}})[0][0] == "/v/$value"


def test_default_of_mixed_content() -> None:
    more = '<xs:complexType name="V" mixed="true"><xs:sequence><xs:element name="b" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>'
    codec = codec_of(ONE.format('default="d"'), more=more)
    assert read(codec, "<t:v/>") == {"v": {"$mixed": ["d"]}}
    assert unwritten(codec, {"v": {}})
    fixed = codec_of(ONE.format('fixed="d"'), more=more)
    assert round_trip(fixed, {"v": {"$mixed": ["d"]}})
    assert refused(fixed, "<t:v>e</t:v>")
    assert unwritten(fixed, {"v": {"$mixed": ["e"]}})


def test_arrays() -> None:
    more = '<xs:complexType name="V"><xs:sequence><xs:element name="i" type="xs:int" minOccurs="1" maxOccurs="3" nillable="true"/></xs:sequence></xs:complexType>'
    codec = codec_of(ONE.format('minOccurs="0"'), more=more)
    assert round_trip(codec, {"v": [1, None]})
    assert unwritten(codec, {"v": []})[0][2] == "`i` is missing."
    assert unwritten(codec, {"v": [1, 2, 3, 4]})[0][0] == "/v"
    assert unwritten(codec, {"v": [1, "x"]})[0][:2] == ("/v/1", "/t:r/t:v/t:i[2]")
    assert refused(codec, "<t:v><t:i>1</t:i><t:i>x</t:i></t:v>")[0][:2] == ("/v/1", "/t:r/t:v/t:i[2]")
    assert unwritten(codec, {"v": {"i": [1]}})[0][0] == "/v"
    assert codec.encode({"v": None}) == codec.encode({})


def test_the_root_never_collapses() -> None:
    codec = codec_of(
        '<xs:sequence><xs:element name="i" type="xs:int" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>'
    )
    assert round_trip(codec, {"i": [1]})
    assert unwritten(codec, [1])
