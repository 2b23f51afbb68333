"""The law of the breaker: a service that keeps failing is left alone for a while, and then asked by one call.

Counts by rate over a window, so that a rare failure among many calls never opens it. What the caller did wrong
and what the service answers by contract (faults) are no failures.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

from ..core.layers import Service
from ..core.message import Exchange, Message
from ..core.ports import Clock
from ..core.problem import Kind, Problem

State = Literal["closed", "open", "half-open"]
_FAILURES = frozenset(
    {
        Kind.UPSTREAM_UNREACHABLE,
        Kind.UPSTREAM_CONNECT_TIMEOUT,
        Kind.UPSTREAM_TIMEOUT,
        Kind.UPSTREAM_CLOSED,
        Kind.UPSTREAM_TLS,
        Kind.UPSTREAM_MALFORMED,
        Kind.UPSTREAM_NOT_SOAP,
        Kind.UPSTREAM_NOT_JSON,
        Kind.UPSTREAM_UNAVAILABLE,
    }
)
_BASES: Final = 16  # addresses of one service that are told apart


@dataclass(frozen=True, slots=True)
class Rule:
    """When it opens: at least `least` calls in `window` seconds, `share` of them failed; for `pause` seconds."""

    window: float = 10.0
    least: int = 10
    share: float = 0.5
    pause: float = 5.0


NEVER: Final = Rule(least=sys.maxsize)


class Breaker:
    """The breaker of one upstream."""

    def __init__(self, clock: Clock, rule: Rule | None = None) -> None:
        self._clock = clock
        self._rule = rule or Rule()
        self._calls: deque[tuple[float, bool]] = deque()
        self._failed = 0
        self._until = 0.0
        self._probing = False

    @property
    def state(self) -> State:
        """As it is now."""
        if not self._until:
            return "closed"
        return "open" if self._clock.monotonic() < self._until else "half-open"

    def layer(self, inner: Service) -> Service:
        """Refuse while open, let one call probe when half-open, count the rest."""

        async def service(exchange: Exchange) -> Message:
            return await self.call(exchange, inner)

        return service

    async def call(self, exchange: Exchange, inner: Service) -> Message:
        """One call. Raises Problem BREAKER_OPEN: it was not sent."""
        probe = self._enter()
        failed: bool | None = True
        try:
            reply = await inner(exchange)
            failed = False
            return reply
        except Problem as problem:
            # a message that was refused here says nothing of the service
            failed = problem.kind in _FAILURES if problem.kind.row.side == "upstream" else None
            raise
        finally:
            self._leave(failed, probe)

    def _enter(self) -> bool:
        state = self.state
        if state == "closed":
            return False
        if state == "open" or self._probing:
            left = max(1, round(self._until - self._clock.monotonic()))
            raise Problem(Kind.BREAKER_OPEN, headers={"retry-after": str(left)}, outcome="not-sent")
        self._probing = True
        return True

    def _leave(self, failed: bool | None, probe: bool) -> None:
        now = self._clock.monotonic()
        if probe:
            self._probing = False
        if failed is None:
            return
        if probe:
            self._until = now + self._rule.pause if failed else 0.0
            self._calls.clear()
            self._failed = 0
            return
        self._calls.append((now, failed))
        self._failed += failed
        while self._calls and now - self._calls[0][0] > self._rule.window:
            self._failed -= self._calls.popleft()[1]
        if len(self._calls) >= self._rule.least and self._failed >= self._rule.share * len(self._calls):
            self._until = now + self._rule.pause


class Breakers:
    """A breaker for each address of one service: what fails at one says nothing of another.

    The address is the exchange's base (a session that was redirected at its login), else the service's own. Bounded:
    the one unused for longest is forgotten.
    """

    def __init__(self, clock: Clock, rule: Rule | None = None) -> None:
        self._clock = clock
        self._rule = rule
        self.own = Breaker(clock, rule)
        self._others: dict[str, Breaker] = {}

    def layer(self, inner: Service) -> Service:
        """The layer of the service's operations."""

        async def service(exchange: Exchange) -> Message:
            base = exchange.facts.get("base")
            return await (self._of(str(base)) if base else self.own).call(exchange, inner)

        return service

    def _of(self, base: str) -> Breaker:
        breaker = self._others.pop(base, None)
        if breaker is None:
            if len(self._others) >= _BASES:
                del self._others[next(iter(self._others))]
            breaker = Breaker(self._clock, self._rule)
        self._others[base] = breaker  # the last one used stands last
        return breaker
