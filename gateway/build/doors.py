"""The law of doors at build: which address leads to which operation, and in which face.

Every operation has its default door `POST /<Service>/<Operation>`; a configured route is a further
one with its own settings and unwrapping. A route that could never be served is refused with its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..core.layers import Service
from ..core.limits import Limits
from ..core.operation import Door, Face, Operation, Route
from ..core.problem import BY_SLUG
from ..dialect.either import EitherClient
from ..dialect.problem import FaultRule, Speaker
from ..dialect.rest import JsonCodec
from ..dialect.rest_client import RestClient, RestRoute
from ..dialect.soap_client import SoapClient, SoapDoor
from ..schema.contract import BoundMessage
from ..schema.errors import ContractError
from ..schema.ir import Settings
from ..settings import bounds
from ..settings.service import FaultRule as FaultSettings
from ..settings.service import Mapping as MappingSettings
from ..settings.service import Route as RouteSettings
from ..settings.service import Service as ServiceSettings
from .bindings import binding, member, steps_of
from .heads import heads
from .operations import CANONICAL, Bound
from .workbench import Workbench

Serve = Callable[[Operation], Service]
POINTERS: Final = re.compile(r"\{(/[^{}]*)\}")  # in a Location's template


@dataclass(frozen=True, slots=True)
class RouteFace:
    """What the describers need of a route: its operation in the contract, its settings, its unwrapping."""

    route: Route
    bound: Bound
    request: Settings
    unwrap_request: tuple[str, ...]
    unwrap_reply: tuple[str, ...]
    settings: RouteSettings | None = None
    rest: RestRoute = field(default_factory=RestRoute)


def mapping(*layers: MappingSettings) -> Settings:
    """The mapping's settings: each layer over the ones before."""
    chosen: dict[str, Any] = {}
    for layer in layers:
        chosen.update(layer.chosen())
    return replace(CANONICAL, **chosen)


def default_route(bench: Workbench, path: str, bound: Bound, service: ServiceSettings, limits: Limits) -> RouteFace:
    """The door that every operation has."""
    shape = mapping(service.mapping)
    route = Route(
        "POST", f"{path}/{bound.operation.name}", bound.operation, json_face(bench, bound, shape, (), (), limits)
    )
    return RouteFace(route, bound, shape, (), ())


def configured_route(
    bench: Workbench, settings: RouteSettings, bound: Bound, service: ServiceSettings, limits: Limits
) -> RouteFace:
    """A route of the configuration. Raises ContractError where its settings would lose something."""
    shape = mapping(service.mapping, settings.mapping)
    method, _, path = settings.route.partition(" ")
    own = bounds.limits(settings.limits, limits)
    face = json_face(bench, bound, shape, settings.unwrap.request, settings.unwrap.response, own)
    route = Route(method, path, bound.operation, face)
    rest = rest_route(bench, settings, bound, shape)
    return RouteFace(route, bound, shape, settings.unwrap.request, settings.unwrap.response, settings, rest)


def rest_route(bench: Workbench, settings: RouteSettings, bound: Bound, shape: Settings) -> RestRoute:
    """What the route adds to its operation. Raises ContractError where that has no place in the messages."""
    model = bench.laid(shape)
    asks, answers = bound.bound.input.element or None, bound.bound.output.element if bound.bound.output else ""
    asked = bench.asked(asks).laid(shape)
    method = settings.route.partition(" ")[0]
    if method in ("GET", "HEAD") and bound.operation.writes:
        raise ContractError(f"{method} is for operations that read; {bound.operation.name} writes (see `writes`)")
    version = settings.version
    binds = binding(asked, asks, shape, settings.unwrap.request, settings)
    reply = steps_of(version.reply) if version and version.reply else ()
    request = steps_of(version.request) if version and version.request else ()
    pointers = [reply] if reply else []
    pointers += [steps_of(found) for found in POINTERS.findall(settings.location or "")]
    for steps in pointers:
        if not answers:
            raise ContractError("the operation has no answer to take a version or Location from")
        member(model, answers, settings.unwrap.response, steps)
    if request:
        member(asked, asks or "", settings.unwrap.request, request)
    if settings.cache and bound.operation.writes:
        raise ContractError(f"`cache` is for operations that read; {bound.operation.name} writes (see `writes`)")
    if settings.idempotency != "off" and not bound.operation.writes:
        raise ContractError(f"`idempotency` is for operations that write; {bound.operation.name} reads (see `writes`)")
    mapped = heads(bench, bound.bound, settings.headers, shape)
    return RestRoute(
        binds,
        settings.status,
        settings.empty,
        settings.location or "",
        reply,
        request,
        bool(version and version.required),
        method in ("GET", "HEAD"),
        mapped,
    )


