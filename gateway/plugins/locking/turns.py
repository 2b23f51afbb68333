"""The law of turns: of the gateway's own callers one at a time works on an entity, in order within a process.

Among replicas the turn is held in the state store (`gateway.plugins.held`), and passes on when its owner died. It
serialises; the service's own locks and versions stay the ones that protect.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.core.ports import Store
from gateway.core.problem import Kind, Problem
from gateway.plugins.held import holding, taken

from .settings import Guard


class Turns:
    """The lines before entities; an entity without callers costs nothing."""

    def __init__(self, state: Store) -> None:
        self._state = state
        self._lines: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, entity: str, guard: Guard) -> AsyncIterator[None]:
        """Wait for the turn, for as long as the guard says. Raises Problem LOCK_CONFLICT, STATE_UNAVAILABLE."""
        key = f"locks:turn:{hashlib.sha256(entity.encode()).hexdigest()}"
        lock, waiting = self._lines.get(key, (asyncio.Lock(), 0))
        self._lines[key] = (lock, waiting + 1)
        token = secrets.token_bytes(16)
        held = False
        try:
            try:
                async with asyncio.timeout(guard.wait):
                    await lock.acquire()
                    held = True
                    if guard.across:
                        await self._first(key, token, guard.lease)
            except TimeoutError:
                raise _busy() from None
            async with holding(self._state, key, token, guard.lease) if guard.across else contextlib.nullcontext():
                yield
        finally:
            if held:
                lock.release()
            _, left = self._lines[key]
            if left == 1:
                del self._lines[key]
            else:
                self._lines[key] = (lock, left - 1)

    async def _first(self, key: str, token: bytes, seconds: float) -> None:
        pause = 0.005
        while not await taken(self._state, key, token, seconds):
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # jitter
            pause = min(pause * 2, 0.1)


def _busy() -> Problem:
    extra = {"conflict": "guarded"}
    words = "Another caller of the gateway is working on the entity."
    return Problem(Kind.LOCK_CONFLICT, words, headers={"retry-after": "1"}, outcome="not-sent", extra=extra)
