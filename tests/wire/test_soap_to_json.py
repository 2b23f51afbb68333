"""SOAP callers before a REST service, over real sockets: the example configuration, both sides of the wire asserted."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
import zeep
from lxml import etree

from tests.wire.conftest import ROOT, gateway_of, gateway_of_file, in_thread
from tests.wire.standin import PROBLEM, StandIn, stand_in

NS = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
MEDIA = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}
ORDERS = "{urn:example:orders}"
ORDER = '{"id":7,"customer":"Ada","state":"open","line":[{"article":"nut","count":3,"price":0.10}]}'
XML = "<o:Order><o:Id>7</o:Id><o:Customer>Ada</o:Customer><o:State>open</o:State>{}<o:Line><o:Article>nut</o:Article><o:Count>3</o:Count><o:Price>0.10</o:Price></o:Line></o:Order>"


class Caller:
    """A SOAP caller of one version, the gateway, the service behind."""

    def __init__(self, url: str, service: StandIn, session: aiohttp.ClientSession) -> None:
        self.url, self.service, self.session = url, service, session
        self.version = "1.1"

    async def ask(self, body: str, header: str = "", **headers: str) -> tuple[int, Any]:
        """Status, and the Body's first child."""
        uri = NS[self.version]
        head = f"<s:Header>{header}</s:Header>" if header else ""
        text = f'<s:Envelope xmlns:s="{uri}" xmlns:o="urn:example:orders">{head}<s:Body>{body}</s:Body></s:Envelope>'
        named = {"content-type": MEDIA[self.version], **headers}
        async with self.session.post(self.url, data=text.encode(), headers=named) as reply:
            assert reply.headers["content-type"] == MEDIA[self.version]
            root = etree.fromstring(await reply.read())
            assert root.tag == f"{{{uri}}}Envelope"
            return reply.status, root.find(f"{{{uri}}}Body")[0]


@pytest.fixture(name="caller", params=["1.1", "1.2"])
async def _caller(request: Any) -> AsyncIterator[Caller]:
    async with stand_in() as service:
        env = {"ORDERS": service.url}
        async with (
            gateway_of_file(ROOT / "config/soap-to-json.yaml", env) as gateway,
            aiohttp.ClientSession() as session,
        ):
            caller = Caller(f"http://{gateway.addresses['data']}/orders", service, session)
            caller.version = request.param
            yield caller


def same(element: Any, text: str) -> bool:
    other = etree.fromstring(text.replace(">", ' xmlns:o="urn:example:orders">', 1))
    return bool(etree.tostring(element, method="c14n2") == etree.tostring(other, method="c14n2")) or _same(
        element, other
    )


def _same(one: Any, other: Any) -> bool:
    return (
        one.tag == other.tag
        and (one.text or "") == (other.text or "")
        and len(one) == len(other)
        and all(map(_same, one, other))
    )


async def test_a_read_is_a_get_and_its_answer_the_message(caller: Caller) -> None:
    caller.service.say(200, ORDER, headers={"ETag": '"v3"'})
    status, body = await caller.ask("<o:GetOrder><o:Id>7</o:Id></o:GetOrder>", "<o:Tenant>acme</o:Tenant>")
    asked = caller.service.asked
    assert (asked.method, asked.path, asked.query, asked.body) == ("GET", "/v1/orders/7", "", b"")
    assert asked.headers["accept"] == "application/json, application/problem+json"
    assert asked.headers["x-tenant"] == "acme"
    assert not {"content-type", "content-length", "soapaction"} & {name.lower() for name in asked.headers}
    assert status == 200
    version = "<o:Version>v3</o:Version>"
    assert same(body, f"<o:GetOrderResponse>{XML.format(version)}</o:GetOrderResponse>"), etree.tostring(body)


async def test_a_list_in_the_query_and_a_nil_that_is_not_given(caller: Caller) -> None:
    caller.service.say(200, f'{{"order":[{ORDER}]}}')
    nil = '<o:Limit xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    asking = f"<o:SearchOrders><o:Customer>A &amp; B/Ü</o:Customer><o:State>open</o:State><o:State>shipped</o:State>{nil}</o:SearchOrders>"
    status, body = await caller.ask(asking)
    asked = caller.service.asked
    assert asked.path == "/v1/orders"
    assert asked.query == "customer=A%20%26%20B%2F%C3%9C&state=open&state=shipped"
    assert status == 200
    assert same(body, f"<o:SearchOrdersResponse>{XML.format('')}</o:SearchOrdersResponse>")


async def test_a_search_that_finds_nothing_is_an_empty_answer(caller: Caller) -> None:
    for status in (404, 204, 200):
        caller.service.say(status, b"" if status != 200 else b"{}")
        assert same((await caller.ask("<o:SearchOrders/>"))[1], "<o:SearchOrdersResponse></o:SearchOrdersResponse>")


