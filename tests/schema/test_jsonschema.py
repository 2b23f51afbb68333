"""The JSON Schema's verdict on every golden case, and the shapes that MAPPING asks of it."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from gateway.codec.json import loads
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.schema.constraints import Constraint, constraints_beyond_json_schema
from gateway.schema.ir import Settings
from gateway.schema.jsonschema import schema_for
from tests.schema.golden import CASES, NAMES, ROOT, case, files


def schema_of(name: str) -> dict[str, Any]:
    one = case(name)
    return schema_for(one.model, ROOT, one.settings)


def takes(name: str, value: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(schema_of(name)).is_valid(value)


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema_of(name))


@pytest.mark.parametrize(("name", "file"), files("doc.json") + files("also*.json"))
def test_what_encodes_is_accepted(name: str, file: str) -> None:
    assert takes(name, loads((CASES / name / file).read_bytes(), DEFAULT))


# Accepted by the schema and refused later, each by its row of MAPPING's closed list (law 4).
BEYOND = {
    "date-verbatim/bad.json": Constraint.CALENDAR,
    "id-idref/bad.json": Constraint.IDREF,
    "items-name-at-two-places/bad.json": Constraint.ORDER,
    "any-two/bad-same.json": Constraint.ORDER,
    "choice-same-names-other-order/bad-same.json": Constraint.ORDER,
    "mixed/bad2.json": Constraint.ORDER,
    "open-interleave/bad2.json": Constraint.ORDER,
    "substitution-repeats-bounded/bad-same.json": Constraint.COUNTS,
    "alternatives/bad4.json": Constraint.ALTERNATIVE,
}
# No JSON that can be read at all.
UNREADABLE = {"float/bad.json", "object-plain/bad1.json", "whitespace/bad1.json"}


@pytest.mark.parametrize(("name", "file"), files("bad*.json"))
def test_what_does_not_encode_is_refused_but_for_the_closed_list(name: str, file: str) -> None:
    raw, place = (CASES / name / file).read_bytes(), f"{name}/{file}"
    if place in UNREADABLE:
        with pytest.raises(Problem):
            loads(raw, DEFAULT)
        return
    assert takes(name, loads(raw, DEFAULT)) == (place in BEYOND)
    if place in BEYOND:
        one = case(name)
        assert BEYOND[place] in constraints_beyond_json_schema(one.model, ROOT, one.settings)


# ---------------------------------------------------------------- the shapes that MAPPING asks for


def root_of(schema: Any, **settings: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole schema of `r`, and its own type in it."""
    chosen = Settings(**settings)
    whole = schema_for(schema.laid(**settings), ROOT, chosen)
    return whole, whole["$defs"][whole["$ref"].rpartition("/")[2]]


def test_a_type_is_flat_and_closed(schema: Any) -> None:
    whole, own = root_of(
        schema(
            '<xs:complexType name="B"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType>'
            '<xs:complexType name="D"><xs:complexContent><xs:extension base="B"><xs:sequence>'
            '<xs:element name="b" type="xs:string"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
            '<xs:element name="r" type="D"/>'
        )
    )
    assert list(own["properties"]) == ["a", "b"]
    assert own["required"] == ["a", "b"]
    assert own["additionalProperties"] is False
    assert "allOf" not in own
    assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_choice_is_any_of_branches_that_forbid_the_others(content: Any) -> None:
    one = content(
        '<xs:choice><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int" minOccurs="0"/></xs:choice>'
    )
    valid = jsonschema_rs.Draft202012Validator(root_of(one)[0]).is_valid
    assert [valid({}), valid({"a": 1}), valid({"b": 1}), valid({"a": 1, "b": 1})] == [True, True, True, False]
    assert "oneOf" not in str(root_of(one)[0])


def test_derived_types_are_told_apart_by_the_type_key(schema: Any) -> None:
    one = schema(
        '<xs:complexType name="B" abstract="true"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>'
        '</xs:complexType><xs:complexType name="D"><xs:complexContent><xs:extension base="B"/></xs:complexContent>'
        '</xs:complexType><xs:element name="r"><xs:complexType><xs:sequence><xs:element name="x" type="B"/>'
        "</xs:sequence></xs:complexType></xs:element>"
    )
    valid = jsonschema_rs.Draft202012Validator(root_of(one)[0]).is_valid
    assert valid({"x": {"$type": "t:D", "a": 1}})
    assert not valid({"x": {"a": 1}}), "an abstract type demands a name"
    assert not valid({"x": {"$type": "t:B", "a": 1}})


