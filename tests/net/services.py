"""A scripted service for the tests of the way out, and one call to it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Problem
from gateway.net.upstream import Upstream

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\nhi"


class Service:
    """A service that does as the script says, and counts."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.connections = 0
        self.requests: list[bytes] = []
        self.port = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self.script(reader, writer)
        writer.close()

    async def request(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        raw = head + await reader.readexactly(length)
        self.requests.append(raw)
        return raw


@contextlib.asynccontextmanager
async def service(
    answer: bytes | Script, *, tls: ssl.SSLContext | None = None, close: bool = False
) -> AsyncIterator[Service]:
    """A service on a free port that gives the same bytes to each request, or follows a script."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await it.request(reader)
            writer.write(answer)  # type: ignore[arg-type]
            await writer.drain()
            if close:
                return

    it = Service(script if isinstance(answer, bytes) else answer)
    server = await asyncio.start_server(it, "127.0.0.1", 0, ssl=tls)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()


@contextlib.asynccontextmanager
async def upstream(port: int, path: str = "/s", scheme: str = "http", **how: object) -> AsyncIterator[Upstream]:
    one = Upstream(f"{scheme}://127.0.0.1:{port}{path}", **how)  # type: ignore[arg-type]
    await one.start()
    try:
        yield one
    finally:
        await one.close()


def call(body: bytes = b"<a/>", **headers: str) -> Wire:
    return Wire({name.replace("_", "-"): value for name, value in headers.items()}, body, method="POST")


async def failure(port: int, wire: Wire | None = None, **how: object) -> Problem:
    async with upstream(port, **how) as one:
        with pytest.raises(Problem) as info:
            await one.send(wire or call())
        assert one.pool.idle == 0
        assert one.pool.in_use == 0
    return info.value
