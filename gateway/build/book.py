"""The law of the book: all services of one configuration, compiled, with every mistake told at once.

`build` is what `serve` and `check` both run; it opens no socket and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.limits import Limits
from ..core.operation import RefusedOperation
from ..dialect.problem import Speaker
from ..dialect.router import shape
from ..net.fetch import Fetcher
from ..observe.otlp import lacking
from ..plugins.registry import Plugins
from ..schema.catalog import Catalog, given
from ..schema.contract import Contract, Port
from ..schema.contract import Service as ContractService
from ..schema.errors import ContractError
from ..schema.wsdl import load_wsdl
from ..settings import bounds
from ..settings.loader import Loaded
from ..settings.mistakes import Mistake, Refused
from ..settings.service import Service as ServiceSettings
from .behind import Table, behind
from .doors import RouteFace, check_renames, configured_route, default_route, fault_rules
from .exposed import exposed_parts
from .forks import Group, choosing, grouped, quarrels, uncompared
from .http_calls import idle
from .operations import CANONICAL, Bound, Compiled, compile_operations
from .pages import PAGES, docs_pages
from .plugged import plugins_of, standing_before, unknown, unserved
from .refused import missing, objections
from .several import unshared
from .shaped import Bodies
from .whole import services_of
from .workbench import Workbench


@dataclass(frozen=True, slots=True)
class BuiltService:
    """One service: its contract, its compiled operations, its REST faces."""

    name: str
    settings: ServiceSettings
    bodies: Bodies  # its messages as JSON
    service: ContractService
    port: Port
    path: str  # where SOAP callers come in
    operations: tuple[Bound, ...]
    faces: tuple[RouteFace, ...]  # configured routes first, then the default ones
    speaker: Speaker
    behind: Table | None = None  # the calls of a service that speaks JSON
    refused: tuple[RefusedOperation, ...] = ()  # known, and not served

    @property
    def bench(self) -> Workbench:
        """What compiles its contract."""
        return self.bodies.bench

    def unserved(self) -> Mapping[str, RefusedOperation]:
        """The default addresses of refused operations."""
        named = {each.operation.name for each in self.operations}
        given = self.refused if self.settings.default_routes else ()
        return {f"{self.path}/{each.name}": each for each in given if each.name not in named}

    def bound(self, operation: str) -> Bound | None:
        """The operation of this name, None without one."""
        return next((each for each in self.operations if each.operation.name == operation), None)

    def face(self, operation: str) -> RouteFace | None:
        """The default face of an operation, or its first one where it has no default."""
        faces = [face for face in self.faces if face.bound.operation.name == operation]
        return next((face for face in faces if face.settings is None), faces[0] if faces else None)


@dataclass(frozen=True, slots=True)
class Built:
    """Everything that one configuration serves."""

    loaded: Loaded
    services: tuple[BuiltService, ...]
    limits: Limits
    speaker: Speaker

    def find(self, operation: str, service: str | None = None) -> tuple[BuiltService, Bound] | None:
        """An operation by name, of a service where one is named (by either of its names)."""
        for each in self.services:
            if service in (None, each.name, each.service.name):
                bound = each.bound(operation)
                if bound is not None:
                    return each, bound
        return None

    def route(self, named: str) -> tuple[BuiltService, RouteFace] | None:
        """A route by its `VERB /path`."""
        for each in self.services:
            for face in each.faces:
                if f"{face.route.method} {face.route.path}" == named:
                    return each, face
        return None


def build(loaded: Loaded) -> Built:
    """Compile a configuration. Raises Refused with every mistake of every service."""
    limits = bounds.limits(loaded.settings.limits)
    speaker = Speaker(loaded.settings.problem_base.removesuffix("/problems/"))
    mistakes: list[Mistake] = []
    services: list[BuiltService] = []
    contracts: dict[tuple[str, ...], Workbench] = {}
    try:
        plugins = plugins_of(loaded)
    except Refused as refused:
        mistakes.extend(refused.mistakes)
        plugins = Plugins({})
    if loaded.settings.tracing.endpoint and lacking():
        words = "this needs the extra `otel`: pip install 'soapgw[otel]'"
        mistakes.append(loaded.mistake(("tracing", "endpoint"), words))
    for name, settings in loaded.settings.services.items():
        key = (settings.wsdl, *settings.xsd, *standing_before(loaded, name))  # what is filled in differs by these
        try:
            if key not in contracts:
                contracts[key] = _bench(settings, contracts, limits)
            for each, own in services_of(loaded, name, contracts[key].contract):
                services.append(_service(loaded, each, own, contracts[key], limits, speaker, mistakes, plugins))
        except ContractError as error:
            mistakes.append(loaded.mistake(("services", name, "wsdl"), str(error)))
    for bench in contracts.values():
        bench.settle()
    mistakes.extend(_doubled(loaded, services))
    mistakes.extend(unshared(loaded, plugins))
    mistakes.extend(unserved(loaded, plugins, {each.name: each for each in services}))
    if mistakes:
        raise Refused(mistakes)
    return Built(loaded, tuple(services), limits, speaker)


def _bench(settings: ServiceSettings, contracts: Mapping[tuple[str, ...], Workbench], limits: Limits) -> Workbench:
    """A bench for a service; a contract that stands here already is not read again."""
    same = (settings.wsdl, *settings.xsd)
    known = next((bench for key, bench in contracts.items() if key[: len(same)] == same), None)
    if known is not None:
        return known.twin()
    return Workbench(_contract(settings.wsdl, settings.xsd), findings=limits.findings)


def _contract(location: str, schemas: Sequence[str]) -> Contract:
    """Reads a contract; to type a URL is the allowance to fetch from that host (the settings refuse one in a file).

    `schemas`: files for imports that name a namespace and no location. Raises ContractError.
    """
    own = Catalog([given(Path(each)) for each in schemas])
    return load_wsdl(location, catalog=own, fetch=Fetcher.of_urls([location]))


def _service(
    loaded: Loaded,
    name: str,
    settings: ServiceSettings,
    bench: Workbench,
    limits: Limits,
    speaker: Speaker,
    mistakes: list[Mistake],
    plugins: Plugins,
) -> BuiltService:
    service, port = choose(bench.contract, settings)
    path = settings.path or f"/{service.name}"
    compiled = compile_operations(bench, name, port, settings, limits)
    operations = compiled.served
    mistakes.extend(objections(loaded, name, settings, compiled))
    mistakes.extend(loaded.mistake(("services", name, "upstream", k), w) for k, w in idle(port, settings.upstream))
    for operation, words in exposed_parts(port, operations):
        mistakes.append(loaded.mistake(("services", name, "operations", operation, "encryption"), words))
    _fill(loaded, bench, operations, plugins, mistakes)
    mistakes.extend(_objections(loaded, operations, plugins))
    told = Speaker(speaker.base, fault_rules(settings.faults))
    bodies = _bodies(loaded, bench, name, settings, operations, mistakes)
    faces = _faces(loaded, bodies, name, settings, compiled, limits, mistakes)
    if settings.default_routes:
        faces.extend(default_route(bodies, path, bound, settings, limits) for bound in operations)
    table, wrong = behind(loaded, bodies, name, settings, compiled, limits)
    mistakes.extend(each for each in wrong if each not in mistakes)
    return BuiltService(
        name=name,
        settings=settings,
        bodies=bodies,
        service=service,
        port=port,
        path=path,
        operations=operations,
        faces=tuple(faces),
        speaker=told,
        behind=table,
        refused=compiled.refused,
    )


def _bodies(
    loaded: Loaded,
    bench: Workbench,
    name: str,
    settings: ServiceSettings,
    operations: tuple[Bound, ...],
    mistakes: list[Mistake],
) -> Bodies:
    """The service's messages as JSON; settings that say nothing of any of them are told."""
    shapes = settings.upstream.shapes if settings.upstream.speaks == "json" else None
    try:
        bodies = Bodies(bench, shapes)
    except ContractError as error:
        mistakes.append(loaded.mistake(("services", name, "upstream", "shapes"), str(error)))
        return Bodies(bench)
    messages = [each for bound in operations for each in (bound.bound.input, bound.bound.output)]
    drawn = [bodies.drawn(each) for each in messages if each is not None and each.element]
    if settings.mapping.chosen() and drawn and all(drawn):
        words = "this has no effect: `upstream.shapes` says what the JSON is"
        mistakes.append(loaded.mistake(("services", name, "mapping"), words))
    elif settings.mapping.rename and operations:
        try:
            check_renames(bench, operations, settings.mapping, faults=settings.upstream.speaks == "json")
        except ContractError as error:
            mistakes.extend(loaded.mistake(("services", name, *each.setting), str(each)) for each in error.each)
    return bodies


