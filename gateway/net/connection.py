"""The law of one client connection: one request at a time, in order, within its time.

llhttp splits the bytes, `head` judges, the server's `Send` answers. A connection is always in one
phase, and the sweep (`check`) ends what stays too long in one (RFC 9112 §9).
"""

from __future__ import annotations

import asyncio
import enum
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import httptools

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem

from .answer import serialise
from .head import Head, judge

if TYPE_CHECKING:
    from .server import Server

LINGER: Final = 2.0  # seconds that an answered, refused request may go on sending before it is cut
_SLICE: Final = 64 * 1024  # bytes of an answer that are handed over at once
_OVERHEAD: Final = 16 * 1024  # bytes that chunk headers and trailers may take beyond the body's own size


class Phase(enum.Enum):
    """What a connection waits for."""

    IDLE = "the first byte of a request"
    HEAD = "the rest of a head"
    BODY = "the rest of a body"
    BUSY = "the answer to be made"
    LINGER = "the client to stop sending"


class Connection(asyncio.Protocol):
    """One connection of a client."""

    __slots__ = (
        "_body",
        "_count",
        "_end",
        "_facts",
        "_fields",
        "_head",
        "_limit",
        "_method",
        "_parser",
        "_paused",
        "_queue",
        "_raw",
        "_resumed",
        "_server",
        "_size",
        "_stalled",
        "_target",
        "_task",
        "_unread",
        "_writable",
        "phase",
        "since",
        "transport",
    )

    def __init__(self, server: Server) -> None:
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[tuple[Wire, bool, Problem | None]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._fields: list[tuple[bytes, bytes]] = []
        self._target = b""
        self._head: Head | None = None
        self._body: list[bytes] = []
        self._size = self._raw = self._limit = self._count = 0
        self._resumed = False  # a body behind an ignored Upgrade is being read
        self._end = False  # nothing more is read: refused, or the client has ended
        self._paused = False
        self._writable: asyncio.Future[None] | None = None
        self._stalled = (0, 0.0)
        self._unread = 0
        self._facts: dict[str, Any] = {}
        self._method = ""  # of the request that is being answered, or was last
        self.phase = Phase.IDLE
        self.since = server.now()
        self.transport: asyncio.Transport | None = None

    # -- the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or refuse it when there are too many."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self.transport = transport  # type: ignore[assignment]
        peer = transport.get_extra_info("peername")
        self._facts = {"peer": peer[0] if isinstance(peer, tuple) else "unix", "scheme": self._server.scheme}
        certificate = transport.get_extra_info("peercert")
        if certificate:
            self._facts["certificate"] = certificate
            if self._server.identities is not None and (who := self._server.identities.of(certificate)):
                self._facts["identity"] = who
        if not self._server.enter(self):
            soon = {"retry-after": "1"}
            words = "There are too many connections."
            self._refuse(Problem(Kind.OVERLOADED, words, headers=soon, limit="connections"))

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: a call that only reads is cancelled, any other runs to its end."""
        self.transport = None
        self._end = True
        self._server.leave(self)
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        if self._task is not None and self._method in {"GET", "HEAD", "OPTIONS"}:
            self._task.cancel()
        self._queue.clear()

    def data_received(self, data: bytes) -> None:
        """Bytes of a request; at most one chunk is kept beyond the request that is being answered."""
        if self._end:
            self._unread += len(data)
            if self._unread > self._server.limits.body and self.transport is not None:
                self.transport.abort()
            return
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEAD)
        elif self.phase is Phase.BUSY and not self._paused and self.transport is not None:
            self._paused = True
            self.transport.pause_reading()
        self._raw += len(data)
        self._feed(data)
        if self._head is None and self._raw > self._server.limits.line + self._server.limits.head and not self._end:
            kind, limit = (Kind.HEADERS_TOO_LARGE, "head") if self._fields else (Kind.URI_TOO_LONG, "line")
            self._refuse(Problem(kind, limit=limit))

    def eof_received(self) -> bool:
        """The client will send no more: whole requests are answered, half ones refused."""
        if not self._end and self.phase in {Phase.HEAD, Phase.BODY}:
            self._refuse(Problem(Kind.BAD_REQUEST, "The request ends too early."))
        self._end = True
        return self.phase is Phase.BUSY and self._server.tls is None

    def pause_writing(self) -> None:
        """The client reads more slowly than we write."""
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """It has caught up."""
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # -- llhttp's side: no exception may leave a callback

    def on_message_begin(self) -> None:
        """A request begins."""
        if not self._resumed:
            self._fields, self._target, self._head = [], b"", None
            self._body, self._size = [], 0

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field; behind the head it is a trailer and dropped."""
        if self._head is None:
            self._fields.append((name, value))
            if len(self._fields) > self._server.limits.fields and not self._end:
                self._refuse(Problem(Kind.HEADERS_TOO_LARGE, limit="fields"))

    def on_headers_complete(self) -> None:
        """Judge the head, and the body's size before a byte of it is read."""
        if self._end or self._resumed:
            return
        server = self._server
        try:
            head = judge(
                self._parser.get_method().decode("latin-1"),
                self._parser.get_http_version(),
                self._target.decode("latin-1"),
                self._fields,
                limits=server.limits,
                hosts=server.hosts,
            )
            self._limit = server.body_limit(head.method, head.path)
            if head.length > self._limit:
                raise Problem(Kind.PAYLOAD_TOO_LARGE, limit="body")
        except Problem as problem:
            self._refuse(problem)
            return
        self._head = head
        self._raw = 0
        if head.length and self._task is None:
            self._await_body(head)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._end:
            return
        self._size += len(body)
        if self._size > self._limit:
            self._refuse(Problem(Kind.PAYLOAD_TOO_LARGE, limit="body"))
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """A whole request: answer it, or queue it behind the one before."""
        head = self._head
        if self._end or head is None:
            return
        self._count += 1
        upgrade = self._parser.should_upgrade()
        if upgrade and head.length and not self._resumed:
            return  # llhttp has skipped the body; `_feed` reads it
        plain = self._parser.get_http_version() == "1.1" and not upgrade and not self._resumed
        keep = plain and self._parser.should_keep_alive()
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        facts = dict(self._facts)
        wire = Wire(head.headers, body, method=head.method, path=head.path, query=head.query, facts=facts)
        self._head, self._body, self._fields, self._target = None, [], [], b""
        self._raw = 0
        self._put(wire, keep, None)
        if not keep:
            self._end = True

    # -- within

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self.since = self._server.now()

    def _await_body(self, head: Head) -> None:
        self._enter(Phase.BODY)
        if head.expect and self.transport is not None:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _feed(self, data: bytes) -> None:
        count = self._count
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._behind_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserInvalidMethodError:
            known = count == self._count and b" HTTP/1." in data.split(b"\r\n", 1)[0]
            self._refuse(Problem(Kind.NOT_IMPLEMENTED if known else Kind.BAD_REQUEST))
        except httptools.HttpParserError as error:
            self._refuse(Problem(Kind.BAD_REQUEST, cause=str(error)))
        if self._head is not None and not self._end and self._raw > _OVERHEAD + 8 * self._size:
            self._refuse(Problem(Kind.BAD_REQUEST, "The body's chunks are mostly framing."))

    def _behind_upgrade(self, rest: bytes) -> None:
        """Upgrade is ignored (RFC 9110 §7.8): the body that llhttp skipped is read like any other."""
        head = self._head
        if self._end or head is None or self._resumed:
            return
        self._resumed = True
        self._parser = httptools.HttpRequestParser(self)
        framing = b"Content-Length: %d" % head.length if head.length > 0 else b"Transfer-Encoding: chunked"
        self._feed(b"POST / HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n\r\n" + rest)

    def _refuse(self, problem: Problem) -> None:
        """Answer with a problem when its turn comes, and read nothing more."""
        if self._end:
            return
        self._end = True
        head = self._head
        wire = Wire(head.headers if head else {}, b"", facts=dict(self._facts))
        if head is not None:
            wire.method, wire.path, wire.query = head.method, head.path, head.query
        self._put(wire, False, problem)

    def _put(self, wire: Wire, keep: bool, problem: Problem | None) -> None:
        self._queue.append((wire, keep, problem))
        if self._task is None:
            self._enter(Phase.BUSY)
            self._task = self._server.loop.create_task(self._work())

    async def _work(self) -> None:
        """Answer what is queued, in order."""
        try:
            while self._queue:
                wire, keep, problem = self._queue.popleft()
                self._method = wire.method
                reply = await self._server.answer(wire, problem)
                transport = self.transport
                if transport is None:
                    return
                head, body, keep = self._prepare(wire, reply, keep)
                if len(body) <= _SLICE:
                    transport.write(head + body)
                    if self._writable is not None:
                        await self._writable
                else:
                    await self._stream(transport, head, memoryview(body))
                if not keep:
                    if self.transport is not None:
                        self._linger(transport)
                    return
        except asyncio.CancelledError:
            if self.transport is not None:  # not by its client's end: there is no answer to wait for
                self.transport.abort()
            raise
        finally:
            self._task = None
        self._next()

    def _prepare(self, wire: Wire, reply: Wire, keep: bool) -> tuple[bytes, bytes, bool]:
        """The answer's head and body, and whether the connection goes on."""
        keep = keep and not self._server.draining and not reply.facts.get("close")
        try:
            return *serialise(reply, method=wire.method, keep=keep), keep
        except ValueError as error:
            broken = self._server.refusal(Problem(Kind.INTERNAL, cause=str(error)), wire)
            return *serialise(broken, method=wire.method, keep=False), False

    async def _stream(self, transport: asyncio.Transport, head: bytes, body: memoryview) -> None:
        """A large body slice by slice, as the client takes it: no second copy waits in the transport."""
        transport.write(head)
        for at in range(0, len(body), _SLICE):
            if self._writable is not None:
                await self._writable
            if self.transport is None:
                return
            transport.write(body[at : at + _SLICE])
        if self._writable is not None:
            await self._writable

    def _linger(self, transport: asyncio.Transport) -> None:
        """End our half and let the client read: a plain close with unread bytes would reset it."""
        self._end = True
        self._queue.clear()
        if self._server.tls is not None or not transport.can_write_eof():
            transport.close()
            return
        self._enter(Phase.LINGER)
        try:
            transport.write_eof()
        except OSError:  # the client has gone meanwhile
            transport.abort()
            return
        if self._paused:
            self._paused = False
            transport.resume_reading()

    def _next(self) -> None:
        """The queue is empty: wait for the rest of a request, or for the next."""
        transport = self.transport
        if transport is None:
            return
        if self._end:
            self._linger(transport)
            return
        if self._head is not None:
            self._await_body(self._head)
        else:
            self._enter(Phase.HEAD if self._target or self._fields else Phase.IDLE)
        if self._paused:
            self._paused = False
            transport.resume_reading()

    def finish(self) -> None:
        """Close as soon as no request is under way (the server is stopping)."""
        if self.transport is not None and self.phase in {Phase.IDLE, Phase.LINGER}:
            self.transport.close()

    def check(self, now: float) -> None:
        """End what takes too long. Called by the server's sweep."""
        transport, limits = self.transport, self._server.limits
        if transport is None:
            return
        if self._blocked(transport, now):
            self._server.cut("write_stall")
            transport.abort()
            return
        elapsed = now - self.since
        if self.phase is Phase.IDLE:
            if elapsed > limits.idle or (not self._method and elapsed > limits.head_deadline):
                transport.close()
        elif self.phase is Phase.HEAD:
            if elapsed > limits.head_deadline:
                self._refuse(Problem(Kind.REQUEST_TIMEOUT, limit="head_deadline"))
        elif self.phase is Phase.BODY:
            slow = elapsed > limits.body_rate_after and self._raw / elapsed < limits.body_rate
            if slow or elapsed > limits.body_deadline:
                self._refuse(Problem(Kind.REQUEST_TIMEOUT, limit="body_rate" if slow else "body_deadline"))
        elif self.phase is Phase.LINGER and elapsed > LINGER and not transport.get_write_buffer_size():
            transport.close()

    def _blocked(self, transport: asyncio.Transport, now: float) -> bool:
        """Whether the client has read nothing of what waits for it, for too long."""
        waiting = transport.get_write_buffer_size()
        size, since = self._stalled
        if not waiting or waiting != size:
            self._stalled = (waiting, now)
            return False
        return now - since > self._server.limits.write_stall
