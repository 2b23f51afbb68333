"""The OpenAPI document: valid by the specification, complete in its answers, its examples true."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import openapi_spec_validator
import pytest

from gateway.build.book import build
from gateway.build.describe import description
from gateway.codec.json import dumps
from gateway.core.problem import Kind
from gateway.schema.ir import Settings
from gateway.schema.openapi import Body, DoorDoc, FaultBody, openapi
from gateway.settings import load

CONFIG = Path(__file__).resolve().parents[2] / "config"
PROBLEM = "application/problem+json"
EVERY = sorted(file.stem for file in CONFIG.glob("*.yaml") if file.stem != "netid-encrypted")  # it needs keys


@cache
def document(name: str, dialect: str = "3.1") -> dict[str, Any]:
    """The document as a client gets it."""
    built = build(load(CONFIG / f"{name}.yaml", {}))
    return json.loads(dumps(description(built, dialect)))  # type: ignore[no-any-return]


def operations(name: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document(name)["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize("name", EVERY)
def test_the_document_is_valid(name: str) -> None:
    openapi_spec_validator.validate(document(name))
    assert document(name)["openapi"] == "3.1.0"
    assert max(map(len, _keys(document(name)))) < 1024  # what reads JSON as YAML takes no longer one


def _keys(one: Any) -> list[str]:
    if isinstance(one, list):
        return [key for inner in one for key in _keys(inner)]
    return [*one, *(key for inner in one.values() for key in _keys(inner))] if isinstance(one, dict) else []


@pytest.mark.parametrize("name", ["netid", "projector"])
def test_every_operation_has_an_id_of_its_own_and_every_answer(name: str) -> None:
    found = operations(name)
    ids = [operation["operationId"] for _, _, operation in found]
    assert len(ids) == len(set(ids))
    for _, _, operation in found:
        answers = operation["responses"]
        assert {"400", "413", "415", "422", "502", "503", "504", "default"} <= answers.keys()
        assert answers.keys() & {"200", "201", "202", "204"}


@pytest.mark.parametrize("name", ["netid", "projector"])
def test_every_example_is_valid_by_its_schema(name: str) -> None:
    whole = document(name)
    seen = 0
    for _, path, operation in operations(name):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            media = body.get("content", {}).get("application/json")
            if media is None:
                continue
            schema = {**media["schema"], "components": whole["components"]}
            examples = [each["value"] for each in media.get("examples", {}).values()] or [media["example"]]
            for example in examples:
                assert jsonschema_rs.Draft202012Validator(schema).is_valid(example), path
            seen += 1
    assert seen >= 1.7 * len(operations(name))  # some have no body, or no answer


def test_the_portals_routes_are_described_as_documented() -> None:
    operation = document("netid")["paths"]["/api/task/release"]["post"]
    whole = document("netid")
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    checker = jsonschema_rs.Draft202012Validator({**schema, "components": whole["components"]})
    assert checker.is_valid({"SessionId": "", "Id": "273672", "Count": "2"})
    assert not checker.is_valid({"SessionId": "", "Id": 273672, "Count": "2"})
    assert operation["x-encryption"] == "required"
    assert operation["summary"].startswith("Give a task up")


def test_the_problem_component_names_every_kind() -> None:
    words = document("netid")["components"]["schemas"]["Problem"]["description"]
    assert all(f"`{kind.slug}`" in words for kind in Kind)


def test_two_faults_of_one_status_stand_side_by_side(schema: Any) -> None:
    one = schema(
        '<xs:element name="r"><xs:complexType/></xs:element><xs:element name="A" type="xs:int"/>'
        '<xs:element name="B" type="xs:string"/>'
    ).laid()
    bodies = {name: Body(one, f"{{urn:t}}{name}", Settings()) for name in "rAB"}
    faults = [FaultBody("A", 422, bodies["A"]), FaultBody("B", 422, bodies["B"]), FaultBody("B", 423, bodies["B"])]
    door = DoorDoc("POST", "/S/Op", "Op", "S", request=bodies["r"], reply=bodies["r"], faults=faults)
    found = openapi("S", "1", [door])
    openapi_spec_validator.validate(json.loads(dumps(found)))
    answers = found["paths"]["/S/Op"]["post"]["responses"]
    forms = answers["422"]["content"][PROBLEM]["schema"]["anyOf"]
    details = [form.get("properties", {}).get("fault", {}).get("properties", {}).get("detail") for form in forms]
    assert len([detail for detail in details if detail]) == 2
    assert {"$ref": "#/components/schemas/Problem"} in forms, "a broken message is 422 as well"
    assert answers["423"]["content"][PROBLEM]["schema"]["properties"]["fault"]["properties"]["detail"]


def test_a_contracts_own_problem_is_not_the_gateways(schema: Any) -> None:
    """A type of the contract called as a component of the gateway's stands beside it, and is what its members mean."""
    whole = schema(
        '<xs:complexType name="Problem"><xs:sequence><xs:element name="why" type="xs:string"/></xs:sequence></xs:complexType>'
        '<xs:complexType name="Finding"><xs:sequence><xs:element name="of" type="Problem"/></xs:sequence></xs:complexType>'
        '<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="found" type="Finding"/></xs:sequence></xs:complexType></xs:element>'
        '<xs:element name="F" type="Problem"/>'
    ).laid()
    body = Body(whole, "{urn:t}r", Settings())
    fault = FaultBody("F", 404, Body(whole, "{urn:t}F", Settings()))
    found = openapi("S", "1", [DoorDoc("POST", "/S/Op", "Op", "S", request=body, reply=body, faults=[fault])])
    operation, schemas = found["paths"]["/S/Op"]["post"], found["components"]["schemas"]
    asked = {**operation["requestBody"]["content"]["application/json"]["schema"], "components": {"schemas": schemas}}
    assert jsonschema_rs.Draft202012Validator(asked).is_valid({"found": {"of": {"why": "x"}}})
    detail = operation["responses"]["404"]["content"][PROBLEM]["schema"]["properties"]["fault"]["properties"]["detail"]
    assert jsonschema_rs.Draft202012Validator({**detail, "components": {"schemas": schemas}}).is_valid({"why": "x"})
    assert "requestId" in schemas["Problem"]["properties"], "the gateway's own keeps its name"


