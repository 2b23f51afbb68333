"""The law of description at build: the built services as the records that the OpenAPI writer reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..core.described import Refused, Served
from ..core.message import Fault
from ..core.value import Value, at, steps_of
from ..dialect.conditions import VALIDATORS
from ..dialect.passing import passed
from ..dialect.problem import Speaker
from ..plugins.registry import Plugins
from ..schema.contract import BoundMessage
from ..schema.openapi import Body, Chosen, DoorDoc, FaultBody, ParameterDoc, ServedDoc, openapi
from ..schema.openapi30 import downgraded
from ..schema.samples import sample
from ..settings.service import Route as RouteSettings
from ..version import version
from .bindings import member
from .book import Built, BuiltService
from .doors import RouteFace, fault_rules
from .failed import WORDS
from .operations import CANONICAL
from .plugged import hidden, plugins_of

_FAILED = Refused(WORDS, {"answer": {"description": "The service's answer."}})
_SPELLED = {"etag": "ETag", "ratelimit": "RateLimit", "ratelimit-policy": "RateLimit-Policy"}


def description(built: Built, dialect: str = "3.1") -> dict[str, Any]:
    """The OpenAPI document of everything that is served; `dialect` 3.1, or 3.0 for older generators."""
    plugins = plugins_of(built.loaded)
    doors = [door for service in built.services for door in _doors(service, plugins)]
    served = [_served(built, each) for each in plugins.serves()]
    titles = ", ".join(dict.fromkeys(service.service.name for service in built.services))
    documents = "\n\n".join(dict.fromkeys(s.service.document for s in built.services if s.service.document))
    document = openapi(titles or "gateway", version(), doors, documents, _security(built), served)
    if built.loaded.settings.public_url:
        document["servers"] = [{"url": built.loaded.settings.public_url.rstrip("/")}]
    return downgraded(document) if dialect.startswith("3.0") else document


def _security(built: Built) -> dict[str, dict[str, Any]]:
    """The schemes that the plug-ins which know callers ask for."""
    told: dict[str, dict[str, Any]] = {}
    for label, settings in built.loaded.settings.plugins.items():
        use = settings.get("use", label)
        if use == "jwt":
            told["bearer"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        if use == "session" and settings.get("per") == "basic":
            told["basic"] = {"type": "http", "scheme": "basic"}
    return told


def _served(built: Built, served: Served) -> ServedDoc:
    """A plug-in's own path; the members of its body have the types that the operation's message gives them."""
    members, example = {}, {}
    service = served.service
    for name, (operation, pointer) in served.takes.items():
        found = built.find(operation, served.service or None)
        element = found[1].bound.input.element if found else None
        if found is not None and element:
            model = found[0].bench.laid(CANONICAL)
            declared = member(model, element, (), steps_of(pointer)).slot.element
            members[name] = (Body(model, element, CANONICAL), declared)
            example[name] = at(sample(model, element, CANONICAL), steps_of(pointer))
            service = found[0].service.name
    return ServedDoc(replace(served, service=service), members, served.asked or example or None)


def _doors(service: BuiltService, plugins: Plugins) -> Iterator[DoorDoc]:
    for face in service.faces:
        bound = face.bound.bound
        operation = face.bound.operation
        said = plugins.describes(operation)
        yield DoorDoc(
            method=face.route.method,
            path=face.route.path,
            operation=operation.name,
            service=service.service.name,
            summary=(face.settings.summary or "") if face.settings else "",
            description=bound.document,
            request=_body(service, bound.input, face, face.unwrap_request),
            reply=None if bound.output is None else _body(service, bound.output, face, face.unwrap_reply),
            one_way=bound.one_way,
            writes=operation.writes,
            encryption=operation.encryption,
            faults=tuple(_faults(service, face)),
            parameters=tuple(_parameters(service, face)),
            status=face.rest.status or 200,
            empty=None if face.rest.empty == "keep" else face.rest.empty,
            tagged=face.rest.reads or bool(face.rest.version_reply),
            cached=face.rest.reads,
            headers={name: words for each in said for name, words in each.headers.items()},
            problems={status: each for one in said for status, each in one.problems.items()},
            failures={rule.status: _FAILED for rule in service.settings.failures},
            passed=_passed(service, face),
            **(_told(service, face, face.settings) if face.settings else {}),
        )


def _passed(service: BuiltService, face: RouteFace) -> tuple[str, ...]:
    """The header fields of a JSON service's answers that the route's callers get, as HTTP writes them."""
    upstream = service.settings.upstream
    if upstream.speaks != "json":
        return ()
    judged = face.rest.conditions == "service"
    names = [name for name in passed(upstream.answer_headers) if judged or name not in VALIDATORS]
    return tuple(_SPELLED.get(name, name.title()) for name in names)


def _told(service: BuiltService, face: RouteFace, route: RouteSettings) -> dict[str, Any]:
    """What a route's own settings add to its operation."""
    version, when = route.version, route.when
    rules = (*route.faults, *service.settings.faults)
    asked = False if face.rest.conditions == "service" and not face.rest.reads else None  # If-Match is the service's
    return {
        "located": bool(route.location),
        "version": face.rest.version_required or version.required
        if version and (version.request or version.check)
        else asked,
        "key": None if route.idempotency == "off" else route.idempotency == "required",
        "statuses": tuple(dict.fromkeys(rule.status for rule in rules)),
        "group": route.group or "",
        "chosen": Chosen(when.place, when.name, when.equals) if when else None,
    }


