"""A service of any kind behind the gateway: it says what the test tells it to and keeps what it was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gateway.demo.server import Answer, Call, Running, serve

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass
class StandIn:
    """What it answers next, what it was asked."""

    answer: Answer = field(default_factory=lambda: Answer(500, b"", "text/plain"))
    calls: list[Call] = field(default_factory=list)
    running: Running | None = None

    async def __call__(self, call: Call) -> Answer:
        self.calls.append(call)
        return self.answer

    def say(self, status: int, body: bytes | str, kind: str = JSON, headers: Mapping[str, str] | None = None) -> None:
        """What it answers from now on; what it was asked so far is forgotten."""
        self.answer = Answer(status, body.encode() if isinstance(body, str) else body, kind, headers or {})
        self.calls.clear()

    @property
    def url(self) -> str:
        """Its address."""
        assert self.running is not None
        return self.running.base

    @property
    def asked(self) -> Call:
        """The only call."""
        (call,) = self.calls
        return call


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """One on a free port."""
    service = StandIn()
    service.running = await serve(service, "127.0.0.1", 0)
    try:
        yield service
    finally:
        await service.running.stop()
