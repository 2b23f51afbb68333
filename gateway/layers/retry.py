"""The law of repetition: once more only what was proven not sent, or what only reads (RFC 9110 §9.2.2).

A budget keeps repetition from multiplying an outage; a pause with jitter keeps callers apart. Inside
sessions and locks: a repeat keeps its count and its content, so what they marked as good for one sending
(`Exchange.once`: a number that the service may have seen, a lease that may have been taken) is no read here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from ..core.layers import Layer, Service
from ..core.message import Exchange, Message
from ..core.operation import Operation
from ..core.ports import Clock
from ..core.problem import Kind, Problem

_READ_AGAIN = frozenset(
    {Kind.UPSTREAM_CLOSED, Kind.UPSTREAM_UNREACHABLE, Kind.UPSTREAM_CONNECT_TIMEOUT, Kind.UPSTREAM_UNAVAILABLE}
)
_NEVER = frozenset({Kind.BREAKER_OPEN, Kind.OVERLOADED, Kind.DRAINING})


class Budget:
    """At most a fifth of the calls of the last seconds may be repeats, and three a second in any case."""

    def __init__(self, clock: Clock, *, share: float = 0.2, least: float = 3.0) -> None:
        self._clock = clock
        self._share = share
        self._least = least
        self._tokens = least
        self._at = clock.monotonic()

    def call(self) -> None:
        """A first try earns a share of a repeat."""
        self._tokens = min(self._tokens + self._share, 10 * self._least)

    def spend(self) -> bool:
        """Whether a repeat is allowed now."""
        now = self._clock.monotonic()
        self._tokens = min(self._tokens + (now - self._at) * self._least, 10 * self._least)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def retry(
    operation: Operation,
    budget: Budget,
    *,
    pause: tuple[float, float] = (0.05, 0.25),
    again: Callable[[], None] = lambda: None,
) -> Layer:
    """The layer of an operation: one more try at most. `pause`: seconds, from and to; `again` is told of each."""

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            budget.call()
            try:
                return await inner(exchange)
            except Problem as problem:
                if not repeatable(operation, problem, once=exchange.once) or not budget.spend():
                    raise
            await asyncio.sleep(random.uniform(*pause))  # noqa: S311  # jitter
            exchange.attempt += 1
            again()
            return await inner(exchange)

        return service

    return layer


def repeatable(operation: Operation, problem: Problem, *, once: bool = False) -> bool:
    """Whether a failed call may be made again: proven not sent, or a read that may not have arrived."""
    if problem.kind in _NEVER or problem.kind.row.side != "upstream":
        return False
    if problem.outcome == "not-sent":
        return problem.kind is not Kind.UPSTREAM_TLS  # that will not mend itself
    return not (operation.writes or once) and problem.kind in _READ_AGAIN