def test_recursion_is_a_reference(schema: Any) -> None:
    whole, own = root_of(
        schema(
            '<xs:complexType name="N"><xs:sequence><xs:element name="n" type="N" minOccurs="0"/></xs:sequence>'
            '</xs:complexType><xs:element name="r" type="N"/>'
        )
    )
    assert {"$ref": whole["$ref"]} in own["properties"]["n"]["anyOf"]
    assert len(whole["$defs"]) == 1


def test_unwrapping_gives_the_inner_schema_and_refuses_a_name_that_is_not_there(content: Any) -> None:
    one = content(
        '<xs:sequence><xs:element name="Info"><xs:complexType><xs:sequence><xs:element name="Id" type="xs:int"/>'
        "</xs:sequence></xs:complexType></xs:element></xs:sequence>"
    )
    inner = schema_for(one.laid(), ROOT, Settings(), unwrap=("Info",))
    assert jsonschema_rs.Draft202012Validator(inner).is_valid({"Id": 1})
    assert not jsonschema_rs.Draft202012Validator(inner).is_valid({"Info": {"Id": 1}})
    with pytest.raises(KeyError, match="no child Other"):
        schema_for(one.laid(), ROOT, Settings(), unwrap=("Other",))


def test_references_may_point_into_another_document(content: Any) -> None:
    one = content('<xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>')
    assert schema_for(one.laid(), ROOT, Settings(), refs="#/components/schemas/")["$ref"].startswith("#/components/")


def test_two_types_of_one_name_get_two_definitions(schema: Any) -> None:
    other = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:u"><xs:complexType name="T">'
        '<xs:attribute name="u"/></xs:complexType></xs:schema>'
    )
    one = schema(
        '<xs:import namespace="urn:u"/><xs:complexType name="T"><xs:attribute name="t"/></xs:complexType>'
        '<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" type="T"/>'
        '<xs:element name="b" xmlns:u="urn:u" type="u:T"/></xs:sequence></xs:complexType></xs:element>',
        other,
    )
    whole, _ = root_of(one)
    assert {"T", "T_2"} <= whole["$defs"].keys()


def test_scalars_and_empties_follow_the_settings(content: Any) -> None:
    one = content('<xs:sequence><xs:element name="a" type="xs:string"/></xs:sequence>')
    plain = jsonschema_rs.Draft202012Validator(root_of(one)[0]).is_valid
    portal = jsonschema_rs.Draft202012Validator(root_of(one, scalars="string", empties="null")[0]).is_valid
    assert not plain({"a": None})
    assert portal({"a": None})
    number = content('<xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>')
    portal = jsonschema_rs.Draft202012Validator(root_of(number, scalars="string", empties="null")[0]).is_valid
    assert portal({"a": "1"})
    assert not portal({"a": None})  # no int is empty


def _accepts(schema: str, root: str, value: Any) -> bool:
    from gateway.schema.layout import lay_out
    from gateway.schema.source import Source
    from gateway.schema.xsd import read_schemas

    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{schema}</xs:schema>'
    model = lay_out(read_schemas([Source("s.xsd", text.encode())]), Settings())
    return bool(jsonschema_rs.Draft202012Validator(schema_for(model, root, Settings())).is_valid(value))


def test_an_undeclared_element_of_a_strict_wildcard_says_its_type() -> None:
    schema = '<xs:element name="r"><xs:complexType><xs:sequence><xs:any/></xs:sequence></xs:complexType></xs:element>'
    assert _accepts(schema, "r", {"$any": {"{}b": {"$type": "xs:int", "$value": 1}}})
    assert not _accepts(schema, "r", {"$any": {"{}b": {"$value": "1"}}})


def test_a_root_that_is_an_array_wrapper_may_be_of_a_derived_type() -> None:
    schema = (
        '<xs:complexType name="A"><xs:sequence><xs:element name="c" type="xs:int" maxOccurs="3"/></xs:sequence></xs:complexType>'
        '<xs:complexType name="C"><xs:complexContent><xs:restriction base="A"><xs:sequence><xs:element name="c" type="xs:int"'
        ' maxOccurs="2"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType><xs:element name="e" type="A"/>'
    )
    assert _accepts(schema, "e", {"c": [1, 2, 3]})
    assert _accepts(schema, "e", {"$type": "C", "$value": [1, 2]})


def test_a_type_of_entities_has_no_value() -> None:
    schema = (
        '<xs:attribute name="e" type="xs:ENTITIES"/><xs:element name="r"><xs:complexType><xs:sequence>'
        '<xs:element name="a" type="xs:int"/></xs:sequence><xs:anyAttribute/></xs:complexType></xs:element>'
    )
    assert _accepts(schema, "r", {"a": 1})
    assert not _accepts(schema, "r", {"@{}e": ["x"], "a": 1})
