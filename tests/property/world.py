"""The law of the simulated world: real configurations, plug-ins, dialects and reference services; no sockets, no waiting.

Several gateways share one store. Time is the loop's and skips to whatever comes next. Before and behind each call
chance may strike: the store is away before or after it wrote, a request or an answer is lost, a gateway dies at any
await and is started anew. What was on the wire when it died is still carried out by the service.
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import selectors
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.build.book import Built, BuiltService
from gateway.core.layers import Send, Service, stack
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.demo.server import Answer, Call
from gateway.dialect.rest_client import problem_wire
from gateway.dialect.soap_upstream import SoapUpstream
from gateway.dialect.untyped import untyped
from gateway.layers.forward import forward
from gateway.layers.require import sealed
from gateway.layers.rescue import rescue
from gateway.observe.log import Log
from gateway.observe.metrics import Metrics
from gateway.plugins.api import Place
from gateway.serving import Parts, Serving
from gateway.state.memory import Memory

START = datetime(2026, 11, 22, tzinfo=UTC)


class Skipping(asyncio.SelectorEventLoop):
    """A loop that never waits: its time is what is due next."""

    def __init__(self) -> None:
        super().__init__(selectors.DefaultSelector())
        self.at = 0.0
        select, me = self._selector.select, self  # type: ignore[attr-defined]

        def skip(timeout: float | None = None) -> Any:
            if timeout:
                me.at += timeout
            return select(0 if timeout is not None else 5)

        self._selector.select = skip  # type: ignore[attr-defined]

    def time(self) -> float:
        return self.at


class LoopClock:
    """The port `Clock` on the loop's time. `shift`: how wrong this machine's wall clock is, in seconds."""

    def __init__(self, loop: Skipping) -> None:
        self.loop = loop
        self.shift = 0.0

    def now(self) -> float:
        return START.timestamp() + self.loop.at + self.shift

    def monotonic(self) -> float:
        return self.loop.at


class Chance:
    """How likely each fault is now; all 0 when the world is well."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.store = self.wire = 0.0
        self.next: list[str] = []  # what befalls the next calls to the service, whatever chance says

    def strikes(self, how_likely: float) -> bool:
        return how_likely > 0 and self.random.random() < how_likely

    def fault(self) -> str:
        """What befalls a call to the service: refused, lost on its way, its answer lost; mostly nothing."""
        if self.next:
            return self.next.pop(0)
        return self.random.choice(("refused", "lost", "unanswered")) if self.strikes(self.wire) else ""


class Replica:
    """One gateway: the value layers, plug-ins and routes of a configuration; its store and its wire may fail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.alive = False
        self.dies = ""  # "before" or "after" the next call is sent
        self.clock = LoopClock(world.loop)
        self.running: set[asyncio.Task[Any]] = set()
        self.serving: Any = None

    async def start(self) -> None:
        world = self.world
        self.alive = True
        port = Port(self)
        parts = Parts(Metrics("0"), Log(io.StringIO(), "error"), self.clock, port)
        self.serving = Simulated(world.built, parts, self)
        await self.serving.open()

        def answer(problem: Problem, request_id: str, trace: str) -> Wire:
            return problem_wire(world.built.speaker, problem, request_id, trace)

        self.send = rescue(answer, parts.log)(self.serving.send)

    def kill(self) -> None:
        """As SIGKILL does: nothing more is asked of the store, nothing more is sent, nobody is told."""
        self.alive = False
        for host in self.serving._hosts:
            self.running |= host.tasks._running
        for task in self.running:
            task.cancel()
        self.running = set()

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, dict[str, str]]:
        """One request of a client: status 0 when the connection broke."""
        raw = b"" if body is None else json.dumps(body).encode()
        told = {"host": "gateway", "content-type": "application/json"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        if not self.alive:
            return 0, {}, {}
        task = asyncio.ensure_future(self.send(Wire(told, raw, method, path, facts={"request_id": "r", "peer": "client"})))
        self.running.add(task)
        try:
            wire = await task
        except asyncio.CancelledError:
            return 0, {}, {}
        finally:
            self.running.discard(task)
        return wire.status, json.loads(wire.body) if wire.body else {}, wire.headers


class Port:
    """The store as one replica sees it: late, away before or after it wrote, and gone with its replica."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica

    async def _through(self, work: Callable[[], Awaitable[Any]]) -> Any:
        world = self.replica.world
        self._living()
        await asyncio.sleep(world.chance.random.uniform(0.0001, 0.002))
        self._living()
        lost = world.chance.strikes(world.chance.store)
        if lost and world.chance.strikes(0.5):
            raise Problem(Kind.STATE_UNAVAILABLE, cause="before", outcome="not-sent")
        found = await work()
        if lost:
            await asyncio.sleep(0.25)
            raise Problem(Kind.STATE_UNAVAILABLE, cause="after", outcome="not-sent")
        return found

    def _living(self) -> None:
        if not self.replica.alive:
            raise asyncio.CancelledError

    async def get(self, key: str) -> bytes | None:
        return await self._through(lambda: self.replica.world.store.get(key))

    async def put(self, key: str, value: bytes, *, ttl: float, expect: Any = ...) -> bool:
        return await self._through(lambda: self.replica.world.store.put(key, value, ttl=ttl, expect=expect))

    async def delete(self, key: str, *, expect: bytes | None = None) -> bool:
        return await self._through(lambda: self.replica.world.store.delete(key, expect=expect))


