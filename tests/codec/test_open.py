"""The schema-less: wildcards and xs:anyType, both ways, and what they may not smuggle in."""

from __future__ import annotations

import pytest

from tests.codec.kit import codec_of, read, refused, round_trip, unwritten

GLOBAL = (
    '<xs:element name="g" type="xs:int"/><xs:element name="abs" type="xs:int" abstract="true"/>'
    '<xs:complexType name="W"><xs:sequence><xs:element name="i" type="xs:int" maxOccurs="unbounded"/></xs:sequence></xs:complexType>'
    '<xs:complexType name="O"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence><xs:attribute name="a"/></xs:complexType>'
)


def wild(process: str = "lax", namespace: str = "##any") -> object:
    return codec_of(
        f'<xs:sequence><xs:any namespace="{namespace}" processContents="{process}"/></xs:sequence>', more=GLOBAL
    )


def any_type(more: str = "") -> object:
    return codec_of(f'<xs:sequence><xs:element name="v" type="xs:anyType"{more}/></xs:sequence>', more=GLOBAL)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"$value": " text "},
        {"@a": "1", "@{urn:v}b": "2", "@{http://www.w3.org/XML/1998/namespace}lang": "sv"},
        {"$items": [{"{urn:u}p": {}}, {"{}q": {"$value": "2"}}, {"{urn:t}g": 5}]},
        {"$mixed": ["a ", {"{urn:u}p": {}}, " b"]},
        {"$type": "xs:int", "$value": 5},
        {"$type": "t:W", "$value": [1, 2]},
        {"$type": "t:O", "@a": "x", "x": 1},
        {"$type": "t:O", "@a": "x", "$nil": True},
        {"$nil": True},
        {"@a": "1", "$nil": True},
    ],
)
def test_both_ways(value: dict) -> None:
    round_trip(wild(), {"$any": {"{urn:u}o": value}})


def test_any_type() -> None:
    for value in (
        {},
        {"$value": "x"},
        {"$items": [{"{urn:t}g": 5}]},
        {"$type": "xs:int", "$value": 5},
        {"$type": "t:W", "$value": [1]},
    ):
        round_trip(any_type(), {"v": value})
    assert round_trip(any_type(' nillable="true"'), {"v": None})
    assert round_trip(any_type(' nillable="true"'), {"v": {"@a": "1", "$nil": True}})
    assert unwritten(any_type(), {"v": "scalar"}) == [("/v", "/t:r/t:v", "This is the wrong kind of value.")]


def test_known_elements_have_their_own_form() -> None:
    assert refused(wild(), "<t:g>x</t:g>")[0][:2] == ("/$any/{urn:t}g", "/t:r/t:g")
    assert refused(wild(), "<u:o><t:g>x</t:g></u:o>")[0][0] == "/$any/{urn:u}o/$items/0/{urn:t}g"
    assert unwritten(wild(), {"$any": {"{urn:t}g": "x"}})
    assert refused(wild(), "<t:abs>1</t:abs>")
    assert read(wild("skip"), "<t:g>x</t:g>") == {"$any": {"{urn:t}g": {"$value": "x"}}}


def test_strict_and_namespaces() -> None:
    assert read(wild("strict"), "<t:g>1</t:g>") == {"$any": {"{urn:t}g": 1}}
    assert refused(wild("strict"), "<u:o/>")
    assert unwritten(wild("strict"), {"$any": {"{urn:u}o": {}}})
    assert refused(wild(namespace="##other"), "<t:g>1</t:g>")
    assert unwritten(wild(namespace="##other"), {"$any": {"{urn:t}g": 1}})


@pytest.mark.parametrize(
    "value",
    [
        {"$value": ""},
        {"$value": 1},
        {"$items": []},
        {"$items": ["x"]},
        {"$mixed": ["x"]},
        {"$mixed": ["a", "b", {"{urn:u}p": {}}]},
        {"$value": "x", "$items": [{"{urn:u}p": {}}]},
        {"$value": "x", "$nil": True},
        {"zz": 1},
        {"@xmlns": "urn:evil"},
        {"@{}k": "1"},
        {"@a b": "1"},
        {"@a": 1},
        {"$items": [{"{urn:u}a><b": {}}]},
        {"$items": [{"a": {}}]},
        {"$type": "t:Nope"},
        {"$type": "xs:int", "$value": "five"},
        {"$type": 5},
        "text",
        None,
        [1],
    ],
)
def test_refused(value: object) -> None:
    found = unwritten(wild(), {"$any": {"{urn:u}o": value}})
    assert all(one[0].startswith("/$any/{urn:u}o") for one in found)


@pytest.mark.parametrize(
    "any_", [{}, {"{urn:u}a": {}, "{urn:u}b": {}}, [], "x", {"a": {}}, {"{http://www.w3.org/2000/xmlns/}a": {}}]
)
def test_no_entry(any_: object) -> None:
    assert unwritten(wild(), {"$any": any_})


XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('<u:o xsi:nil="true">abc</u:o>', {f"@{XSI}nil": "true", "$value": "abc"}),
        ('<u:o xsi:type="xs:int">abc</u:o>', {f"@{XSI}type": "{http://www.w3.org/2001/XMLSchema}int", "$value": "abc"}),
        ('<u:o xsi:type="none:such"/>', {f"@{XSI}type": "none:such"}),
        ('<u:o xsi:schemaLocation="a b"><t:g xsi:nil="x"/></u:o>', {"$items": [{"{urn:t}g": {f"@{XSI}nil": "x"}}]}),
    ],
)
def test_nothing_in_skipped_content_is_judged(text: str, value: dict) -> None:
    codec = wild("skip")
    assert read(codec, text) == {"$any": {"{urn:u}o": value}}
    round_trip(codec, {"$any": {"{urn:u}o": value}})


@pytest.mark.parametrize("value", [{"$nil": True}, {"$type": "xs:int", "$value": 1}, {f"@{XSI}schemaLocation": "a b"}, {f"@{XSI}nil": True}])
def test_refused_where_nothing_is_judged(value: object) -> None:
    assert unwritten(wild("skip"), {"$any": {"{urn:u}o": value}})


def test_default_and_fixed_of_any_type() -> None:
    given = any_type(' default="d"')
    assert read(given, "<t:v/>") == {"v": {"$value": "d"}}
    assert unwritten(given, {"v": {}})
    round_trip(given, {"v": {"$items": [{"{urn:u}p": {}}]}})
    only = any_type(' fixed="f"')
    assert read(only, "<t:v>f</t:v>") == read(only, "<t:v/>") == {"v": {"$value": "f"}}
    for wrong in ("<t:v>g</t:v>", "<t:v>f<u:p/></t:v>"):
        assert refused(only, wrong)
    assert unwritten(only, {"v": {"$value": "g"}})


def test_a_wildcard_that_may_not_stand_beside_another_branch_is_told_by_its_key() -> None:
    codec = codec_of(
        '<xs:choice><xs:element name="a" type="xs:int"/><xs:any namespace="##other" processContents="lax"/></xs:choice>'
    )
    assert [one[0] for one in unwritten(codec, {"a": 1, "$any": {"{urn:u}x": {}}})] == ["/$any"]