async def test_what_is_made_is_known_by_its_location(caller: Caller) -> None:
    caller.service.say(201, b"", headers={"Location": "https://orders.example/v1/orders/1152921504607351596"})
    asking = "<o:PlaceOrder><o:Customer>Ada</o:Customer><o:Line><o:Article>nut</o:Article><o:Count>3</o:Count></o:Line></o:PlaceOrder>"
    status, body = await caller.ask(asking)
    asked = caller.service.asked
    assert (asked.method, asked.path) == ("POST", "/v1/orders")
    assert asked.headers["content-type"] == "application/json"
    assert asked.body == b'{"customer":"Ada","line":[{"article":"nut","count":3}]}'
    assert status == 200
    assert same(body, "<o:PlaceOrderResponse><o:Id>1152921504607351596</o:Id></o:PlaceOrderResponse>")


async def test_a_version_goes_out_as_if_match_and_the_rest_is_the_body(caller: Caller) -> None:
    caller.service.say(204, b"")
    asking = "<o:CancelOrder><o:Id>7</o:Id><o:Version>v3</o:Version><o:Reason>no</o:Reason></o:CancelOrder>"
    status, body = await caller.ask(asking)
    asked = caller.service.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/v1/orders/7/cancellation", b'{"reason":"no"}')
    assert asked.headers["if-match"] == '"v3"'
    assert (status, body.tag, len(body)) == (200, ORDERS + "CancelOrderResponse", 0)


def fault(caller: Caller, body: Any) -> tuple[str, str, str, Any]:
    """Code, subcode, reason and the detail's first element."""
    uri = NS[caller.version]
    assert body.tag == f"{{{uri}}}Fault"
    if caller.version == "1.1":
        head, _, tail = body.findtext("faultcode").rpartition(":")[2].partition(".")
        return head, tail, body.findtext("faultstring"), body.find("detail")[0]
    code = body.findtext(f"{{{uri}}}Code/{{{uri}}}Value").rpartition(":")[2]
    sub = body.findtext(f"{{{uri}}}Code/{{{uri}}}Subcode/{{{uri}}}Value", "").rpartition(":")[2]
    words = body.findtext(f"{{{uri}}}Reason/{{{uri}}}Text")
    return {"Sender": "Client", "Receiver": "Server"}[code], sub, words, body.find(f"{{{uri}}}Detail")[0]


async def test_a_status_becomes_the_declared_fault(caller: Caller) -> None:
    caller.service.say(404, '{"title":"No such order","order":7}', PROBLEM)
    status, body = await caller.ask("<o:GetOrder><o:Id>7</o:Id></o:GetOrder>")
    code, sub, reason, detail = fault(caller, body)
    assert (status, code, sub, reason) == (500 if caller.version == "1.1" else 400, "Client", "", "No such order")
    assert same(detail, "<o:OrderNotFound><o:Id>7</o:Id></o:OrderNotFound>")


async def test_a_problem_type_becomes_the_declared_fault_with_its_code(caller: Caller) -> None:
    caller.service.say(
        422, '{"type":"https://orders.example/problems/OrderClosed","title":"Closed","state":"shipped","trace":"x"}', PROBLEM
    )
    _, body = await caller.ask("<o:CancelOrder><o:Id>7</o:Id></o:CancelOrder>")
    code, sub, reason, detail = fault(caller, body)
    assert (code, sub, reason) == ("Client", "Closed", "Closed")
    assert same(detail, "<o:OrderClosed><o:State>shipped</o:State></o:OrderClosed>")


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "reason"),
    [
        (400, '{"title":"Bad","detail":"No <b>","errors":[{"field":"x"},1,null]}', PROBLEM, "Client", "No <b>"),
        (409, '{"title":"Other"}', PROBLEM, "Client", "Other"),  # the operation declares no OrderClosed
        (403, "", "text/plain", "Client", "The service answered 403 Forbidden."),
        (418, "<html>", "text/html", "Client", "The service answered 418 I'm a Teapot."),
        (404, '{"title":"No id"}', PROBLEM, "Client", "No id"),  # the detail cannot be made: nothing is guessed
        (500, '{"title":"Broken","@odd key":1}', PROBLEM, "Server", "Broken"),
    ],
)
async def test_what_no_rule_speaks_of_is_a_plain_fault(
    caller: Caller, status: int, body: str, kind: str, code: str, reason: str
) -> None:
    caller.service.say(status, body, kind)
    _, answer = await caller.ask("<o:GetOrder><o:Id>7</o:Id></o:GetOrder>")
    found = fault(caller, answer)
    assert (found[0], found[2]) == (code, reason)
    detail = found[3]
    assert detail.tag == "{urn:ietf:rfc:7807}problem"
    assert detail.findtext("{urn:ietf:rfc:7807}status") == str(status)
    if status == 400:
        assert detail.findtext("{urn:ietf:rfc:7807}errors/{urn:ietf:rfc:7807}i/{urn:ietf:rfc:7807}field") == "x"
        assert len(detail.find("{urn:ietf:rfc:7807}errors")) == 3
    if status == 500:
        assert detail.findtext("{urn:ietf:rfc:7807}_x0040_odd_x0020_key") == "1"


