"""Conditions and the header fields of answers, over the wire: what a REST client sends and gets, whoever stands behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.wire.conftest import gateway_of
from tests.wire.standin import PROBLEM, StandIn, stand_in

JSON_BEHIND = """
services:
  orders:
    wsdl: schemas/orders/orders.wsdl
    path: /soap
    default_routes: false
    mapping: {names: camel}
    upstream: {url: URL/v1, speaks: json}
    routes:
      - {route: "GET /orders/{id}", operation: GetOrder, unwrap: {response: [Order]}, parameters: [{in: path, name: id, to: /id}]}
      - {route: POST /orders, operation: PlaceOrder, status: 201}
      - {route: "POST /orders/{id}/cancellation", operation: CancelOrder, parameters: [{in: path, name: id, to: /id}]}
      - {route: GET /orders, operation: SearchOrders, parameters: [{in: query, name: limit, to: /limit}]}
"""
SOAP_BEHIND = """
cors: {origins: ["https://app.example"]}
services:
  orders:
    wsdl: schemas/orders/orders.wsdl
    path: /soap
    default_routes: false
    mapping: {names: camel}
    faults: [{code: Sender.Busy, status: 429}]
    upstream: {url: URL/svc, soap: "1.1"}
    routes:
      - {route: "GET /orders/{id}", operation: GetOrder, unwrap: {response: [Order]}, empty: 404, parameters: [{in: path, name: id, to: /id}]}
      - {route: "GET /lists/{tenant}", operation: GetOrder, parameters: [{in: path, name: tenant, to: /id}], headers: [{name: Tenant, http: Tenant}], cache: 60}
      - {route: GET /found, operation: SearchOrders, parameters: [{in: header, name: Customer, to: /customer}], cache: 60}
      - {route: POST /orders, operation: PlaceOrder, status: 201, idempotency: optional}
      - {route: "POST /orders/{id}/cancellation", operation: CancelOrder, parameters: [{in: path, name: id, to: /id}], version: {request: /version}}
