"""The law of a service's limits: so many calls of an identity at once, a pause for all of it when the service asks.

Counted in the state, so over all gateways that share one. A state that is away leaves each gateway its own count:
a limit is kept for the service's sake, and a service that is asked too often says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gateway.core.ports import Clock, Store
from gateway.core.problem import Kind, Problem
from gateway.plugins.held import SECONDS, holding, taken

from .settings import SessionSettings

_LOOKED_AT = 16  # places that one look tries, of however many there are


class Limits:
    """The limits of one identity (`name`) at one service. `alone` is told when the state is away."""

    def __init__(
        self, settings: SessionSettings, state: Store, clock: Clock, name: str, alone: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._state = state
        self._clock = clock
        self._key = f"session:limit:{hashlib.sha256(name.encode()).hexdigest()}"
        self._alone = alone
        room = settings.pool if settings.counter is not None and settings.counter.whose == "own" else settings.active
        self._room = asyncio.Semaphore(min(room, settings.active or room) or 1_000_000)
        self._until = 0.0  # of a pause, on this process's clock

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Room for one call, and no pause. Raises Problem OVERLOADED, QUOTA_EXCEEDED; nothing was sent then."""
        ends = self._clock.monotonic() + self._settings.wait
        try:
            async with asyncio.timeout(self._settings.wait):
                await self._room.acquire()
        except TimeoutError:
            raise _full() from None
        try:
            place = await self._place(ends) if self._settings.active else None
            if place is None:
                await self._paused()
                yield
                return
            async with holding(self._state, *place, SECONDS):
                await self._paused()
                yield
        finally:
            self._room.release()

    async def _place(self, ends: float) -> tuple[str, bytes] | None:
        """A place among those of all gateways, None while the state is away. Raises Problem OVERLOADED."""
        most, token, pause = self._settings.active, secrets.token_bytes(16), 0.01
        while True:
            for number in random.sample(range(most), min(most, _LOOKED_AT)):
                key = f"{self._key}:{number}"
                try:
                    if await taken(self._state, key, token, SECONDS):
                        return key, token
                except Problem:
                    self._alone()
                    return None
            if self._clock.monotonic() >= ends:
                raise _full()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # jitter
            pause = min(pause * 2, 0.2)

    async def _paused(self) -> None:
        left = self._until - self._clock.monotonic()
        rule = self._settings.pause
        if rule is not None:
            try:
                until = await self._state.get(f"{self._key}:pause")
            except Problem:
                self._alone()
                until = None
            if until is not None:  # never longer than the rule's: clocks of machines differ
                left = max(left, min(float(until) - self._clock.now(), rule.seconds))
        if left > self._settings.wait:
            raise _too_often(left)
        if left > 0:
            await asyncio.sleep(left)

    async def pause(self, seconds: float) -> None:
        """Nobody of this identity calls for so long, at any gateway."""
        self._until = max(self._until, self._clock.monotonic() + seconds)
        try:
            await self._state.put(f"{self._key}:pause", str(self._clock.now() + seconds).encode(), ttl=seconds)
        except Problem:
            self._alone()


def _full() -> Problem:
    words = "All sessions are in use."
    return Problem(Kind.OVERLOADED, words, headers={"retry-after": "1"}, outcome="not-sent", limit="sessions")


def _too_often(left: float) -> Problem:
    pause = {"retry-after": str(max(1, round(left)))}
    return Problem(Kind.QUOTA_EXCEEDED, "The service asks for a pause.", headers=pause, outcome="not-sent")
