"""The law of serving: one built configuration with its live parts, opened and closed as a whole.

Holds the router, the upstreams and the plug-ins of one configuration; sockets that clients see
belong to `gateway.app`, so that a reload swaps one `Serving` for another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .beside.dialects import BesideClient, BesideUpstream, plain
from .beside.translator import Translator
from .build.bases import Bases
from .build.book import Built, BuiltService
from .build.describe import description
from .build.doors import RouteFace, Serve, rest_door, soap_address
from .build.endings import endings
from .build.failed import failures
from .build.forks import Group, choice, choosing, compared, filled, forked, grouped
from .build.hosting import PluginHost
from .build.keyring import keyring, watch
from .build.listing import ports
from .build.measured import expect, show_breakers, show_pools
from .build.outward import upstream_dialect
from .build.packaging import Places, attachments_of, client_edge, service_edge
from .build.pages import docs_pages, index_page, openapi_page, problem_page, wsdl_page
from .build.plugged import plugins_of
from .build.refused import refusing, warnings
from .build.unprotected import unprotected
from .core.layers import Layer, Send, Service, WireLayer, stack
from .core.limits import Limits
from .core.message import Exchange, Message, Wire
from .core.operation import Address, Door, Operation
from .core.ports import Clock, Store, UpstreamDialect
from .core.problem import Problem
from .dialect import addressing
from .dialect.conditions import strong_match
from .dialect.rest_client import RestClient
from .dialect.router import Router
from .dialect.soap_client import SoapClient, SoapDoor
from .dialect.soap_upstream import SoapUpstream
from .layers.breaker import NEVER, Breakers, Rule
from .layers.cache import Cache
from .layers.enter import enter, guarded, through
from .layers.forward import forward
from .layers.idempotency import RUNNING, idempotency
from .layers.observe import measure_backend, timed
from .layers.precondition import precondition
from .layers.replays import replays
from .layers.require import gated, require, sealed
from .layers.retry import Budget, retry
from .layers.traced import traced_call
from .net.pool import Pool
from .net.tls import trust
from .net.upstream import Upstream
from .observe.log import Log
from .observe.metrics import Metrics
from .observe.spans import Spans
from .observe.stages import Stages
from .plugins.api import Place, Plugin
from .plugins.registry import Plugins
from .schema.wsdl_writer import served_documents
from .settings.mistakes import Refused


@dataclass
class Parts:
    """What every configuration of one process shares."""

    metrics: Metrics
    log: Log
    clock: Clock
    state: Store
    spans: Spans | None = None  # where they are sent

    def __post_init__(self) -> None:
        self.stages = Stages(self.metrics)
        self.stages.traced = self.spans is not None


class Serving:
    """One configuration, live. `open` starts its parts, `close` gives all back."""

    def __init__(self, built: Built, parts: Parts) -> None:
        self.built = built
        self.parts = parts
        self.router: Router[Address] = Router()
        self.plugins: Plugins = plugins_of(built.loaded)
        self.keys = keyring(built, parts.clock)
        self._watcher: asyncio.Task[None] | None = None
        self._upstreams: list[Upstream | Bases] = []
        self._pools: dict[str, Pool] = {}
        self._hosts: list[PluginHost] = []
        self._services: dict[tuple[str, str], Service] = {}
        self._ends: dict[str, Service] = {}
        self._bodies: dict[str, int] = {}  # by the address's name
        self._budgets = {each.name: Budget(parts.clock) for each in built.services}
        self._breakers = {each.name: Breakers(parts.clock, _rule(each)) for each in built.services}
        self._cache = Cache(parts.clock)
        process = built.loaded.settings.very_large == "process"
        self._beside = Translator(built, parts.log, parts.metrics.asked_beside) if process else None
        self._dialects: dict[str, UpstreamDialect] = {}
        self._looked_into: set[str] = set()  # names of operations whose messages a layer reads as values
        self._enter = enter(self.find)
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def open(self) -> None:
        """Start upstreams and plug-ins, then set up every address. All or nothing."""
        for service in self.built.services:
            self._ends[service.name] = await self._end(service)
        try:
            await self.plugins.start(self._host)
        except KeyError as error:  # a key or operation that a plug-in's settings name
            await self.close()
            words = f"there is no key or operation {error}"
            raise Refused([self.built.loaded.mistake(("plugins",), words)]) from error
        except BaseException:
            await self.close()
            raise
        for line in unprotected(self.built):
            self.parts.log.write("error", "warning", "unprotected", cause=line)
        for line in warnings(self.built):
            self.parts.log.write("error", "warning", "refused", cause=line)
        self._watch_keys()
        for service in self.built.services:
            self._addresses(service)
        self._pages()

    async def close(self) -> None:
        """Stop plug-ins (they may still call), their tasks, then the upstreams."""
        try:
            await self.plugins.stop()
        finally:
            for host in self._hosts:
                await host.tasks.stop()
            if self._watcher is not None:
                self._watcher.cancel()
            for upstream in self._upstreams:
                await upstream.close()
            if self._beside is not None:
                self._beside.close()

    async def send(self, wire: Wire) -> Wire:
        """One request, counted: who came in by this configuration leaves by it."""
        self._busy += 1
        self._idle.clear()
        try:
            return await self._enter(wire)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def retire(self, grace: float) -> None:
        """After another one serves: let what is under way end within `grace` seconds, then close."""
        try:
            async with asyncio.timeout(grace):
                await self._idle.wait()
        except TimeoutError:
            self.parts.log.write("error", "warning", "retired-busy", cause=f"{self._busy} requests under way")
        finally:
            await self.close()

    def measure(self) -> None:
        """Show the state of this configuration's parts; once it serves."""
        expect(self.parts.metrics, self.built)
        show_breakers(self.parts.metrics, {name: each.own for name, each in self._breakers.items()})
        show_pools(self.parts.metrics, self._pools)

    def _watch_keys(self) -> None:
        tls = endings(self.built.loaded)
        if self.built.loaded.settings.keyring or tls.files:
            work = watch(self.keys, self.parts.log, self.parts.metrics, self.parts.clock, tls)
            self._watcher = asyncio.get_running_loop().create_task(work, name="keys")

    def find(self, wire: Wire) -> tuple[Address, dict[str, str]]:
        """The address of a request. Raises Problem NOT_FOUND, METHOD_NOT_ALLOWED."""
        if wire.method == "OPTIONS":
            allowed = self.router.allowed(wire.path)
            if allowed:
                return Address("OPTIONS", _options(", ".join(allowed))), {}
        return self.router.find(wire.method, wire.path)

    def body_limit(self, method: str, path: str) -> int:
        """Bytes that a request's body may have at this address."""
        try:
            address, _ = self.router.find(method, path)
        except Problem:
            return self.built.limits.body
        return self._bodies.get(address.name, self.built.limits.body)

    async def _end(self, service: BuiltService) -> Service:
        """The innermost service of one upstream: translate, seal, send."""
        settings = service.settings.upstream

        tls = trust(settings.tls.ca, settings.tls.certificate, settings.tls.key)

        def upstream_at(url: str) -> Upstream:
            return Upstream(
                url,
                limits=self.built.limits,
                timeout=settings.timeout,
                connect_timeout=settings.connect_timeout,
                pool=settings.pool,
                idle=settings.pool_idle,
                tls=tls,
            )

        upstream = upstream_at(settings.url or service.port.location)
        await upstream.start()
        self._pools[service.name] = upstream.pool
        bases = Bases(upstream, upstream_at)
        self._upstreams += [upstream, bases]
        dialect = self._dialects[service.name] = upstream_dialect(
            service, upstream.path, upstream.query, self.built.limits
        )
        place = Place(service.name, tuple(each.operation for each in service.operations), self.built.limits)
        send: Send = timed(bases.send)
        package = service_edge(service, self.built.limits)  # MTOM is made of what is protected already
        protection = self.plugins.wire_layers("upstream", place)
        outward = stack([*protection, sealed, package], send)  # nothing leaves in clear
        return forward(self._first_beside(dialect), outward, self.built.limits.offload, self.parts.stages)

    def looked_into(self, operation: Operation) -> bool:
        """Whether a layer reads the messages of an operation as values."""
        return f"{operation.service}/{operation.name}" in self._looked_into

    def _first_beside(self, dialect: UpstreamDialect) -> UpstreamDialect:
        """The dialect, with the process beside asked first for what is very large."""
        if self._beside is None or not isinstance(dialect, SoapUpstream) or dialect.addressed:
            return dialect
        return BesideUpstream(dialect, self._beside, self.looked_into, self.built.limits)

    def client(self, service: BuiltService, face: RouteFace, door: Door) -> Door:
        """The door of a route, likewise; only where the service gets the message and nothing beside it."""
        operation, dialect = face.route.operation, self._dialects.get(service.name)
        if self._beside is None or self.looked_into(operation) or not plain(face.rest):
            return door
        if not isinstance(dialect, SoapUpstream) or dialect.addressed or dialect.trace_blocks:
            return door  # blocks of the gateway's own come into the envelope
        number = next(at for at, each in enumerate(service.faces) if each is face)
        target = operation.faces[operation.soap].request
        beside = BesideClient(door.dialect, self._beside, service.name, operation, number, target)
        return replace(door, dialect=beside)

    def _serve(self, service: BuiltService, operation: Operation, within: Plugin[Any] | None = None) -> Service:
        """The value layers of one operation, outermost first."""
        again = self.parts.metrics.retries.labels(f"{operation.service}/{operation.name}").inc
        plugged = self.plugins.layers(operation, within=within)
        if plugged or service.settings.failures:
            self._looked_into.add(f"{operation.service}/{operation.name}")
        return stack(
            [
                require(operation) if within is None else None,  # judged before anything else is done with the message
                self._once(service) if within is None else None,  # before what may call again with the same message
                failures(service.settings.failures) if within is None else None,  # what locks and sessions left
                *plugged,  # locks, sessions: may call again
                retry(operation, self._budgets[service.name], again=again),  # keeps what sessions have filled in
                self._breakers[service.name].layer,  # a try that it refuses was not sent
                self._traced(service, operation),  # the service stands in the span of this try
                measure_backend(self.parts.metrics, operation),  # the service's own time, each try
            ],
            self._ends[service.name],
        )

    def _once(self, service: BuiltService) -> Layer | None:
        seconds = service.settings.replays
        if seconds is None:
            return None
        return replays(self.parts.state, service.name, seconds, addressing.message_id, addressing.duplicate)

    def _traced(self, service: BuiltService, operation: Operation) -> Layer | None:
        if self.parts.spans is None:
            return None
        address = urlsplit(service.settings.upstream.url or service.port.location)
        return traced_call(self.parts.spans, operation, address.hostname or "", address.port or 0)

    def _addresses(self, service: BuiltService) -> None:
        limits = self.built.limits
        soap = soap_address(service.path, service.operations, service.settings, limits, service.refused)
        place = Place(service.name, tuple(each.operation for each in service.operations), self.built.limits)
        protection, places = self.plugins.wire_layers("client", place), Places(service)
        attachments = attachments_of(service)

        def edges(within: Limits) -> list[WireLayer]:
            # a package is opened before its message is unprotected
            return [client_edge(places, attachments, within), *protection]

        served = {each.operation.name: self._serve(service, each.operation) for each in service.operations}

        def serve(operation: Operation) -> Service:
            return served[operation.name]

        async def by_body(exchange: Exchange) -> Message:
            return await served[exchange.operation.name](exchange)

        door = Door(service.path, SoapClient(service.speaker, soap), by_body, limits)
        self.router.add("POST", service.path, Address(door.name, through(door, edges(limits), self.parts.stages)))
        routes = _Routes(self, service, soap, edges, serve, through(door, (), self.parts.stages))
        for group in grouped(service.faces):
            first = group[0].route
            doors = [routes.door(face) for face in group]
            self.router.add(first.method, first.path, Address(doors[0].name, routes.send(group, doors)))
            self._bodies[doors[0].name] = max(each.limits.body for each in doors)
        for path, refused in service.unserved().items():
            answering = Door(f"POST {path}", RestClient(service.speaker), by_body, limits)
            self.router.add("POST", path, Address(answering.name, guarded(answering, edges(limits), refusing(refused))))

    def route_layers(self, face: RouteFace, compare: WireLayer | None) -> list[WireLayer]:
        """What a route alone asks for, inside its protection: keys and the cache see what the client meant.

        Kept answers never come to the value layers, so callers are judged before: by policy, then by plug-ins.
        A kept answer is not compared again.
        """
        settings = face.settings
        described = self.plugins.describes(face.route.operation)
        layers: list[WireLayer] = []
        fields = (*face.rest.fields, *(name.lower() for each in described for name in each.headers))
        if settings is not None and settings.cache:
            layers.append(self._cache.layer(settings.cache, fields))
        if settings is not None and settings.idempotency != "off":
            scope = f"{face.route.method} {face.route.path}"
            running = self._running(face.route.operation)
            layers.append(idempotency(self.parts.state, scope, settings.idempotency, fields, running))
        layers += [compare] if compare is not None else []
        if not layers:
            return []
        operation = face.route.operation
        policy = gated(operation)
        return [*([policy] if policy is not None else []), *self.plugins.gates(operation), *layers]

    def _running(self, operation: Operation) -> float:
        """Seconds that a request may take: its call, made twice, and a minute for logins and locks."""
        (own,) = (each.settings.upstream.timeout for each in self.built.services if each.name == operation.service)
        return max(RUNNING, 2 * (operation.timeout or own) + 60)

    def _pages(self) -> None:
        built = self.built
        base = built.loaded.settings.public_url

        def address(wire: Wire) -> str:
            return base.rstrip("/") if base else f"{wire.facts.get('scheme', 'http')}://{wire.headers.get('host', '')}"

        for service in built.services:
            documents = _documents(self.built, service)
            self.router.add("GET", service.path, wsdl_page(service.path, documents, address))
        self.router.add("GET", "/openapi.json", openapi_page(lambda: description(built)))
        for path, page in docs_pages().items():
            self.router.add("GET", path, page)
        self.router.add("GET", "/problems/{slug}", problem_page())
        rows = [("/docs", "Interactive documentation", ""), ("/openapi.json", "OpenAPI 3.1", "")]
        rows += [
            (f"{s.path}?wsdl", "WSDL", f"{s.service.name}, {len(s.operations)} operations") for s in built.services
        ]
        self.router.add("GET", "/", index_page(rows))
        for host in self._hosts:
            for method, path, page in host.pages:
                self.router.add(method, path, page)

    def _host(self, label: str, plugin: Plugin[Any]) -> PluginHost:
        parts = self.parts
        host = PluginHost(
            label,
            plugin,
            state=parts.state,
            clock=parts.clock,
            keys=self.keys,
            limits=self.built.limits,
            log=parts.log,
            metrics=parts.metrics,
            find=self._operation,
            call=self._call,
        )
        self._hosts.append(host)
        return host

    def _operation(self, name: str, service: str) -> Operation:
        found = self.built.find(name, service or None)
        if found is None:
            raise KeyError(name)
        return found[1].operation

    async def _call(self, operation: Operation, exchange: Exchange, plugin: Plugin[Any] | None) -> Message:
        service = next(each for each in self.built.services if each.name == operation.service)
        return await self._serve(service, operation, within=plugin)(exchange)


