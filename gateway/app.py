"""The law of composition: every part of a running gateway is named here once, in order, with why it stands there.

The front, outermost first: observe gives the request its id and counts whatever became of it; rescue lets
nothing pass; admit spends no CPU before there is room; enter finds the address, behind which stand
protection, dialect and the value layers (`gateway.serving`).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from .build.book import Built, build
from .build.operating import operating_pages
from .core.clock import SystemClock
from .core.garbage import settle
from .core.layers import Send, WireLayer, stack
from .core.message import Wire
from .core.problem import Problem
from .core.undumpable import undumpable
from .dialect.rest_client import problem_wire
from .layers.admit import Admission
from .layers.cors import Cors, cors
from .layers.observe import observe
from .layers.rescue import rescue
from .layers.traced import traced
from .net.admin import admin
from .net.post import Post
from .net.presented import Identities, Presented
from .net.selftest import selftest
from .net.server import Server
from .observe.admin import admin_pages
from .observe.lag import lag
from .observe.log import Log, said
from .observe.metrics import Metrics
from .observe.otlp import Exporter
from .observe.seen import Seen
from .observe.spans import Spans
from .observe.trace import request_id
from .reload import Reload
from .serving import Parts, Serving
from .settings.loader import Loaded
from .settings.mistakes import Mistake, Refused
from .settings.models import ListenTls, Settings, Tracing
from .state.home import Home, home
from .supervisor.seat import Seat
from .version import version

FLUSH: Final = 3.0  # seconds that the last spans have at the end


@dataclass(slots=True)
class Health:
    """What the probes ask."""

    ready: bool = False
    draining: bool = False


class Gateway:
    """A running gateway: its sockets, the present configuration, and how to stop."""

    def __init__(self, built: Built, *, log: Log | None = None, again: Callable[[], Loaded] | None = None) -> None:
        settings = built.loaded.settings
        clock = SystemClock()
        self.built = built
        self.health = Health()
        self.seen = Seen()
        self._home: Home = home(settings.state, clock)
        log = log or Log(sys.stderr, settings.logging.level, access=settings.logging.access)
        metrics = Metrics(version(), buckets=settings.metrics.buckets)
        metrics.log_dropped.set_function(lambda: log.dropped)
        rule = settings.tracing
        spans = Spans(rule.sample, rule.queue, metrics.told) if rule.endpoint else None
        self.exporter = exporter(rule, spans, log) if spans else None
        self.parts = Parts(metrics, log, clock, self._home, spans)
        self.admission = Admission(built.limits)
        self.parts.metrics.queued.set_function(lambda: self.admission.queued)
        self.serving = Serving(built, self.parts)
        self.reload = Reload(self, again, self.parts.log, self.parts.metrics) if again else None
        tls = presented(settings.tls)
        self.data = Server(
            self._front(),
            built.limits,
            refuse=self._refuse,
            body_limit=self._body_limit,
            hosts=allowed(settings),
            cut=self.parts.metrics.limit,
            tls=tls.context() if tls else None,
            identities=identities(settings.tls),
        )
        self.admin = Server(admin(self._pages()), built.limits, refuse=self._refused)
        self.addresses: dict[str, str] = {}
        self._busy = 0
        self.settled = False  # this process is the gateway's alone, so what stands is set aside for good
        self._running: list[asyncio.Task[None]] = []
        self._retiring: set[asyncio.Task[None]] = set()

    async def start(self, seat: Seat | None = None) -> None:
        """Open the configuration's parts, then the admin socket, then the data socket. All or nothing.

        With a `seat` this is one worker of several: the data address is shared, the admin socket its own.
        """
        settings = self.built.loaded.settings
        try:
            await self.serving.open()
            self.serving.measure()
            self.addresses["admin"] = await self.admin.start(f"unix:{seat.socket}" if seat else settings.admin)
            listen = seat.data if seat else settings.listen
            self.addresses["data"] = await self.data.start(listen, reuse_port=seat is not None)
        except BaseException:
            await self.stop(0.0)
            raise
        if self.exporter is not None:
            self.exporter.start()
        self._chores()
        self.health.ready = True

    def _chores(self) -> None:
        """What runs beside the requests until the gateway stops."""
        loop = asyncio.get_running_loop()
        self.parts.log.soon = loop.call_soon
        self._running.append(loop.create_task(lag(self.parts.metrics), name="lag"))
        if self.reload is not None:
            rule = self.built.loaded.settings.reload
            self._running.append(loop.create_task(self.reload.watch(rule.every, rule.watch), name="reload"))

    def drain(self) -> None:
        """Readiness off; every answer from now on closes its connection."""
        self.health.ready, self.health.draining = False, True
        self.parts.metrics.draining.set(1)
        self.data.drain()

    async def stop(self, grace: float) -> None:
        """Stop taking connections, let what is under way end within `grace` seconds, give everything back."""
        self.drain()
        for task in self._running:
            task.cancel()
        await self.data.stop(grace)
        for task in self._retiring:  # what they served has ended with the sockets
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        await self.serving.close()
        await self._home.close()
        self.parts.log.soon = None
        self.parts.log.flush()
        if self.exporter is not None:
            await asyncio.to_thread(self.exporter.stop, FLUSH)
        await self.admin.stop(1.0)

    async def adopt(self, built: Built) -> None:
        """Serve another configuration from now on; the old one ends what it has begun. Raises, then nothing changed.

        Addresses, stores and metrics stay those of the start.
        """
        serving = Serving(built, self.parts)
        try:
            await serving.open()
        except BaseException:
            await serving.close()
            raise
        before, after = self.built.loaded.settings, built.loaded.settings
        old, self.serving, self.built = self.serving, serving, built
        serving.measure()
        self.admission.resize(built.limits)
        self.data.limits, self.data.send, self.data.hosts = built.limits, self._front(), allowed(after)
        if after.logging.level != before.logging.level:  # else what was set at run time stays
            self.parts.log.level = after.logging.level
        self.parts.log.access = after.logging.access
        retiring = asyncio.get_running_loop().create_task(old.retire(before.drain.grace), name="retire")
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retired)

    def settle(self) -> None:
        """Set aside what was built, now and after each reload: the collector need not look at it again."""
        self.settled = True
        settle()

    def _retired(self, task: asyncio.Task[None]) -> None:
        self._retiring.discard(task)
        if self.settled:
            asyncio.get_running_loop().call_soon(settle)  # when nothing refers to the old one any more

    def under_way(self) -> int:
        """Requests not yet answered."""
        return self._busy + self.admission.queued

    def _pages(self) -> Mapping[str, Send]:
        parts = self.parts
        reload = self.reload.now if self.reload is not None else None
        return {
            **admin_pages(parts.metrics, self.health),
            **operating_pages(self, parts.log, parts.metrics, self.seen, reload),
        }

    def _front(self) -> Send:
        layers: list[WireLayer | None] = [
            traced(self.parts.spans) if self.parts.spans else None,  # gives the trace's id to what follows
            observe(self.parts.metrics, self.parts.log, self._answer, self.seen),  # counts what was shed or failed
            self._cors(),  # a preflight is answered before anything is looked for; pages read refusals, too
            rescue(self._answer, self.parts.log),  # nothing passes it
            self.admission.layer,  # no work before there is room
        ]
        inner: Send = self._serve
        return stack(layers, inner)

    def _cors(self) -> WireLayer | None:
        rule = self.built.loaded.settings.cors
        if not rule.origins:
            return None
        told = Cors(rule.origins, rule.headers, rule.expose, rule.credentials, rule.max_age)
        return cors(told, self._allowed)

    def _allowed(self, path: str) -> tuple[str, ...]:
        return self.serving.router.allowed(path)  # of the configuration that serves now

    async def _serve(self, wire: Wire) -> Wire:
        self._busy += 1
        try:
            return await self.serving.send(wire)  # the configuration that serves now, to the end of this request
        finally:
            self._busy -= 1

    def _answer(self, problem: Problem, request_id: str, trace: str = "") -> Wire:
        return problem_wire(self.built.speaker, problem, request_id, trace)

    def _refused(self, problem: Problem, wire: Wire) -> Wire:
        """A problem of the server itself, answered."""
        name = request_id(wire.headers.get("x-request-id"))
        reply = self._answer(problem, name)
        reply.headers["x-request-id"] = name
        return reply

    def _refuse(self, problem: Problem, wire: Wire) -> Wire:
        """What never reached the front: malformed, too large, too slow; counted and logged like what did."""
        reply = self._refused(problem, wire)
        self.parts.metrics.refused(problem, reply.status)
        self.parts.log.write(
            "access",
            "info",
            "refused",
            request_id=reply.headers["x-request-id"],
            status=reply.status,
            problem=problem.kind.slug,
            cause=problem.cause,
            limit=problem.limit,
        )
        return reply

    def _body_limit(self, method: str, path: str) -> int:
        return self.serving.body_limit(method, path)


def exporter(rule: Tracing, spans: Spans, log: Log) -> Exporter:
    """What sends the spans. Raises OSError: the certificates cannot be read."""

    def why(failure: str) -> None:
        log.write("error", "warning", "spans-not-taken", cause=failure)

    own = version()
    headers = {"content-type": "application/x-protobuf", "user-agent": f"soapgw/{own}"}
    headers |= {name.lower(): value for name, value in rule.headers.items()}
    return Exporter(spans, Post(str(rule.endpoint), headers, rule.ca), service=rule.service, version=own, why=why)


def allowed(settings: Settings) -> frozenset[str]:
    """The hosts that the data socket answers, as it compares them; none are all."""
    return frozenset(each.lower() for each in settings.hosts)


def presented(tls: ListenTls | None) -> Presented | None:
    """What the data socket presents to clients, None for plain HTTP."""
    if tls is None:
        return None
    asked = tls.clients
    return Presented(tls.certificate, tls.key, asked.ca if asked else None, asked.require if asked else False)


def identities(tls: ListenTls | None) -> Identities | None:
    """Whom a client's certificate names; None where none is asked for."""
    return Identities(tls.clients.identity, tls.clients.known) if tls is not None and tls.clients is not None else None


