"""Who calls x what stands behind x how it ends: every cell, asserted on both sides of the wire.

A caller speaks JSON, SOAP 1.1 or SOAP 1.2; so does the stand-in behind. The contract, the clients' routes and the rules
are the same in each cell, so what a caller gets must not show what stands behind, but for what is written here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from lxml import etree

from gateway.demo.server import Call
from tests.wire.conftest import gateway_of, in_thread
from tests.wire.standin import PROBLEM, StandIn, stand_in

NS = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
MEDIA = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}
URN = "urn:example:orders"
SPEAKERS = ("json", "1.1", "1.2")
OUTCOMES = ("ok", "declared", "undeclared", "invalid request", "invalid response", "empty")
FRONT = """
services:
  orders:
    wsdl: schemas/orders/orders.wsdl
    path: /soap
    default_routes: false
    faults: [{name: OrderNotFound, status: 404}, {code: Sender.Busy, status: 409}]
    routes:
      - {route: "GET /orders/{id}", operation: GetOrder, parameters: [{in: path, name: id, to: /Id}]}
      - {route: POST /orders, operation: PlaceOrder}
      - {route: "POST /orders/{id}/cancel", operation: CancelOrder, empty: 204, parameters: [{in: path, name: id, to: /Id}]}
      - {route: GET /orders, operation: SearchOrders}
    upstream:
"""
ACCEPT = {"1.1": "text/xml, multipart/related", "1.2": "application/soap+xml, multipart/related"}
# how the stand-ins' Sender.Busy is known: SOAP 1.2 qualifies a subcode, a dot of SOAP 1.1 or of a rule does not
SUBCODE = {"1.2": "{urn:x}Busy", "1.1": "Busy", "json": "Busy"}
BEHIND = {
    "1.1": "      {url: URL/svc, soap: '1.1'}\n",
    "1.2": "      {url: URL/svc, soap: '1.2'}\n",
    "json": """
      url: URL/v1
      speaks: json
      routes:
        - {route: "GET /o/{id}", operation: GetOrder, unwrap: {response: [Order]}, mapping: {names: camel}, parameters: [{in: path, name: id, to: /id}]}
        - {route: POST /o, operation: PlaceOrder, mapping: {names: camel}}
        - {route: "PUT /o/{id}/cancel", operation: CancelOrder, mapping: {names: camel}, parameters: [{in: path, name: id, to: /id}]}
        - {route: GET /o, operation: SearchOrders}
      faults: [{status: 410, name: OrderNotFound}, {path: /code, equals: BUSY, code: Sender.Busy}]
