"""A gateway's path to the reference portal in small: value layers, wire layers, no sockets; for tests."""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from gateway.core.layers import stack
from gateway.core.message import Exchange, Fault, Message, Wire
from gateway.core.operation import Operation
from gateway.demo.portal import ENCRYPTED, Portal
from gateway.demo.portal_blob import BlobHalf, self_signed
from gateway.demo.portal_state import Rules, User, seeded
from gateway.demo.server import Call
from gateway.plugins.api import Place
from gateway.plugins.encryption.sessionblob import SessionBlob
from gateway.plugins.keys import Key
from gateway.testing import FakeHost, started
from gateway.xml import parse

NS = "http://www.pointsharp.com/netid/server/portal"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OWN = self_signed("gateway", PRIVATE)


def key(name: str, private: Any, der: bytes) -> Key:
    certificate = x509.load_der_x509_certificate(der)
    return Key(name, private, certificate.public_key(), (certificate,))


def operation(name: str) -> Operation:
    need = "required" if name in ENCRYPTED else "none"
    return Operation(name, "Portal", f"{NS}/IServiceSoap/{name}", "1.1", f"{{{NS}}}{name}", {}, encryption=need)


def write(name: str, value: Any) -> bytes:
    def node(tag: str, content: Any) -> etree._Element:
        made = etree.Element(f"{{{NS}}}{tag}")
        if isinstance(content, dict):
            made.extend(node(k, v) for k, v in content.items())
        else:
            made.text = str(content)
        return made

    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP, None: NS})
    etree.SubElement(root, f"{{{SOAP}}}Body").append(node(name, value))
    return etree.tostring(root)


def read(node: Any) -> Any:
    if len(node) == 0:
        return node.text or ""
    return {etree.QName(child).localname: read(child) for child in node}


class Stack:
    """`call` is what a REST client's request becomes; `sent` and `got` are the bytes between gateway and portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.sent: list[bytes] = []
        self.got: list[bytes] = []
        self.host = FakeHost(calls=self.own_call)
        self.plugin: SessionBlob | None = None
        self.tamper = lambda wire: wire

    async def wire(self, wire: Wire) -> Wire:
        self.sent.append(wire.body)
        headers = {"Content-Type": "text/xml", "SOAPAction": f'"{wire.operation.action}"'}
        answer = await self.portal(Call("POST", "/Portal", "", headers, wire.body, ""))
        self.got.append(answer.body)
        return self.tamper(Wire({"content-type": answer.content_type}, answer.body, status=answer.status))

    async def forward(self, exchange: Exchange) -> Message:
        layer = self.plugin.wire_layer("upstream", Place("Portal", (exchange.operation,)))
        body = write(exchange.operation.name, exchange.request.value())
        wire = Wire({"content-type": "text/xml"}, body, method="POST", operation=exchange.operation, exchange=exchange)
        reply = await layer(self.wire)(wire)
        root = reply.tree if reply.tree is not None else parse(reply.body, self.host.limits, response=True)
        answer = root[0][0]
        if etree.QName(answer).localname == "Fault":
            detail = answer.find("detail")
            typed = read(detail[0]) if detail is not None else None
            return Message(None, value=None, fault=Fault("Sender", answer.findtext("faultstring"), detail=typed))
        exchange.facts.update(reply.facts)
        return Message(None, value=read(answer))

    async def own_call(self, name: str, value: Any) -> Message:
        return await self.forward(Exchange(operation(name), Message(None, value=value)))

    async def call(self, name: str, **own: Any) -> Message:
        exchange = Exchange(operation(name), Message(None, value={"Info": own}))
        self.last = exchange
        return await stack([self.plugin.layer(exchange.operation)], self.forward)(exchange)


async def portal_stack(*, compress: bool = False, rules: Rules | None = None, **settings: Any) -> Stack:
    half = BlobHalf(compress=compress)
    state = seeded(rules or Rules(sessions="checked", counts="by-one"))
    state.users[21] = User(21, "Anna Lind", OWN)
    made = Stack(Portal(state, cipher=half))
    made.host.keys.keys.update(gw=key("gw", PRIVATE, OWN), portal=key("portal", None, half.certificate))
    if compress:
        settings.setdefault("scheme", {"compression": "gzip"})
    made.plugin = await started(SessionBlob, {"key": "gw", "service_certificate": "portal", **settings}, made.host)
    return made