def test_one_way_and_empty_answers(schema: Any) -> None:
    body = Body(schema('<xs:element name="r"><xs:complexType/></xs:element>').laid(), "{urn:t}r", Settings())
    doors = [
        DoorDoc("POST", "/S/One", "One", "S", request=body, one_way=True),
        DoorDoc("POST", "/S/Empty", "Empty", "S", request=body),
        DoorDoc("GET", "/s/{id}", "One", "S", request=body, one_way=True),
        DoorDoc("GET", "/s/id", "One", "S", request=body, one_way=True),
    ]
    paths = openapi("S", "1", doors, "Words.")["paths"]
    assert "202" in paths["/S/One"]["post"]["responses"]
    assert "204" in paths["/S/Empty"]["post"]["responses"]
    assert "requestBody" not in paths["/s/{id}"]["get"]
    assert [paths["/s/{id}"]["get"]["operationId"], paths["/s/id"]["get"]["operationId"]] == ["get_s_id", "get_s_id_2"]


def test_a_rule_between_members_is_no_alternative() -> None:
    from gateway.schema.openapi import plainly

    rule = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"anyOf": [{"type": "null"}]}}, **rule}
    plainly(schema)
    assert schema["then"] == rule
    assert "anyOf" not in schema
    assert schema["properties"]["b"] == {"anyOf": [{"type": "null"}]}


def test_only_the_answers_that_are_given_are_components() -> None:
    whole = document("netid")
    text = dumps(whole["paths"]).decode()
    assert all(f"#/components/responses/{status}\"" in text for status in whole["components"]["responses"])
    assert whole["security"] == []
    assert {tag["name"] for tag in whole["tags"]} >= {"Portal", "Tasks", "Holds", "Actions"}


def test_several_operations_behind_one_route_are_one_operation() -> None:
    operation = document("netid")["paths"]["/tasks/{id}/actions"]["post"]
    assert operation["x-operation"] == "Portal/ExecuteTask, BackTask"
    media = operation["requestBody"]["content"]["application/json"]
    actions = [form["properties"]["action"]["enum"] for form in media["schema"]["anyOf"]]
    assert actions == [["complete"], ["back"]]
    assert media["examples"]["back"]["value"] == {"action": "back"}


def test_a_resource_says_what_it_takes_and_gives() -> None:
    paths = document("netid")["paths"]
    put = paths["/tasks/{id}"]["put"]
    assert {each["name"]: each["required"] for each in put["parameters"]} == {"id": True, "If-Match": True}
    schema = put["requestBody"]["content"]["application/json"]["schema"]
    assert "id" in schema["properties"]  # as it was read
    assert "id" not in schema["required"]
    assert {"holderId", "entityId"} <= set(schema["required"])
    assert {"200", "204", "404", "409", "412", "423", "428"} <= set(put["responses"])
    assert "requestBody" not in paths["/tasks/{id}/hold"]["put"]
    post = paths["/tasks"]["post"]
    assert set(post["responses"]["201"]["headers"]) == {"Location", "Idempotency-Replayed", "Preference-Applied"}
    assert post["requestBody"]["content"]["application/json"]["example"] == {"type": "123", "entityId": 61}
    assert [each["name"] for each in post["parameters"]] == ["Idempotency-Key"]
    get = paths["/tasks/{id}"]["get"]
    assert get["parameters"][0]["example"] == 51001
