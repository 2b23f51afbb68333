"""The half before an HTTP binding alone; over sockets: tests/build/test_http_calls.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.build.book import build
from gateway.build.http_calls import http_upstream
from gateway.core.limits import DEFAULT
from gateway.core.message import Exchange, Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.http_upstream import HttpUpstream
from gateway.settings import parse

CASE = Path(__file__).parents[1] / "golden/wsdl/http-bindings"


@pytest.fixture(scope="module")
def service() -> Any:
    text = "services: {s: {wsdl: contract.wsdl, service: Rates, port: HttpGet, upstream: {url: 'http://h/', headers: {X-Key: k}}}}"
    return build(parse(text, base=CASE, env={})).services[0]


@pytest.fixture
def upstream(service: Any) -> HttpUpstream:
    return http_upstream(service, "/", "", DEFAULT)


def exchange(service: Any, name: str, value: Any) -> Exchange:
    face = service.face(name)
    return Exchange(face.route.operation, Message(face.route.json_face.request, parsed=value), facts={"traceparent": "t"})


def test_the_call(service: Any, upstream: HttpUpstream) -> None:
    wire = upstream.write_request(exchange(service, "GetRate", {"code": "a&b", "day": "2026-11-30"}))
    assert (wire.method, wire.path, wire.query, wire.body) == ("GET", "/GetRate", "code=a%26b&day=2026-11-30", b"")
    assert wire.headers == {"accept": "text/xml, application/xml", "traceparent": "t", "x-key": "k"}


def test_no_part_breaks_out_of_its_place(service: Any, upstream: HttpUpstream) -> None:
    wire = upstream.write_request(exchange(service, "ByPath", {"code": "(d", "day": "2026-11-30"}))
    assert (wire.path, wire.query) == ("/rates/%28d.xml", "on=2026-11-30")
    wire = upstream.write_request(exchange(service, "ByPath", {"code": "?#/", "day": "2026-11-30"}))
    assert (wire.path, wire.query) == ("/rates/%3F%23%2F.xml", "on=2026-11-30")


@pytest.mark.parametrize("code", ["", ".", ".."])
def test_a_step_that_would_lead_elsewhere(service: Any, upstream: HttpUpstream, code: str) -> None:
    with pytest.raises(Problem) as caught:
        upstream.write_request(exchange(service, "ByPath", {"code": code, "day": "2026-11-30"}))
    assert (caught.value.kind, caught.value.findings[0].pointer) == (Kind.INVALID_MESSAGE, "/code")


def test_the_answer(service: Any, upstream: HttpUpstream) -> None:
    asked = exchange(service, "GetRate", {"code": "a", "day": "2026-11-30"})
    reply = upstream.read_reply(asked, Wire({}, b'<r:Rate xmlns:r="urn:t"><r:value>1</r:value></r:Rate>', status=200))
    assert str(reply.value()["value"]) == "1"
    latin = "<?xml version='1.0' encoding='iso-8859-1'?><r:Rate xmlns:r='urn:t'><!-- Å --><r:value>2</r:value></r:Rate>"
    assert str(upstream.read_reply(asked, Wire({}, latin.encode("latin-1"), status=200)).value()["value"]) == "2"
    fault = upstream.read_reply(asked, Wire({}, b"<html/>", status=418)).fault
    assert (fault.code, fault.status, fault.reason) == ("Sender", 418, "The service answered HTTP 418.")
