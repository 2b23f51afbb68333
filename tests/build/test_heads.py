"""gateway.build.heads: a mapped header block is one of the contract's and fits where it goes; then it travels both ways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.build.book import Built, build
from gateway.build.describe import description
from gateway.core.message import Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.rest_client import RestClient
from gateway.settings import Refused, parse

WSDL = Path(__file__).resolve().parents[1] / "golden/wsdl/headers-and-faults/contract.wsdl"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def built(*headers: dict[str, str]) -> Built:
    route = {"route": "POST /get", "operation": "Get", "headers": list(headers)}
    return build(parse(json.dumps({"services": {"s": {"wsdl": str(WSDL), "routes": [route]}}}), file="c.yaml", env={}))


def ask(made: Built, body: object, **fields: str) -> bytes:
    """The envelope that a request becomes."""
    _, face = made.route("POST /get") or pytest.fail("no route")
    wire = Wire({"content-type": "application/json", **fields}, json.dumps(body).encode(), method="POST", path="/get")
    exchange = RestClient(made.speaker, face.rest).read_request(wire, face.route)
    return bytes(face.bound.operation.faces["1.1"].request.write(exchange.request))


def answer(made: Built, head: str) -> Wire:
    """What a client gets of an envelope."""
    _, face = made.route("POST /get") or pytest.fail("no route")
    rest = RestClient(made.speaker, face.rest)
    wire = Wire({"content-type": "application/json", "x-session": "s"}, b'{"id": 1}', method="POST", path="/get")
    if not any(each.http for each in face.rest.heads.request):
        wire.body = b'{"$headers": {"Session": "s"}, "id": 1}'
    exchange = rest.read_request(wire, face.route)
    codec = face.bound.operation.faces["1.1"].reply
    raw = f'<s:Envelope xmlns:s="{SOAP}" xmlns:t="urn:t"><s:Header>{head}</s:Header><s:Body><t:GetResponse>x</t:GetResponse></s:Body></s:Envelope>'
    envelope = codec.parse(raw.encode())
    return rest.write_reply(exchange, Message(codec, raw=raw.encode(), parsed=envelope, headers=envelope.headers))


def test_a_field_becomes_a_block() -> None:
    sent = ask(built({"name": "Session", "http": "X-Session"}), {"id": 1}, **{"x-session": " a  b "})
    assert b"<soap:Header><t:Session" in sent
    assert b">a b</t:Session>" in sent
    assert b"<t:id>1</t:id>" in sent


def test_a_member_of_headers_becomes_a_block_and_leaves_the_body() -> None:
    sent = ask(built({"name": "Session"}), {"$headers": {"Session": "s1"}, "id": 1})
    assert b">s1</t:Session>" in sent
    assert b"headers" not in sent


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"id": 1}, "/$headers/Session"),
        ({"$headers": [], "id": 1}, "/$headers"),
        ({"$headers": {"Session": {"a": 1}}, "id": 1}, "/$headers/Session"),
        ({"$headers": {"Session": "s", "Other": 1}, "id": 1}, "/$headers/Other"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(body: object, pointer: str) -> None:
    with pytest.raises(Problem) as caught:
        ask(built({"name": "Session"}), body)
    assert caught.value.kind is Kind.INVALID_MESSAGE
    assert [finding.pointer for finding in caught.value.findings] == [pointer]


def test_without_a_mapping_the_key_is_unknown() -> None:
    with pytest.raises(Problem):
        ask(built(), {"$headers": {"Session": "s"}, "id": 1})


def test_a_block_of_the_answer_is_in_the_json() -> None:
    reply = answer(built({"name": "Session"}, {"name": "Receipt"}), '<t:Receipt at="2024-05-17T09:30:00Z"/>')
    assert json.loads(reply.body) == {"$headers": {"Receipt": {"@at": "2024-05-17T09:30:00Z"}}, "$value": "x"}
    assert json.loads(answer(built({"name": "Session"}, {"name": "Receipt"}), "").body) == "x"


def test_a_block_that_breaks_its_type_is_the_services_fault() -> None:
    with pytest.raises(Problem) as caught:
        answer(built({"name": "Session"}, {"name": "Receipt"}), '<t:Receipt at="never"/>')
    assert caught.value.kind is Kind.UPSTREAM_SCHEMA_VIOLATION


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([{"name": "Gone"}], "declares no header block Gone; it declares Receipt, Session"),
        ([{"name": "Session"}, {"name": "Session"}], "mapped twice"),
        ([{"name": "Receipt", "http": "X-Receipt"}], "can go to `$headers` only"),
        ([{"name": "Session", "http": "Content-Type"}], "not a field that a header block may fill"),
    ],
)
def test_a_mapping_without_a_place_is_refused_with_its_line(headers: list[dict[str, str]], words: str) -> None:
    with pytest.raises(Refused, match=r"c\.yaml:1") as caught:
        built(*headers)
    assert words in str(caught.value)


def test_both_are_described() -> None:
    door = description(built({"name": "Session", "http": "X-Session"}, {"name": "Receipt"}))["paths"]["/get"]["post"]
    assert door["parameters"] == [{"name": "X-Session", "in": "header", "required": True, "schema": door["parameters"][0]["schema"]}]
    answer_schema = door["responses"]["200"]["content"]["application/json"]["schema"]
    assert list(answer_schema["properties"]) == ["$headers", "$value"]
    asked = description(built({"name": "Session"}))["paths"]["/get"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert asked["required"] == ["$headers", "id"]
    assert list(asked["properties"]["$headers"]["properties"]) == ["Session"]


def test_a_request_without_a_body_has_no_place_for_headers_in_its_json() -> None:
    route = {
        "route": "DELETE /get/{id}",
        "operation": "Get",
        "parameters": [{"in": "path", "name": "id", "to": "/id"}],
        "headers": [{"name": "Session"}],
    }
    text = json.dumps({"services": {"s": {"wsdl": str(WSDL), "operations": {"Get": {"writes": True}}, "routes": [route]}}})
    with pytest.raises(Refused, match="has no effect: the request has no body"):
        build(parse(text, file="c.yaml", env={}))
