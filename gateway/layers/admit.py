"""The law of admission: no CPU is spent on a request before there is room for it.

A bounded number in flight, a bounded queue, a bounded wait; whoever does not fit is told at once to
come again. SECURITY: linkerd's fail-fast of a second.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque

from ..core.layers import Send
from ..core.limits import Limits
from ..core.message import Wire
from ..core.problem import Kind, Problem


class Admission:
    """Slots for requests in flight; first come, first served."""

    def __init__(self, limits: Limits) -> None:
        self._slots = self._free = limits.in_flight
        self._room = limits.queue
        self._wait = limits.queue_wait
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.draining = False

    def resize(self, limits: Limits) -> None:
        """Other limits from now on; with fewer slots, those taken are not given again until it fits."""
        self._free += limits.in_flight - self._slots
        self._slots, self._room, self._wait = limits.in_flight, limits.queue, limits.queue_wait
        while self._waiting and self._free > 0:
            self._free -= 1
            self._release()

    @property
    def queued(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def layer(self, inner: Send) -> Send:
        """Admit, serve, release."""

        async def send(wire: Wire) -> Wire:
            if self._free > 0:
                self._free -= 1
            else:
                await self._queue()
            try:
                return await inner(wire)
            finally:
                self._release()

        return send

    async def _queue(self) -> None:
        if len(self._waiting) >= self._room:
            raise shed("queue")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait_for(turn, self._wait)
        except TimeoutError:
            if turn in self._waiting:  # a release may have passed it over already, since it was done
                self._waiting.remove(turn)
            raise shed("queue_wait") from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def _release(self) -> None:
        while self._waiting and self._free >= 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


def shed(limit: str) -> Problem:
    """The refusal, with a jittered pause of 1 to 5 s so that callers do not come back as one."""
    pause = str(random.randint(1, 5))  # noqa: S311  # jitter
    return Problem(Kind.OVERLOADED, headers={"retry-after": pause}, limit=limit)
