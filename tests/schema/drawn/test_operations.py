"""gateway.schema.drawn.operations: parameters, bodies, answers and faults; what is not carried is named."""

from __future__ import annotations

import json

import pytest

from gateway.schema.drawn.draw import draw
from gateway.schema.errors import ContractError


def drawn(folder, paths, **more):
    (folder / "a.json").write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "T"}, "paths": paths, **more}))
    return draw(str(folder / "a.json"))


def content(schema, media="application/json"):
    return {"description": "", "content": {media: {"schema": schema}}}


def parameter(name, place, schema, **more):
    return {"name": name, "in": place, "schema": schema, "required": place == "path", **more}


def test_parameters_are_members(tmp_path):
    texts = {"type": "array", "items": {"type": "string"}}
    deep = {"type": "object", "properties": {"x": {"type": "integer"}}}
    given = [
        parameter("id", "path", {"type": "integer"}), parameter("tag", "query", texts), parameter("X-A", "header", texts),
        parameter("csv", "query", texts, explode=False), parameter("old", "query", texts, style="spaceDelimited"),
        parameter("pipe", "query", texts, style="pipeDelimited", explode=True), parameter("odd", "query", texts, style="x"),
        parameter("f", "query", deep, style="deepObject"),
        parameter("Accept", "header", {"type": "string"}), parameter("sid", "cookie", {"type": "string"}),
    ]  # fmt: skip
    given += [parameter("ids", "path", texts), parameter("m", "path", texts, style="matrix")]
    made = drawn(tmp_path, {"/a/{id}/{ids}/{m}": {"parameters": given, "get": {"responses": {}}}})
    (operation,) = made.operations
    assert [(each.name, each.xml, each.many, each.parted) for each in operation.parameters] == [
        ("id", "id", False, ""), ("tag", "tag", True, ""), ("X-A", "X-A", True, ""), ("csv", "csv", True, "comma"),
        ("old", "old", True, "space"), ("pipe", "pipe", True, ""), ("odd", "odd", False, ""), ("f[x]", "f_x_", False, ""),
        ("ids", "ids", True, ""), ("m", "m", False, ""),
    ]  # fmt: skip
    assert {each.what for each in made.remarks} == {"parameter odd", "parameter m", "header Accept", "cookie sid"}


def test_faults_are_shared_and_know_their_statuses(tmp_path):
    error = {"$ref": "#/components/schemas/E"}
    responses = {"200": content({"type": "string"}), "404": content(error), "default": content(error), "409": content({"type": "string"})}
    made = drawn(
        tmp_path,
        {"/a": {"get": {"operationId": "a", "responses": responses}}},
        components={"schemas": {"E": {"type": "object", "properties": {"m": {"type": "string"}}}}},
    )
    faults = {fault.element: (fault.statuses, fault.wrapped) for fault in made.operations[0].faults}
    assert faults == {"EFault": (("404", "default"), False), "A409Fault": (("409",), True)}


@pytest.mark.parametrize(
    ("method", "operation", "why"),
    [
        ("post", {"requestBody": {"required": True, **content({}, "text/plain")}, "responses": {}}, "only JSON"),
        ("get", {"responses": {"200": content({}, "image/png")}}, "only JSON"),
        ("get", {"parameters": [parameter("s", "cookie", {}) | {"required": True}], "responses": {}}, "cookies"),
        ("head", {"responses": {}}, "not served"),
    ],
)
def test_what_cannot_be_carried_is_left_out_by_name(tmp_path, method, operation, why):
    made = drawn(tmp_path, {"/a": {method: operation}})
    assert made.operations == ()
    assert why in made.left[0].then
    assert made.left[0].where.line


def test_two_answers_are_one_of_them(tmp_path):
    responses = {"200": content({"type": "string"}), "202": content({"type": "array"}), "204": {"description": ""}}
    made = drawn(tmp_path, {"/a": {"post": {"responses": responses}}})
    result = made.operations[0].result
    assert result is not None
    assert not result.needed
    assert result.schema == {"anyOf": [{"type": "string"}, {"type": "array"}]}


def test_a_variable_that_is_no_parameter_is_refused(tmp_path):
    with pytest.raises(ContractError, match="is no parameter"):
        drawn(tmp_path, {"/a/{id}": {"get": {"responses": {}}}})
