"""What stands in an OpenAPI document in another JSON type than it has is told, never followed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.schema.drawn.draw import draw
from gateway.schema.drawn.forms import FORMS, misformed
from gateway.schema.errors import ContractError


def test_one_level_is_asked_and_null_is_absence() -> None:
    assert misformed("an answer", {"content": None, "description": 5}) is None
    assert misformed("an answer", {"content": []}) == (("content",), "`content` of an answer is an object")
    assert misformed("a parameter", "x") == ((), "a parameter is an object")
    assert all(misformed(kind, {}) is None for kind in FORMS)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("x", "a path item is an object"),
        ({"get": 5}, "an operation is an object"),
        ({"parameters": {}, "get": {}}, "`parameters` of a path item is a list"),
        ({"parameters": ["x"], "get": {}}, "a parameter is an object"),
        ({"get": {"parameters": [{"name": "a", "in": "query", "style": {}}]}}, "`style` of a parameter is text"),
        ({"get": {"parameters": [{"in": "query"}]}}, "a parameter has a name"),
        ({"post": {"requestBody": "x"}}, "`requestBody` of an operation is an object"),
        ({"post": {"requestBody": {"content": 5}}}, "`content` of a request body is an object"),
        ({"get": {"responses": {"200": "x"}}}, "an answer is an object"),
        ({"get": {"responses": {"200": {"content": ["x"]}}}}, "`content` of an answer is an object"),
        ({"get": {"parameters": [{"name": "a", "in": "query", "schema": {"type": [{}]}}]}}, "there is no type"),
        ({"get": {"parameters": [{"name": "a", "in": "query", "schema": {"uniqueItems": 1}}]}}, "uniqueItems is true or false"),
        ({"get": {"parameters": [{"name": "a", "in": "query", "schema": {"dependentRequired": {"b": {}}}}]}}, "lists of names"),
    ],
)
def test_each_is_told_at_its_place(item: Any, words: str, tmp_path: Path) -> None:
    document = {"openapi": "3.1.0", "info": {"title": "T"}, "paths": {"/a": item}}
    (tmp_path / "a.json").write_text(json.dumps(document, indent=1))
    with pytest.raises(ContractError, match=words) as told:
        draw(str(tmp_path / "a.json"))
    assert "/paths/~1a" in told.value.message
    assert told.value.line


def test_a_name_that_is_required_twice_is_required(tmp_path: Path) -> None:
    schema = {"properties": {"b": {"type": "string"}}, "required": ["b", "b"], "type": ["object", "object"]}
    get = {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}
    document = {"openapi": "3.1.0", "info": {"title": "T"}, "paths": {"/a": {"get": get}}}
    (tmp_path / "a.json").write_text(json.dumps(document))
    (operation,) = draw(str(tmp_path / "a.json")).operations
    assert operation.result is not None
    assert operation.result.schema["required"] == ["b"]
    assert operation.result.schema["type"] == ["object"]


def test_a_parameter_of_a_path_without_it_is_told_and_left_out(tmp_path: Path) -> None:
    get = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}], "responses": {}}
    document = {"openapi": "3.1.0", "info": {"title": "T"}, "paths": {"/a": {"get": get}}}
    (tmp_path / "a.json").write_text(json.dumps(document))
    made = draw(str(tmp_path / "a.json"))
    assert made.operations[0].parameters == ()
    assert [remark.what for remark in made.remarks] == ["parameter id"]
