"""WS-Addressing over the wire: a contract that asks for it, a service that checks it, callers with and without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from lxml import etree

from gateway.demo.server import Answer, Call, serve
from gateway.dialect.addressing import ANONYMOUS, NS
from gateway.settings import Refused
from tests.dialect.conftest import BUY, WSDL, envelope
from tests.wire.conftest import gateway_of

USING = '<binding name="Shop" type="t:Shop"><a:UsingAddressing xmlns:a="http://www.w3.org/2006/05/addressing/wsdl"/>'
REPLY = "<t:BuyResponse><t:BuyResult><t:Task><t:n>1</t:n></t:Task></t:BuyResult></t:BuyResponse>"
RECEIVED: list[dict[str, str]] = []


async def _service(call: Call) -> Answer:
    """Answers only what is addressed to it, and says to what it answers."""
    header = etree.fromstring(call.body)[0]
    blocks = {etree.QName(each).localname: "".join(each.itertext()) for each in header}
    RECEIVED.append(blocks)
    assert blocks["To"].endswith("/shop")
    own = f'<w:RelatesTo xmlns:w="{NS}">{blocks["MessageID"]}</w:RelatesTo><w:Action xmlns:w="{NS}">urn:t:BuyResponse</w:Action>'
    return Answer(200, envelope(REPLY, "1.1", own), "text/xml")


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    RECEIVED.clear()
    (tmp_path / "shop.wsdl").write_text(WSDL.replace('<binding name="Shop" type="t:Shop">', USING))
    running = await serve(_service, "127.0.0.1", 0, path="/shop")
    text = f"services:\n  shop:\n    wsdl: shop.wsdl\n    upstream: {{url: '{running.url}'}}\n"
    async with gateway_of(text, tmp_path) as gateway:
        yield f"http://{gateway.addresses['data']}/Shop"
    await running.stop()


async def _post(url: str, body: bytes, kind: str = "text/xml") -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as client, client.post(url, data=body, headers={"content-type": kind}) as reply:
        return reply.status, await reply.read()


async def test_a_rest_caller_knows_nothing_of_it(address: str) -> None:
    status, body = await _post(f"{address}/Buy", b'{"id":7}', "application/json")
    assert (status, body) == (200, b'{"BuyResult":{"Task":{"n":1}}}')
    assert (RECEIVED[0]["Action"], RECEIVED[0]["ReplyTo"]) == ("urn:t/Buy", ANONYMOUS)


async def test_a_soap_caller_with_it_is_answered_by_the_gateway(address: str) -> None:
    own = f'<w:Action xmlns:w="{NS}" e:mustUnderstand="1">urn:t/Buy</w:Action><w:MessageID xmlns:w="{NS}">urn:mine</w:MessageID>'
    status, body = await _post(address, envelope(BUY, "1.1", own))
    assert status == 200
    assert b">urn:mine</wsa:RelatesTo>" in body
    assert RECEIVED[0]["MessageID"] != "urn:mine"


async def test_a_soap_caller_without_it_is_served_without(address: str) -> None:
    status, body = await _post(address, envelope(BUY))
    assert status == 200
    assert NS.encode() not in body


async def test_an_answer_elsewhere_is_refused_before_anything_is_sent(address: str) -> None:
    own = f'<w:Action xmlns:w="{NS}">urn:t/Buy</w:Action><w:ReplyTo xmlns:w="{NS}"><w:Address>{address}</w:Address></w:ReplyTo>'
    status, body = await _post(address, envelope(BUY, "1.1", own))
    assert status == 500
    assert b"wsa:OnlyAnonymousAddressSupported" in body
    assert not RECEIVED


@pytest.mark.parametrize(("version", "code"), [("1.1", b"<faultcode xmlns:wsa="), ("1.2", b"InvalidAddressingHeader")])
async def test_a_message_is_taken_once_where_that_is_set(tmp_path: Path, version: Any, code: bytes) -> None:
    RECEIVED.clear()
    (tmp_path / "shop.wsdl").write_text(WSDL.replace('<binding name="Shop" type="t:Shop">', USING))
    running = await serve(_service, "127.0.0.1", 0, path="/shop")
    text = f"services:\n  shop:\n    wsdl: shop.wsdl\n    replays: 300\n    upstream: {{url: '{running.url}'}}\n"
    own = f'<w:Action xmlns:w="{NS}">urn:t/Buy</w:Action><w:MessageID xmlns:w="{NS}">urn:mine:%s</w:MessageID>'
    kind = "text/xml" if version == "1.1" else "application/soap+xml"
    async with gateway_of(text, tmp_path) as gateway:
        url = f"http://{gateway.addresses['data']}/Shop"
        assert (await _post(url, envelope(BUY, version, own % 1), kind))[0] == 200
        status, body = await _post(url, envelope(BUY, version, own % 1), kind)
        assert status == (500 if version == "1.1" else 400)
        assert code in body
        assert b"wsa:DuplicateMessageID" in body
        assert b">urn:mine:1</wsa:RelatesTo>" in body
        assert (await _post(url, envelope(BUY, version, own % 2), kind))[0] == 200
    assert len(RECEIVED) == 2
    await running.stop()
    with pytest.raises(Refused, match="leaves a MessageID to the service"):
        async with gateway_of(text.replace("replays: 300", "replays: 300\n    addressing: pass"), tmp_path):
            pass
