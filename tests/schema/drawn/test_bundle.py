"""gateway.schema.drawn.bundle: schemas of any dialect as 2020-12, from any file of the folder."""

from __future__ import annotations

import json

import pytest

from gateway.schema.drawn.bundle import Bundle, Defs
from gateway.schema.drawn.texts import Library
from gateway.schema.errors import ContractError


def bundle(folder, value, direction="", **files):
    for name, text in {"main": value, **files}.items():
        (folder / f"{name}.json").write_text(json.dumps(text))
    library = Library()
    main = library.named(str(folder / "main.json"))
    made = Bundle(Defs(library, main), direction)
    return made, made.schema(main, ("x",), main.value["x"])


def test_openapi_3_0_becomes_2020(tmp_path):
    schema = {"type": "integer", "nullable": True, "minimum": 1, "exclusiveMinimum": True, "example": 5, "enum": [2]}
    _, found = bundle(tmp_path, {"openapi": "3.0.3", "x": schema})
    assert found == {"type": ["integer", "null"], "exclusiveMinimum": 1, "enum": [2, None]}


def test_older_drafts_become_2020(tmp_path):
    schema = {"items": [{}], "additionalItems": False, "dependencies": {"a": ["b"], "c": {"type": "object"}}}
    _, found = bundle(tmp_path, {"$schema": "http://json-schema.org/draft-07/schema#", "x": schema})
    assert found["prefixItems"] == [{}]
    assert found["items"] is False
    assert found["dependentRequired"] == {"a": ["b"]}
    assert found["dependentSchemas"] == {"c": {"type": "object"}}


def test_refs_over_files_get_names_of_their_own(tmp_path):
    here = {"$ref": "other.json#/$defs/P"}
    made, found = bundle(tmp_path, {"x": here}, other={"$defs": {"P": {"properties": {"p": {"$ref": "#/$defs/P"}}}}})
    assert found == {"$ref": "#/$defs/P"}
    assert made.defs == {"P": {"properties": {"p": {"$ref": "#/$defs/P"}}}}
    assert made.where(made.defs["P"]).file.endswith("other.json")


def test_what_only_answers_have_is_not_demanded_of_requests(tmp_path):
    schema = {"properties": {"id": {"readOnly": True}, "pw": {"writeOnly": True}}, "required": ["id", "pw"]}
    for direction, left in (("request", ["pw"]), ("response", ["id"]), ("", ["id", "pw"])):
        assert bundle(tmp_path, {"x": schema}, direction)[1]["required"] == left


@pytest.mark.parametrize(
    "schema",
    [5, {"$ref": "#/nowhere"}, {"type": "text"}, {"allOf": {}}, {"minLength": "1"}, {"enum": 1}, {"properties": []},
     {"$ref": "#gone"}, {"minimum": "1"}, {"required": ["a", 1]}],
)  # fmt: skip
def test_what_is_no_schema_is_refused_with_its_place(tmp_path, schema):
    with pytest.raises(ContractError) as refused:
        bundle(tmp_path, {"x": schema})
    assert refused.value.line == 1
    assert "#/x" in refused.value.message
