"""The way out against a scripted service: what each fault is called, and whether it was sent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gateway.core.limits import DEFAULT, Limits
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
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


# -- the plain way


async def test_a_request_goes_out_and_its_answer_comes_back() -> None:
    async with service(OK) as it, upstream(it.port, "/s?x=1") as one:
        reply = await one.send(
            call(content_type="text/xml", soapaction='"u"', connection="x", host="evil", accept_encoding="gzip")
        )
        assert (reply.status, reply.body, reply.headers) == (200, b"hi", {"content-type": "text/xml"})
        assert it.requests == [
            b"POST /s?x=1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept-Encoding: identity\r\nContent-Type: text/xml\r\n"
            b'Soapaction: "u"\r\nContent-Length: 4\r\n\r\n<a/>' % it.port
        ]


async def test_connections_are_used_again_the_last_first() -> None:
    async with service(OK) as it, upstream(it.port) as one:
        for _ in range(5):
            assert (await one.send(call())).body == b"hi"
        assert (it.connections, one.pool.idle) == (1, 1)
        await asyncio.gather(*(one.send(call()) for _ in range(4)))
        assert it.connections == 4


async def test_idle_connections_are_closed_in_time() -> None:
    async with service(OK) as it, upstream(it.port, idle=0.1) as one:
        await one.send(call())
        assert one.pool.idle == 1
        await asyncio.sleep(0.2)
        assert one.pool.idle == 0
        await one.send(call())
        assert it.connections == 2


async def test_a_connection_that_the_service_closed_is_not_used_again() -> None:
    async with service(OK, close=True) as it, upstream(it.port) as one:
        for _ in range(3):
            assert (await one.send(call())).body == b"hi"
            await asyncio.sleep(0.02)
        assert it.connections == 3


async def test_bytes_while_idle_end_a_connection() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await it.request(reader)
        writer.write(OK)
        await asyncio.sleep(0.05)
        writer.write(OK)
        await asyncio.sleep(1)

    async with service(script) as it, upstream(it.port) as one:
        await one.send(call())
        await asyncio.sleep(0.1)
        assert not one.pool._idle[0].alive


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\n" + OK, 200, b"hi"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nTrailer: x\r\n\r\n", 200, b"hi"),
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", 202, b""),
        (b"HTTP/1.1 204 No\r\n\r\n", 204, b""),
        (b"HTTP/1.1 500 E\r\nContent-Length: 5\r\n\r\nfault", 500, b"fault"),
        (b"HTTP/1.1 503 E\r\nRetry-After: 7\r\nContent-Length: 1\r\n\r\nx", 503, b"x"),
        (b"HTTP/1.0 200\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    ],
)
async def test_answers_that_are_read(answer: bytes, status: int, body: bytes) -> None:
    async with service(answer) as it, upstream(it.port) as one:
        for _ in range(2):
            reply = await one.send(call())
            assert (reply.status, reply.body) == (status, body)


async def test_a_body_that_ends_with_the_connection() -> None:
    async with service(b"HTTP/1.1 200 OK\r\n\r\nuntil the end", close=True) as it, upstream(it.port) as one:
        assert (await one.send(call())).body == b"until the end"
        assert one.pool.idle == 0


async def test_bytes_one_at_a_time() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await it.request(reader)
        for byte in OK:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    async with service(script) as it, upstream(it.port) as one:
        assert (await one.send(call())).body == b"hi"


async def test_cookies_are_not_kept() -> None:
    async with service(OK.replace(b"\r\n", b"\r\nSet-Cookie: s=1\r\n", 1)) as it, upstream(it.port) as one:
        for _ in range(2):
            assert "set-cookie" not in (await one.send(call())).headers
        assert b"ookie" not in b"".join(it.requests)


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with service(OK) as it, upstream(it.port) as one:
        assert (await one.send(call())).status == 200


async def test_a_unix_socket(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = str(tmp_path / "s")

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n<a/>")
        writer.write(OK)

    server = await asyncio.start_unix_server(script, path)
    one = Upstream("http+unix://" + path.replace("/", "%2F") + "/x")
    assert (one.path, (await one.send(call())).body) == ("/x", b"hi")
    await one.close()
    server.close()


# -- faults: F rows


async def test_f01_refused() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.perf_counter()
    problem = await failure(port)
    assert (problem.kind, problem.outcome) == (Kind.UPSTREAM_UNREACHABLE, "not-sent")
    assert time.perf_counter() - begun < 1.5


async def test_f01_unknown_name() -> None:
    one = Upstream("http://name.invalid/")
    with pytest.raises(Problem) as info:
        await one.send(call())
    assert info.value.kind in {Kind.UPSTREAM_UNREACHABLE, Kind.UPSTREAM_CONNECT_TIMEOUT}
    assert info.value.outcome == "not-sent"


async def test_f02_no_connection() -> None:
    """A full backlog: the kernel drops what would be one connection more."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        held = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            held.append(client)
        await asyncio.sleep(0.05)
        begun = time.perf_counter()
        problem = await failure(port, connect_timeout=0.2)
        assert (problem.kind, problem.outcome) == (Kind.UPSTREAM_CONNECT_TIMEOUT, "not-sent")
        assert 0.15 < time.perf_counter() - begun < 0.6
        for client in held:
            client.close()


