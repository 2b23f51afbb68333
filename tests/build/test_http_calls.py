"""A service behind an HTTP binding, over sockets: JSON callers before it, URLs and forms out, XML in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from lxml import etree

from gateway.build.book import build
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.wire.conftest import gateway_of
from tests.wire.standin import StandIn, stand_in

CASE = Path(__file__).parents[1] / "golden/wsdl/http-bindings"
RATE = '<Rate xmlns="urn:t"><value>1.10</value></Rate>'
ASK = {"code": "a/ü", "day": "2026-11-30"}


@asynccontextmanager
async def serving(port: str) -> AsyncIterator[tuple[str, StandIn, aiohttp.ClientSession]]:
    async with stand_in() as service:
        config = f"services: {{s: {{wsdl: contract.wsdl, service: Rates, port: {port}, upstream: {{url: '{service.url}/base?k=v'}}}}}}"
        async with gateway_of(config, CASE) as gateway, aiohttp.ClientSession() as session:
            yield f"http://{gateway.addresses['data']}/Rates", service, session


@pytest.mark.parametrize(
    ("port", "operation", "method", "path", "query", "body"),
    [
        ("HttpGet", "GetRate", "GET", "/base/GetRate", "k=v&code=a%2F%C3%BC&day=2026-11-30", b""),
        ("HttpGet", "ByPath", "GET", "/base/rates/a%2F%C3%BC.xml", "k=v&on=2026-11-30", b""),
        ("HttpPost", "SetRate", "POST", "/base/SetRate", "k=v", b"code=a%2F%C3%BC&day=2026-11-30"),
    ],
)
async def test_parts_stand_where_the_binding_says(
    port: str, operation: str, method: str, path: str, query: str, body: bytes
) -> None:
    async with serving(port) as (base, service, session):
        service.say(200, RATE, "text/xml")
        async with session.post(f"{base}/{operation}", json=ASK) as reply:
            assert (reply.status, await reply.text()) == (200, '{"value":1.10}')
        asked = service.asked
        assert (asked.method, asked.body) == (method, body)
        assert asked.path in (path, path.replace("%2F", "/").replace("%C3%BC", "ü"))
        assert parse_qsl(asked.query) == parse_qsl(query)
        assert asked.headers.get("content-type") == ("application/x-www-form-urlencoded" if body else None)


async def test_xml_both_ways() -> None:
    async with serving("HttpPost") as (base, service, session):
        service.say(200, RATE, "application/xml")
        async with session.post(f"{base}/Xml", json={"code": "EUR"}) as reply:
            assert (reply.status, await reply.text()) == (200, '{"value":1.10}')
        root = etree.fromstring(service.asked.body)
        assert (root.tag, root.findtext("{urn:t}code")) == ("{urn:t}GetRate", "EUR")


async def test_an_operation_without_parts_and_without_an_answer() -> None:
    async with serving("HttpGet") as (base, service, session):
        service.say(200, "pong", "text/plain")
        async with session.post(f"{base}/Ping", json={}) as reply:
            assert (reply.status, await reply.read()) == (204, b"")
        assert (service.asked.method, service.asked.path) == ("GET", "/base/ping")


@pytest.mark.parametrize(
    ("status", "body", "kind", "seen", "slug"),
    [
        (404, "no", "text/plain", 404, "fault"),
        (500, "no", "text/plain", 502, "fault"),
        (503, "no", "text/plain", 503, "upstream-unavailable"),
        (401, "no", "text/plain", 502, "upstream-auth"),
        (200, "no", "text/plain", 502, "upstream-malformed"),
        (200, "", "text/xml", 502, "upstream-malformed"),
        (200, "<Rate xmlns='urn:t'/>", "text/xml", 502, "upstream-schema-violation"),
        (200, "<Other/>", "text/xml", 502, "upstream-schema-violation"),
        (200, "<!DOCTYPE x><x/>", "text/xml", 502, "upstream-malformed"),
    ],
)
async def test_what_the_service_answers_badly(status: int, body: str, kind: str, seen: int, slug: str) -> None:
    async with serving("HttpGet") as (base, service, session):
        service.say(status, body, kind)
        async with session.post(f"{base}/GetRate", json=ASK) as reply:
            problem = await reply.json(content_type=None)
            assert (reply.status, problem["type"]) == (seen, f"/problems/{slug}"), problem


async def test_a_message_that_breaks_its_types_is_not_sent() -> None:
    async with serving("HttpGet") as (base, service, session):
        for bad in ({"code": "long", "day": "2026-11-30"}, {"code": "a"}, {"code": "a", "day": "2026-11-30", "x": 1}):
            async with session.post(f"{base}/GetRate", json=bad) as reply:
                assert reply.status == 422
        async with session.post(f"{base}/ByPath", json={"code": "", "day": "2026-11-30"}) as reply:
            assert reply.status == 422, "an empty step of a path is another path"
        assert service.calls == []


async def test_operations_that_no_url_can_carry_are_refused_alone() -> None:
    async with serving("HttpGet") as (base, service, session):
        for name, words in (("Box", "no simple type"), ("Page", "text/html"), ("Lost", "has no place in the location")):
            async with session.post(f"{base}/{name}", json={}) as reply:
                assert reply.status == 501
                assert words in (await reply.json(content_type=None))["detail"]


def built(lines: str) -> Any:
    return build(parse(f"services:\n  s:\n    wsdl: contract.wsdl\n{lines}", base=CASE, env={}))


def test_a_soap_port_comes_first_and_an_http_one_where_there_is_no_other() -> None:
    assert [each.port.name for each in built("").services] == ["Soap", "HttpGet"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("    service: Rates\n    port: HttpPut\n", "the port HttpPut is not served: its verb is 'PUT'"),
        ("    service: Only\n    upstream: {mtom: 1}\n", "the port HttpGet has an HTTP binding"),
        ("    service: Only\n    upstream: {soap: '1.2'}\n", "the port HttpGet has an HTTP binding"),
    ],
)
def test_what_has_no_effect_or_is_not_served(lines: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        built(lines)
