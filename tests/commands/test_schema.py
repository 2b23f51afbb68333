"""gateway.commands.schema: the JSON Schema of one message, as its JSON clients see it."""

from __future__ import annotations

import json

import jsonschema
import pytest

from .conftest import Call


def schema(text: str) -> jsonschema.Draft202012Validator:
    found = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def test_of_an_element(call: Call, xsd: str) -> None:
    found = schema(call("jsonschema", "--xsd", xsd, "--element", "order").out)
    assert found.is_valid({"id": 1, "line": ["a"]})
    assert not found.is_valid({"line": ["a"]})
    assert call("jsonschema", "--xsd", xsd).code == 2


def test_of_a_route_in_both_directions(call: Call) -> None:
    route = ("config/netid.yaml", "--route", "POST /api/task/release")
    request = schema(call("jsonschema", *route).out)
    assert request.is_valid({"SessionId": "", "Id": "1", "Count": "2"})
    assert not request.is_valid({"SessionId": "", "Id": 1, "Count": "2"})
    reply = schema(call("jsonschema", *route, "--direction", "response").out)
    assert reply.is_valid({"Status": {"Code": "Success", "Description": "Success"}})


def test_of_an_operation_of_a_wsdl(call: Call) -> None:
    done = call(
        "jsonschema", "--wsdl", "schemas/netid/portal.wsdl", "--operation", "ReleaseTask", "--direction", "request"
    )
    assert schema(done.out).is_valid({"Info": {"SessionId": "", "Id": 1, "Count": 2}})


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--element", "x"),
        ("--operation", "ReleaseTask", "--direction", "fault"),
        ("--operation", "x", "--element", "y"),
    ],
)
def test_misuse(call: Call, more: tuple[str, ...]) -> None:
    assert call("jsonschema", "config/netid.yaml", *more).code == 2