async def test_f04_no_answer() -> None:
    async with service(b"") as it:
        begun = time.perf_counter()
        problem = await failure(it.port, timeout=0.3)
        assert (problem.kind, problem.outcome) == (Kind.UPSTREAM_TIMEOUT, "unknown")
        assert 0.28 < time.perf_counter() - begun < 0.45
        assert len(it.requests) == 1


async def test_f05_the_deadline_is_total() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await it.request(reader)
        for byte in OK * 100:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    async with service(script) as it:
        begun = time.perf_counter()
        problem = await failure(it.port, timeout=0.3)
        assert (problem.kind, problem.outcome) == (Kind.UPSTREAM_TIMEOUT, "unknown")
        assert time.perf_counter() - begun < 0.45


async def test_a_call_may_have_its_own_deadline() -> None:
    async with service(b"") as it:
        wire = call()
        wire.facts["timeout"] = 0.1
        begun = time.perf_counter()
        assert (await failure(it.port, wire)).kind is Kind.UPSTREAM_TIMEOUT
        assert time.perf_counter() - begun < 0.3


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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    async with (
        service(OK) as canary,
        service(
            b"HTTP/1.1 %d Moved\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % (status, canary.port)
        ) as it,
        upstream(it.port) as one,
    ):
        with pytest.raises(Problem) as info:
            await one.send(call())
        assert info.value.kind is Kind.UPSTREAM_REDIRECT
        assert canary.connections == 0


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


@pytest.mark.parametrize(
    "wire",
    [
        Wire({"x": "a\r\nb: c"}, b"", method="POST"),
        Wire({"x y": "a"}, b"", method="POST"),
        Wire({}, b"", method="POST", path="/a b"),
        Wire({}, b"", method="POST", path="/a\r\nb"),
        Wire({}, b"", method="PO ST"),
        Wire({}, b"", method="POST", query="a b"),
    ],
)
async def test_a_request_cannot_be_split(wire: Wire) -> None:
    async with service(OK) as it:
        problem = await failure(it.port, wire)
        assert (problem.kind, problem.outcome) == (Kind.INTERNAL, "not-sent")
        assert it.connections == 0


@pytest.mark.parametrize("url", ["ftp://a/", "http:///x", "a", "http://u:p@a/"])
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Upstream(url)


# -- the pool


async def test_two_hundred_at_once_over_a_pool_of_a_hundred() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await it.request(reader)
            await asyncio.sleep(0.02)
            writer.write(OK)

    async with service(script) as it, upstream(it.port, pool=100) as one:
        begun = time.perf_counter()
        replies = await asyncio.gather(*(one.send(call()) for _ in range(200)))
        assert time.perf_counter() - begun < 0.5  # 0.25 where the service does not share our loop (bench)
        assert {reply.status for reply in replies} == {200}
        assert it.connections <= 100


async def test_the_wait_for_a_connection_is_bounded() -> None:
    async with service(b"") as it, upstream(it.port, pool=1, limits=Limits(queue_wait=0.1), timeout=1) as one:
        first = asyncio.create_task(one.send(call()))
        await asyncio.sleep(0.02)
        with pytest.raises(Problem) as info:
            await one.send(call())
        assert (info.value.kind, info.value.outcome) == (Kind.OVERLOADED, "not-sent")
        assert len(it.requests) == 1
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert (one.pool.in_use, one.pool.waiting, one.pool._free) == (0, 0, 1)


async def test_a_cancelled_call_gives_its_place_back() -> None:
    async with service(b"") as it, upstream(it.port, pool=2) as one:
        calls = [asyncio.create_task(one.send(call())) for _ in range(5)]
        await asyncio.sleep(0.05)
        for each in calls:
            each.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert (one.pool.in_use, one.pool.waiting, one.pool._free, one.pool.idle) == (0, 0, 2, 0)
        assert len(it.requests) == 2


async def test_failures_do_not_use_the_pool_up() -> None:
    async with service(b"garbage\r\n\r\n") as it, upstream(it.port, pool=2) as one:
        for _ in range(10):
            with pytest.raises(Problem):
                await one.send(call())
        assert (one.pool._free, one.pool.in_use) == (2, 0)


def test_limits_default() -> None:
    assert Upstream("http://a").pool._limits is DEFAULT
