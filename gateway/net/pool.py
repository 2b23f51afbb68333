"""The law of pools: a bounded number of connections to one service, the last used first, none kept long.

Whoever waits is served in order and not for ever; a connection idle for longer than the service may
keep it is closed, since a request written to a closing one has an unknown outcome (hazard M-16).
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from gateway.core.limits import Limits
from gateway.core.problem import Kind, Outcome, Problem

from .link import Link


@dataclass(frozen=True, slots=True)
class Target:
    """Where a service is: TCP host and port, or a unix socket's `path`; with `tls` its context and name."""

    host: str = ""
    port: int = 0
    path: str = ""
    name: str = ""


Context = Callable[[], ssl.SSLContext | None]
NOT_SENT: Outcome = "not-sent"


class Pool:
    """Connections to one target. `take` and `give` come in pairs; `close` ends all."""

    def __init__(self, target: Target, context: Context, limits: Limits, *, size: int, idle: float, connect: float):
        self.target = target
        self._context = context
        self._limits = limits
        self._idle_time = idle
        self._connect_time = connect
        self._free = size
        self._idle: list[Link] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._reaper: asyncio.TimerHandle | None = None
        self.in_use = 0
        self._own: asyncio.AbstractEventLoop | None = None  # of all its connections

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """The loop that it serves on, asked for once: to ask is a system call each time."""
        if self._own is None:
            self._own = asyncio.get_running_loop()
        return self._own

    def now(self) -> float:
        """The loop's time, in which deadlines are told."""
        return self._loop.time()

    async def take(self, deadline: float) -> Link:
        """A connection, idle or new, until `deadline` (loop time). Raises Problem, outcome `not-sent`."""
        loop = self._loop
        if self._free > 0:
            self._free -= 1
        else:
            await self._turn(loop, deadline)
        try:
            link = self._reuse(loop.time()) or await self._open(loop, deadline)
        except BaseException:
            self._release()
            raise
        self.in_use += 1
        return link

    def give(self, link: Link) -> None:
        """Take a connection back, kept when it can be used again."""
        self.in_use -= 1
        if link.alive:
            loop = self._loop
            link.idle_since = loop.time()
            self._idle.append(link)
            if self._reaper is None:
                self._reaper = loop.call_later(self._idle_time, self._reap)
        self._release()

    def close(self) -> None:
        """Close what is idle; what is in use is closed by whoever gives it back."""
        self._idle_time = -1.0
        for link in self._idle:
            link.cut()
        self._idle.clear()
        if self._reaper is not None:
            self._reaper.cancel()
            self._reaper = None

    @property
    def idle(self) -> int:
        """How many wait to be used."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """How many wait for a connection."""
        return len(self._waiting)

    def _reuse(self, now: float) -> Link | None:
        while self._idle:
            link = self._idle.pop()
            if link.alive and now - link.idle_since < self._idle_time:
                return link
            link.cut()
        return None

    def _reap(self) -> None:
        """Close what has been idle for too long; the oldest stand first."""
        self._reaper = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._idle and (not self._idle[0].alive or now - self._idle[0].idle_since >= self._idle_time):
            self._idle.pop(0).cut()
        if self._idle:
            self._reaper = loop.call_at(self._idle[0].idle_since + self._idle_time, self._reap)

    def _release(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def _turn(self, loop: asyncio.AbstractEventLoop, deadline: float) -> None:
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout_at(min(deadline, loop.time() + self._limits.queue_wait)):
                await turn
        except TimeoutError:
            if not turn.done() or turn.cancelled():
                words = "no free connection to the service"
                raise Problem(
                    Kind.OVERLOADED, cause=words, outcome=NOT_SENT, headers=_SOON, limit="pool"
                ) from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()
            raise

    async def _open(self, loop: asyncio.AbstractEventLoop, deadline: float) -> Link:
        """Connect, TLS included. Nothing has been sent when this fails."""
        target, context = self.target, self._context()
        name = target.name if context is not None else None

        def make() -> Link:
            return Link(loop, self._limits)

        try:
            async with asyncio.timeout_at(min(deadline, loop.time() + self._connect_time)):
                if target.path:
                    _, link = await loop.create_unix_connection(make, target.path, ssl=context, server_hostname=name)
                else:
                    _, link = await loop.create_connection(
                        make, target.host, target.port, ssl=context, server_hostname=name
                    )
        except TimeoutError:
            raise Problem(Kind.UPSTREAM_CONNECT_TIMEOUT, outcome=NOT_SENT) from None
        except ssl.SSLError as error:
            raise Problem(Kind.UPSTREAM_TLS, cause=str(error), outcome=NOT_SENT) from None
        except OSError as error:
            if context is not None and isinstance(error, ConnectionResetError):
                raise Problem(Kind.UPSTREAM_TLS, cause=str(error), outcome=NOT_SENT) from None
            raise Problem(Kind.UPSTREAM_UNREACHABLE, cause=str(error), outcome=NOT_SENT) from None
        return link


_SOON = {"retry-after": "1"}
