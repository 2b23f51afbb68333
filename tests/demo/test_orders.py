"""gateway.demo.orders: the shop by REST and by SOAP 1.1 is one shop."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.demo.orders import start

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


class Shop:
    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.base, self.session = base, session

    async def rest(self, line: str, document: Any = None, **headers: str) -> tuple[int, Any, Any]:
        method, _, path = line.partition(" ")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, f"{self.base}/v1{path}", json=document, headers=named) as reply:
            raw = await reply.read()
            return reply.status, json.loads(raw) if raw else None, reply.headers

    async def soap(self, body: str) -> tuple[int, str]:
        name = body[1:].partition(">")[0].rstrip("/")
        body = body.replace(f"<{name}", f'<{name} xmlns="urn:example:orders"', 1)
        text = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'
        async with self.session.post(f"{self.base}/orders", data=text) as reply:
            return reply.status, await reply.text()


@pytest.fixture(name="shop")
async def _shop() -> AsyncIterator[Shop]:
    running = await start("127.0.0.1", 0)
    async with aiohttp.ClientSession() as session:
        yield Shop(running.base, session)
    await running.stop()


async def test_what_is_placed_by_one_is_seen_by_the_other(shop: Shop) -> None:
    status, _, headers = await shop.rest("POST /orders", {"customer": "Bob", "line": [{"article": "x", "count": 2}]})
    assert (status, headers["location"]) == (201, "/v1/orders/3")
    status, text = await shop.soap("<GetOrder><Id>3</Id></GetOrder>")
    assert (status, "<o:Customer>Bob</o:Customer>" in text, "<o:Version>1</o:Version>" in text) == (200, True, True)
    status, text = await shop.soap(
        "<PlaceOrder><Customer>Eve</Customer><Line><Article>y</Article><Count>1</Count><Price>2.5</Price></Line></PlaceOrder>"
    )
    assert (status, "<o:Id>4</o:Id>" in text) == (200, True)
    status, document, _ = await shop.rest("GET /orders?customer=Eve")
    assert (status, document["order"][0]["line"]) == (200, [{"article": "y", "count": 1, "price": 2.5}])
    status, text = await shop.soap("<SearchOrders><Customer>Eve</Customer><State>open</State></SearchOrders>")
    assert (status, text.count("<o:Order>")) == (200, 1)


async def test_a_refusal_is_a_problem_or_a_fault(shop: Shop) -> None:
    status, document, _ = await shop.rest("POST /orders/2/cancellation", {})
    assert (status, document["type"], document["state"]) == (409, "https://orders.example/problems/OrderClosed", "shipped")
    status, text = await shop.soap("<CancelOrder><Id>2</Id></CancelOrder>")
    assert (status, "<o:OrderClosed><o:State>shipped</o:State></o:OrderClosed>" in text) == (500, True)
    assert (await shop.rest("GET /orders/9"))[0] == 404
    assert "<o:OrderNotFound><o:Id>9</o:Id>" in (await shop.soap("<GetOrder><Id>9</Id></GetOrder>"))[1]
    assert (await shop.rest("GET /orders?customer=nobody"))[:2] == (404, None)
    assert (await shop.rest("POST /orders", {}))[0] == 400
    assert (await shop.rest("PUT /orders", {}))[0] == 404
    assert "There is no operation Odd." in (await shop.soap("<Odd/>"))[1]


async def test_a_change_needs_the_version_that_is(shop: Shop) -> None:
    assert (await shop.rest("GET /orders/1"))[2]["etag"] == '"1"'
    assert (await shop.rest("POST /orders/1/cancellation", {}, If_Match='"7"'))[0] == 412
    assert "Client.Changed" in (await shop.soap("<CancelOrder><Id>1</Id><Version>7</Version></CancelOrder>"))[1]
    assert (await shop.rest("POST /orders/1/cancellation", {}, If_Match='"1"'))[0] == 204
    assert (await shop.rest("GET /orders/1"))[2]["etag"] == '"2"'