@pytest.mark.parametrize(
    ("status", "body", "kind", "slug"),
    [
        (200, '{"id":"x"}', "application/json", "upstream-schema-violation"),
        (200, "<html></html>", "text/html", "upstream-not-json"),
        (200, '{"id":', "application/json", "upstream-malformed"),
        (401, "", "text/plain", "upstream-auth"),
        (502, "<html>", "text/html", "upstream-not-json"),
        (302, "", "text/plain", "upstream-redirect"),
    ],
)
async def test_an_answer_that_is_none_is_the_services_failure(
    caller: Caller, status: int, body: str, kind: str, slug: str
) -> None:
    caller.service.say(status, body, kind)
    code, answer = await caller.ask("<o:GetOrder><o:Id>7</o:Id></o:GetOrder>")
    found = fault(caller, answer)
    assert (code, found[0]) == (500, "Server")
    assert found[3].findtext("{urn:soapgw:problem}type") == f"/problems/{slug}"


async def test_a_read_is_asked_again_when_the_service_is_unavailable_a_write_is_not(caller: Caller) -> None:
    caller.service.say(503, b"", headers={"Retry-After": "1"})
    await caller.ask("<o:GetOrder><o:Id>7</o:Id></o:GetOrder>")
    assert len(caller.service.calls) == 2
    caller.service.calls.clear()
    _, answer = await caller.ask("<o:CancelOrder><o:Id>7</o:Id></o:CancelOrder>")
    assert len(caller.service.calls) == 1
    assert fault(caller, answer)[3].findtext("{urn:soapgw:problem}outcome") == "unknown"


async def test_a_request_that_breaks_the_contract_reaches_nobody(caller: Caller) -> None:
    caller.service.say(200, ORDER)
    _, answer = await caller.ask("<o:GetOrder><o:Id>seven</o:Id></o:GetOrder>")
    assert fault(caller, answer)[0] == "Client"
    assert caller.service.calls == []


async def test_a_header_block_that_must_be_understood_is_carried_or_refused(caller: Caller) -> None:
    caller.service.say(200, ORDER)
    must = '<o:Tenant s:mustUnderstand="1">acme</o:Tenant>'
    status, _ = await caller.ask("<o:GetOrder><o:Id>7</o:Id></o:GetOrder>", must)
    assert (status, caller.service.asked.headers["x-tenant"]) == (200, "acme")
    caller.service.calls.clear()
    _, answer = await caller.ask("<o:GetOrder><o:Id>7</o:Id></o:GetOrder>", must.replace("Tenant", "Other"))
    assert b"MustUnderstand" in etree.tostring(answer)
    assert caller.service.calls == []


def test_zeep_calls_it_from_the_served_wsdl() -> None:
    @asynccontextmanager
    async def both() -> AsyncIterator[Any]:
        async with AsyncExitStack() as stack:
            service = await stack.enter_async_context(stand_in())
            env = {"ORDERS": service.url}
            gateway = await stack.enter_async_context(gateway_of_file(ROOT / "config/soap-to-json.yaml", env))
            yield f"http://{gateway.addresses['data']}", service

    with in_thread(both) as (address, service):
        client = zeep.Client(f"{address}/orders?wsdl")
        service.say(200, ORDER)
        assert client.service.GetOrder(Id=7).Customer == "Ada"
        service.say(404, json.dumps({"order": 7}), PROBLEM)
        with pytest.raises(zeep.exceptions.Fault) as caught:
            client.service.GetOrder(Id=7)
        assert caught.value.detail[0].tag == ORDERS + "OrderNotFound"


XSD_ALONE = """
services:
  orders:
    wsdl: schemas/orders/orders.xsd
    mapping: {names: camel}
    upstream:
      url: URL/v1
      speaks: json
      routes:
        - {route: "GET /orders/{id}", operation: GetOrder, body: {response: /order}, parameters: [{in: path, name: id, to: /id}]}
        - {route: GET /orders, operation: SearchOrders, body: {response: /order}, parameters: [{in: query, name: customer, to: /customer}]}
        - {route: POST /orders, operation: PlaceOrder}
        - {route: "POST /orders/{id}/cancel", operation: CancelOrder, parameters: [{in: path, name: id, to: /id}]}
"""


def test_a_schema_alone_is_enough_for_zeep() -> None:
    @asynccontextmanager
    async def both() -> AsyncIterator[Any]:
        async with AsyncExitStack() as stack:
            service = await stack.enter_async_context(stand_in())
            text = XSD_ALONE.replace("URL", service.url)
            gateway = await stack.enter_async_context(gateway_of(text))
            yield f"http://{gateway.addresses['data']}", service

    with in_thread(both) as (address, service):
        client = zeep.Client(f"{address}/orders?wsdl")
        service.say(200, f"[{ORDER},{ORDER}]")
        assert [found.Id for found in client.service.SearchOrders(Customer="Ada")] == [7, 7]
        assert (service.asked.path, service.asked.query) == ("/v1/orders", "customer=Ada")
        service.say(200, "[]")
        assert not client.service.SearchOrders(Customer="Ada")
        service.say(200, ORDER)
        assert client.bind("orders", "ordersSoap12").GetOrder(Id=7).Customer == "Ada"
