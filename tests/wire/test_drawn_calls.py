"""The calls of a JSON service whose contract is drawn from OpenAPI: lists as the document parts them, no body where it has none."""

from __future__ import annotations

import json
from pathlib import Path

import aiohttp

from gateway.cli import run
from tests.wire.conftest import gateway_of_file
from tests.wire.standin import stand_in

TEXTS = {"type": "array", "items": {"type": "string"}}
PARAMETERS = [
    {"name": "ids", "in": "path", "required": True, "schema": {"type": "array", "items": {"type": "integer"}}},
    {"name": "tag", "in": "query", "schema": TEXTS},
    {"name": "csv", "in": "query", "explode": False, "schema": TEXTS},
    {"name": "old", "in": "query", "style": "spaceDelimited", "schema": TEXTS},
    {"name": "pipe", "in": "query", "style": "pipeDelimited", "schema": {**TEXTS, "maxItems": 2}},
]
DOCUMENT = {
    "openapi": "3.1.0", "info": {"title": "Lists"}, "servers": [{"url": "http://x.example/"}],
    "paths": {
        "/a/{ids}": {"get": {"operationId": "read", "parameters": PARAMETERS, "responses": {"204": {"description": ""}}}},
        "/go": {"post": {"operationId": "go", "responses": {"204": {"description": ""}}}},
    },
}  # fmt: skip
SOAP = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{}</s:Body></s:Envelope>"


async def test_a_call_is_what_the_document_says(tmp_path: Path) -> None:
    (tmp_path / "lists.json").write_text(json.dumps(DOCUMENT))
    assert run(["import", str(tmp_path / "lists.json"), "-o", str(tmp_path / "made")]) == 0
    async with (
        stand_in() as service,
        gateway_of_file(tmp_path / "made" / "gateway.yaml", {"LISTS_URL": service.url}) as gateway,
        aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client,
    ):

        async def call(body: str) -> int:
            service.say(204, "")
            async with client.post("/lists", data=SOAP.format(body), headers={"Content-Type": "text/xml"}) as reply:
                return reply.status

        members = [("ids", "1"), ("ids", "2"), *((name, each) for name in ("tag", "csv", "old", "pipe") for each in "xy")]
        read = "<read xmlns='urn:openapi:Lists'>{}</read>"
        assert await call(read.format("".join(f"<{name}>{text}</{name}>" for name, text in members))) == 200
        assert (service.asked.path, service.asked.query) == ("/a/1,2", "tag=x&tag=y&csv=x,y&old=x%20y&pipe=x%7Cy")
        assert await call(read.format("<ids>1</ids><csv>a,b</csv>")) == 200
        assert (service.asked.path, service.asked.query) == ("/a/1", "csv=a%2Cb")
        assert await call(read.format("<ids>1</ids><pipe>a</pipe><pipe>b</pipe><pipe>c</pipe>")) == 500
        assert service.calls == [], "what the document refuses is not sent"
        assert await call("<go xmlns='urn:openapi:Lists'/>") == 200
        assert (service.asked.path, service.asked.body) == ("/go", b"")
        assert "content-type" not in service.asked.headers
