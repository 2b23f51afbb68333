"""gateway.schema.drawn.reader: which kind each construct is, and that no one is without a kind."""

from __future__ import annotations

import json

import pytest

from gateway.schema.drawn.bundle import Bundle, Defs
from gateway.schema.drawn.kinds import Any_, Array, Choice, Record, Ref, Scalar, Table
from gateway.schema.drawn.reader import Reader
from gateway.schema.drawn.texts import Library
from gateway.schema.errors import ContractError


def read(folder, schema, **defs):
    (folder / "m.json").write_text(json.dumps({"x": schema, "$defs": defs}))
    library = Library()
    main = library.named(str(folder / "m.json"))
    reader = Reader(Bundle(Defs(library, main)))
    place = reader.place(reader.bundle.schema(main, ("x",), main.value["x"]))
    reader.settle()
    return place, reader


@pytest.mark.parametrize(
    ("schema", "kind", "nullable"),
    [
        ({}, Any_, True), (True, Any_, True), (False, Any_, True), ({"type": "null"}, Any_, True),
        ({"type": ["string", "null"]}, Scalar, True), ({"type": ["string", "integer"]}, Choice, False),
        ({"enum": ["a", None]}, Scalar, True), ({"enum": [1, "a"]}, Choice, False), ({"const": 5}, Scalar, False),
        ({"type": "object"}, Table, False), ({"type": "object", "additionalProperties": False}, Record, False),
        ({"properties": {"a": {}}}, Record, False), ({"required": ["a"]}, Record, False),
        ({"type": "array"}, Array, False), ({"prefixItems": [{}]}, Array, False),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, Scalar, True),
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, Choice, False),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, Scalar, False),
        ({"oneOf": [{"type": "string"}], "anyOf": [{"type": "string"}]}, Any_, True),
        ({"allOf": [{"type": "string"}, {"type": "object"}]}, Any_, True),
        ({"not": {"type": "string"}}, Any_, True), ({"minLength": 1}, Scalar, False),
        ({"patternProperties": {"^x": {}}, "additionalProperties": False}, Table, False),
    ],
)  # fmt: skip
def test_every_construct_has_a_kind(tmp_path, schema, kind, nullable):
    place, _ = read(tmp_path, schema)
    assert (type(place.kind), place.nullable) == (kind, nullable)


def test_members_keep_their_names_beside_those_of_the_xml(tmp_path):
    schema = {"properties": {"pet name": {}, "pet_name": {}}, "required": ["pet name"], "additionalProperties": {"type": "string"}}
    place, _ = read(tmp_path, schema)
    assert [(each.name, each.xml, each.required) for each in place.kind.members] == [
        ("pet name", "pet_name", True), ("pet_name", "pet_name_2", False),
    ]  # fmt: skip
    assert place.kind.rest_xml == "additionalProperties"


def test_a_type_may_hold_itself(tmp_path):
    place, reader = read(tmp_path, {"$ref": "#/$defs/A"}, A={"properties": {"a": {"$ref": "#/$defs/A"}}})
    assert place.kind == Ref("A")
    assert reader.types.named["A"].kind.members[0].place.kind == Ref("A")


def test_a_type_that_holds_itself_in_its_place_gets_a_name(tmp_path):
    inner = {"allOf": [{"$ref": "#/$defs/B"}, {"properties": {"x": {"type": "string"}}}]}
    _, reader = read(tmp_path, {"$ref": "#/$defs/B"}, B={"properties": {"b": inner}})
    assert "Inner" in reader.types.named


@pytest.mark.parametrize("alias", [{"$ref": "#/$defs/A"}, {"allOf": [{"$ref": "#/$defs/A"}, {"type": "object"}]}])
def test_what_is_nothing_but_itself_is_refused(tmp_path, alias):
    with pytest.raises(ContractError, match="itself"):
        read(tmp_path, {"$ref": "#/$defs/A"}, A=alias)


def test_a_form_that_holds_itself_is_any_json(tmp_path):
    _, reader = read(tmp_path, {"$ref": "#/$defs/A"}, A={"anyOf": [{"$ref": "#/$defs/A"}, {"type": "string"}]})
    assert reader.types.named["A"].kind == Any_()
    assert any("holds itself" in each.what for each in reader.remarks.values())


def test_a_group_that_only_narrows_is_judged_on_the_json(tmp_path):
    schema = {"properties": {"a": {}, "b": {}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
    assert isinstance(read(tmp_path, schema)[0].kind, Record)


def test_what_the_xsd_does_not_say_is_remarked_with_its_place(tmp_path):
    _, reader = read(tmp_path, {"type": "array", "uniqueItems": True, "maxItems": 1})
    assert {each.what for each in reader.remarks.values()} == {"uniqueItems", "minItems, maxItems"}
    assert all(each.where.pointer == "/x" for each in reader.remarks.values())
