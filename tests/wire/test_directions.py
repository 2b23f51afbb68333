"""The example of each direction, as it stands in `config/`, before the order service: booted and called over sockets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import zeep
import zeep.exceptions
from lxml import etree

from gateway.cli import run
from gateway.demo import orders
from tests.wire.conftest import ROOT, gateway_of_file, in_thread
from tests.wire.test_matrix import MEDIA, NS, envelope, fault_of, plain

Boot = Callable[[str], Awaitable["Front"]]


class Front:
    """A gateway of an example."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.base, self.session = base, session

    async def rest(self, line: str, document: Any = None, **headers: str) -> tuple[int, Any, dict[str, str]]:
        """Status, document and header of a call by REST."""
        method, _, path = line.partition(" ")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, self.base + path, json=document, headers=named) as reply:
            raw = await reply.read()
            found = {name.lower(): value for name, value in reply.headers.items()}
            return reply.status, json.loads(raw) if raw else None, found

    async def soap(self, version: str, path: str, body: str) -> tuple[int, Any]:
        """Status and the Body's child of a call by SOAP."""
        headers = {"content-type": MEDIA[version]}
        async with self.session.post(self.base + path, data=envelope(version, body), headers=headers) as reply:
            assert reply.headers["content-type"] == MEDIA[version]
            (found,) = etree.fromstring(await reply.read()).find(f"{{{NS[version]}}}Body")
            return reply.status, found


@pytest.fixture(name="boot")
async def _boot() -> AsyncIterator[Boot]:
    async with AsyncExitStack() as stack:
        running = await orders.start("127.0.0.1", 0)
        stack.push_async_callback(running.stop)
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def boot(name: str) -> Front:
            manager = gateway_of_file(ROOT / f"config/{name}.yaml", {"ORDERS": running.base})
            gateway = await stack.enter_async_context(manager)
            return Front(f"http://{gateway.addresses['data']}", session)

        yield boot


LINE = {"article": "bolt", "count": 12, "price": 0.25}


async def test_json_to_soap(boot: Boot) -> None:
    front = await boot("json-to-soap")
    status, document, headers = await front.rest("GET /orders/1")
    assert (status, document) == (200, {"id": 1, "customer": "Ada", "state": "open", "version": "1", "line": [LINE]})
    assert headers["etag"] == '"1"'
    assert (await front.rest("GET /orders?customer=Ada&state=shipped&state=cancelled"))[1]["order"][0]["id"] == 2
    status, document, headers = await front.rest("POST /orders", {"customer": "Bob", "line": [LINE]})
    assert (status, document, headers["location"]) == (201, {"id": 3}, "/orders/3")
    status, document, _ = await front.rest("GET /orders/9")
    assert (status, document["fault"]["detail"]) == (404, {"Id": 9})
    assert (await front.rest("POST /orders/1/cancellation", {"reason": "x"}, If_Match='"7"'))[0] == 412
    assert (await front.rest("POST /orders/1/cancellation", {"reason": "x"}, If_Match='"1"'))[:2] == (204, None)
    assert (await front.rest("POST /orders/1/cancellation", {}))[0] == 409
    assert (await front.rest("POST /orders", {"customer": "Bob"}))[0] == 422
    assert (await front.soap("1.2", "/soap/orders", "<o:GetOrder><o:Id>2</o:Id></o:GetOrder>"))[0] == 200


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("name", ["soap-to-soap", "soap-to-json"])
async def test_soap_callers_see_no_difference(boot: Boot, name: str, version: str) -> None:
    front = await boot(name)
    status, found = await front.soap(version, "/orders", "<o:GetOrder><o:Id>2</o:Id></o:GetOrder>")
    line = "<o:Line><o:Article>nut</o:Article><o:Count>3</o:Count></o:Line>"
    order = f"<o:Order><o:Id>2</o:Id><o:Customer>Ada</o:Customer><o:State>shipped</o:State><o:Version>4</o:Version>{line}</o:Order>"
    body = etree.fromstring(envelope(version, f"<o:GetOrderResponse>{order}</o:GetOrderResponse>"))[0][0]
    assert (status, plain(found)) == (200, plain(body))
    placed = f"<o:PlaceOrder><o:Customer>Bob</o:Customer>{line}</o:PlaceOrder>"
    assert (await front.soap(version, "/orders", placed))[1][0].text == "3"
    nobody = "<o:SearchOrders><o:Customer>Nobody</o:Customer></o:SearchOrders>"
    assert len((await front.soap(version, "/orders", nobody))[1]) == 0
    cancel = "<o:CancelOrder><o:Id>{}</o:Id><o:Version>{}</o:Version></o:CancelOrder>"
    sender = f"{{{NS[version]}}}" + ("Client" if version == "1.1" else "Sender")
    for number, stamp, sub, reason, detail in (
        (9, 1, "", "There is no such order.", [("{urn:example:orders}Id", "9", {}, [])]),
        (2, 4, "", "The order is closed.", [("{urn:example:orders}State", "shipped", {}, [])]),
        (1, 7, "Changed", "The order was changed since.", None),
    ):
        _, found = await front.soap(version, "/orders", cancel.format(number, stamp))
        code, subcode, words, told = fault_of(found, NS[version])
        if reason.startswith("The order is closed") and name == "soap-to-json":
            sub = "Closed"  # by a rule of the example
        if sub and version == "1.2":
            sub = f"{{urn:soapgw:problem}}{sub}"  # SOAP 1.2 has QNames alone (§5.4.1.3): a bare one is qualified by us
        assert (code, subcode, words) == (sender, sub, reason)
        if detail is not None:
            assert plain(told)[3] == detail
    status, found = await front.soap(version, "/orders", cancel.format(1, 1))
    assert (status, len(found)) == (200, 0)