def json_face(
    bench: Workbench,
    bound: Bound,
    shape: Settings,
    request: tuple[str, ...],
    reply: tuple[str, ...],
    limits: Limits,
) -> Face:
    """The JSON codecs of an operation in one face."""
    output = bound.bound.output
    return Face(
        json_codec(bench, bound.bound.input, shape, request, limits, asked=True),
        None if output is None else json_codec(bench, output, shape, reply, limits),
    )


def json_codec(
    bench: Workbench,
    message: BoundMessage,
    shape: Settings,
    unwrap: tuple[str, ...],
    limits: Limits,
    *,
    asked: bool = False,
) -> JsonCodec:
    """The JSON codec of one message; `asked`: of a request, without what plug-ins fill in."""
    if not message.element:
        return JsonCodec(None, None, limits=limits, schema=None)
    filled = asked and bool(bench.fills(message.element))
    bench = bench.asked(message.element) if filled else bench
    return JsonCodec(
        bench.body(message.element, shape, unwrap),
        bench.body(message.element, CANONICAL),
        limits=limits,
        schema=bench.checker(message.element, shape, unwrap),
        recheck=bench.recheck(message.element, shape),
        partial=filled,
    )


def rest_door(face: RouteFace, speaker: Speaker, soap: SoapDoor, limits: Limits, serve: Serve) -> Door:
    """The door of a route: JSON by its face, and SOAP from whoever sends it there."""
    route = face.route
    own = bounds.limits(face.settings.limits, limits) if face.settings else limits
    rules = fault_rules(face.settings.faults) if face.settings else ()
    told = replace(speaker, rules=(*rules, *speaker.rules))
    dialect = EitherClient(RestClient(told, face.rest), SoapClient(told, replace(soap, limits=own)))
    return Door(f"{route.method} {route.path}", dialect, serve(route.operation), own, route)


def soap_address(path: str, operations: Sequence[Bound], settings: ServiceSettings, limits: Limits) -> SoapDoor:
    """The SOAP address of a service."""
    names = dict.fromkeys(["soapaction", *(name.lower() for name in settings.upstream.action_headers)])
    return SoapDoor(
        path.strip("/"), {each.operation.element: each.operation for each in operations}, limits, tuple(names)
    )


def fault_rules(settings: Sequence[FaultSettings]) -> tuple[FaultRule, ...]:
    """The rules of the configuration, compiled."""
    return tuple(
        FaultRule(
            status=rule.status,
            name=rule.name or "",
            code=rule.code or "",
            test=_path_test(rule.path, rule.equals) if rule.path is not None else None,
            kind=BY_SLUG.get(getattr(rule, "kind", "") or ""),
        )
        for rule in settings
    )


def _path_test(path: str, equals: Any) -> Callable[[Any], bool]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]

    def test(fault: Any) -> bool:
        found = [fault.detail]
        for step in steps:
            found = [inner for value in found for inner in _into(value, step)]
        return any(str(value) == str(equals) for value in found) if equals is not None else bool(found)

    return test


def _into(value: Any, step: str) -> Sequence[Any]:
    """A step into an object, or into every item of an array by `*` (or into one by its index)."""
    if isinstance(value, Mapping):
        return [value[step]] if step in value else []
    if isinstance(value, list):
        if step == "*":
            return value
        return [value[int(step)]] if step.isdigit() and int(step) < len(value) else []
    return []