def _parameters(service: BuiltService, face: RouteFace) -> Iterator[ParameterDoc]:
    for head in face.rest.heads.request:
        if head.http:
            laid = service.bench.laid(face.request)
            block = Body(laid, head.name, face.request)
            yield ParameterDoc("header", head.http, block, laid.elements[head.name], False, head.required)
    element = face.bound.bound.input.element
    if not element:
        return
    model = service.bench.asked(element).laid(face.request)
    examples = {(each.place, each.name): each.example for each in (face.settings.parameters if face.settings else ())}
    for each in face.rest.binding.parameters:
        found = member(model, element, face.unwrap_request, each.to)
        own = service.bodies.own(face.bound.bound.input, face.unwrap_request)
        body = Body(model, element, face.request, within=each.to if own else (), own=own)
        said = examples.get((each.place, each.name))
        text = each.style in ("space", "pipe") and each.place != "query"  # no style of OpenAPI's
        example = said if said is None or text else each.value(said)
        yield ParameterDoc(
            each.place,
            each.name,
            body,
            (found.items or found.slot).element,
            each.many,
            each.required,
            each.style,
            example,
        )


def route_example(service: BuiltService, face: RouteFace) -> Value:
    """A body that a client of the route may send, None where there is none."""
    told = _body(service, face.bound.bound.input, face, face.unwrap_request)
    return None if told is None else told.example


def _body(service: BuiltService, message: BoundMessage, face: RouteFace, unwrap: tuple[str, ...]) -> Body | None:
    if not message.element:
        return None
    asked = message is face.bound.bound.input
    bench = service.bench.asked(message.element) if asked else service.bench
    model, own = bench.laid(face.request), service.bodies.own(message, unwrap)
    if own is not None:
        known = service.bodies.example(message, unwrap)
    else:
        example = sample(model, message.element, face.request, unwrap)
        known = example if bench.checker(message.element, face.request, unwrap).is_valid(example) else None
    bound = _bound(service, face) if asked else frozenset()
    place = face.rest.body_request if asked else face.rest.body_reply
    repeated = _of_path(face) if asked else frozenset()
    told = at(_less(known, bound | repeated), place)
    if asked and face.settings is not None and face.settings.example is not None:
        told = face.settings.example
    mapped = face.rest.heads.request if asked else face.rest.heads.reply
    laid = service.bench.laid(face.request)
    blocks = tuple((h.key, Body(laid, h.name, face.request), h.required) for h in mapped if not h.http)
    given = _given(face) if asked else frozenset()
    return Body(model, message.element, face.request, unwrap, told, bound, blocks, repeated, place, own, given)


def _bound(service: BuiltService, face: RouteFace) -> frozenset[tuple[str, ...]]:
    """The members that the route fills itself, and those that plug-ins fill in."""
    binding, bench = face.rest.binding, service.bench
    element = face.bound.bound.input.element
    fills = bench.fills(element) if element else ()
    filled: frozenset[tuple[str, ...]] = frozenset()
    if element and fills:
        loose = bench.asked(element)
        filled = hidden(loose.laid(CANONICAL), loose.laid(face.request), element, face.unwrap_request, fills)
    elsewhere = {each.to for each in binding.parameters} - _of_path(face)
    return filled | elsewhere | {steps for steps, _ in binding.constants}


def _of_path(face: RouteFace) -> frozenset[tuple[str, ...]]:
    """The members that the path has: a body may repeat them, so that what was read can be put back."""
    return frozenset(each.to for each in face.rest.binding.parameters if each.place == "path")


def _given(face: RouteFace) -> frozenset[tuple[str, ...]]:
    """The members that every request has beside its body."""
    rest = face.rest
    sure = {each.to for each in rest.binding.parameters if each.required} | {to for to, _ in rest.binding.constants}
    return frozenset(sure | ({rest.version_request} if rest.version_required else set()))


def _less(example: Value, bound: frozenset[tuple[str, ...]]) -> Value:
    """The example without the members that the route fills."""
    if not isinstance(example, dict):
        return example
    left: dict[str, Value] = {}
    for key, value in example.items():
        deeper = frozenset(steps[1:] for steps in bound if steps[0] == key)
        if () not in deeper:
            left[key] = _less(value, deeper) if deeper else value
    return left


def _faults(service: BuiltService, face: RouteFace) -> Iterator[FaultBody]:
    rules = fault_rules(face.settings.faults) if face.settings else ()
    speaker = Speaker(rules=(*rules, *service.speaker.rules))
    for fault in face.bound.bound.faults:
        body = Body(service.bench.laid(CANONICAL), fault.element, CANONICAL)
        said = service.behind.statuses(face.bound.operation.name, fault.element) if service.behind else (0,)
        told = (Fault("Receiver", "", name=fault.element, declared=fault.element, status=status) for status in said)
        for status in dict.fromkeys(speaker.of_fault(each).status for each in told):
            yield FaultBody(fault.name, status, body)
