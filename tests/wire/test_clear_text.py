"""Nothing marked `encryption: required` leaves in clear unless the explicit setting says so; nobody is called then."""

from __future__ import annotations

import aiohttp
import pytest

from gateway.demo.server import Answer, Call, serve
from tests.wire.conftest import ROOT, gateway_of

FLAG = "    dangerous_allow_clear_text: true\n"
JSON = '{"SessionId": "", "Id": "1", "Count": "1"}'
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<ReleaseTask xmlns="http://www.pointsharp.com/netid/server/portal"><Info><SessionId></SessionId><Id>1</Id><Count>1</Count>'
    "</Info></ReleaseTask></s:Body></s:Envelope>"
)
ANSWER = (
    ENVELOPE.replace("<Info><SessionId></SessionId><Id>1</Id><Count>1</Count></Info>", "<ReleaseTaskResult/>")
    .replace("ReleaseTask ", "ReleaseTaskResponse ")
    .replace("</ReleaseTask>", "</ReleaseTaskResponse>")
)


class Service:
    """Counts what reaches it."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []

    async def __call__(self, call: Call) -> Answer:
        self.calls.append(call.body)
        return Answer(200, ANSWER.encode(), "text/xml; charset=utf-8")


@pytest.mark.parametrize("allowed", [False, True])
async def test_clear_text_needs_the_explicit_setting(allowed: bool) -> None:
    service = Service()
    running = await serve(service, "127.0.0.1", 0, path="/portal")
    text = (ROOT / "config/netid.yaml").read_text()
    assert FLAG in text
    text = text.replace("${NETID_PORTAL:-http://127.0.0.1:8090/portal}", running.url)
    text = text if allowed else text.replace(FLAG, "")
    try:
        async with gateway_of(text, ROOT / "config") as gateway, aiohttp.ClientSession() as client:
            base = f"http://{gateway.addresses['data']}"
            json_headers = {"content-type": "application/json"}
            async with client.post(f"{base}/api/task/release", data=JSON, headers=json_headers) as reply:
                document = await reply.json(content_type=None)
                rest = reply.status
            action = "http://www.pointsharp.com/netid/server/portal/IServiceSoap/ReleaseTask"
            soap_headers = {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action}"'}
            async with client.post(f"{base}/portal", data=ENVELOPE, headers=soap_headers) as reply:
                words = await reply.text()
                soap = reply.status
    finally:
        await running.stop()
    if allowed:
        assert (rest, soap, len(service.calls)) == (200, 200, 2), (document, words)
    else:
        assert (rest, document["type"]) == (403, "/problems/encryption-required")
        assert (soap, "encryption-required" in words) == (500, True)
        assert service.calls == []


INVALID = ENVELOPE.replace("<Id>1</Id>", "<Id>x</Id><Evil/>")


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/api/task/release", JSON, "application/json"),
        ("/api/task/release", '{"Evil": 1}', "application/json"),
        ("/api/task/release", "{", "application/json"),
        ("/api/task/release", "a=b", "application/x-www-form-urlencoded"),
        ("/portal", ENVELOPE, "text/xml; charset=utf-8"),
        ("/portal", INVALID, "text/xml; charset=utf-8"),
    ],
)
async def test_what_a_client_had_to_encrypt_is_judged_before_all_else(path: str, body: str, kind: str) -> None:
    """Not even what is wrong with it is said of a call that came in clear; a kept answer is none for it either."""
    service = Service()
    running = await serve(service, "127.0.0.1", 0, path="/portal")
    text = (ROOT / "config/netid.yaml").read_text()
    text = text.replace("${NETID_PORTAL:-http://127.0.0.1:8090/portal}", running.url)
    text = text.replace("ReleaseTask: {encryption: required}", "ReleaseTask: {client: {encryption: required}}")
    assert "client: {encryption: required}" in text
    action = "http://www.pointsharp.com/netid/server/portal/IServiceSoap/ReleaseTask"
    try:
        async with gateway_of(text, ROOT / "config") as gateway, aiohttp.ClientSession() as client:
            headers = {"content-type": kind, "soapaction": f'"{action}"', "idempotency-key": "one"}
            for _ in range(2):
                async with client.post(f"http://{gateway.addresses['data']}{path}", data=body, headers=headers) as reply:
                    words = await reply.text()
                assert reply.status == (500 if path == "/portal" else 403)
                assert "encryption-required" in words
                assert "Evil" not in words
    finally:
        await running.stop()
    assert service.calls == []
