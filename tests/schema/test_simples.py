from collections.abc import Callable
from typing import Any

from gateway.schema.ir import Simple
from gateway.schema.simples import BUILTINS, collapse, expand

XS = "{http://www.w3.org/2001/XMLSchema}"


def simple(schema: Any, name: str = "T") -> Simple:
    kind = schema.model.types[f"{{urn:t}}{name}"]
    assert isinstance(kind, Simple)
    return kind


def test_every_builtin_is_there(schema: Callable[..., Any]) -> None:
    types = schema("").model.types
    newer = {"dateTimeStamp", "yearMonthDuration", "dayTimeDuration", "anyAtomicType"}
    for name in set(BUILTINS) - newer:
        assert isinstance(types[XS + name], Simple), name
    assert types[XS + "int"].base == XS + "long"
    assert types[XS + "token"].white_space == "collapse"
    assert (types[XS + "NMTOKENS"].variety, types[XS + "NMTOKENS"].item) == ("list", XS + "NMTOKEN")


def test_facets_in_force_are_gathered_and_patterns_keep_their_steps(schema: Callable[..., Any]) -> None:
    kind = simple(
        schema(
            '<xs:simpleType name="B"><xs:restriction base="xs:token"><xs:maxLength value="9"/><xs:pattern value="a.*"/><xs:pattern value="b.*"/></xs:restriction></xs:simpleType>'
            '<xs:simpleType name="T"><xs:restriction base="t:B"><xs:maxLength value="5"/><xs:minLength value="1"/><xs:pattern value=".*z"/></xs:restriction></xs:simpleType>'
        )
    )
    assert (kind.builtin, kind.base, kind.white_space) == ("token", "{urn:t}B", "collapse")
    assert (kind.facets.min_length, kind.facets.max_length) == (1, 5)
    assert kind.facets.patterns == (("a.*", "b.*"), (".*z",))


def test_a_bound_takes_the_place_of_the_one_at_its_end(schema: Callable[..., Any]) -> None:
    kind = simple(
        schema(
            '<xs:simpleType name="B"><xs:restriction base="xs:int"><xs:minInclusive value="1"/><xs:maxInclusive value=" 9 "/></xs:restriction></xs:simpleType>'
            '<xs:simpleType name="T"><xs:restriction base="t:B"><xs:minExclusive value="2"/></xs:restriction></xs:simpleType>'
        )
    )
    assert (kind.facets.min_inclusive, kind.facets.min_exclusive, kind.facets.max_inclusive) == (None, "2", "9")


def test_an_enumerated_qname_is_a_clark_name(schema: Callable[..., Any]) -> None:
    kind = simple(
        schema(
            '<xs:simpleType name="T"><xs:restriction base="xs:QName"><xs:enumeration value="t:a"/><xs:enumeration xmlns:n="urn:n" value="n:b"/><xs:enumeration value="c"/></xs:restriction></xs:simpleType>'
        )
    )
    assert kind.facets.enumeration == ("{urn:t}a", "{urn:n}b", "{urn:t}c")


def test_members_of_a_union_stand_in_schema_order_and_plain_unions_are_flat(schema: Callable[..., Any]) -> None:
    model = schema(
        '<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:boolean"/></xs:simpleType>'
        '<xs:simpleType name="T"><xs:union memberTypes="t:U xs:date"><xs:simpleType><xs:restriction base="xs:token"/></xs:simpleType></xs:union></xs:simpleType>'
    ).model
    kind = model.types["{urn:t}T"]
    assert kind.members[:3] == (XS + "int", XS + "boolean", XS + "date")
    assert model.types[kind.members[3]].builtin == "token"


def test_a_list_restricted(schema: Callable[..., Any]) -> None:
    kind = simple(
        schema(
            '<xs:simpleType name="L"><xs:list itemType="xs:int"/></xs:simpleType>'
            '<xs:simpleType name="T"><xs:restriction base="t:L"><xs:length value="2"/></xs:restriction></xs:simpleType>'
        )
    )
    assert (kind.variety, kind.item, kind.facets.length, kind.base) == ("list", XS + "int", 2, "{urn:t}L")


def test_what_derives_from_a_list_of_the_specification_has_an_item(schema: Callable[..., Any]) -> None:
    given = (
        '<xs:simpleType name="{}"><xs:restriction base="{}"/></xs:simpleType>',
        '<xs:simpleType name="{}"><xs:restriction base="{}"><xs:maxLength value="3"/></xs:restriction></xs:simpleType>',
        '<xs:simpleType name="{}"><xs:restriction base="{}"><xs:minLength value="2"/></xs:restriction></xs:simpleType>',
    )
    found = schema(
        given[0].format("A", "xs:NMTOKENS") + given[1].format("B", "xs:IDREFS") + given[2].format("C", "t:A")
        + given[1].format("D", "t:A")
    )  # fmt: skip
    assert [simple(found, name).facets.min_length for name in "ABCD"] == [1, 1, 2, 1]


def test_white_space_and_names_of_literals() -> None:
    assert collapse(" a\t b\n", "collapse") == "a b"
    assert collapse("a\tb", "replace") == "a b"
    assert collapse("a\tb", "preserve") == "a\tb"
    assert expand("p:x", {"p": "urn:p"}) == "{urn:p}x"
    assert expand("q:x", {"p": "urn:p"}) == "q:x"
