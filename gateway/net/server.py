"""The law of serving: sockets in, `Wire` out to one `Send`, its answer back; no word of any dialect.

Counts and times are bounded by `Limits`; the sweep runs several times within the shortest deadline.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Collection
from typing import Final

from gateway.core.layers import Send
from gateway.core.limits import DEFAULT, Limits
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem

from .answer import plain
from .connection import Connection
from .presented import Identities

Refuse = Callable[[Problem, Wire], Wire]
_BACKLOG: Final = 1024
_STRANGER: Final = "The client's certificate names nobody who is known here."


class Server:
    """An HTTP/1.1 server. `start` may be called for several addresses; `stop` ends all of them.

    `send` answers whole requests; facts given: `peer` (address), `scheme`, `certificate` (TLS peer).
    `refuse` writes the answer to what never reaches `send` (malformed, too large, too slow) and to a
    Problem that `send` raises. `body_limit(method, path)` is asked before a body is read.
    `hosts` (lower-case, with or without port) turns on 421 for any other Host. An answer with
    `facts["close"]` ends its connection. `identities` makes a client's certificate its `identity`; one that
    names nobody known is refused. `cut` is told the limit for which one was ended without an answer.
    """

    def __init__(
        self,
        send: Send,
        limits: Limits = DEFAULT,
        *,
        refuse: Refuse = plain,
        body_limit: Callable[[str, str], int] | None = None,
        hosts: Collection[str] = (),
        tls: ssl.SSLContext | None = None,
        cut: Callable[[str], None] = lambda _: None,
        identities: Identities | None = None,
    ) -> None:
        self.send = send
        self.limits = limits
        self.refusal = refuse
        self.body_limit = body_limit or self._default_limit
        self.hosts = frozenset(hosts)
        self.tls = tls
        self.identities = identities
        self.cut = cut
        self.scheme = "https" if tls else "http"
        self.draining = False
        self.connections: set[Connection] = set()
        self._sockets: list[asyncio.Server] = []
        self._sweeper: asyncio.TimerHandle | None = None
        self._empty: asyncio.Event = asyncio.Event()

    async def start(self, address: str, *, reuse_port: bool = False) -> str:
        """Listen on `HOST:PORT`, `[V6]:PORT` or `unix:PATH`. Raises OSError.

        Port 0 takes a free one; the address in use is returned.
        """
        self.loop = asyncio.get_running_loop()
        self.now = self.loop.time
        handshake = self.limits.head_deadline if self.tls else None
        if address.startswith("unix:"):
            path = address.removeprefix("unix:")
            server = await self.loop.create_unix_server(
                self._connect, path, backlog=_BACKLOG, ssl=self.tls, ssl_handshake_timeout=handshake
            )
            used = address
        else:
            host, _, port = address.rpartition(":")
            server = await self.loop.create_server(
                self._connect,
                host.strip("[]") or None,
                int(port),
                backlog=_BACKLOG,
                ssl=self.tls,
                ssl_handshake_timeout=handshake,
                reuse_port=reuse_port or None,
            )
            used = _shown(server.sockets[0], host)
        self._sockets.append(server)
        if self._sweeper is None:
            self._sweep()
        return used

    def drain(self) -> None:
        """From now on every answer says `Connection: close`; new connections are still served."""
        self.draining = True

    async def stop(self, grace: float = 30.0) -> None:
        """Accept no more, let what is under way end within `grace` seconds, then cut it."""
        self.draining = True
        for server in self._sockets:
            server.close()
        for connection in list(self.connections):
            connection.finish()
        if self.connections:
            self._empty.clear()
            try:
                await asyncio.wait_for(self._empty.wait(), grace)
            except TimeoutError:
                for connection in list(self.connections):
                    if connection.transport is not None:
                        connection.transport.abort()
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    # -- what connections ask

    def enter(self, connection: Connection) -> bool:
        """Count a connection in; False when there are too many."""
        full = len(self.connections) >= self.limits.connections
        self.connections.add(connection)
        return not full

    def leave(self, connection: Connection) -> None:
        """Count it out."""
        self.connections.discard(connection)
        if not self.connections:
            self._empty.set()

    async def answer(self, wire: Wire, problem: Problem | None) -> Wire:
        """The answer to a request, or to what is wrong with it; never raises but when cancelled."""
        known = self.identities is None or not wire.facts.get("certificate") or bool(wire.facts.get("identity"))
        if problem is None and not known:
            problem = Problem(Kind.UNAUTHENTICATED, _STRANGER, outcome="not-sent")
        if problem is None:
            try:
                return await self.send(wire)
            except Problem as raised:
                problem = raised
            except Exception as error:  # noqa: BLE001  # the socket's last resort behind `layers.rescue`
                problem = Problem(Kind.INTERNAL, cause=f"{type(error).__name__}: {error}")
        reply = self.refusal(problem, wire)
        if problem.close:
            reply.facts["close"] = True
        return reply

    # -- within

    def _connect(self) -> Connection:
        return Connection(self)

    def _default_limit(self, _method: str, _path: str) -> int:
        return self.limits.body

    def _sweep(self) -> None:
        limits, now = self.limits, self.now()
        for connection in list(self.connections):
            connection.check(now)
        shortest = min(
            limits.head_deadline, limits.body_deadline, limits.idle, limits.write_stall, limits.body_rate_after
        )
        self._sweeper = self.loop.call_later(min(1.0, max(0.02, shortest / 5)), self._sweep)


def _shown(listening: socket.socket, host: str) -> str:
    port = listening.getsockname()[1]
    return f"{host or '0.0.0.0'}:{port}"  # noqa: S104  # what an empty host means to bind
