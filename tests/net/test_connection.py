"""One client connection: order, deadlines, the client's end."""

from __future__ import annotations

import asyncio
import socket
import struct
import time

import pytest

from gateway.core.limits import Limits
from gateway.core.message import Wire

from .wires import GET, HEAD, Echo, Raw, chunked, post, serving

# -- order


@pytest.mark.parametrize("one", [GET, post(b"x" * 1000)])
async def test_a_thousand_pipelined_requests_are_answered_in_order(one: bytes) -> None:
    running = most = 0
    count = iter(range(10_000))

    async def send(wire: Wire) -> Wire:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return Wire({}, b"%d" % next(count))

    async with serving(send) as (_, port):
        raw = await Raw.open(port)
        asyncio.get_running_loop().create_task(raw.send(one * 1000))
        for number in range(1000):
            assert (await raw.reply()).body == b"%d" % number
        raw.close()
    assert most == 1


async def test_a_malformed_request_behind_a_good_one_is_answered_second() -> None:
    async with serving(Echo(delay=0.05)) as (_, port):
        raw = await Raw.open(port)
        await raw.send(post(b"1") + b"BAD\x00\r\n\r\n")
        assert (await raw.reply()).body == b"1"
        assert (await raw.reply()).status == 400
        assert await raw.ended()


async def test_bytes_one_at_a_time() -> None:
    echo = Echo()
    async with serving(echo) as (_, port):
        raw = await Raw.open(port)
        for byte in chunked(b"hello", 2):
            await raw.send(bytes([byte]))
        assert (await raw.reply()).body == b"hello"


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_close_when_the_client_asks(version: bytes) -> None:
    async with serving(Echo()) as (_, port):
        raw = await Raw.open(port)
        await raw.send(b"GET / HTTP/" + version + b"\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert (await raw.reply()).headers["connection"] == "close"
        assert await raw.ended()


async def test_a_client_that_ends_its_half_still_gets_its_answer() -> None:
    async with serving(Echo(delay=0.05)) as (_, port):
        raw = await Raw.open(port)
        await raw.send(post(b"1"))
        raw.writer.write_eof()
        assert (await raw.reply()).body == b"1"
        assert await raw.ended()


# -- time

FAST = Limits(head_deadline=0.15, body_deadline=0.5, body_rate_after=0.15, body_rate=500, idle=0.25, write_stall=0.3)


async def test_a_slow_head_is_refused() -> None:
    async with serving(Echo(), FAST) as (_, port):
        raw = await Raw.open(port)
        await raw.send(post(b"first"))
        assert (await raw.reply()).status == 200
        for byte in b"GET / HTTP":
            await raw.send(bytes([byte]))
            await asyncio.sleep(0.03)
        assert (await raw.reply()).status == 408
        assert await raw.ended()


@pytest.mark.parametrize("before", [0, 1])
async def test_a_slow_body_is_refused(before: int) -> None:
    echo = Echo()
    async with serving(echo, FAST) as (_, port):
        raw = await Raw.open(port)
        for _ in range(before):
            await raw.send(post(b"first"))
            assert (await raw.reply()).status == 200
        begun = time.perf_counter()
        await raw.send(HEAD + b"Content-Length: 1000\r\n\r\nabc")
        assert (await raw.reply()).status == 408
        assert 0.1 < time.perf_counter() - begun < 0.4
        assert await raw.ended()
    assert len(echo.seen) == before


async def test_a_body_fast_enough_but_endless_meets_its_deadline() -> None:
    async with serving(Echo(), FAST) as (_, port):
        raw = await Raw.open(port)
        begun = time.perf_counter()
        await raw.send(HEAD + b"Content-Length: 100000\r\n\r\n")

        async def drip() -> None:
            while True:
                await raw.send(b"x" * 200)
                await asyncio.sleep(0.05)

        drips = asyncio.create_task(drip())
        assert (await raw.reply()).status == 408
        drips.cancel()
        assert 0.4 < time.perf_counter() - begun < 0.9


async def test_silence_and_idleness_end() -> None:
    async with serving(Echo(), FAST) as (server, port):
        silent = await Raw.open(port)
        idle = await Raw.open(port)
        await idle.send(GET)
        assert (await idle.reply()).status == 200
        await asyncio.sleep(0.2)
        assert await silent.ended(0.1)
        assert len(server.connections) == 1
        assert await idle.ended(0.5)
        assert not server.connections


async def test_who_does_not_read_is_cut() -> None:
    async with serving(Echo(reply=lambda _: Wire({}, b"x" * 20_000_000)), FAST) as (server, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(GET)
        await asyncio.sleep(0.2)
        assert len(server.connections) == 1
        server._empty.clear()
        async with asyncio.timeout(3):
            await server._empty.wait()
        writer.close()


async def test_a_reading_call_is_cancelled_with_its_client_a_writing_one_is_not() -> None:
    ended: list[str] = []

    async def send(wire: Wire) -> Wire:
        try:
            await asyncio.sleep(0.15)
        except asyncio.CancelledError:
            ended.append("cancelled " + wire.method)
            raise
        ended.append("whole " + wire.method)
        return Wire({}, b"")

    async with serving(send) as (server, port):
        for request in (GET, post(b"x")):
            raw = await Raw.open(port)
            await raw.send(request)
            await asyncio.sleep(0.05)
            linger = struct.pack("ii", 1, 0)  # a reset, not an orderly end: that may be half a close
            raw.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            raw.writer.transport.abort()
        await asyncio.sleep(0.3)
        assert ended == ["cancelled GET", "whole POST"]
        assert not server.connections


async def test_a_large_answer_waits_in_the_transport_only_by_the_slice() -> None:
    body = bytes(range(256)) * 40_000

    async with serving(Echo(reply=lambda _: Wire({}, body))) as (server, port):
        raw = await Raw.open(port)
        await raw.send(GET)
        await asyncio.sleep(0.1)
        (connection,) = server.connections
        assert connection.transport is not None
        assert connection.transport.get_write_buffer_size() <= 256 * 1024
        assert (await raw.reply()).body == body
        await raw.send(post(b"next"))
        assert (await raw.reply()).body == body


async def test_an_answer_that_is_cancelled_ends_its_connection() -> None:
    """Whoever waits for it would wait for ever: no deadline looks at an answer that is being made."""

    async def send(wire: Wire) -> Wire:
        raise asyncio.CancelledError

    async with serving(send) as (server, port):
        raw = await Raw.open(port)
        await raw.send(GET)
        assert await asyncio.wait_for(raw.ended(), 2)
        assert not server.connections
