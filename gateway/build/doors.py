"""The law of doors at build: which address leads to which operation, and in which face.

Every operation has its default door `POST /<Service>/<Operation>`; a configured route is a further
one with its own settings and unwrapping. A route that could never be served is refused with its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from ..core.layers import Service
from ..core.limits import Limits
from ..core.operation import Door, Face, Operation, RefusedOperation, Route
from ..core.problem import BY_SLUG
from ..core.value import steps_of
from ..dialect.binding import Steps
from ..dialect.either import EitherClient
from ..dialect.fault import neutral
from ..dialect.passing import passed
from ..dialect.problem import FaultRule, Speaker
from ..dialect.rest_client import RestClient, RestRoute
from ..dialect.soap_client import BY_ACTION, SoapClient, SoapDoor
from ..schema.errors import ContractError, Gathered
from ..schema.ir import Model, Settings
from ..schema.renames import idle
from ..settings import bounds
from ..settings.service import FaultRule as FaultSettings
from ..settings.service import Mapping as MappingSettings
from ..settings.service import Route as RouteSettings
from ..settings.service import Service as ServiceSettings
from .bindings import BODYLESS, POINTERS, binding, member, members_at, scalar_at
from .heads import heads
from .operations import CANONICAL, Bound, selecting
from .shaped import Bodies
from .workbench import Workbench

Serve = Callable[[Operation], Service]
NAMES: Final = re.compile(r"\{([^{}/]*)\}")  # the variables of a path's template


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
    renames: dict[str, str] = {}
    for layer in layers:
        chosen.update(layer.chosen())
        renames.update(layer.rename or {})
    if renames:
        chosen["rename"] = tuple(sorted(renames.items()))
    return replace(CANONICAL, **chosen)


def default_route(bodies: Bodies, path: str, bound: Bound, service: ServiceSettings, limits: Limits) -> RouteFace:
    """The door that every operation has."""
    shape = mapping(service.mapping)
    route = Route(
        "POST", f"{path}/{bound.operation.name}", bound.operation, json_face(bodies, bound, shape, (), (), limits)
    )
    return RouteFace(route, bound, shape, (), ())


def configured_route(
    bodies: Bodies, settings: RouteSettings, bound: Bound, service: ServiceSettings, limits: Limits
) -> RouteFace:
    """A route of the configuration. Raises ContractError where its settings would lose something."""
    bench, shape = bodies.bench, mapping(service.mapping, settings.mapping)
    method, _, path = settings.route.partition(" ")
    own = bounds.limits(settings.limits, limits)
    wrong = Gathered()
    with wrong.at():
        bodies.check_route(settings, bound)
    if settings.mapping.rename:
        with wrong.at():
            both = service.upstream.speaks == "json" and not service.upstream.routes  # read backwards, too
            check_renames(bench, [bound], settings.mapping, faults=both)
    with wrong.at():
        _check_verb(settings, bound, method)
    with wrong.at(*(("mapping",) if settings.mapping.chosen() else ())):
        json_face(bodies, bound, shape, (), (), own)  # what the mapping would lose is no fault of `unwrap`
        with wrong.at("unwrap"):
            face = json_face(bodies, bound, shape, settings.unwrap.request, settings.unwrap.response, own)
    wrong.end()
    route = Route(method, path, bound.operation, face)
    rest = replace(rest_route(bench, settings, bound, shape), conditions=_judge(settings, service))
    return RouteFace(route, bound, shape, settings.unwrap.request, settings.unwrap.response, settings, rest)


def _judge(settings: RouteSettings, service: ServiceSettings) -> Literal["none", "compared", "service"]:
    """Who judges a condition that no member of the message takes."""
    version, upstream = settings.version, service.upstream
    if version is not None:
        return "compared" if version.check else "none"
    return "service" if upstream.speaks == "json" and "etag" in passed(upstream.answer_headers) else "none"


def check_renames(bench: Workbench, bounds: Sequence[Bound], said: MappingSettings, *, faults: bool = False) -> None:
    """Raises ContractError where a rename changes no message of these operations, their header blocks included.

    `faults`: whether the details of faults are in this shape, too, as they are towards a JSON service.
    """
    shape = replace(CANONICAL, rename=mapping(said).rename)
    roots = [root for bound in bounds for root in _roots(bound, faults)]
    of = bounds[0].operation.name if len(bounds) == 1 else "the service"
    wrong = Gathered()
    with wrong.at("mapping", "rename"):
        for name in idle(bench.laid(shape), shape, roots):
            words = f"`rename` of {name} has no effect: no message of {of} has it"
            wrong.add([ContractError(words)], "mapping", "rename", name)
    wrong.end()


def _roots(bound: Bound, faults: bool) -> Iterator[str]:
    for message in (bound.bound.input, bound.bound.output):
        if message is not None:
            yield from (each for each in (message.element, *(use.element for use in message.headers)) if each)
    if faults:
        yield from (fault.element for fault in bound.bound.faults if fault.element)


def rest_route(bench: Workbench, settings: RouteSettings, bound: Bound, shape: Settings) -> RestRoute:
    """What the route adds to its operation. Raises ContractError where that has no place in the messages."""
    model = bench.laid(shape)
    asks, answers = bound.bound.input.element or None, bound.bound.output.element if bound.bound.output else ""
    asked = bench.asked(asks).laid(shape)
    method = settings.route.partition(" ")[0]
    _check_answer(model, shape, answers, settings)
    binds = binding(asked, asks, shape, settings.unwrap.request, settings)
    version = settings.version
    request = steps_of(version.request) if version and version.request else ()
    version_type = scalar_at(asked, shape, asks or "", settings.unwrap.request, request) if request else None
    return RestRoute(
        binding=binds,
        status=settings.status,
        empty=settings.empty,
        location=settings.location or "",
        version_reply=steps_of(version.reply) if version and version.reply else (),
        version_request=request,
        version_required=bool(request) and _must_give_version(asked, asks or "", settings, request),
        version_type=version_type,
        reads=method in ("GET", "HEAD"),
        heads=heads(bench, bound.bound, settings.headers, shape, bodyless=method in BODYLESS),
        body_request=steps_of(settings.body.request or ""),
        body_reply=steps_of(settings.body.response or ""),
        chosen_by=_chosen_by(asked, asks, settings),
    )


def _must_give_version(model: Model, element: str, settings: RouteSettings, request: Steps) -> bool:
    """Whether If-Match is demanded: by setting, or since every message needs what nothing else can give."""
    if settings.version is not None and settings.version.required:
        return True
    bodyless = settings.route.partition(" ")[0] in BODYLESS or bool(settings.body.request)
    return bodyless and member(model, element, settings.unwrap.request, request).sure


def _check_verb(settings: RouteSettings, bound: Bound, method: str) -> None:
    """What the verb allows, and what it makes of no effect. Raises ContractError."""
    name = bound.operation.name
    writes = bound.operation.writes if settings.writes is None else settings.writes
    if settings.writes is not None and settings.writes == bound.operation.writes:
        raise ContractError(f"`writes` has no effect: {name} {'writes' if writes else 'reads'} as it is")
    if method in ("GET", "HEAD") and writes:
        raise ContractError(f"{method} is for operations that read; {name} writes (see `writes`)")
    if settings.cache and writes:
        raise ContractError(f"`cache` is for operations that read; {name} writes (see `writes`)")
    if settings.cache and method not in ("GET", "HEAD"):
        raise ContractError(f"`cache` has no effect: an answer to {method} is not kept")
    if settings.idempotency != "off" and not writes:
        raise ContractError(f"`idempotency` is for operations that write; {name} reads (see `writes`)")
    if method in ("GET", "HEAD") and settings.status not in (None, 200):
        raise ContractError(f"`status: {settings.status}` is not for {method}")
    if settings.when is not None and settings.when.place == "body" and method in BODYLESS:
        raise ContractError(f"`when` in the body has no effect: {method} has no body")
    if settings.example is not None and method in BODYLESS:
        raise ContractError(f"`example` has no effect: {method} has no body; give its parameters one each")
    rules = [rule.model_dump_json(exclude={"status"}) for rule in settings.faults]
    if len(set(rules)) != len(rules):
        raise ContractError("two rules in `faults` have the same conditions: the second has no effect")


def _check_answer(model: Model, shape: Settings, answers: str, settings: RouteSettings) -> None:
    """What is taken from the reply is there, and there is a reply to take it from. Raises ContractError."""
    version, location = settings.version, settings.location or ""
    pointers = [version.reply] if version and version.reply else []
    pointers += POINTERS.findall(location)
    if not answers and (pointers or settings.body.response or settings.empty != "keep"):
        raise ContractError("the operation has no answer to take a version, Location or body from")
    for place in pointers:
        scalar_at(model, shape, answers, settings.unwrap.response, steps_of(place))
    if settings.body.response:
        member(model, answers, settings.unwrap.response, steps_of(settings.body.response))
    variables = set(NAMES.findall(settings.route))
    for name in NAMES.findall(POINTERS.sub("", location)):
        if name not in variables:
            raise ContractError(f"`location`: the path has no {{{name}}}; a place in the reply begins with /")


def _chosen_by(model: Model, element: str | None, settings: RouteSettings) -> str:
    """The member of the JSON that only chooses the route, '' where the message has it itself."""
    if settings.when is None or settings.when.place != "body":
        return ""
    place = steps_of(settings.body.request or "")
    own = members_at(model, element, settings.unwrap.request, place) if element else {}
    return "" if settings.when.name in own else settings.when.name


def json_face(
    bodies: Bodies,
    bound: Bound,
    shape: Settings,
    request: tuple[str, ...],
    reply: tuple[str, ...],
    limits: Limits,
) -> Face:
    """The JSON codecs of an operation in one face."""
    output = bound.bound.output
    return Face(
        bodies.codec(bound.bound.input, shape, request, limits, asked=True),
        None if output is None else bodies.codec(output, shape, reply, limits),
    )


def rest_door(face: RouteFace, speaker: Speaker, soap: SoapDoor, limits: Limits, serve: Serve) -> Door:
    """The door of a route: JSON by its face, and SOAP from whoever sends it there."""
    route = face.route
    own = bounds.limits(face.settings.limits, limits) if face.settings else limits
    rules = fault_rules(face.settings.faults) if face.settings else ()
    told = replace(speaker, rules=(*rules, *speaker.rules))
    dialect = EitherClient(RestClient(told, face.rest), SoapClient(told, replace(soap, limits=own)))
    return Door(f"{route.method} {route.path}", dialect, serve(route.operation), own, route)


def soap_address(
    path: str,
    operations: Sequence[Bound],
    settings: ServiceSettings,
    limits: Limits,
    refused: Sequence[RefusedOperation] = (),
) -> SoapDoor:
    """The SOAP address of a service; operations that no message tells apart are refused to SOAP callers alone."""
    names = dict.fromkeys(["soapaction", *(name.lower() for name in settings.upstream.action_headers)])
    found: dict[str, list[Operation]] = {}
    for each in operations:
        for element in _selecting(each):
            found.setdefault(element, []).append(each.operation)
    alone = {element: many[0] for element, many in found.items() if len(many) == 1 and element != BY_ACTION}
    told = {element: _told_apart(many) for element, many in found.items() if element not in alone}
    shared = {element: by for element, by in told.items() if by}
    gone = {each: one for one in refused for each in one.elements if each not in found}
    gone |= {element: _alike(element, found[element]) for element, by in told.items() if not by}
    return SoapDoor(
        path.strip("/"),
        alone,
        limits,
        tuple(names),
        shared=shared,
        answers=settings.addressing == "answer",
        refused=gone,
    )


def _selecting(bound: Bound) -> Sequence[str]:
    """The names of a Body's first child that mean the operation; only its action means one whose content is a type."""
    return selecting(bound.bound.input) or (BY_ACTION,)


def _told_apart(many: Sequence[Operation]) -> dict[str, Operation]:
    """By action, those that have one of their own."""
    actions = [operation.action for operation in many]
    return {
        operation.action: operation for operation in many if operation.action and actions.count(operation.action) == 1
    }


def _alike(element: str, many: Sequence[Operation]) -> RefusedOperation:
    what = "a body without a name" if element in ("", BY_ACTION) else f"the body element {element}"
    names = " and ".join(each.name for each in many)
    why = f"the operations {names} have {what} and no action that tells them apart (WS-I Basic Profile R2710)"
    return RefusedOperation(many[0].name, why)


def fault_rules(settings: Sequence[FaultSettings]) -> tuple[FaultRule, ...]:
    """The rules of the configuration, compiled."""
    return tuple(
        FaultRule(
            status=rule.status,
            name=rule.name or "",
            code=neutral(rule.code or ""),
            test=_path_test(rule.path, rule.equals) if rule.path is not None else None,
            kind=BY_SLUG.get(getattr(rule, "kind", "") or ""),
        )
        for rule in settings
    )


def _path_test(path: str, equals: Any) -> Callable[[Any], bool]:
    steps = steps_of(path)

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
