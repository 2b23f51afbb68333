"""The half that faces JSON callers: what is taken, what is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.core.message import Fault, Message, Wire
from gateway.core.problem import Finding, Kind, Problem
from gateway.dialect.problem import Speaker
from gateway.dialect.rest_client import JSON, RestClient, RestRoute, is_empty, problem_wire
from tests.dialect.conftest import BOUGHT, envelope, sent


@pytest.fixture(name="route")
def _route(door: Any) -> Any:
    return door("/buy").route


@pytest.fixture(name="client")
def _client(shop: Any) -> RestClient:
    return RestClient(shop.speaker)


def test_a_request_is_read(client: RestClient, route: Any) -> None:
    exchange = client.read_request(sent(b'{"id": 7}'), route)
    assert (exchange.operation.name, exchange.request.value()) == ("Buy", {"id": 7})


@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        (b'{"id": 7}', {"content_type": "text/plain"}, Kind.UNSUPPORTED_MEDIA_TYPE),
        (b'{"id": 7}', {"content_type": ""}, Kind.UNSUPPORTED_MEDIA_TYPE),
        (b"id=7", {"content_type": "application/x-www-form-urlencoded"}, Kind.UNSUPPORTED_MEDIA_TYPE),
        (b'{"id": 7}', {"content_type": "application/json; charset=latin-1"}, Kind.UNSUPPORTED_CHARSET),
        (b" \n<a/>", {}, Kind.CONTENT_MISMATCH),
        (b"{", {}, Kind.MALFORMED_JSON),
        (b'{"id": 7}', {"accept": "text/html"}, Kind.NOT_ACCEPTABLE),
    ],
)
def test_refused(client: RestClient, route: Any, body: bytes, headers: Any, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        client.read_request(sent(body, **headers), route)
    assert caught.value.kind is kind


def test_no_body_needs_no_content_type(client: RestClient, door: Any) -> None:
    assert client.read_request(Wire({}, b""), door("/Shop/GetPrice").route).operation.name == "GetPrice"


def test_a_content_type_without_a_body_speaks_of_nothing(client: RestClient, door: Any) -> None:
    wire = Wire({"content-type": "application/octet-stream"}, b"")
    assert client.read_request(wire, door("/Shop/GetPrice").route).operation.name == "GetPrice"


def test_an_answer(client: RestClient, route: Any, shop: Any) -> None:
    exchange = client.read_request(sent(b'{"id": 7}'), route)
    exchange.reply_headers["x-own"] = "1"
    codec = shop.bound("Buy").operation.faces["1.1"].reply
    reply = client.write_reply(exchange, Message(codec, parsed=codec.parse(envelope(BOUGHT))))
    assert (reply.status, reply.body) == (200, b'{"Task":{"n":1}}')
    assert (reply.headers["content-type"], reply.headers["x-own"]) == (JSON, "1")


def test_a_one_way_call_is_202(client: RestClient, door: Any) -> None:
    exchange = client.read_request(sent(b'{"text": "x"}'), door("/Shop/Tell").route)
    reply = client.write_reply(exchange, Message(exchange.request.codec, value={}))
    assert (reply.status, reply.body) == (202, b"")


@pytest.mark.parametrize(
    ("path", "fault", "status", "outcome"),
    [
        ("/buy", Fault("Sender", "no"), 400, "rejected"),
        ("/buy", Fault("Receiver", "no"), 502, "unknown"),
        ("/buy", Fault("Receiver", "no", declared="{urn:t}X"), 422, "rejected"),
        ("/buy", Fault("Receiver", "no", name="{urn:t}SoldOut", declared="{urn:t}SoldOut"), 409, "rejected"),
        ("/Shop/GetPrice", Fault("Receiver", "no"), 502, None),
    ],
)
def test_a_fault_is_a_problem(
    client: RestClient, door: Any, path: str, fault: Fault, status: int, outcome: Any
) -> None:
    exchange = client.read_request(sent(b""), door(path).route)
    exchange.request_id = "r1"
    reply = client.write_reply(exchange, Message(exchange.request.codec, value=None, fault=fault))
    told = json.loads(reply.body)
    assert (reply.status, told["status"], told.get("outcome")) == (status, status, outcome)
    assert (told["type"], told["requestId"], told["fault"]["reason"]) == ("/problems/fault", "r1", "no")
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_problem_on_the_wire() -> None:
    problem = Problem(Kind.METHOD_NOT_ALLOWED, headers={"allow": "GET"}, close=True)
    reply = problem_wire(Speaker(), problem, "r1")
    assert reply.status == 405
    assert reply.headers == {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "allow": "GET",
        "connection": "close",
    }


def answer(shop: Any, route: Any, rest: RestRoute, **headers: str) -> Wire:
    client = RestClient(shop.speaker, rest)
    exchange = client.read_request(sent(b'{"id": 7}', **headers), route)
    codec = shop.bound("Buy").operation.faces["1.1"].reply
    return client.write_reply(exchange, Message(codec, parsed=codec.parse(envelope(BOUGHT))))


def test_a_route_may_name_its_status_and_location(shop: Any, route: Any) -> None:
    made = answer(shop, route, RestRoute(status=201, location="/tasks/{/Task/n}"))
    assert (made.status, made.headers["location"]) == (201, "/tasks/1")
    assert "location" not in answer(shop, route, RestRoute(location="/tasks/{/Task/none}")).headers
    assert answer(shop, route, RestRoute(status=204)).body == b""


def test_a_version_is_a_strong_tag(shop: Any, route: Any) -> None:
    assert answer(shop, route, RestRoute(version_reply=("Task", "n"))).headers["etag"] == '"1"'


def test_a_read_has_a_tag_and_may_be_unchanged(shop: Any, route: Any) -> None:
    tag = answer(shop, route, RestRoute(reads=True)).headers["etag"]
    again = answer(shop, route, RestRoute(reads=True), if_none_match=f"W/{tag}")
    assert (again.status, again.body) == (304, b"")


def test_who_wants_no_more_than_a_status(shop: Any, route: Any) -> None:
    reply = answer(shop, route, RestRoute(), prefer="wait=5, return=minimal")
    assert (reply.status, reply.body, reply.headers["preference-applied"]) == (204, b"", "return=minimal")


def test_what_has_no_content_is_empty() -> None:
    assert is_empty({"a": [None, {"b": ""}]})
    assert not is_empty({"a": 0})


def test_a_part_of_the_reply_is_the_answer(shop: Any, route: Any) -> None:
    made = answer(shop, route, RestRoute(body_reply=("Task",), location="/tasks/{/Task/n}", version_reply=("Task", "n")))
    assert json.loads(made.body) == {"n": 1}
    assert (made.headers["location"], made.headers["etag"]) == ("/tasks/1", '"1"')
    none = answer(shop, route, RestRoute(body_reply=("Nothing",)))
    assert (none.status, none.body) == (204, b"")
    with pytest.raises(Problem):
        answer(shop, route, RestRoute(body_reply=("Nothing",), empty=404))


def test_the_body_is_a_part_of_the_request_and_findings_are_told_in_its_terms(shop: Any, route: Any) -> None:
    client = RestClient(shop.speaker, RestRoute(body_request=("Inner",), chosen_by="do"))
    exchange = client.read_request(sent(b'{"do":"x","id":1}'), route)
    assert exchange.request.parsed == {"Inner": {"id": 1}}
    assert exchange.request.raw is None
    findings = [Finding("/Inner/id", "", "bad", ""), Finding("/Inner", "", "bad", ""), Finding("/Innerst", "", "bad", "")]
    problem = Problem(Kind.INVALID_MESSAGE, findings=findings)
    told = json.loads(client.write_problem(problem, "r", sent(b"")).body)
    assert [each["pointer"] for each in told["errors"]] == ["/id", "", "/Innerst"]
