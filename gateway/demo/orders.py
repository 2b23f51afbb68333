"""The law of the order service: one small shop, asked by SOAP 1.1 at `/orders` or by REST at `/v1/orders`.

It stands behind the examples of all directions. Order 1 is open, order 2 was shipped; what is placed is kept until
it stops. As every reference service it shares no codec with the gateway.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from lxml import etree

from gateway.demo.contract import describe
from gateway.demo.server import Answer, Call, Running, serve, stay
from gateway.demo.soap11 import SoapFault, build, envelope, fault_envelope, read_body, text

NS: Final = "urn:example:orders"
PROBLEMS: Final = "https://orders.example/problems/"
LISTEN: Final = "127.0.0.1:8092"


@dataclass
class Order:
    """One order; its version counts its changes."""

    number: int
    customer: str
    lines: Sequence[Mapping[str, Any]]
    state: str = "open"
    version: int = 1


class Refused(Exception):
    """What the shop will not do: the status, the fault's name, its members."""

    def __init__(self, status: int, name: str, title: str, **members: Any) -> None:
        super().__init__(title)
        self.status, self.name, self.title, self.members = status, name, title, members


def _first() -> dict[int, Order]:
    bolts = [{"article": "bolt", "count": 12, "price": 0.25}]
    return {1: Order(1, "Ada", bolts), 2: Order(2, "Ada", [{"article": "nut", "count": 3}], "shipped", 4)}


@dataclass
class Shop:
    """The orders and what may be done with them."""

    orders: dict[int, Order] = field(default_factory=_first)

    def get(self, number: int) -> Order:
        """One order. Raises Refused."""
        if number not in self.orders:
            raise Refused(404, "OrderNotFound", "There is no such order.", order=number)
        return self.orders[number]

    def search(self, customer: str | None, states: Sequence[str]) -> list[Order]:
        """The orders of a customer, in one of the states."""
        found = [each for each in self.orders.values() if customer in (None, each.customer)]
        return [each for each in found if not states or each.state in states]

    def place(self, customer: str, lines: Sequence[Mapping[str, Any]]) -> Order:
        """A new order."""
        made = Order(max(self.orders) + 1, customer, lines)
        self.orders[made.number] = made
        return made

    def cancel(self, number: int, version: str | None) -> None:
        """Cancel what is open. Raises Refused."""
        order = self.get(number)
        if version not in (None, "", str(order.version)):
            raise Refused(412, "Changed", "The order was changed since.")
        if order.state != "open":
            raise Refused(409, "OrderClosed", "The order is closed.", state=order.state)
        order.state, order.version = "cancelled", order.version + 1