class Simulated(Serving):
    """A `Serving` whose upstream is the world's service."""

    def __init__(self, built: Built, parts: Parts, replica: Replica) -> None:
        super().__init__(built, parts)
        self.replica = replica

    async def _end(self, service: BuiltService) -> Service:
        dialect = SoapUpstream(
            version="1.1", path="/service", limits=self.built.limits, untyped=untyped,
            action_headers=service.settings.upstream.action_headers, headers={},
        )  # fmt: skip
        place = Place(service.name, tuple(each.operation for each in service.operations), self.built.limits)
        send: Send = self._send
        outward = stack([*self.plugins.wire_layers("upstream", place), sealed], send)
        return forward(dialect, outward, self.built.limits.offload, self.parts.stages)

    async def _send(self, wire: Wire) -> Wire:
        world = self.replica.world
        self._dying("before")
        fault = world.chance.fault()
        if fault == "refused":
            raise Problem(Kind.UPSTREAM_UNREACHABLE, outcome="not-sent")
        if fault == "lost":
            await asyncio.sleep(30)
            raise Problem(Kind.UPSTREAM_TIMEOUT, outcome="unknown")
        call = Call("POST", "/service", "", _NoCase(wire.headers), wire.body, "http://service")
        answer: Answer = await asyncio.shield(world.carried_out(call))
        self._dying("after")
        if fault == "unanswered":
            raise Problem(Kind.UPSTREAM_CLOSED, outcome="unknown")
        return Wire({"content-type": answer.content_type}, answer.body, status=answer.status)

    def _dying(self, moment: str) -> None:
        if self.replica.dies == moment:
            self.replica.dies = ""
            self.replica.kill()
        if not self.replica.alive:
            raise asyncio.CancelledError


class _NoCase(dict[str, str]):
    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())


class World:
    """Gateways of one configuration, their store and the service behind them."""

    def __init__(self, built: Built, service: Callable[[World], Any], *, seed: int, gateways: int = 2) -> None:
        self.loop = Skipping()
        asyncio.set_event_loop(self.loop)
        # nothing is done in a thread: its time is not the loop's
        self.built = replace(built, limits=replace(built.limits, offload=1 << 40))
        self.clock = LoopClock(self.loop)
        self.chance = Chance(seed)
        self.store = Memory(self.clock)
        self.service = service(self)
        self.clients: list[asyncio.Task[None]] = []
        self.carried: set[asyncio.Task[Any]] = set()
        self.replicas = [Replica(self) for _ in range(gateways)]
        for each in self.replicas:
            self.run(each.start())

    def datetime(self) -> datetime:
        """The service's own clock."""
        return START + timedelta(seconds=self.loop.at)

    def carried_out(self, call: Call) -> asyncio.Task[Any]:
        """The service's work, which no death of a gateway ends."""
        task = self.loop.create_task(self.service(call))
        self.carried.add(task)
        task.add_done_callback(self.carried.discard)
        return task

    def run(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def client(self, work: Awaitable[None]) -> None:
        """A client that begins now."""
        self.clients.append(self.loop.create_task(work))  # type: ignore[arg-type]

    def advance(self, seconds: float) -> None:
        """Let so much time pass, and all that happens in it."""
        self.run(asyncio.sleep(seconds))
        for task in [each for each in self.clients if each.done()]:
            self.clients.remove(task)
            task.result()  # what failed in a client fails the test

    def stored(self) -> list[str]:
        """The keys of what the store holds now."""
        return [key for key, (_, ends) in self.store._entries.items() if ends > self.loop.at]

    def lose_store(self) -> None:
        """As an empty replica that took over: nothing is there any more."""
        self.store._entries.clear()

    def settle(self, seconds: float) -> None:
        """All is well from now on; everybody ends what was begun."""
        self.chance.store = self.chance.wire = 0.0
        self.chance.next.clear()
        for each in self.replicas:
            each.dies = ""
            if not each.alive:
                self.run(each.start())
        self.run(asyncio.wait_for(_all(self.clients), 600))
        self.advance(seconds)

    def close(self) -> None:
        for each in self.replicas:
            if each.alive:
                each.kill()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.run(asyncio.sleep(0))
        self.run(asyncio.sleep(0))
        self.loop.close()
        asyncio.set_event_loop(None)


async def _all(tasks: list[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks)
