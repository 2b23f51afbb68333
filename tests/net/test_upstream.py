"""The way out against a scripted service: what each fault is called, and whether it was sent."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.net.upstream import Upstream

from .services import OK, call, failure, service, upstream

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
