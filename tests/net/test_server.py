"""The server over real sockets: the H rows, boundary pairs, order, deadlines, drain."""

from __future__ import annotations

import asyncio
import time

import pytest

from gateway.core.limits import DEFAULT, Limits
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem

from .wires import GET, HEAD, Echo, Raw, chunked, once, post, serving


async def test_a_request_becomes_a_wire_and_the_answer_goes_back() -> None:
    echo = Echo()
    async with serving(echo) as (_, port):
        raw = await Raw.open(port)
        for _ in range(3):
            await raw.send(
                b"POST /a%20b/c?d=%2F HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nx-a: 2\r\nX_A: 3\r\nContent-Length: 2\r\n\r\nhi"
            )
            reply = await raw.reply()
            assert (reply.status, reply.body) == (200, b"hi")
            assert "server" not in reply.headers
            assert "connection" not in reply.headers
            assert "date" in reply.headers
    wire = echo.seen[0]
    assert (wire.method, wire.path, wire.query, wire.body) == ("POST", "/a b/c", "d=%2F", b"hi")
    assert wire.headers == {"host": "h:1", "x-a": "1, 2", "content-length": "2"}
    assert wire.facts == {"peer": "127.0.0.1", "scheme": "http"}
    assert len(echo.seen) == 3


async def test_head_has_no_body_and_204_no_length() -> None:
    echo = Echo(reply=lambda wire: Wire({}, b"body", status=204 if wire.path == "/none" else 200))
    async with serving(echo) as (_, port):
        raw = await Raw.open(port)
        await raw.send(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n" + GET)
        head = await raw.reader.readuntil(b"\r\n\r\n")
        assert b"Content-Length: 4" in head
        none = await raw.reader.readuntil(b"\r\n\r\n")
        assert none.startswith(b"HTTP/1.1 204")
        assert b"ontent-" not in none
        assert (await raw.reply()).body == b"body"


BAD = {
    "cl and te": (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "te and cl": (HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", {400}),
    "cl list": (HEAD + b"Content-Length: 1, 1\r\n\r\nx", {400}),
    "cl twice, the same": (HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", {400}),
    "cl twice, another": (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", {400}),
    "cl with sign": (HEAD + b"Content-Length: +1\r\n\r\nx", {400}),
    "cl negative zero": (HEAD + b"Content-Length: -0\r\n\r\n", {400}),
    "cl hexadecimal": (HEAD + b"Content-Length: 0x10\r\n\r\n", {400}),
    "cl leading zeros": (HEAD + b"Content-Length: 00010\r\n\r\n0123456789", {400}),
    "cl leading zero, no body": (HEAD + b"Content-Length: 010\r\n\r\n", {400}),
    "cl empty": (HEAD + b"Content-Length: \r\n\r\n", {400}),
    "cl 20 digits": (HEAD + b"Content-Length: 10000000000000000000\r\n\r\n", {400, 413}),
    "cl separators": (HEAD + b"Content-Length: 1_0\r\n\r\n0123456789", {400}),
    "te comma chunked": (HEAD + b"Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", {400}),
    "te chunked comma": (HEAD + b"Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", {400}),
    "te gzip chunked": (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "te chunked identity": (HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", {400, 501}),
    "te xchunked": (HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "te vertical tab": (HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", {400}),
    "te twice": (HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "te on 1.0": (b"POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "te empty": (HEAD + b"Transfer-Encoding:\r\n\r\n", {400}),
    "http 0.9": (b"GET /\r\n\r\n", {400, 505}),
    "http 1.0 without host": (b"GET / HTTP/1.0\r\n\r\n", {400}),
    "http 1.1 without host": (b"GET / HTTP/1.1\r\n\r\n", {400}),
    "http 1.2": (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", {400, 505}),
    "http 2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
    "tls on a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40, {400}),
    "connect": (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", {405, 501}),
    "trace": (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", {405, 501}),
    "unknown method": (b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", {405, 501}),
    "llhttp's other methods": (b"PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", {405, 501}),
    "long method": (b"G" * 10_000 + b" / HTTP/1.1\r\nHost: a\r\n\r\n", {400, 501}),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", {400}),
    "host with a path": (b"GET / HTTP/1.1\r\nHost: a b/../x\r\n\r\n", {400}),
    "empty host": (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", {400}),
    "host with user": (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", {400}),
    "another host in the target": (b"GET http://evil/ HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "target of another scheme": (b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "target without slash": (b"GET a HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "asterisk": (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: a\n\n", {400}),
    "folded field": (b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", {400}),
    "space before the colon": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", {400}),
    "space before the first field": (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", {400}),
    "nul in a value": (b"GET / HTTP/1.1\r\nHost: a\r\nA: \x00\r\n\r\n", {400}),
    "cr in a value": (b"GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", {400}),
    "field without name": (b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", {400}),
    "chunk size with sign": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n", {400}),
    "chunk size with underscore": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1_0\r\nx\r\n0\r\n\r\n", {400}),
    "chunk size with 0x": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n", {400}),
    "chunk size overflow": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\nx\r\n0\r\n\r\n", {400}),
    "chunk with bare lf": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\nx\n0\n\n", {400}),
    "chunk with cr cr lf": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\r\nx\r\n0\r\n\r\n", {400}),
    "chunk longer than said": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n", {400}),
    "chunk extension of 1 MB": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 1_200_000 + b"\r\nx\r\n0\r\n\r\n",
        {400, 413},
    ),
    "content encoding": (post(b"x", b"Content-Encoding: gzip\r\n"), {415}),
    "content encoding twice": (post(b"x", b"Content-Encoding: gzip, gzip\r\n"), {415}),
    "unknown content encoding": (post(b"x", b"Content-Encoding: foo\r\n"), {415}),
    "expectation": (HEAD + b"Expect: foo\r\nContent-Length: 1\r\n\r\n", {417}),
    "dot segments": (b"GET /a/../admin HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "encoded dots": (b"GET /a/%2e%2E/admin HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "encoded slash": (b"GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "fragment": (b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "ends within the head": (b"GET / HTTP/1.1\r\nHos", {400}),
    "ends within the body": (HEAD + b"Content-Length: 5\r\n\r\nab", {400}),
}


@pytest.mark.parametrize(("raw", "statuses"), BAD.values(), ids=BAD.keys())
async def test_what_is_refused_closes_and_never_reaches_the_handler(raw: bytes, statuses: set[int]) -> None:
    echo = Echo()
    async with serving(echo) as (server, port):
        client = await Raw.open(port)
        await client.send(raw)
        if "ends" in str(raw[-3:]) or raw.endswith((b"Hos", b"\r\nab")):
            client.writer.write_eof()
        reply = await client.reply()
        assert reply.status in statuses
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["connection"] == "close"
        assert len(reply.body) <= 2048
        assert await client.ended()
        client.close()
        assert echo.seen == []
        assert (await once(port, GET)).status == 200
        await asyncio.sleep(0.05)
        assert len(server.connections) <= 1


async def test_nothing_of_the_request_is_echoed() -> None:
    async with serving(Echo()) as (_, port):
        reply = await once(port, b"GET / HTTP/1.1\r\nHost: a\r\nsecret-token: \x01abc\r\n\r\n")
        assert b"secret" not in reply.body
        assert b"abc" not in reply.body


@pytest.mark.parametrize("upgrade", [b"h2c", b"websocket"])
@pytest.mark.parametrize("framing", ["length", "chunked", "none"])
async def test_an_upgrade_is_ignored_and_the_body_still_read(upgrade: bytes, framing: str) -> None:
    echo = Echo()
    more = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: " + upgrade + b"\r\nHTTP2-Settings: AAMAAABk\r\n"
    raw = {
        "length": post(b"hello", more),
        "chunked": chunked(b"hello").replace(b"Host: a\r\n", b"Host: a\r\n" + more),
        "none": HEAD + more + b"\r\n",
    }
    async with serving(echo) as (_, port):
        for pieces in ([raw[framing]], [raw[framing][:-3], raw[framing][-3:]]):
            client = await Raw.open(port)
            for piece in pieces:
                await client.send(piece)
                await asyncio.sleep(0.02)
            reply = await client.reply()
            assert reply.status == 200
            assert reply.body == (b"" if framing == "none" else b"hello")
            assert await client.ended()
            client.close()
    assert len(echo.seen) == 2


async def test_hosts_by_list() -> None:
    async with serving(Echo(), hosts=["api.example", "[::1]:80"]) as (_, port):
        for host, status in ((b"api.example", 200), (b"API.example:8080", 200), (b"[::1]:80", 200), (b"other", 421)):
            assert (await once(port, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")).status == status


# -- boundaries


def with_fields(count: int) -> bytes:
    return b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"f%d: x\r\n" % i for i in range(count - 1)) + b"\r\n"


def with_head(size: int) -> bytes:
    """Fields of that many bytes together, CRLF and colon included."""
    left = size - len(b"Host: a\r\n")
    fields = b""
    index = 0
    while left > 9000:
        fields += b"a%03d: " % index + b"x" * 7992 + b"\r\n"
        left -= 8000
        index += 1
    first = left // 2
    for length in (first, left - first):
        fields += b"b%03d: " % index + b"x" * (length - 8) + b"\r\n"
        index += 1
    return b"GET / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n"


BOUNDARIES = {
    "request line": (lambda n: b"GET /" + b"x" * (n - 14) + b" HTTP/1.1\r\nHost: a\r\n\r\n", 8190, 414),
    "field": (lambda n: b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * (n - 1) + b"\r\n\r\n", 8190, 431),
    "fields": (with_fields, 100, 431),
    "head": (with_head, 32 * 1024, 431),
    "body": (lambda n: post(b"x" * n), 1024 * 1024, 413),
    "chunked body": (lambda n: chunked(b"x" * n), 1024 * 1024, 413),
}


@pytest.mark.parametrize(("make", "limit", "status"), BOUNDARIES.values(), ids=BOUNDARIES.keys())
async def test_boundary_pair(make, limit: int, status: int) -> None:  # type: ignore[no-untyped-def]
    echo = Echo(reply=lambda _: Wire({}, b""))
    async with serving(echo) as (_, port):
        assert (await once(port, make(limit))).status == 200
        assert len(echo.seen) == 1
        refused = await once(port, make(limit + 1))
        assert refused.status == status
        assert len(echo.seen) == 1


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /" + b"x" * 100_000, 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * 100_000, 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"f%d: x\r\n" % i for i in range(5000)), 431),
    ],
)
async def test_an_endless_head_is_refused_before_it_ends(raw: bytes, status: int) -> None:
    async with serving(Echo()) as (_, port):
        assert (await once(port, raw)).status == status


async def test_a_body_too_large_is_answered_before_it_is_read() -> None:
    echo = Echo()
    async with serving(echo) as (_, port):
        begun = time.perf_counter()
        for more in (b"", b"Expect: 100-continue\r\n"):
            reply = await once(port, HEAD + more + b"Content-Length: 10000000000\r\n\r\n")
            assert reply.status == 413
        assert time.perf_counter() - begun < 0.5
    assert echo.seen == []


async def test_a_route_may_take_a_larger_body() -> None:
    limits = {"/large": 200, "/small": 100}
    async with serving(Echo(), body_limit=lambda method, path: limits[path]) as (_, port):
        for path, size, status in (
            ("/small", 100, 200),
            ("/small", 101, 413),
            ("/large", 200, 200),
            ("/large", 201, 413),
        ):
            raw = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode() + b"x" * size
            assert (await once(port, raw)).status == status


async def test_continue_is_said_only_to_what_will_be_read() -> None:
    async with serving(Echo()) as (_, port):
        raw = await Raw.open(port)
        await raw.send(HEAD + b"Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
        assert (await raw.reply()).status == 100
        await raw.send(b"hi")
        assert (await raw.reply()).body == b"hi"


async def test_continue_behind_a_request_that_is_answered_first() -> None:
    async with serving(Echo(delay=0.05)) as (_, port):
        raw = await Raw.open(port)
        await raw.send(post(b"1") + HEAD + b"Expect: 100-continue\r\nContent-Length: 1\r\n\r\n")
        assert (await raw.reply()).body == b"1"
        assert (await raw.reply()).status == 100
        await raw.send(b"2")
        assert (await raw.reply()).body == b"2"


# -- counts, failures, end


async def test_connections_are_bounded() -> None:
    async with serving(Echo(), Limits(connections=2)) as (_, port):
        kept = [await Raw.open(port) for _ in range(2)]
        for one in kept:
            await one.send(GET)
            assert (await one.reply()).status == 200
        third = await Raw.open(port)
        assert (await third.reply()).status == 503
        assert await third.ended()
        third.close()
        kept[0].close()
        await asyncio.sleep(0.05)
        assert (await once(port, GET)).status == 200


@pytest.mark.parametrize("error", [RecursionError, MemoryError, UnicodeError, KeyError])
async def test_a_defect_is_a_500_and_the_process_goes_on(error: type[Exception]) -> None:
    async def send(wire: Wire) -> Wire:
        raise error("internals")

    async with serving(send) as (_, port):
        raw = await Raw.open(port)
        for _ in range(2):
            await raw.send(post(b"x"))
            reply = await raw.reply()
            assert reply.status == 500
            assert b"internals" not in reply.body


async def test_a_problem_is_answered_by_the_hook_and_may_close() -> None:
    async def send(wire: Wire) -> Wire:
        raise Problem(Kind.NOT_FOUND, close=wire.path == "/close")

    def refuse(problem: Problem, wire: Wire) -> Wire:
        return Wire({"content-type": "x/y"}, f"{problem.kind.slug} {wire.path}".encode(), status=problem.status)

    async with serving(send, refuse=refuse) as (_, port):
        raw = await Raw.open(port)
        await raw.send(GET)
        assert (await raw.reply()).body == b"not-found /healthz"
        await raw.send(b"GET /close HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await raw.reply()).headers["connection"] == "close"
        assert await raw.ended()


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\nb", "a\x00", "\x85", "\u2028"])
async def test_an_answer_cannot_be_split(value: str) -> None:
    async with serving(Echo(reply=lambda _: Wire({"x-a": value}, b""))) as (_, port):
        reply = await once(port, GET)
        assert reply.status == 500
        assert "x-a" not in reply.headers


async def test_drain_and_stop_lose_nothing() -> None:
    echo = Echo(delay=0.1)
    async with serving(echo) as (server, port):
        busy = await Raw.open(port)
        idle = await Raw.open(port)
        await idle.send(post(b"0"))
        assert (await idle.reply()).body == b"0"
        await busy.send(post(b"1"))
        await asyncio.sleep(0.03)
        server.drain()
        await idle.send(post(b"2"))
        assert (await busy.reply()).headers["connection"] == "close"
        assert (await idle.reply()).headers["connection"] == "close"
        late = await Raw.open(port)
        await late.send(post(b"3"))
        await asyncio.sleep(0.03)
        stopping = asyncio.create_task(server.stop(2.0))
        reply = await late.reply()
        assert (reply.status, reply.body) == (200, b"3")
        late.close(), busy.close(), idle.close()
        await stopping
        with pytest.raises(ConnectionRefusedError):
            await Raw.open(port)


async def test_stop_cuts_what_does_not_end() -> None:
    async with serving(Echo(delay=30)) as (server, port):
        raw = await Raw.open(port)
        await raw.send(post(b"1"))
        await asyncio.sleep(0.03)
        begun = time.perf_counter()
        await server.stop(0.1)
        assert time.perf_counter() - begun < 1
        assert await raw.ended()


async def test_a_unix_socket(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from gateway.net.server import Server

    server = Server(Echo(), DEFAULT)
    path = str(tmp_path / "s")
    assert await server.start(f"unix:{path}") == f"unix:{path}"
    raw = Raw(*await asyncio.open_unix_connection(path))
    await raw.send(post(b"x"))
    assert (await raw.reply()).body == b"x"
    raw.close()
    await server.stop(0.2)
