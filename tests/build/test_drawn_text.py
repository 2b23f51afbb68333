"""gateway.build.drawn_text: the configuration of a drawn contract."""

from __future__ import annotations

import json

import yaml

from gateway.build.drawn_text import configuration
from gateway.schema.drawn.draw import draw
from tests.schema.drawn.drawing import document


def drawn(folder, paths):
    told = document({}, {"type": "string"}) | {"paths": paths, "servers": [{"url": "http://x.example/v1"}]}
    (folder / "a.json").write_text(json.dumps(told))
    return draw(str(folder / "a.json"))


ERROR = {"description": "", "content": {"application/json": {"schema": {"type": "object", "properties": {"m": {}}}}}}


def test_routes_parameters_faults_and_address(tmp_path):
    get = {
        "operationId": "pet", "parameters": [{"name": "pet-id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": ERROR, "404": ERROR, "default": ERROR},
    }  # fmt: skip
    made = drawn(tmp_path, {"/pets/{pet-id}": {"get": get}})
    told = yaml.safe_load(configuration(made, "contract", "a.json"))["services"]["t"]
    assert told["operations"] == {"pet": {"writes": False}}
    assert told["upstream"]["url"] == "${T_URL:-http://x.example/v1}"
    assert told["upstream"]["routes"] == [{
        "route": "GET /pets/{pet_id}", "operation": "pet", "unwrap": {"response": ["result"]},
        "parameters": [{"in": "path", "name": "pet_id", "to": "/pet-id"}],
    }]  # fmt: skip
    assert [rule["status"] for rule in told["upstream"]["faults"]] == [404, "4XX", "5XX", 404, "4XX", "5XX"][:3]


def test_a_path_that_no_route_can_say_is_named(tmp_path):
    variable = {"name": "n", "in": "path", "required": True, "schema": {"type": "string"}}
    get = {"get": {"parameters": [variable], "responses": {}}}
    made = drawn(tmp_path, {"/a/{n}.json": get, "/a/{n}": get})
    assert [each.path for each in made.operations] == ["/a/{n}"], "the contract has what a route can call"
    assert "# GET /a/{n}.json: a variable is a whole step" in configuration(made, "contract", "a.json")