def _faces(
    loaded: Loaded,
    bodies: Bodies,
    name: str,
    settings: ServiceSettings,
    compiled: Compiled,
    limits: Limits,
    mistakes: list[Mistake],
) -> list[RouteFace]:
    """The configured routes, in their order; one that cannot be served is told at its place."""
    faces: list[RouteFace] = []
    for at, route in enumerate(settings.routes):
        place = ("services", name, "routes", at)
        bound = next((each for each in compiled.served if each.operation.name == route.operation), None)
        if bound is None:
            mistakes.append(loaded.mistake((*place, "operation"), missing(route.operation, compiled)))
            continue
        try:
            faces.append(_public(configured_route(bodies, route, bound, settings, limits), loaded))
        except ContractError as error:
            mistakes.extend(loaded.mistake((*place, *each.setting), str(each)) for each in error.each)
    return faces


def _public(face: RouteFace, loaded: Loaded) -> RouteFace:
    """The route with its Location below the gateway's public address, where that is configured."""
    base = (loaded.settings.public_url or "").rstrip("/")
    return replace(face, rest=replace(face.rest, location=base + face.rest.location)) if face.rest.location else face


def _fill(
    loaded: Loaded, bench: Workbench, operations: tuple[Bound, ...], plugins: Plugins, mistakes: list[Mistake]
) -> None:
    """Tell the workbench what plug-ins fill in, before any face is compiled; each place that they name is there."""
    asked = {each.bound.input.element: plugins.fills(each.operation) for each in operations if each.bound.input.element}
    try:
        bench.loosen(asked)
    except ContractError as error:
        mistakes.append(loaded.mistake(("plugins",), str(error)))
        return
    for each in operations:
        for label, place in plugins.names(each.operation) if each.bound.input.element else ():
            words = unknown(bench.laid(CANONICAL), each.bound.input.element or "", place)
            if words:
                mistakes.append(loaded.mistake(("plugins", label), f"{words} (for {each.operation.name})"))