class Rest:
    """The shop by REST: JSON, statuses, ETag and If-Match, problem documents (RFC 9457)."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def answer(self, call: Call) -> Answer:
        """The answer to any request."""
        try:
            return self._answer(call)
        except Refused as refused:
            document = {"type": PROBLEMS + refused.name, "title": refused.title, "status": refused.status}
            return _json(refused.status, {**document, **refused.members}, kind="application/problem+json")
        except (ValueError, KeyError, TypeError):
            return _json(400, {"title": "The request cannot be read."}, kind="application/problem+json")

    def _answer(self, call: Call) -> Answer:
        steps = call.path.removeprefix("/v1/").strip("/").split("/")
        match (call.method, *steps):
            case ("GET", "orders"):
                query = parse_qs(call.query)
                found = self.shop.search(query.get("customer", [None])[0], query.get("state", []))
                return _json(200, {"order": [_document(each) for each in found]}) if found else Answer(404, b"", "")
            case ("GET", "orders", number):
                order = self.shop.get(int(number))
                return _json(200, _document(order), ETag=f'"{order.version}"')
            case ("POST", "orders"):
                said = json.loads(call.body)
                made = self.shop.place(said["customer"], said["line"])
                return Answer(201, b"", "", {"Location": f"/v1/orders/{made.number}"})
            case ("POST", "orders", number, "cancellation"):
                wanted = call.headers.get("If-Match")
                self.shop.cancel(int(number), wanted.strip('"') if wanted else None)
                return Answer(204, b"", "")
        raise Refused(404, "NoSuchPath", "Nothing is served here.")


def _document(order: Order) -> dict[str, Any]:
    return {"id": order.number, "customer": order.customer, "state": order.state, "line": list(order.lines)}


def _json(status: int, document: Any, kind: str = "application/json", **headers: str) -> Answer:
    return Answer(status, json.dumps(document).encode(), kind, headers)


class Soap:
    """The shop by SOAP 1.1, as `schemas/orders/orders.wsdl` has it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def answer(self, call: Call) -> Answer:
        """The answer to an envelope, or to `?wsdl`."""
        if call.method == "GET":
            return describe("orders/orders.wsdl", call)
        prefixes: dict[str | None, str] = {"o": NS}
        try:
            status, body = 200, envelope(self._answer(read_body(call.body)), prefixes)
        except Refused as refused:
            status, body = 500, fault_envelope(_fault(refused), prefixes)
        except SoapFault as fault:
            status, body = 500, fault_envelope(fault, prefixes)
        return Answer(status, body, "text/xml; charset=utf-8")

    def _answer(self, asked: Any) -> Any:
        name = etree.QName(asked).localname
        if name == "GetOrder":
            content = [_element("Order", self.shop.get(_number(asked)))]
        elif name == "SearchOrders":
            states = [text(node) for node in asked.findall(f"{{{NS}}}State")]
            found = self.shop.search(_text(asked, "Customer"), states)
            content = [_element("Order", each) for each in found]
        elif name == "PlaceOrder":
            lines = [_line(node) for node in asked.findall(f"{{{NS}}}Line")]
            content = [build(NS, "Id", text=str(self.shop.place(_text(asked, "Customer") or "", lines).number))]
        elif name == "CancelOrder":
            self.shop.cancel(_number(asked), _text(asked, "Version"))
            content = []
        else:
            raise SoapFault("Client", f"There is no operation {name}.")
        return build(NS, name + "Response", *content)


def _fault(refused: Refused) -> SoapFault:
    members = [build(NS, {"order": "Id", "state": "State"}[k], text=str(v)) for k, v in refused.members.items()]
    code = "Client.Changed" if refused.name == "Changed" else "Client"
    return SoapFault(code, refused.title, [build(NS, refused.name, *members)] if members else [])


def _number(asked: Any) -> int:
    return int(_text(asked, "Id") or 0)


def _text(node: Any, name: str) -> str | None:
    found = node.find(f"{{{NS}}}{name}")
    return None if found is None else text(found)


def _line(node: Any) -> dict[str, Any]:
    line: dict[str, Any] = {"article": _text(node, "Article"), "count": int(_text(node, "Count") or 0)}
    price = _text(node, "Price")
    return line if price is None else {**line, "price": float(price)}


def _element(name: str, order: Order) -> Any:
    known = (("Id", order.number), ("Customer", order.customer), ("State", order.state), ("Version", order.version))
    lines = [
        build(NS, "Line", *(build(NS, key.capitalize(), text=str(value)) for key, value in line.items()))
        for line in order.lines
    ]
    return build(NS, name, *(build(NS, key, text=str(value)) for key, value in known), *lines)


async def start(host: str, port: int, shop: Shop | None = None) -> Running:
    """Start it on a port, 0 for a free one. Raises OSError."""
    shop = shop or Shop()
    rest, soap = Rest(shop), Soap(shop)

    async def service(call: Call) -> Answer:
        return rest.answer(call) if call.path.startswith("/v1/") else soap.answer(call)

    return await serve(service, host, port, path="/orders")


if __name__ == "__main__":
    sys.exit(asyncio.run(stay(start, sys.argv[1] if len(sys.argv) > 1 else LISTEN, "orders")))
