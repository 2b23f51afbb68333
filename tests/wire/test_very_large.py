"""Very large messages over sockets: translated in the process beside or, without it, here, with the same bytes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from gateway.core.message import Wire
from gateway.net.upstream import Upstream
from tests.beside.conftest import FAULT, HEAD, ROUTES, WSDL, reply
from tests.wire.conftest import gateway_of

LATIN = b'<?xml version="1.0" encoding="iso-8859-1"?>%s'


class Service:
    """Answers with what it was told to, and keeps what it got."""

    def __init__(self) -> None:
        self.answer, self.status = b"", 200
        self.got = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                self.got = await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
                told = b"HTTP/1.1 %d X\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % (
                    self.status,
                    len(self.answer),
                )
                writer.write(told + self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()


async def _seen(folder: Path, how: str, many: int) -> tuple[list[Any], list[int], dict[str, float]]:
    """The answers to every kind of call, the processes beside it that there were, and what was counted."""
    good = reply(many)
    asked = json.dumps({"item": [{"id": n, "name": "x" * 30} for n in range(many)]}).encode()
    (folder / "s.wsdl").write_text(WSDL, encoding="utf-8")
    service = Service()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    address = "http://127.0.0.1:%d" % server.sockets[0].getsockname()[1]
    big = {"wsdl": "s.wsdl", "routes": ROUTES, "upstream": {"url": f"{address}/s"}}
    text = json.dumps({"services": {"big": big}, "limits": {"profile": "large", "findings": 5}, "very_large": how, "logging": {"level": "error"}})
    seen: list[Any] = []
    pids: list[int] = []
    async with gateway_of(text, folder) as gateway:
        client = Upstream(f"http://{gateway.addresses['data']}/", limits=gateway.built.limits, timeout=60.0)
        await client.start()

        async def ask(path: str, body: bytes, kind: str = "application/json", **more: str) -> None:
            service.got = b""
            found = await client.send(Wire({"content-type": kind, **more}, body, method="POST", path=path))
            told = found.body
            if found.status >= 400:
                told = told.replace(found.headers["x-request-id"].encode(), b"ID")
                told = re.sub(rb'(traceId(?:":"|>))[0-9a-f]{32}', rb"\1TRACE", told)
            seen.append((path, found.status, found.headers["content-type"], told, service.got))
            beside = gateway.serving._beside
            if beside is not None and beside.pid is not None:
                pids.append(beside.pid)

        for answer, status in (
            (good, 200),
            (reply(many, HEAD), 200),
            (LATIN % reply(many).decode().replace("Name", "N\xe4me").encode("latin-1"), 200),
            (reply(many, last="<odd/>"), 200),
            (reply(many)[:-5], 200),
            (FAULT.replace(b"<faultstring>no", b"<faultstring>" + b"n" * len(good)), 500),
        ):
            service.answer, service.status = answer, status
            await ask("/asked", b"{}")
            await ask("/looked", b"{}")
            await ask("/S", reply(0).replace(b"told", b"ask"), "text/xml")
        service.answer, service.status = reply(1), 200
        if pids:
            os.kill(pids[-1], signal.SIGKILL)
        await ask("/asked", asked.replace(b'"id": ', b'"id": "').replace(b', "name"', b'", "name"'))
        await ask("/asked/me", asked)
        await ask("/S/Ask", asked)
        await ask("/S/Ask", asked.replace(b'"id": 77,', b'"id": "x",'))
        await ask("/S", reply(many).replace(b"told", b"ask"), "text/xml")
        counter = gateway.parts.metrics.beside
        counted = {name: counter.labels(name)._value.get() for name in ("taken", "given-back", "lost")}
        await client.close()
    server.close()
    return seen, pids, counted


@pytest.mark.parametrize("many", [150, pytest.param(25_000, marks=pytest.mark.slow)])
async def test_the_answers_are_the_same_with_the_process_beside_and_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("gateway.beside.translator.PATIENCE", 60.0)  # of a busy machine
    if many < 25_000:  # else they are as large as that by themselves
        monkeypatch.setattr("gateway.beside.dialects.VERY_LARGE", 4096)
    beside, pids, counted = await _seen(tmp_path, "process", many)
    here, none, nothing = await _seen(tmp_path, "thread", many)
    assert beside == here
    refused = [502, 502, 500]
    assert [each[1] for each in beside] == [200] * 9 + refused * 2 + [422, 422, 500] + [200] * 3 + [422, 200]
    assert none == []
    assert sum(nothing.values()) == 0
    assert len(set(pids)) == 2  # another one after the first was killed
    # taken: the good replies but those for the route that looks, and the requests that are a whole message
    assert counted == {"taken": 6 + 2, "given-back": 6 + 1, "lost": 0}
    for pid in set(pids):
        assert not Path(f"/proc/{pid}").exists()  # it ended with the gateway