def _objections(loaded: Loaded, operations: tuple[Bound, ...], plugins: Plugins) -> Iterator[Mistake]:
    """What plug-ins' settings cannot serve, once for all operations that it is true of."""
    told: dict[tuple[str, str], list[str]] = {}
    for each in operations:
        for objection in plugins.objections(each.operation):
            told.setdefault(objection, []).append(each.operation.name)
    for (label, words), names in told.items():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield loaded.mistake(("plugins", label), f"{words} (for {', '.join(names[:3])}{more})")


def choose(contract: Contract, settings: ServiceSettings) -> tuple[ContractService, Port]:
    """The wsdl:service and port that a configuration means. Raises ContractError."""
    named = [each for each in contract.services if settings.service in (None, each.name)]
    for service in named:
        port = next((each for each in service.ports if each.name == settings.port), None)
        if port is not None and port.refused:
            words = f"the port {port.name} is not served: {port.refused}"
            raise ContractError(words, file=port.place.file, line=port.place.line)
        port = port if settings.port else service.port(settings.upstream.soap) or service.port()
        if port is not None:
            return service, port
    if settings.service and not named:
        known = ", ".join(each.name for each in contract.services)
        raise ContractError(f"there is no service {settings.service}; there are: {known}", file=contract.location)
    words = "there is no port with a SOAP binding that can be served, nor one with an HTTP binding"
    raise ContractError(words, file=contract.location)


def _doubled(loaded: Loaded, services: list[BuiltService]) -> list[Mistake]:
    """What two claim: service addresses, the gateway's own pages, routes; told at the one that the file names."""
    seen = {("GET", shape(path)): "the gateway itself" for path in (*PAGES, *docs_pages())}
    mistakes = []

    def claim(method: str, path: str, who: str, place: tuple[str | int, ...]) -> None:
        key = (method, shape(path))
        if key in seen:
            mistakes.append(loaded.mistake(place, f"{method} {path} is served already, by {seen[key]}"))
        seen.setdefault(key, who)

    for service in services:
        for method in ("POST", "GET"):  # the envelopes, and ?wsdl
            claim(method, service.path, service.name, ("services", service.name))
    for service in services:
        for each in service.unserved():
            claim("POST", each, service.name, ("services", service.name))
        for group in grouped(sorted(service.faces, key=lambda face: face.settings is not None)):  # default ones first
            mistakes += [loaded.mistake(_place(service, face), words) for face, words in _within(service, group)]
            for face in group if not any(map(choosing, group)) else group[:1]:
                who = f"{service.name}/{face.bound.operation.name}"
                claim(face.route.method, face.route.path, who, _place(service, face))
    return mistakes


def _within(service: BuiltService, group: Group) -> Iterator[tuple[RouteFace, str]]:
    """What is wrong with the routes of one verb and path among themselves, and with whom they compare."""
    if any(map(choosing, group)):
        yield from quarrels(group)
    for face in group:
        words = uncompared(face, service.faces)
        if words:
            yield face, words


def _place(service: BuiltService, face: RouteFace) -> tuple[str | int, ...]:
    own = face.settings
    return ("services", service.name, *(("routes", service.settings.routes.index(own)) if own else ()))
