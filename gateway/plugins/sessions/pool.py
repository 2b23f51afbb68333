"""The law of the pool: the sessions of one identity, one login at a time, numbers by compare-and-set.

Without a counter one session carries every call; with one, each session has one call in flight. A session whose
number is in doubt is ended, never guessed. Knows nothing of messages: logging in and out are given to it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.core.ports import Clock, Store
from gateway.core.problem import Problem
from gateway.core.value import Value

from .limits import Limits
from .settings import Counter, SessionSettings

_FAILED = 1.0  # seconds in which a login that failed is not tried again: callers in line get its answer


@dataclass(slots=True, eq=False)
class Session:
    """A session at the service. `base`: the address that it lives at, empty for the service's own."""

    ticket: Value
    base: str = ""
    born: float = 0.0
    count: int = 0
    ended: bool = False

    def key(self, service: str) -> str:
        """The store's name for its counter; the ticket itself is never stored."""
        return counter_key(service, self.ticket)


def counter_key(service: str, ticket: Value) -> str:
    """The name of a session's counter."""
    return f"session:{hashlib.sha256(f'{service}|{ticket}'.encode()).hexdigest()}"


class Lost(Exception):
    """The session's number is not what it was: the session is over, the call was not sent."""


class Pool:
    """The sessions of one identity at one service. `name`: the identity as all gateways call it, for its limits."""

    def __init__(
        self,
        settings: SessionSettings,
        service: str,
        state: Store,
        clock: Clock,
        log_in: Callable[[], Awaitable[Session]],
        *,
        name: str = "",
        alone: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self.service = service
        self._state = state
        self._clock = clock
        self._log_in = log_in
        counter = settings.counter
        self._numbered = counter if counter is not None and counter.whose == "own" else None
        self.limits = Limits(settings, state, clock, f"{service}|{name}", alone)
        self._one = asyncio.Lock()
        self._failed: tuple[Problem, float] | None = None
        self._shared: Session | None = None
        self._idle: list[Session] = []
        self.used = clock.monotonic()
        self.calls = 0

    @property
    def live(self) -> list[Session]:
        """The sessions that should be ended when the gateway stops."""
        return [*self._idle, *([self._shared] if self._shared is not None else [])]

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A session for one call. Raises Problem OVERLOADED, UPSTREAM_AUTH, QUOTA_EXCEEDED; none was sent then."""
        self.used = self._clock.monotonic()
        self.calls += 1
        try:
            async with self.limits.call():
                session = await self._get()
                try:
                    yield session
                finally:
                    self._give(session)
        finally:
            self.calls -= 1

    async def _get(self) -> Session:
        if self._numbered:
            while self._idle:
                session = self._idle.pop()
                if not self._old(session):
                    return session
            return await self._opened()
        shared = self._shared
        if shared is not None and not self._old(shared):
            return shared
        async with self._one:  # however many callers wait
            if self._shared is None or self._old(self._shared):
                self._shared = await self._new()
            return self._shared

    async def _opened(self) -> Session:
        async with self._one:
            return await self._new()

    async def _new(self) -> Session:
        now = self._clock.monotonic()
        if self._failed is not None and now < self._failed[1]:
            known = self._failed[0]
            raise Problem(known.kind, known.detail, cause=known.cause, headers=known.headers, outcome="not-sent")
        try:
            session = await self._log_in()
        except Problem as problem:
            self._failed = (problem, self._clock.monotonic() + _FAILED)
            raise
        self._failed = None
        session.born = self._clock.monotonic()
        if self._numbered:
            session.count = self._numbered.first - 1
            await self._write(session, session.count, None)
        return session

    def _old(self, session: Session) -> bool:
        age = self._settings.seconds
        return session.ended or bool(age and self._clock.monotonic() - session.born >= age)

    def _give(self, session: Session) -> None:
        if self._numbered and not session.ended:
            self._idle.append(session)

    def end(self, session: Session) -> None:
        """The session is over; who comes next gets a new one."""
        session.ended = True
        if self._shared is session:
            self._shared = None

    # -- numbers

    async def number(self, session: Session) -> int:
        """The next number, taken before the call leaves. Raises Lost, Problem STATE_UNAVAILABLE."""
        await self._move(session, session.count + 1)
        return session.count

    async def give_back(self, session: Session) -> None:
        """The number was not used. Raises Lost, Problem STATE_UNAVAILABLE."""
        await self._move(session, session.count - 1)

    async def _move(self, session: Session, to: int) -> None:
        if not await self._write(session, to, str(session.count).encode()):
            self.end(session)
            raise Lost
        session.count = to

    async def _write(self, session: Session, count: int, expect: bytes | None) -> bool:
        counter: Counter | None = self._settings.counter
        assert counter is not None
        key = session.key(self.service)
        return await self._state.put(key, str(count).encode(), ttl=counter.kept, expect=expect)