def serve(loaded: Loaded, again: Callable[[], Loaded] | None = None, seat: Seat | None = None) -> None:
    """Run until SIGTERM or SIGINT. Raises Refused, ContractError, PluginError, OSError before it is ready.

    `again` reads the settings anew for a reload; without it there is none. With a `seat`, as a worker of several.
    """
    undumpable()  # before the first key is read
    broken = selftest()
    if broken:
        raise Refused([Mistake("this installation", 0, 0, "", words) for words in broken])
    built = build(loaded)
    if sys.platform == "win32":
        asyncio.run(_run(built, again, seat))
    else:
        import uvloop

        uvloop.run(_run(built, again, seat))


async def _run(built: Built, again: Callable[[], Loaded] | None, seat: Seat | None) -> None:
    gateway = Gateway(built, again=again)
    await gateway.start(seat)
    gateway.settle()
    if seat is None:
        said(f"ready data={gateway.addresses['data']} admin={gateway.addresses['admin']}\n")
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    _ends(loop, asked, seat)
    if gateway.reload is not None:
        loop.add_signal_handler(signal.SIGHUP, gateway.reload.asked.set)
    await asked.wait()
    if seat is None:  # a second signal quits at once; a worker is ended by its supervisor
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)
    drain = gateway.built.loaded.settings.drain
    delay = 0.0 if gateway.health.draining else drain.delay  # /drain has let the balancers know
    gateway.drain()
    if delay:
        await asyncio.sleep(delay)
    await gateway.stop(drain.grace)


def _ends(loop: asyncio.AbstractEventLoop, asked: asyncio.Event, seat: Seat | None) -> None:
    """What ends this process. A terminal signals a whole group: a worker leaves SIGINT to its supervisor.

    A worker whose supervisor is gone ends too, else nobody could stop it.
    """
    loop.add_signal_handler(signal.SIGTERM, asked.set)
    loop.add_signal_handler(signal.SIGINT, asked.set if seat is None else _heard)
    parent = multiprocessing.parent_process() if seat is not None else None
    if parent is not None:
        loop.add_reader(parent.sentinel, asked.set)


def _heard() -> None:
    """Nothing is done."""