"""
ORDER = '{"id":7,"customer":"Ada","state":"open","line":[{"article":"nut","count":3}]}'
SOAP_ORDER = "<o:Order><o:Id>7</o:Id><o:Customer>Ada</o:Customer><o:State>open</o:State><o:Line><o:Article>nut</o:Article><o:Count>3</o:Count></o:Line></o:Order>"
FAULT = "<s:Fault><faultcode>s:Client.Busy</faultcode><faultstring>later</faultstring></s:Fault>"


def envelope(body: str) -> str:
    return f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:o="urn:example:orders"><s:Body>{body}</s:Body></s:Envelope>'


@asynccontextmanager
async def chain(text: str) -> AsyncIterator[tuple[StandIn, aiohttp.ClientSession]]:
    async with (
        stand_in() as service,
        gateway_of(text.replace("URL", service.url)) as gateway,
        aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client,
    ):
        yield service, client


async def ask(client: aiohttp.ClientSession, verb: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    async with client.request(verb, path, json=body, headers=named) as reply:
        return reply.status, reply.headers, await reply.json(content_type=None) if await reply.read() else None


async def test_a_json_services_own_validators_are_passed_on_and_its_conditions_asked_of_it() -> None:
    async with chain(JSON_BEHIND) as (service, client):
        service.say(200, ORDER, headers={"ETag": 'W/"r7"', "Last-Modified": "Fri, 31 Dec 1999 23:59:59 GMT", "Set-Cookie": "a=b", "X-Inner": "1"})
        status, fields, _ = await ask(client, "GET", "/orders/7")
        assert (status, fields["ETag"], fields["Last-Modified"]) == (200, 'W/"r7"', "Fri, 31 Dec 1999 23:59:59 GMT")
        assert "Set-Cookie" not in fields
        assert "X-Inner" not in fields
        service.say(304, "", headers={"ETag": 'W/"r7"'})
        status, fields, body = await ask(client, "GET", "/orders/7", if_none_match='W/"r7"', if_modified_since="Fri, 31 Dec 1999 23:59:59 GMT")
        assert (status, fields["ETag"], body) == (304, 'W/"r7"', None)
        assert service.asked.headers["If-None-Match"] == 'W/"r7"'
        assert service.asked.headers["If-Modified-Since"] == "Fri, 31 Dec 1999 23:59:59 GMT"
        service.say(412, '{"title":"changed"}', PROBLEM)
        status, _, told = await ask(client, "POST", "/orders/7/cancellation", {}, if_match='"r6"')
        assert (status, told["status"], service.asked.headers["If-Match"]) == (412, 412, '"r6"')
        service.say(200, "{}", headers={"ETag": '"r8"'})
        status, fields, _ = await ask(client, "POST", "/orders/7/cancellation", {}, if_match='"r7"')
        assert (status, fields["ETag"]) == (200, '"r8"')


async def test_the_gateway_compares_itself_where_the_service_does_not() -> None:
    async with chain(JSON_BEHIND) as (service, client):
        service.say(200, ORDER, headers={"ETag": 'W/"r7"'})
        assert (await ask(client, "GET", "/orders/7", if_none_match='"x", "r7"'))[0] == 304
        service.say(200, ORDER)
        digest = (await ask(client, "GET", "/orders/7"))[1]["ETag"]
        assert (await ask(client, "GET", "/orders/7", if_none_match=digest))[0] == 304
        assert (await ask(client, "GET", "/orders/7", if_match='"other"'))[0] == 412


async def test_a_304_that_nobody_asked_for_is_no_answer() -> None:
    async with chain(JSON_BEHIND) as (service, client):
        service.say(304, "")
        assert (await ask(client, "GET", "/orders/7"))[0] == 502
        soap = envelope("<o:GetOrder><o:Id>7</o:Id></o:GetOrder>")
        async with client.post("/soap", data=soap, headers={"Content-Type": "text/xml", "If-None-Match": "*"}) as reply:
            assert reply.status == 500
        assert "If-None-Match" not in service.calls[-1].headers


@pytest.mark.parametrize("status", [429, 503])
async def test_a_json_service_s_pause_is_told(status: int) -> None:
    async with chain(JSON_BEHIND) as (service, client):
        service.say(status, '{"title":"slow"}', PROBLEM, headers={"Retry-After": "7", "RateLimit": '"d";r=0;t=7', "Link": "<http://inner/>"})
        got, fields, _ = await ask(client, "POST", "/orders", {"customer": "A", "line": [{"article": "n", "count": 1}]})
        assert (got, fields["Retry-After"]) == (status, "7")
        assert "Link" not in fields
        assert status == 503 or fields["RateLimit"] == '"d";r=0;t=7'
        soap = envelope("<o:CancelOrder><o:Id>7</o:Id></o:CancelOrder>")
        async with client.post("/soap", data=soap, headers={"Content-Type": "text/xml"}) as reply:
            assert (reply.status, reply.headers["Retry-After"]) == (500, "7")


async def test_a_soap_service_s_pause_is_told() -> None:
    async with chain(SOAP_BEHIND) as (service, client):
        service.say(500, envelope(FAULT), "text/xml", headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"})
        status, fields, _ = await ask(client, "GET", "/orders/7")
        assert (status, fields["Retry-After"]) == (429, "Fri, 31 Dec 1999 23:59:59 GMT")
        service.say(429, "slow down", "text/plain", headers={"Retry-After": "11"})
        status, fields, _ = await ask(client, "POST", "/orders/7/cancellation", {})
        assert (status, fields["Retry-After"]) == (503, "11")


async def test_a_condition_that_nobody_judges_stops_the_write() -> None:
    order = {"customer": "A", "line": [{"article": "n", "count": 1}]}
    async with chain(SOAP_BEHIND) as (service, client):
        service.say(200, envelope("<o:PlaceOrderResponse><o:Id>1</o:Id></o:PlaceOrderResponse>"), "text/xml")
        for name, text in (("if_match", '"a"'), ("if_none_match", "*")):
            status, _, told = await ask(client, "POST", "/orders", order, **{name: text})
            assert (status, told["outcome"], service.calls) == (412, "not-sent", [])
        assert (await ask(client, "POST", "/orders", order, if_match="*"))[0] == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_none_match": "abc"}, 400),
        ({"if_none_match": '"a" "b"'}, 400),
        ({"if_none_match": '"x",, W/"y" ,'}, 200),
        ({"if_match": ""}, 400),
        ({"accept": "application/json;q=0, */*"}, 406),
        ({"accept": "text/html, application/json;q=0"}, 406),
        ({"accept": "text/*, application/*;q=0.2"}, 200),
    ],
)
async def test_conditions_and_wishes_are_read_as_http_says(headers: dict[str, str], status: int) -> None:
    async with chain(SOAP_BEHIND) as (service, client):
        service.say(200, envelope(f"<o:GetOrderResponse>{SOAP_ORDER}</o:GetOrderResponse>"), "text/xml")
        assert (await ask(client, "GET", "/orders/7", **headers))[0] == status
        assert len(service.calls) == (status == 200)


async def test_lists_of_tags_before_a_service_that_compares_one_version() -> None:
    async with chain(SOAP_BEHIND) as (service, client):
        service.say(200, envelope("<o:CancelOrderResponse/>"), "text/xml")
        for given, status in (('W/"1", "2", "2"', 200), ('W/"1"', 412), ('"1", "2"', 400), ('"1"x', 400)):
            assert (await ask(client, "POST", "/orders/7/cancellation", {}, if_match=given))[0] == status
        assert "<o:Version>2</o:Version>" in service.asked.body.decode().replace("ns0:", "o:")


async def test_an_empty_result_is_404_and_a_field_keeps_answers_apart() -> None:
    async with chain(SOAP_BEHIND) as (service, client):
        service.say(200, envelope("<o:GetOrderResponse/>"), "text/xml")
        status, _, told = await ask(client, "GET", "/orders/7")
        assert (status, told["type"]) == (404, "/problems/empty-result")
        service.say(200, envelope(f"<o:SearchOrdersResponse>{SOAP_ORDER}</o:SearchOrdersResponse>"), "text/xml")
        _, fields, _ = await ask(client, "GET", "/found", customer="Ada")
        assert "customer" in fields["Vary"]
        again = await ask(client, "GET", "/found", customer="Ada")
        assert (again[1]["Age"], again[1]["Cache-Control"], len(service.calls)) == ("0", "private, max-age=60", 1)
        assert "Age" not in (await ask(client, "GET", "/found", customer="Bob"))[1]
        assert [call.body.count(b"Bob") for call in service.calls] == [0, 1]


async def test_a_page_reads_refusals_too() -> None:
    async with chain(SOAP_BEHIND) as (_, client):
        for verb, path in (("GET", "/nowhere"), ("PATCH", "/orders/7"), ("GET", "/orders/x")):
            _, fields, _ = await ask(client, verb, path, origin="https://app.example")
            assert fields["Access-Control-Allow-Origin"] == "https://app.example"
            _, fields, _ = await ask(client, verb, path, origin="https://evil.example")
            assert "Access-Control-Allow-Origin" not in fields
            assert "Origin" in fields["Vary"]


async def test_a_patch_is_no_representation() -> None:
    async with chain(SOAP_BEHIND) as (service, client):
        for kind in ("application/merge-patch+json", "text/plain"):
            async with client.post("/orders", data="{}", headers={"Content-Type": kind}) as reply:
                assert (reply.status, reply.headers["Accept"], reply.headers["Accept-Post"]) == (415, "application/json", "application/json")
        assert service.calls == []


async def test_a_location_stands_below_the_public_address() -> None:
    public = SOAP_BEHIND.replace("cors:", "public_url: https://api.example/shop/\ncors:").replace("idempotency: optional", "location: '/orders/{/id}'")
    async with chain(public) as (service, client):
        service.say(200, envelope("<o:PlaceOrderResponse><o:Id>1</o:Id></o:PlaceOrderResponse>"), "text/xml")
        order = {"customer": "A", "line": [{"article": "n", "count": 1}]}
        assert (await ask(client, "POST", "/orders", order))[1]["Location"] == "https://api.example/shop/orders/1"
        assert (await ask(client, "GET", "/openapi.json"))[2]["servers"] == [{"url": "https://api.example/shop"}]


async def test_a_structure_around_parameters_goes_with_them_where_the_service_speaks_json(tmp_path: Path) -> None:
    member = "<xs:element name='{0}' type='xs:string' minOccurs='0'/>"
    text = "<xs:complexType><xs:sequence>{0}</xs:sequence></xs:complexType>"
    inner = "<xs:element name='Query'>" + text.format(member.format("Text") + member.format("Genre")) + "</xs:element>"
    (tmp_path / "find.xsd").write_text(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:find' elementFormDefault='qualified'>"
        f"<xs:element name='Find'>{text.format(inner)}</xs:element>"
        f"<xs:element name='FindResponse'>{text.format(member.format('Found'))}</xs:element></xs:schema>"
    )
    config = """
services:
  find:
    wsdl: find.xsd
    path: /soap
    default_routes: false
    upstream: {url: URL/v1, speaks: json}
    routes:
      - {route: GET /found, operation: Find, parameters: [{in: query, name: q, to: /Query/Text}, {in: query, name: g, to: /Query/Genre}]}
"""
    async with stand_in() as service, gateway_of(config.replace("URL", service.url), tmp_path) as gateway, aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client:
        for query in ("", "?q=a%26b", "?q=a&g=b"):
            service.say(200, '{"Found":"x"}')
            assert (await ask(client, "GET", f"/found{query}"))[0] == 200
            assert f"?{service.asked.query}" == (query or "?")
        service.say(200, '{"Found":"x"}')
        soap = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Find xmlns="urn:find"><Query/></Find></s:Body></s:Envelope>'
        async with client.post("/soap", data=soap, headers={"Content-Type": "text/xml"}) as reply:
            assert (reply.status, service.asked.query) == (200, "")
