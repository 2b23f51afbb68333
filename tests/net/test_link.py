"""One connection to a service: row F-07, and where an answer ends."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from gateway.core.limits import Limits
from gateway.core.problem import Kind

from .services import OK, call, failure, service, upstream

MALFORMED = {
    "garbage": b"garbage\r\n\r\n",
    "http 0.9": b"<html></html>",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "length and chunked": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "204 with a body": b"HTTP/1.1 204 No\r\n\r\nbody",
    "extra bytes": OK + b"extra",
    "two answers": OK + OK,
    "200 fields": b"HTTP/1.1 200 OK\r\n" + b"".join(b"f%d: x\r\n" % i for i in range(200)) + b"\r\n",
    "a field of 9 KB": b"HTTP/1.1 200 OK\r\nA: " + b"x" * 9000 + b"\r\nContent-Length: 0\r\n\r\n",
    "an endless field": b"HTTP/1.1 200 OK\r\nA: " + b"x" * 90_000,
    "an endless status": b"HTTP/1.1 200 " + b"x" * 90_000,
    "1xx flood": b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + OK,
    "switching protocols": b"HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi",
    "gzip as transfer coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "broken chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
}


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED.keys())
async def test_f07_malformed(answer: bytes) -> None:
    async with service(answer) as it:
        problem = await failure(it.port, timeout=2)
        assert (problem.kind, problem.outcome) == (Kind.UPSTREAM_MALFORMED, "unknown")
        assert len(it.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
        b"HTTP/1.1 200 OK\r\nContent-",
    ],
)
async def test_a_truncated_answer_is_malformed(answer: bytes) -> None:
    async with service(answer, close=True) as it:
        problem = await failure(it.port)
        assert problem.kind in {Kind.UPSTREAM_MALFORMED, Kind.UPSTREAM_CLOSED}
        assert problem.outcome == "unknown"


async def test_a_reset_is_no_end_of_a_body() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await it.request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n<whole/>")
        await asyncio.sleep(0.05)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with service(script) as it:
        assert (await failure(it.port)).kind is Kind.UPSTREAM_MALFORMED


async def test_closed_without_an_answer_is_unknown_and_never_repeated() -> None:
    async with service(b"", close=True) as it:
        problem = await failure(it.port)
        assert (problem.kind, problem.outcome) == (Kind.UPSTREAM_CLOSED, "unknown")
        assert len(it.requests) == 1


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
async def test_the_size_of_an_answer_is_bounded(framing: str) -> None:
    limits = Limits(response=1000)

    def answer(size: int) -> bytes:
        body = b"x" * size
        if framing == "length":
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + body
        if framing == "chunked":
            return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (size, body)
        return b"HTTP/1.1 200 OK\r\n\r\n" + body

    async with service(answer(1000), close=True) as it, upstream(it.port, limits=limits) as one:
        assert len((await one.send(call())).body) == 1000
    async with service(answer(1001), close=True) as it:
        assert (await failure(it.port, limits=limits)).kind is Kind.UPSTREAM_TOO_LARGE