@dataclass
class _Routes:
    """The routes of one service on their way to addresses."""

    serving: Serving
    service: BuiltService
    soap: SoapDoor
    edges: Callable[[Limits], list[WireLayer]]  # of an address with these limits
    serve: Serve
    envelopes: Send  # whoever sends SOAP where a field chooses

    def door(self, face: RouteFace) -> Door:
        """The door of a route."""
        door = rest_door(face, self.service.speaker, self.soap, self.serving.built.limits, self.serve)
        return self.serving.client(self.service, face, door)

    def send(self, group: Group, doors: list[Door]) -> Send:
        """All that stands at one verb and path, in its protection."""
        if not any(map(choosing, group)):
            return self._through(group[0], doors[0], self.edges(doors[0].limits))
        sends = [self._through(face, door) for face, door in zip(group, doors, strict=True)]
        widest = max((door.limits for door in doors), key=lambda each: (each.body, each.json_tokens, each.json_string))
        chosen = choice(group, sends, self.envelopes, widest)
        return guarded(doors[0], self.edges(widest), forked(chosen))

    def _through(self, face: RouteFace, door: Door, edges: Sequence[WireLayer] = ()) -> Send:
        inside = self.serving.route_layers(face, self._compare(face))
        return through(door, edges, self.serving.parts.stages, inside)

    def _compare(self, face: RouteFace) -> WireLayer | None:
        """The layer that compares If-Match with the present ETag, where the route wants that of the gateway."""
        read = compared(face, self.service.faces)
        if read is None or face.settings is None or face.settings.version is None:
            return None
        path = partial(filled, read.route.path)
        return precondition(
            self._through(read, self.door(read)), path, strong_match, required=face.settings.version.required
        )


def _rule(service: BuiltService) -> Rule:
    said = service.settings.upstream.breaker
    return NEVER if said == "off" else Rule(**said.model_dump())


def _documents(built: Built, service: BuiltService) -> Callable[[str], Mapping[str, bytes]]:
    def documents(address: str) -> Mapping[str, bytes]:
        return served_documents(service.bench.contract, address, ports(built, service, address))

    return documents


def _options(allowed: str) -> Send:
    async def send(_: Wire) -> Wire:
        return Wire({"allow": allowed}, b"", status=204)

    return send