""",
}
ORDER = "<o:Order><o:Id>7</o:Id><o:Customer>Ada &amp; Bö</o:Customer><o:State>open</o:State><o:Line><o:Article>nut</o:Article><o:Count>3</o:Count><o:Price>0.10</o:Price></o:Line></o:Order>"
JSON_ORDER = {
    "Id": 7,
    "Customer": "Ada & Bö",
    "State": "open",
    "Line": [{"Article": "nut", "Count": 3, "Price": 0.1}],
}
CAMEL_ORDER = '{"id":7,"customer":"Ada & Bö","state":"open","line":[{"article":"nut","count":3,"price":0.10}]}'


@dataclass(frozen=True)
class Ask:
    """What a caller asks: the operation, by REST and as a body."""

    operation: str
    line: str
    document: bytes
    body: str


ASKS = {
    "get": Ask("GetOrder", "GET /orders/7", b"", "<o:GetOrder><o:Id>7</o:Id></o:GetOrder>"),
    "cancel": Ask(
        "CancelOrder",
        "POST /orders/7/cancel",
        '{"Reason":"zu spät"}'.encode(),
        "<o:CancelOrder><o:Id>7</o:Id><o:Reason>zu spät</o:Reason></o:CancelOrder>",
    ),
    "wrong": Ask(
        "PlaceOrder",
        "POST /orders",
        b'{"Customer":"Ada","Line":[{"Article":"nut","Count":0}]}',
        "<o:PlaceOrder><o:Customer>Ada</o:Customer><o:Line><o:Article>nut</o:Article><o:Count>0</o:Count></o:Line></o:PlaceOrder>",
    ),
}
BY_OUTCOME = {"empty": "cancel", "invalid request": "wrong"}


@dataclass(frozen=True)
class Got:
    """What a caller got: status, media type, the bytes."""

    status: int
    kind: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def envelope(version: str, body: str) -> bytes:
    return f'<s:Envelope xmlns:s="{NS[version]}" xmlns:o="{URN}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


def fault(version: str, code: str, reason: str, detail: str = "") -> str:
    if version == "1.1":
        head, _, tail = {"Sender": "Client", "Receiver": "Server"}[code.partition(".")[0]], "", code.partition(".")[2]
        return f"<s:Fault><faultcode>s:{head}{'.' + tail if tail else ''}</faultcode><faultstring>{reason}</faultstring>{f'<detail>{detail}</detail>' if detail else ''}</s:Fault>"
    head, _, tail = code.partition(".")
    sub = f'<s:Subcode><s:Value xmlns:x="urn:x">x:{tail}</s:Value></s:Subcode>' if tail else ""
    shown = f"<s:Detail>{detail}</s:Detail>" if detail else ""
    return f'<s:Fault><s:Code><s:Value>s:{head}</s:Value>{sub}</s:Code><s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason>{shown}</s:Fault>'


def set_up(service: StandIn, speaks: str, outcome: str) -> None:
    """Make the stand-in answer for an outcome, as a service of its language does."""
    gone = f"<o:OrderNotFound xmlns:o='{URN}'><o:Id>7</o:Id></o:OrderNotFound>"
    if speaks == "json":
        answers: dict[str, tuple[int, str, str]] = {
            "ok": (200, CAMEL_ORDER, "application/json"),
            "declared": (410, '{"title":"No such order","id":7}', PROBLEM),
            "undeclared": (423, '{"title":"Try later","code":"BUSY"}', PROBLEM),
            "invalid request": (200, "{}", "application/json"),
            "invalid response": (200, CAMEL_ORDER.replace('"open"', '"lost"'), "application/json"),
            "empty": (204, "", "application/json"),
        }
        service.say(*answers[outcome])
        return
    bodies: dict[str, tuple[int, str]] = {
        "ok": (200, f"<o:GetOrderResponse>{ORDER}</o:GetOrderResponse>"),
        "declared": (500, fault(speaks, "Sender", "No such order", gone)),
        "undeclared": (500, fault(speaks, "Sender.Busy", "Try later")),
        "invalid request": (200, "<o:PlaceOrderResponse><o:Id>1</o:Id></o:PlaceOrderResponse>"),
        "invalid response": (200, f"<o:GetOrderResponse>{ORDER.replace('open', 'lost')}</o:GetOrderResponse>"),
        "empty": (200, "<o:CancelOrderResponse/>"),
    }
    status, body = bodies[outcome]
    service.say(status, envelope(speaks, body), MEDIA[speaks])


async def ask(base: str, speaks: str, asked: Ask) -> Got:
    """Ask as a caller of this language does."""
    async with aiohttp.ClientSession() as session:
        if speaks == "json":
            method, _, path = asked.line.partition(" ")
            headers = {"content-type": "application/json"} if asked.document else {}
            request = session.request(method, base + path, data=asked.document or None, headers=headers)
        else:
            action = f"{URN}/{asked.operation}"
            headers = {"content-type": MEDIA["1.1"], "soapaction": f'"{action}"'}
            if speaks == "1.2":
                headers = {"content-type": f'{MEDIA["1.2"]}; action="{action}"'}
            request = session.post(base + "/soap", data=envelope(speaks, asked.body), headers=headers)
        async with request as reply:
            return Got(reply.status, reply.headers.get("content-type", ""), await reply.read())


# ---------------------------------------------------------------- what the service must have got


def check_asked(call: Call, caller: str, speaks: str, asked: Ask) -> None:
    headers = {name.lower(): value for name, value in call.headers.items()}
    if speaks == "json":
        line = {"get": ("GET", "/v1/o/7", b""), "cancel": ("PUT", "/v1/o/7/cancel", '{"reason":"zu spät"}'.encode())}
        wanted = line["get" if asked is ASKS["get"] else "cancel"]
        assert (call.method, call.path, call.body, call.query) == (*wanted, "")
        assert headers.get("content-type") == ("application/json" if wanted[2] else None)
        assert headers["accept"] == "application/json, application/problem+json"
        assert "soapaction" not in headers
        return
    assert (call.method, call.path) == ("POST", "/svc")
    assert headers["accept"] == ACCEPT[speaks]
    action = f"{URN}/{asked.operation}"
    if speaks == "1.1":
        assert (headers["content-type"], headers["soapaction"]) == (MEDIA["1.1"], f'"{action}"')
    else:
        assert headers["content-type"] == f'{MEDIA["1.2"]}; action="{action}"'
        assert "soapaction" not in headers
    if caller == speaks:
        assert call.body == envelope(speaks, asked.body)  # the very same bytes
    assert plain(call.body) == plain(envelope(speaks, asked.body))


def plain(raw: bytes | Any) -> Any:
    """A tree without prefixes, to compare."""
    node = etree.fromstring(raw) if isinstance(raw, bytes) else raw
    text = node.text if node.text and node.text.strip() else ""
    attributes = {k: v for k, v in node.attrib.items() if not k.startswith("{http://www.w3.org/XML")}
    return (node.tag, text, attributes, [plain(child) for child in node])


# ---------------------------------------------------------------- what the caller must have got


def check_json(got: Got, speaks: str, outcome: str) -> None:
    if outcome == "ok":
        assert (got.status, got.kind) == (200, "application/json; charset=utf-8")
        assert got.json == {"Order": JSON_ORDER}
        assert b'"Price":0.10' in got.body  # every digit
        return
    if outcome == "empty":
        assert (got.status, got.body) == (204, b"")
        return
    assert got.kind == PROBLEM
    found = got.json
    if outcome == "declared":
        assert (got.status, found["type"], found["fault"]["name"]) == (404, "/problems/fault", f"{{{URN}}}OrderNotFound")
        assert (found["fault"]["detail"], found["fault"]["reason"]) == ({"Id": 7}, "No such order")
    elif outcome == "undeclared":
        assert (got.status, found["type"], found["fault"]["code"]) == (409, "/problems/fault", "Sender")
        assert found["fault"]["reason"] == "Try later"
        assert found["fault"]["subcode"] == SUBCODE[speaks]
    elif outcome == "invalid request":
        assert (got.status, found["type"], found["outcome"]) == (422, "/problems/invalid-message", "not-sent")
        assert [error["pointer"] for error in found["errors"]] == ["/Line/0/Count"]
    else:
        assert (got.status, found["type"]) == (502, "/problems/upstream-schema-violation")
        place = "/state" if speaks == "json" else "/Order/State"
        assert [error["pointer"] for error in found["errors"]] == [place]


def check_soap(got: Got, version: str, speaks: str, outcome: str) -> None:
    uri = NS[version]
    assert got.kind == MEDIA[version]
    root = etree.fromstring(got.body)
    assert root.tag == f"{{{uri}}}Envelope"
    (body,) = root.find(f"{{{uri}}}Body")
    if outcome in ("ok", "empty"):
        assert got.status == 200
        content = f"<o:GetOrderResponse>{ORDER}</o:GetOrderResponse>" if outcome == "ok" else "<o:CancelOrderResponse/>"
        assert plain(root) == plain(envelope(version, content))
        if version == speaks:
            assert got.body == envelope(version, content)  # the very same bytes
        return
    head, sub, reason, detail = fault_of(body, uri)
    senders = outcome in ("declared", "undeclared", "invalid request")
    if (version, speaks, outcome) == ("1.1", "1.2", "undeclared"):
        assert (head, sub, reason, detail, got.status) == ("{urn:x}Busy", "", "Try later", None, 500)
        return  # a qualified subcode has no place beside the code in SOAP 1.1: it is the code (§4.4.1)
    assert head == f"{{{uri}}}" + {"1.1": ("Server", "Client"), "1.2": ("Receiver", "Sender")}[version][senders]
    assert got.status == (400 if version == "1.2" and senders else 500)
    if outcome == "declared":
        assert (reason, sub) == ("No such order", "")
        assert plain(detail) == (f"{{{URN}}}OrderNotFound", "", {}, [(f"{{{URN}}}Id", "7", {}, [])])
    elif outcome == "undeclared":
        bare = SUBCODE[speaks] == "Busy" and version == "1.2"  # SOAP 1.2 has QNames alone (§5.4.1.3): it is qualified by us
        assert (reason, sub) == ("Try later", "{urn:soapgw:problem}Busy" if bare else SUBCODE[speaks])
        if speaks == "json":
            assert detail.tag == "{urn:ietf:rfc:7807}problem"
            assert [child.text for child in detail] == ["423", "Try later", "BUSY"]
        else:
            assert detail is None
    else:
        slug = "invalid-message" if outcome == "invalid request" else "upstream-schema-violation"
        assert detail.findtext("{urn:soapgw:problem}type") == f"/problems/{slug}"
        assert detail.findtext("{urn:soapgw:problem}errors/{urn:soapgw:problem}error/{urn:soapgw:problem}pointer")


def fault_of(node: Any, uri: str) -> tuple[str, str, str, Any]:
    """Code and subcode as Clark names (what stands behind the dot of SOAP 1.1 as it is), reason, the detail's first element."""
    assert node.tag == f"{{{uri}}}Fault"
    if uri == NS["1.1"]:
        code = qualified(node.find("faultcode"))
        detail = node.find("detail")
        space, brace, local = code.rpartition("}")
        return space + brace + local.partition(".")[0], local.partition(".")[2], node.findtext("faultstring"), first(detail)
    code = qualified(node.find(f"{{{uri}}}Code/{{{uri}}}Value"))
    sub = qualified(node.find(f"{{{uri}}}Code/{{{uri}}}Subcode/{{{uri}}}Value"))
    return code, sub, node.findtext(f"{{{uri}}}Reason/{{{uri}}}Text"), first(node.find(f"{{{uri}}}Detail"))


