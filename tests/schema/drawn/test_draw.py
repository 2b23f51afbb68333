"""gateway.schema.drawn.draw: a document makes one contract, the same each time, that the gateway itself reads."""

from __future__ import annotations

import json

import pytest

from gateway.core.problem import Problem
from gateway.schema.drawn.draw import draw
from gateway.schema.errors import ContractError
from tests.schema.drawn.drawing import Contract_, document

PET = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1}, "pet name": {"type": ["string", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "labels": {"type": "object", "additionalProperties": {"type": "integer"}},
        "mother": {"$ref": "#/components/schemas/Pet"}, "what": {},
        "food": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "number"}}]},
    },
}  # fmt: skip
CAT = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}}
DOG = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "bark": {"type": "string"}}}
BEAST = {
    "anyOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
    "discriminator": {"propertyName": "kind", "mapping": {"hound": "#/components/schemas/Dog"}},
}


@pytest.fixture(name="contract")
def _contract(tmp_path):
    return Contract_(tmp_path, document({"Pet": PET}, {"$ref": "#/components/schemas/Pet"}))


@pytest.mark.parametrize(
    "text",
    ['{"name": "r", "pet name": null, "tags": [], "labels": {"a b": 1}}', '{"name": "r", "what": {"a": [1, null, "x"]}}',
     '{"name": "r", "mother": {"name": "m", "food": [1.50, 2]}, "food": "f"}', '{"name": "r", "what": null}'],
)  # fmt: skip
def test_what_the_service_says_comes_back(contract, text):
    assert contract.there_and_back(text)[1] == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ["{}", "[]", "null", '{"name": ""}', '{"name": "r", "pet_name": "x"}', '{"name": "r", "tags": ["a", "a"]}',
     '{"name": "r", "labels": {"a": "b"}}', '{"name": "r", "food": true}', '{"name": "r", "more": 1}'],
)  # fmt: skip
def test_what_its_schema_refuses_does_not_pass(contract, text):
    with pytest.raises(Problem) as refused:
        contract.there_and_back(text)
    assert refused.value.findings


def test_a_discriminator_chooses(tmp_path):
    schemas = {"Cat": CAT, "Dog": DOG, "Beast": BEAST}
    contract = Contract_(tmp_path, document(schemas, {"$ref": "#/components/schemas/Beast"}))
    xml, back = contract.there_and_back('{"kind": "hound", "bark": "wuff"}')
    assert "Dog>" in xml
    assert back == {"kind": "hound", "bark": "wuff"}


def test_who_builds_on_a_base_may_stand_in_its_place(tmp_path):
    base = {"type": "object", "properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind"}}
    child = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"n": {"type": "integer"}}}]}
    contract = Contract_(tmp_path, document({"Base": base, "Child": child}, {"$ref": "#/components/schemas/Base"}, "3.0.3"))
    for text, name in (('{"kind": "Child", "n": 1}', "Child>"), ('{"kind": "Base"}', "Base>")):
        xml, back = contract.there_and_back(text)
        assert name in xml
        assert back == json.loads(text)


@pytest.mark.parametrize("schema", [{"type": "array", "items": {"type": "integer"}}, {"type": "integer"}, {}])
def test_bodies_that_are_no_objects(tmp_path, schema):
    contract = Contract_(tmp_path, document({}, schema))
    text = "[1, 2]" if schema.get("type") != "integer" else "7"
    assert contract.there_and_back(text)[1] == json.loads(text)


def test_the_same_document_gives_the_same_bytes(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(document({"Pet": PET}, {"$ref": "#/components/schemas/Pet"})))
    one, other = (draw(str(tmp_path / "a.json")) for _ in range(2))
    assert (one.xsd, one.wsdl, one.shapes) == (other.xsd, other.wsdl, other.shapes)


@pytest.mark.parametrize("value", [{"swagger": "2.0"}, {"openapi": "2.0"}, [], {"openapi": "3.1.0"}])
def test_what_is_no_openapi_3_is_refused(tmp_path, value):
    (tmp_path / "a.json").write_text(json.dumps(value))
    with pytest.raises(ContractError):
        draw(str(tmp_path / "a.json"))


def test_wrappers_inside_of_their_own_name_carry_what_they_are_of(tmp_path):
    cube = {"type": "array", "items": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}}
    maps = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}}}
    names = {"type": "array", "items": {"type": "object", "properties": {"item": cube, "Books": maps}}}
    books = {"type": "object", "properties": {"books": names}}
    contract = Contract_(tmp_path, document({"Books": books, "ObjectFactory": cube}, {"$ref": "#/components/schemas/Books"}))
    told = {"books": [{"item": [[[1, 2], []], []], "Books": {"a b": {"c": 3}, "d": {}}}, {}]}
    assert contract.there_and_back(json.dumps(told))[1] == told
    assert contract.there_and_back('{"books":[]}')[1] == {"books": []}
    assert 'name="ObjectFactory"' not in contract.drawn.xsd
