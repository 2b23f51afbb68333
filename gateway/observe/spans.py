"""The law of spans: one for each request, one for each call behind; plain data on the loop, bounded, sent by others.

Names and attributes follow OpenTelemetry's conventions for HTTP, values come from the contract and from tables: no
path, no query and nothing of a message, since these may hold secrets. Nothing here knows how spans are sent.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Literal

from .trace import begun, child, sampled

Told = Literal["dropped", "sent", "failed"]
TOLD: Final[tuple[Told, ...]] = ("dropped", "sent", "failed")
CURRENT: Final[ContextVar[Span | None]] = ContextVar("span", default=None)  # the request's that is being served


@dataclass(slots=True)
class Span:
    """One span. `own` is its traceparent, `parent` the id of the span that it stands in (empty: it is the root)."""

    own: str
    parent: str
    kind: Literal["server", "client"]
    name: str = ""
    state: str = ""  # tracestate
    began: int = field(default_factory=time.time_ns)
    ended: int = 0
    attributes: dict[str, str | int | float] = field(default_factory=dict)
    failed: str = ""  # why it counts as an error


class Spans:
    """What was recorded and is not yet sent: at most `room`, what comes then is dropped and counted.

    `share` of the traces that begin here are kept; a caller's own decision holds for its trace. `tell` is told what
    became of so many spans.
    """

    def __init__(self, share: float, room: int, tell: Callable[[Told, int], None]) -> None:
        self._share = share
        self._room = room
        self._waiting: deque[Span] = deque()
        self.tell = tell

    def begin(self, traceparent: str | None, state: str = "") -> Span | None:
        """The span of a request that is kept; None, and nothing is recorded. `traceparent` as the caller gave it."""
        own = child(traceparent)
        parent = begun(traceparent)
        if not parent and random.random() < self._share:  # noqa: S311  # a sample is no secret
            own = own[:-2] + "01"
        return Span(own, parent, "server", state=state) if sampled(own) else None

    def add(self, span: Span) -> None:
        """Record a span that has ended."""
        if len(self._waiting) >= self._room:
            self.tell("dropped", 1)
            return
        span.ended = span.ended or time.time_ns()
        self._waiting.append(span)

    def take(self, most: int) -> list[Span]:
        """The oldest ones, to be sent. May be called from another thread."""
        taken: list[Span] = []
        while len(taken) < most:
            try:
                taken.append(self._waiting.popleft())
            except IndexError:
                break
        return taken

    @property
    def waiting(self) -> int:
        """How many are not yet sent."""
        return len(self._waiting)