def qualified(node: Any) -> str:
    """A QName in text as a Clark name; '' without the element. A prefix that nothing declares is a failure."""
    if node is None:
        return ""
    prefix, colon, local = node.text.strip().rpartition(":")
    namespace = node.nsmap[prefix] if colon else node.nsmap.get(None)
    return f"{{{namespace}}}{local}" if namespace else local


def first(node: Any) -> Any:
    return None if node is None or not len(node) else node[0]


# ---------------------------------------------------------------- the cells


@asynccontextmanager
async def before(speaks: str) -> AsyncIterator[tuple[str, StandIn]]:
    async with stand_in() as service, gateway_of(FRONT + BEHIND[speaks].replace("URL", service.url)) as gateway:
        yield f"http://{gateway.addresses['data']}", service


@pytest.fixture(scope="module", params=SPEAKERS, name="world")
def _world(request: Any) -> Iterator[tuple[str, str, StandIn]]:
    with in_thread(lambda: before(request.param)) as (base, service):
        yield request.param, base, service


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("caller", SPEAKERS)
def test_a_cell(world: tuple[str, str, StandIn], caller: str, outcome: str) -> None:
    speaks, base, service = world
    asked = ASKS[BY_OUTCOME.get(outcome, "get")]
    set_up(service, speaks, outcome)
    got = asyncio.run(ask(base, caller, asked))
    if outcome == "invalid request":
        assert service.calls == []
    else:
        check_asked(service.asked, caller, speaks, asked)
    if caller == "json":
        check_json(got, speaks, outcome)
    else:
        check_soap(got, caller, speaks, outcome)
