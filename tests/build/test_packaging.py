"""MTOM over sockets: JSON and SOAP callers before a service that sends, or demands, packages."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from lxml import etree

from gateway.build.book import build
from gateway.build.packaging import threshold
from gateway.settings import parse
from tests.wire.conftest import gateway_of
from tests.wire.standin import StandIn, stand_in

CASE = Path(__file__).parents[1] / "golden/wsdl/mtom"
XOP = "http://www.w3.org/2004/08/xop/include"
PNG = bytes(range(256)) * 8
TEXT = base64.b64encode(PNG).decode()
KINDS = {"1.1": "text/xml", "1.2": "application/soap+xml"}
SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
ASK = {"name": "cat", "content": {"@tns:contentType": "image/png", "$value": TEXT}, "thumb": ["QQ==", TEXT]}


def parts_of(body: bytes, kind: str) -> tuple[Any, dict[str, Any]]:
    """The root's tree and the others, as Python's email package reads them."""
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=policy.HTTP)
    first, *others = message.iter_parts()
    assert first.get_content_type() == "application/xop+xml"
    return etree.fromstring(first.get_payload(decode=True)), {each["content-id"][1:-1]: each for each in others}


def package(inside: str, version: str, *parts: tuple[str, bytes], root: str = "application/xop+xml") -> tuple[bytes, str]:
    """A body, and its Content-Type."""
    uri, kind = SOAP[version], KINDS[version]
    said = f'Content-Type: {root}; type="{kind}"\r\nContent-ID: <r>'
    pieces = [f'--b\r\n{said}\r\n\r\n<e:Envelope xmlns:e="{uri}" xmlns:t="urn:t" xmlns:x="{XOP}"><e:Body>{inside}</e:Body></e:Envelope>'.encode()]
    pieces += [b"--b\r\nContent-ID: <%b>\r\nContent-Type: image/png\r\n\r\n%b" % (id_.encode(), body) for id_, body in parts]
    return b"\r\n".join([*pieces, b"--b--"]), f'multipart/related; boundary=b; type="{root}"; start="<r>"; start-info="{kind}"'


def include(id_: str) -> str:
    return f'<x:Include href="cid:{id_}"/>'


@asynccontextmanager
async def serving(lines: str = "") -> AsyncIterator[tuple[str, StandIn, aiohttp.ClientSession]]:
    async with stand_in() as service:
        config = f"services: {{s: {{wsdl: contract.wsdl, service: Files{lines.format(url=service.url)}}}}}"
        async with gateway_of(config, CASE) as gateway, aiohttp.ClientSession() as session:
            yield f"http://{gateway.addresses['data']}/Files", service, session


def stored(content: str, thumb: str = "") -> str:
    return f"<t:StoreResponse><t:file><t:name>cat</t:name><t:content>{content}</t:content>{thumb}</t:file></t:StoreResponse>"


@pytest.mark.parametrize(
    ("lines", "over"),
    [("", None), ("port: Mtom", 1024), ("upstream: {mtom: 7}", 7), ("port: Mtom\n    upstream: {mtom: false}", None)],
)
def test_who_is_sent_packages(lines: str, over: int | None) -> None:
    text = f"services:\n  s:\n    wsdl: contract.wsdl\n    service: Files\n    {lines}\n"
    (service,) = build(parse(text, base=CASE, env={})).services
    assert threshold(service) == over


@pytest.mark.parametrize(("lines", "version"), [(", upstream: {{url: '{url}', mtom: 100}}", "1.1"), (", port: Mtom, upstream: {{url: '{url}'}}", "1.2")])
async def test_json_to_mtom_and_back(lines: str, version: str) -> None:
    async with serving(lines) as (base, service, session):
        service.say(200, *package(stored(include("a%2Bb@x"), f"<t:thumb>{include('2')}</t:thumb>"), version, ("a+b@x", PNG), ("2", b"A")))
        async with session.post(f"{base}/Store", json=ASK) as reply:
            told = await reply.json()
        assert reply.status == 200, told
        assert told["file"]["content"] == {"$value": TEXT}
        assert told["file"]["thumb"] == ["QQ=="]
        asked = service.asked
        root, parts = parts_of(asked.body, asked.headers["content-type"])
        assert root.tag == f"{{{SOAP[version]}}}Envelope"
        assert [each.get_payload(decode=True) for each in parts.values()] == [PNG, PNG]
        assert [each.get_content_type() for each in parts.values()] == ["image/png", "application/octet-stream"]
        hrefs = [each.get("href") for each in root.iter(f"{{{XOP}}}Include")]
        assert hrefs == [f"cid:{each}" for each in parts]
        assert [each.text for each in root.iter("{urn:t}thumb")] == ["QQ==", None], "a small value stays where it is"


async def test_a_service_that_demands_nothing_is_sent_plain_soap_and_may_answer_in_a_package() -> None:
    async with serving(", upstream: {{url: '{url}'}}") as (base, service, session):
        service.say(200, *package(stored(include("1")), "1.1", ("1", b"A")))
        async with session.post(f"{base}/Store", json=ASK) as reply:
            assert (reply.status, (await reply.json())["file"]["content"]) == (200, {"$value": "QQ=="})
        assert service.asked.headers["content-type"].startswith("text/xml")


@pytest.mark.parametrize("version", ["1.1", "1.2"])
async def test_a_soap_caller_with_mtom_is_read_and_answered_in_kind(version: str) -> None:
    async with serving(", upstream: {{url: '{url}'}}") as (base, service, session):
        answer = stored(TEXT)
        plain = f'<e:Envelope xmlns:e="{SOAP["1.1"]}" xmlns:t="urn:t"><e:Body>{answer}</e:Body></e:Envelope>'
        service.say(200, plain, "text/xml")
        body, kind = package(f"<t:Store><t:name>cat</t:name><t:content>{include('1')}</t:content></t:Store>", version, ("1", PNG))
        async with session.post(base, data=body, headers={"content-type": kind}) as reply:
            root, parts = parts_of(await reply.read(), reply.headers["content-type"])
        assert reply.status == 200
        assert root.tag == f"{{{SOAP[version]}}}Envelope"
        assert [each.get_payload(decode=True) for each in parts.values()] == [PNG]
        asked = etree.fromstring(service.asked.body)
        assert asked.findtext(".//{urn:t}content") == TEXT


BAD = [
    ("<t:Store><t:name>c</t:name><t:content>{}</t:content></t:Store>".format('<x:Include href="http://127.0.0.1:9/"/>'), [], 400),
    (f"<t:Store><t:name>c</t:name><t:content>{include('1')}</t:content></t:Store>", [], 400),
    (f"<t:Store><t:name>c</t:name><t:content>{include('1')}</t:content></t:Store>", [("1", b"A"), ("2", b"B")], 400),
    (f"<t:Store><t:name>c</t:name><t:content>{include('1')}</t:content><t:thumb>{include('1')}</t:thumb></t:Store>", [("1", b"A")], 400),
    (f"<t:Store><t:name>{include('1')}</t:name><t:content>QQ==</t:content></t:Store>", [("1", b"\x00\x01")], None),
    (f"<t:Store><t:name>c</t:name><t:content>{include('1')}</t:content></t:Store>", [("1", b"A"), ("1", b"A")], 400),
    (f"<t:Store><t:name>c</t:name><t:content>{include('1')}</t:content></t:Store>", [(str(at), b"A") for at in range(1, 52)], 400),
]  # fmt: skip


@pytest.mark.parametrize(("inside", "parts", "status"), BAD)
async def test_bad_packages_of_callers_and_services(inside: str, parts: list[tuple[str, bytes]], status: int | None) -> None:
    async with serving(", upstream: {{url: '{url}'}}") as (base, service, session):
        body, kind = package(inside, "1.2", *parts)
        async with session.post(base, data=body, headers={"content-type": kind}) as reply:
            root = etree.fromstring(await reply.read()) if status else None
        if status:
            assert reply.status == status
            assert service.calls == []
            assert root is not None
            assert root.find(".//{*}Fault") is not None
        body, kind = package(stored("").replace("<t:content></t:content>", inside[inside.index("<t:content") : -len("</t:Store>")]), "1.1", *parts)
        service.say(200, body, kind)
        async with session.post(f"{base}/Store", json=ASK) as reply:
            problem = await reply.json(content_type=None)
        if status:
            assert reply.status == 502, problem
            assert problem["type"] == "/problems/upstream-malformed"


async def test_a_value_beyond_the_limit_of_the_message() -> None:
    async with serving(", upstream: {{url: '{url}'}}") as (base, service, session):
        body, kind = package(f"<t:Store><t:name>c</t:name><t:content>{include('1')}</t:content></t:Store>", "1.1", ("1", b"x" * 900_000))
        async with session.post(base, data=body, headers={"content-type": kind}) as reply:
            assert reply.status in (400, 413, 500)
            assert b"more than 1048576 bytes" in await reply.read()
        assert service.calls == []


# ---------------------------------------------------------------- SOAP with Attachments

SWA = Path(__file__).parents[1] / "golden/wsdl/attachment-parts"


@asynccontextmanager
async def attaching(service_name: str) -> AsyncIterator[tuple[str, StandIn, aiohttp.ClientSession]]:
    async with stand_in() as service:
        config = f"services: {{s: {{wsdl: contract.wsdl, service: {service_name}, upstream: {{url: '{service.url}'}}}}}}"
        async with gateway_of(config, SWA) as gateway, aiohttp.ClientSession() as session:
            yield f"http://{gateway.addresses['data']}/{service_name}", service, session


def attached(inside: str, *parts: tuple[str, bytes]) -> tuple[bytes, str]:
    body, kind = package(inside, "1.1", *parts, root="text/xml")
    return body, kind.partition("; start-info")[0]


def related(body: bytes, kind: str) -> tuple[Any, dict[str, Any]]:
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=policy.HTTP)
    assert message.get_content_type() == "multipart/related"
    first, *others = message.iter_parts()
    assert first.get_content_type() == "text/xml"
    return etree.fromstring(first.get_payload(decode=True)), {each["content-id"][1:-1]: each for each in others}


async def test_json_to_attachments_of_a_document_and_of_references() -> None:
    async with attaching("S") as (base, service, session):
        service.say(200, f'<e:Envelope xmlns:e="{SOAP["1.1"]}"><e:Body><GetResponse xmlns="urn:t">ok</GetResponse></e:Body></e:Envelope>', "text/xml")
        async with session.post(f"{base}/Get", json={"Get": {"id": 1}, "scan": TEXT}) as reply:
            assert (reply.status, await reply.json()) == (200, "ok")
        root, parts = related(service.asked.body, service.asked.headers["content-type"])
        assert [child.tag for child in root[0]] == ["{urn:t}Get"]
        ((id_, part),) = parts.items()
        assert id_.startswith("scan=")
        assert (part.get_content_type(), part.get_payload(decode=True)) == ("image/png", PNG)
        inside = "<t:ReferResponse><t:name>n</t:name><t:scan>cid:1</t:scan><t:scan>cid:2</t:scan></t:ReferResponse>"
        service.say(200, *attached(inside, ("2", b"B"), ("1", b"A")))
        async with session.post(f"{base}/Refer", json={"name": "n", "scan": [TEXT]}) as reply:
            assert (reply.status, await reply.json()) == (200, {"name": "n", "scan": ["QQ==", "Qg=="]})
        root, parts = related(service.asked.body, service.asked.headers["content-type"])
        ((id_, part),) = parts.items()
        assert root.findtext(".//{urn:t}scan") == f"cid:{id_}"
        assert part.get_payload(decode=True) == PNG
        async with session.post(f"{base}/Get", json={"Get": {"id": 1}}) as reply:
            assert reply.status == 422, "the part is the operation's own"
        service.say(200, *attached(inside, ("1", b"A")))
        async with session.post(f"{base}/Refer", json={"name": "n", "scan": [TEXT]}) as reply:
            assert (reply.status, (await reply.json())["type"]) == (502, "/problems/upstream-malformed")


async def test_a_soap_caller_sends_attachments_and_is_answered_with_them() -> None:
    async with attaching("Rpc") as (base, service, session):
        asked, kind = attached('<r:Send xmlns:r="urn:r"><note>hello</note></r:Send>', ("page=1@x", b"text"), ("raw=1@x", PNG))
        answer = '<r:SendResponse xmlns:r="urn:r"><count>2</count></r:SendResponse>'
        service.say(200, *attached(answer, ("copy=1@x", PNG)))
        async with session.post(base, data=asked, headers={"content-type": kind, "SOAPAction": '"urn:Send"'}) as reply:
            root, parts = related(await reply.read(), reply.headers["content-type"])
        assert reply.status == 200
        assert [child.tag for child in root[0][0]] == ["count"]
        assert [(each.get_content_type(), each.get_payload(decode=True)) for each in parts.values()] == [("image/png", PNG)]
        sent, parts = related(service.asked.body, service.asked.headers["content-type"])
        assert [child.tag for child in sent[0][0]] == ["note"]
        assert [(each.get_content_type(), each.get_payload(decode=True)) for each in parts.values()] == [("text/plain", b"text"), ("application/octet-stream", PNG)]
        bare, kind = attached('<r:Send xmlns:r="urn:r"><note>hello</note></r:Send>', ("page=1@x", b"text"))
        async with session.post(base, data=bare, headers={"content-type": kind, "SOAPAction": '"urn:Send"'}) as reply:
            assert b"raw" in await reply.read(), "the part that is missing is named"
        assert reply.status in (400, 500)
        async with session.post(f"{base}/Send", json={"note": "hello", "page": "dGV4dA==", "raw": TEXT}) as reply:
            assert (reply.status, await reply.json()) == (200, {"count": 2, "copy": TEXT})
