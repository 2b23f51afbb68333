"""gateway.commands.schema: the JSON Schema of one message, as its JSON clients see it."""

from __future__ import annotations

import json
from pathlib import Path

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


def test_bounds_that_are_no_whole_numbers_are_written(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "bounds.xsd"
    path.write_text(
        """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="rate"><xs:simpleType>
        <xs:restriction base="xs:decimal"><xs:minInclusive value="0.00000000000000000001"/></xs:restriction>
        </xs:simpleType></xs:element><xs:element name="mass" type="xs:double"/></xs:schema>"""
    )
    rate = call("jsonschema", "--xsd", str(path), "--element", "rate").out
    assert '"minimum": 0.00000000000000000001' in rate
    mass = schema(call("jsonschema", "--xsd", str(path), "--element", "mass").out)
    assert all(mass.is_valid(sign * 1.7976931348623157e308) for sign in (1, -1))
    assert not mass.is_valid("1")


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
