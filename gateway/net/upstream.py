"""The law of the way out: one service, one pool, one total deadline; a failure says whether it was sent.

No redirects, no cookies, no proxies, no compression, no retry: each of these is a decision that a
proxy must not take for its client (RFC 9110 §9.2.2, §15.4). Problems carry `outcome`.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, urlsplit

from gateway.core.limits import DEFAULT, Limits
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem

from .answer import lines
from .pool import Pool, Target

Tls = ssl.SSLContext | Callable[[], ssl.SSLContext] | None
_DROPPED: Final = frozenset(
    {"set-cookie", "connection", "keep-alive", "transfer-encoding", "content-length", "trailer", "upgrade"}
)
_OWN: Final = frozenset({"accept-encoding", "expect"})
_VISIBLE: Final = re.compile("[!-~]+").fullmatch
_PORTS: Final = {"http": 80, "https": 443}
_ONE_WRITE: Final = 64 * 1024  # bytes of a body that goes out in one piece with its head


class Upstream:
    """A `Send` to one service: `Upstream(url).send`, between `start` and `close`.

    `url` is `http://`, `https://` or `http+unix://%2Fpath%2Fto.sock/path`; its path is `path`. A wire's
    own path, when it has one, is used instead, as it shall stand in the request line. `timeout` bounds
    a whole call in seconds, the wait for a connection included; `wire.facts["timeout"]` overrides it.
    `tls` is a context, or gives the present one for each new connection (certificates renewed on
    disk); the system's trust without it.
    """

    def __init__(
        self,
        url: str,
        *,
        limits: Limits = DEFAULT,
        timeout: float = 30.0,
        connect_timeout: float = 1.0,
        pool: int = 100,
        idle: float = 3.0,
        tls: Tls = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https", "http+unix"} or (not parts.hostname and parts.scheme != "http+unix"):
            raise ValueError("the service's address is no http, https or http+unix URL")
        if parts.username or parts.password:
            raise ValueError("the service's address must not hold credentials")
        self.path = parts.path or "/"
        self.query = parts.query
        self.timeout = timeout
        self._secure = parts.scheme == "https"
        self._tls = tls
        self._made: ssl.SSLContext | None = None
        if parts.scheme == "http+unix":
            target, self._host = Target(path=unquote(parts.netloc)), "localhost"
        else:
            host = parts.hostname or ""
            target = Target(host=host, port=parts.port or _PORTS[parts.scheme], name=host)
            self._host = parts.netloc
        self.pool = Pool(target, self._context, limits, size=pool, idle=idle, connect=connect_timeout)

    async def start(self) -> None:
        """Make the TLS context, so that a bad one is told at start. Raises OSError, ssl.SSLError."""
        self._context()

    async def close(self) -> None:
        """Close idle connections; calls under way end by themselves."""
        self.pool.close()

    async def send(self, wire: Wire) -> Wire:
        """Send a request, give the whole answer. Raises Problem UPSTREAM_… or OVERLOADED with `outcome`."""
        head = self._head(wire)
        deadline = self.pool.now() + float(wire.facts.get("timeout") or self.timeout)
        link = await self.pool.take(deadline)
        try:
            if len(wire.body) <= _ONE_WRITE:
                answer = await link.ask(head + wire.body, deadline)
            else:  # no second copy of it
                answer = await link.ask(head, deadline, wire.body)
        finally:
            self.pool.give(link)
        status = answer.status
        asked = "if-none-match" in wire.headers or "if-modified-since" in wire.headers
        if 300 <= status < 400 and not (status == 304 and asked):
            raise Problem(Kind.UPSTREAM_REDIRECT, cause=f"status {status}", outcome="unknown")
        cookies = answer.headers.get("set-cookie")
        facts = {} if cookies is None else {"set-cookie": cookies}  # for a session that is kept here; nobody else's
        for name in _DROPPED.intersection(answer.headers):
            del answer.headers[name]
        return Wire(answer.headers, answer.body, status=status, facts=facts)

    def _head(self, wire: Wire) -> bytes:
        """The request's bytes before its body. Raises Problem(INTERNAL): a header field that must not go out."""
        method = wire.method or "POST"
        target = wire.path or self.path
        query = wire.query or (self.query if not wire.path or wire.path == self.path else "")
        if query:
            target = f"{target}?{query}"
        try:
            if not _VISIBLE(target) or not method.isalpha():
                raise ValueError("the request line cannot be sent")
            fields = lines({name: value for name, value in wire.headers.items() if name not in _OWN})
        except ValueError as error:
            raise Problem(Kind.INTERNAL, cause=str(error), outcome="not-sent") from None
        length = f"Content-Length: {len(wire.body)}\r\n" if wire.body or method not in {"GET", "HEAD"} else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: identity\r\n"
        return (head + "".join(fields) + length + "\r\n").encode("latin-1")

    def _context(self) -> ssl.SSLContext | None:
        if not self._secure:
            return None
        if callable(self._tls):
            return self._tls()
        if self._tls is not None:
            return self._tls
        if self._made is None:
            self._made = ssl.create_default_context()
            self._made.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._made
