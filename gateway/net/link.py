"""The law of one connection to a service: one request, one whole answer, or a failure that says how far it came.

llhttp reads; what it lets pass and an answer must not have is refused here (RFC 9112 §6.3, §9.3). A
connection that was not read to the very end of its answer is never used again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import httptools

from gateway.core.limits import Limits
from gateway.core.problem import Kind, Problem

_INTERIM: Final = 8  # 1xx answers before the real one
_SINGLE: Final = frozenset({"content-length", "transfer-encoding", "content-type", "location", "retry-after"})


@dataclass(slots=True)
class Answer:
    """A whole answer: status, fields by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Link(asyncio.Protocol):
    """One connection. `ask` is called when no other request is under way."""

    __slots__ = (
        "_body",
        "_done",
        "_fields",
        "_framed",
        "_head_size",
        "_interim",
        "_limits",
        "_loop",
        "_parser",
        "_size",
        "_status",
        "_waiter",
        "idle_since",
        "reusable",
        "transport",
        "uses",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        self._loop = loop
        self._limits = limits
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[Answer] | None = None
        self._reset()
        self.transport: asyncio.Transport | None = None
        self.reusable = True
        self.idle_since = 0.0
        self.uses = 0

    def _reset(self) -> None:
        self._fields: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = self._head_size = self._interim = self._status = 0
        self._framed = False  # the end of the answer is told by the answer itself
        self._done = False

    # -- the pool's side

    async def ask(self, request: bytes, deadline: float, body: bytes = b"") -> Answer:
        """Send a request and wait for its whole answer until `deadline` (loop time); a large body comes by itself.

        Raises Problem with outcome `unknown`: the request may have been carried out. Cancelled, it
        cuts the connection.
        """
        transport = self.transport
        if transport is None or transport.is_closing():
            raise closed("before the request was written", "not-sent")
        self._reset()
        self.uses += 1
        waiter = self._waiter = self._loop.create_future()
        timer = self._loop.call_at(deadline, self._expire)
        transport.write(request)
        if body:
            transport.write(body)
        try:
            answer: Answer = await waiter
            return answer
        except asyncio.CancelledError:
            self.cut()
            raise
        finally:
            timer.cancel()
            self._waiter = None

    def cut(self) -> None:
        """Close at once; whatever was under way is lost."""
        self.reusable = False
        if self.transport is not None:
            self.transport.abort()

    @property
    def alive(self) -> bool:
        """Whether another request may go over it."""
        return self.reusable and self.transport is not None and not self.transport.is_closing()

    # -- the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected (with TLS: after the handshake)."""
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """A body without length ends with the connection, but only with its orderly end (RFC 9112 §6.3)."""
        self.transport = None
        self.reusable = False
        if self._waiter is None or self._waiter.done():
            return
        if exc is None and self._status >= 200 and not self._framed:
            self._complete()
        elif self._status or self._fields:
            self._fail(Kind.UPSTREAM_MALFORMED, "The service's answer ends too early.", f"connection lost: {exc!r}")
        else:
            self._set(closed(f"connection lost without an answer: {exc!r}", "unknown"))

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer; what nobody asked for ends the connection."""
        if self._waiter is None or self._waiter.done():
            self.cut()
            return
        if not self._status:
            self._head_size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(Kind.UPSTREAM_MALFORMED, "The service switched protocols.", "101")
        except httptools.HttpParserError as error:
            self._fail(Kind.UPSTREAM_MALFORMED, "The service's answer is no plain HTTP.", str(error))
        if not self._status and self._head_size > self._limits.head + self._limits.line:
            self._fail(Kind.UPSTREAM_MALFORMED, "The answer's head is too large.", f"{self._head_size} bytes", "head")
        if self._done:
            self._complete()

    # -- llhttp's side

    def on_message_begin(self) -> None:
        """Behind a whole answer nothing may follow."""
        if self._done:
            self._fail(Kind.UPSTREAM_MALFORMED, "More than one answer came.", "bytes behind the answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head; trailers are dropped."""
        if self._status:
            return
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")
        if key in self._fields:
            if key in _SINGLE:
                self._fail(Kind.UPSTREAM_MALFORMED, "A header field came twice.", key)
            text = f"{self._fields[key]}, {text}"
        self._fields[key] = text
        limits = self._limits
        if len(name) + len(value) > limits.field or len(self._fields) > limits.fields or len(text) > limits.head:
            hit = "fields" if len(self._fields) > limits.fields else "field"
            self._fail(Kind.UPSTREAM_MALFORMED, "The answer's header fields are too large.", key[:64], hit)

    def on_headers_complete(self) -> None:
        """Judge framing and coding before the body."""
        status, fields = self._parser.get_status_code(), self._fields
        if status < 200:
            self._interim += 1
            self._fields = {}
            if self._interim > _INTERIM or status == 101:
                self._fail(Kind.UPSTREAM_MALFORMED, "Too many interim answers came.", str(status))
            return
        self._status = status
        coding, length = fields.get("transfer-encoding"), fields.get("content-length")
        self._framed = coding is not None or length is not None or status in {204, 304}
        if coding is not None and (coding.lower() != "chunked" or self._parser.get_http_version() == "1.0"):
            self._fail(Kind.UPSTREAM_MALFORMED, "The answer's framing is not plain.", coding[:64])
        if length is not None and int(length) > self._limits.response and status not in {204, 304}:
            self._fail(Kind.UPSTREAM_TOO_LARGE, "", length, "response")
        if fields.get("content-encoding", "identity").lower() != "identity":
            self._fail(Kind.UPSTREAM_MALFORMED, "The answer is compressed, which was not asked for.", "")
        if not self._parser.should_keep_alive():
            self.reusable = False

    def on_body(self, body: bytes) -> None:
        """A piece of the body, up to the limit."""
        self._size += len(body)
        if self._size > self._limits.response:
            self._fail(Kind.UPSTREAM_TOO_LARGE, "", f"more than {self._limits.response} bytes", "response")
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole, unless it was an interim one; it counts when the chunk held nothing more."""
        if self._status:
            self._done = True

    # -- within

    def _complete(self) -> None:
        self._set(Answer(self._status, self._fields, b"".join(self._body)))

    def _expire(self) -> None:
        self._fail(Kind.UPSTREAM_TIMEOUT, "", "no whole answer within the deadline")

    def _fail(self, kind: Kind, detail: str, cause: str, limit: str = "") -> None:
        self._set(Problem(kind, detail, cause=cause, outcome="unknown", limit=limit))
        self.cut()

    def _set(self, result: Answer | Problem) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        if isinstance(result, Problem):
            waiter.set_exception(result)
        else:
            waiter.set_result(result)


def closed(cause: str, outcome: str) -> Problem:
    """The service closed a connection that was in use."""
    return Problem(Kind.UPSTREAM_CLOSED, cause=cause, outcome="not-sent" if outcome == "not-sent" else "unknown")
