"""The law of the test kit: what an author of a plug-in needs to test it, with no gateway running.

`FakeHost` is a host whose clock, store, calls and counts a test owns. `cipher_law` checks what every
cipher must hold: what is sealed opens again, nothing of it is readable on the wire, and every tampered
byte gets the same answer. Nothing here opens a socket.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from gateway.core.layers import Send
from gateway.core.limits import DEFAULT, Limits
from gateway.core.message import HeaderBlock, Message, Wire
from gateway.core.operation import Operation
from gateway.core.problem import Problem
from gateway.core.value import Value
from gateway.plugins.api import Place, Plugin, PluginSettings


class FakeClock:
    """Time that moves when the test says so; seconds."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self.time = start

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.time

    def monotonic(self) -> float:
        """The same, for durations."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds


class FakeStore:
    """The state port in a dictionary, with expiry by the fake clock."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.values: dict[str, tuple[bytes, float]] = {}

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        value, until = self.values.get(key, (None, 0.0))
        return value if until > self._clock.now() else None

    async def put(self, key: str, value: bytes, *, ttl: float, expect: bytes | object | None = ...) -> bool:
        """Write, with `expect` only if that is what stands there (None: absent)."""
        if expect is not ... and await self.get(key) != expect:
            return False
        self.values[key] = (value, self._clock.now() + ttl)
        return True

    async def delete(self, key: str, *, expect: bytes | None = None) -> bool:
        """Remove, with `expect` only if that is what stands there."""
        if expect is not None and await self.get(key) != expect:
            return False
        return self.values.pop(key, None) is not None


class FakeTasks:
    """Background work on the test's own loop; `close` cancels what is left."""

    def __init__(self) -> None:
        self.running: list[asyncio.Task[None]] = []

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run it."""
        self.running.append(asyncio.create_task(work, name=name))

    async def close(self) -> None:
        """Cancel and await everything."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)


class FakeKeys:
    """Key material by id, in a dictionary."""

    def __init__(self, keys: Mapping[str, Any] | None = None) -> None:
        self.keys = dict(keys or {})

    def get(self, key_id: str) -> Any:
        """The key of this id. Raises KeyError."""
        return self.keys[key_id]

    def named(self, prefix: str) -> Sequence[Any]:
        """The keys whose id is the prefix or begins with `prefix.`."""
        return [key for name, key in self.keys.items() if name == prefix or name.startswith(prefix + ".")]

    def expects(self, prefix: str) -> bool:
        """None is fetched here."""
        return False

    def unknown(self, prefix: str) -> None:
        """Nothing is fetched here."""


class FakeHost:
    """A host for one plug-in: `calls` answers `call`, `counts`, `audits` and `logs` are what it said."""

    def __init__(
        self,
        *,
        keys: Mapping[str, Any] | None = None,
        calls: Callable[[str, Value], Awaitable[Message]] | None = None,
        limits: Limits = DEFAULT,
    ) -> None:
        self.clock = FakeClock()
        self.state = FakeStore(self.clock)
        self.tasks = FakeTasks()
        self.keys = FakeKeys(keys)
        self.limits = limits
        self.counts: Counter[str] = Counter()
        self.audits: list[dict[str, Any]] = []
        self.logs: list[tuple[str, str]] = []
        self.waits: list[float] = []
        self.routes: dict[tuple[str, str], Callable[[Wire], Awaitable[Wire]]] = {}
        self._calls = calls

    async def call(
        self,
        operation: str,
        value: Value,
        *,
        service: str = "",
        identity: str = "",
        facts: Mapping[str, Any] | None = None,
        caller: Wire | None = None,
        blocks: Sequence[HeaderBlock] = (),
        fields: Mapping[str, str] | None = None,
    ) -> Message:
        """What the test's `calls` answers."""
        assert self._calls is not None, "give FakeHost(calls=…) to a plug-in that calls"
        return await self._calls(operation, value)

    def audit(self, event: str, **fields: str | int | float | bool) -> None:
        """Kept in `audits`."""
        self.audits.append({"event": event, **fields})

    def count(self, event: str) -> None:
        """Kept in `counts`."""
        self.counts[event] += 1

    def waited(self, seconds: float) -> None:
        """Kept in `waits`."""
        self.waits.append(seconds)

    def log(self, event: str, cause: str = "") -> None:
        """Kept in `logs`."""
        self.logs.append((event, cause))

    def route(self, method: str, path: str, answer: Callable[[Wire], Awaitable[Wire]]) -> None:
        """Kept in `routes`."""
        self.routes[method, path] = answer