async def test_json_to_json(boot: Boot) -> None:
    front = await boot("json-to-json")
    status, document, headers = await front.rest("GET /api/orders/1")
    assert (status, document) == (200, {"id": 1, "customer": "Ada", "state": "open", "version": "1", "line": [LINE]})
    assert headers["etag"] == '"1"'
    assert (await front.rest("GET /api/orders/1", If_None_Match='"1"'))[:2] == (304, None)
    found = (await front.rest("GET /api/orders?of=Ada"))[1]
    assert [each["id"] for each in found["order"]] == [1]
    assert (await front.rest("GET /api/orders?of=Nobody"))[:2] == (200, {})
    status, document, headers = await front.rest("POST /api/orders", {"customer": "Bob", "line": [LINE]})
    assert (status, document, headers["location"]) == (201, {"id": 3}, "/api/orders/3")
    status, document, _ = await front.rest("GET /api/orders/9")
    assert (status, document["fault"]["name"], document["fault"]["detail"]) == (
        404,
        "{urn:example:orders}OrderNotFound",
        {"Id": 9},
    )
    assert (await front.rest("DELETE /api/orders/1"))[0] == 428
    assert (await front.rest("DELETE /api/orders/1", If_Match='"7"'))[0] == 412
    assert (await front.rest("DELETE /api/orders/2", If_Match='"4"'))[0] == 409
    assert (await front.rest("DELETE /api/orders/1", If_Match='"1"'))[:2] == (204, None)
    status, document, _ = await front.rest("POST /api/orders", {"customer": "Bob", "line": [{**LINE, "count": 0}]})
    assert (status, document["errors"][0]["pointer"]) == (422, "/line/0/count")
    assert (await front.soap("1.1", "/soap/orders", "<o:GetOrder><o:Id>2</o:Id></o:GetOrder>"))[0] == 200


DESK = "urn:openapi:OrderDesk"


async def desk(front: Front, version: str, body: str) -> tuple[int, Any]:
    """A call of the drawn contract."""
    return await front.soap(version, "/orderdesk", body.replace(">", f" xmlns:d='{DESK}'>", 1))


@pytest.mark.parametrize("version", ["1.1", "1.2"])
async def test_openapi_to_soap(boot: Boot, version: str) -> None:
    front = await boot("openapi-to-soap")
    status, found = await desk(front, version, "<d:getOrder><d:id>1</d:id></d:getOrder>")
    assert (status, found.findtext(f"{{{DESK}}}result/{{{DESK}}}customer")) == (200, "Ada")
    assert (await desk(front, version, "<d:searchOrders><d:customer>Nobody</d:customer></d:searchOrders>"))[0] == 200
    new = "<d:placeOrder><d:body><d:customer>Bob</d:customer><d:line><d:item><d:article>nut</d:article><d:count>3</d:count></d:item></d:line></d:body></d:placeOrder>"
    assert (await desk(front, version, new))[0] == 200
    _, found = await desk(front, version, "<d:getOrder><d:id>99</d:id></d:getOrder>")
    assert f"{{{DESK}}}OrderNotFoundFault" in [node.tag for node in found.iter()]
    cancel = "<d:cancelOrder><d:id>1</d:id><d:If-Match>%s</d:If-Match></d:cancelOrder>"
    assert (await desk(front, version, cancel % '"7"'))[0] in (400, 500)
    assert (await desk(front, version, cancel % '"1"'))[0] == 200
    _, found = await desk(front, version, "<d:cancelOrder><d:id>1</d:id></d:cancelOrder>")
    assert f"{{{DESK}}}OrderClosedFault" in [node.tag for node in found.iter()]
    assert (await desk(front, version, "<d:getOrder><d:id>one</d:id></d:getOrder>"))[0] in (400, 500)


def test_zeep_calls_the_drawn_example_by_its_wsdl_alone() -> None:
    @asynccontextmanager
    async def served() -> AsyncIterator[str]:
        running = await orders.start("127.0.0.1", 0)
        try:
            async with gateway_of_file(ROOT / "config/openapi-to-soap.yaml", {"ORDERS": running.base}) as gateway:
                yield f"http://{gateway.addresses['data']}/orderdesk?wsdl"
        finally:
            await running.stop()

    with in_thread(served) as address:
        service = zeep.Client(address).service
        assert service.getOrder(id=1)["customer"] == "Ada"
        with pytest.raises(zeep.exceptions.Fault) as fault:
            service.getOrder(id=99)
        assert fault.value.detail[0].tag == f"{{{DESK}}}OrderNotFoundFault"


def test_the_drawn_example_is_what_import_draws(tmp_path: Path) -> None:
    assert run(["import", str(ROOT / "schemas/orders/openapi.yaml"), "-o", str(tmp_path / "desk")]) == 0
    for name in ("orderdesk.wsdl", "orderdesk.xsd", "orderdesk.json"):
        drawn = tmp_path / "desk/contract" / name
        assert drawn.read_bytes() == (ROOT / "schemas/orders/drawn" / name).read_bytes(), name
