"""Raw sockets for the tests of this room: what was sent, what came back, byte for byte."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from gateway.core.limits import DEFAULT, Limits
from gateway.core.message import Wire
from gateway.net.server import Server

GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\n"


def post(body: bytes, extra: bytes = b"") -> bytes:
    return HEAD + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes, size: int = 1000) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return (
        HEAD
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts)
        + b"0\r\n\r\n"
    )


@dataclass
class Echo:
    """A `Send` that keeps what it was given."""

    seen: list[Wire] = field(default_factory=list)
    delay: float = 0.0
    reply: Callable[[Wire], Wire] = lambda wire: Wire({"content-type": "text/plain"}, wire.body, status=200)

    async def __call__(self, wire: Wire) -> Wire:
        self.seen.append(wire)
        if self.delay:
            await asyncio.sleep(self.delay)
        return self.reply(wire)


@contextlib.asynccontextmanager
async def serving(
    send: Callable[[Wire], Awaitable[Wire]], limits: Limits = DEFAULT, **how: object
) -> AsyncIterator[tuple[Server, int]]:
    server = Server(send, limits, **how)  # type: ignore[arg-type]
    address = await server.start("127.0.0.1:0")
    try:
        yield server, int(address.rpartition(":")[2])
    finally:
        await server.stop(0.2)


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Raw:
    """A client that sends what it is told and reads answers one by one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int) -> Raw:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self, within: float = 3.0) -> Reply:
        async with asyncio.timeout(within):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
            status = int(head[0].split(" ")[1])
            if status == 100:
                return Reply(status, headers, b"")
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
            return Reply(status, headers, body)

    async def ended(self, within: float = 3.0) -> bool:
        """Whether the server has closed, nothing more having come."""
        try:
            async with asyncio.timeout(within):
                return await self.reader.read(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def close(self) -> None:
        self.writer.close()


async def once(port: int, data: bytes) -> Reply:
    """One request on a connection of its own."""
    raw = await Raw.open(port)
    try:
        await raw.send(data)
        return await raw.reply()
    finally:
        raw.close()