async def started(cls: type[Plugin[Any]], settings: Mapping[str, Any], host: FakeHost | None = None) -> Plugin[Any]:
    """A plug-in of this class, its settings validated as the gateway does, started on a fake host."""
    model: type[PluginSettings] = cls.Settings
    plugin = cls(model.model_validate(dict(settings)))
    await plugin.start(host or FakeHost())
    return plugin


PLACE = Place(service="Test")


def between(client: Plugin[Any], server: Plugin[Any], service: Send, wires: list[Wire] | None = None) -> Send:
    """Two gateways in a row: `client` seals at its upstream's edge what `server` opens at its client's edge.

    `wires` collects every message as it crosses between them, requests and replies in turn.
    """
    outer = client.wire_layer("upstream", PLACE)
    inner = server.wire_layer("client", PLACE)
    assert outer is not None, "the plug-in is not in the path at the upstream's edge"
    assert inner is not None, "the plug-in is not in the path at the client's edge"
    far = inner(service)

    async def crossing(wire: Wire) -> Wire:
        if wires is not None:
            wires.append(wire)
        arriving = Wire(
            headers=dict(wire.headers), body=wire.body, method=wire.method, path=wire.path, status=wire.status
        )
        reply = await far(arriving)
        if wires is not None:
            wires.append(reply)
        return Wire(headers=dict(reply.headers), body=reply.body, status=reply.status)

    return outer(crossing)


async def cipher_law(
    cls: type[Plugin[Any]],
    settings: Mapping[str, Any],
    *,
    body: bytes = b'{"secret": "correct horse battery staple"}',
    operation: Operation | None = None,
    tampered: int = 50,
) -> None:
    """What every cipher on bodies must hold. Raises AssertionError that says what does not."""
    client, server = await started(cls, settings), await started(cls, {**settings, "failures_per_minute": 10_000})
    seen: list[Wire] = []

    async def echo(wire: Wire) -> Wire:
        assert wire.body == body, "the service got another body than the client sent"
        assert wire.facts.get("encrypted"), "unprotect set no facts['encrypted']"
        return Wire(headers={"content-type": "application/json"}, body=wire.body, status=200)

    request = Wire(
        headers={"content-type": "application/json"}, body=body, method="POST", path="/", operation=operation
    )
    reply = await between(client, server, echo, seen)(request)
    assert reply.body == body, "the client got another body than the service sent"
    assert len(seen) == 2
    for wire in seen:
        assert body not in wire.body, "the body is readable on the wire"
        assert b"correct horse" not in wire.body, "a part of the body is readable on the wire"
    again: list[Wire] = []
    await between(client, server, echo, again)(request)
    assert again[0].body != seen[0].body, "the same body twice gives the same bytes: is the nonce fixed?"
    await _tampering(server, seen[0], tampered)


async def _tampering(server: Plugin[Any], sealed: Wire, times: int) -> None:
    layer = server.wire_layer("client", PLACE)
    assert layer is not None

    async def reached(wire: Wire) -> Wire:
        raise AssertionError("a tampered message reached the service")

    answers: set[tuple[str, str]] = set()
    step = max(1, len(sealed.body) // times)
    for at in range(0, len(sealed.body), step):
        body = bytearray(sealed.body)
        body[at] ^= 0x01
        wire = Wire(headers=dict(sealed.headers), body=bytes(body), method="POST", path="/")
        try:
            await layer(reached)(wire)
        except Problem as problem:
            answers.add((problem.kind.slug, problem.detail))
    assert len(answers) == 1, f"tampered messages are told apart: {sorted(answers)}"
