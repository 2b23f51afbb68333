"""The law of description at build: the built services as the records that the OpenAPI writer reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..core.message import Fault
from ..core.value import Value
from ..dialect.problem import Speaker
from ..schema.contract import BoundMessage
from ..schema.openapi import Body, DoorDoc, FaultBody, ParameterDoc, openapi
from ..schema.openapi30 import downgraded
from ..schema.samples import sample
from ..version import version
from .bindings import member
from .book import Built, BuiltService
from .doors import RouteFace, fault_rules
from .operations import CANONICAL
from .plugged import hidden


def description(built: Built, dialect: str = "3.1") -> dict[str, Any]:
    """The OpenAPI document of everything that is served; `dialect` 3.1, or 3.0 for older generators."""
    doors = [door for service in built.services for door in _doors(service)]
    titles = ", ".join(service.service.name for service in built.services)
    documents = "\n\n".join(s.service.document for s in built.services if s.service.document)
    document = openapi(titles or "gateway", version(), doors, documents)
    return downgraded(document) if dialect.startswith("3.0") else document


def _doors(service: BuiltService) -> Iterator[DoorDoc]:
    for face in service.faces:
        bound = face.bound.bound
        operation = face.bound.operation
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
        )


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
    for each in face.rest.binding.parameters:
        found = member(model, element, face.unwrap_request, each.to)
        body = Body(model, element, face.request)
        yield ParameterDoc(each.place, each.name, body, found.slot.element, each.many, each.required)


def _body(service: BuiltService, message: BoundMessage, face: RouteFace, unwrap: tuple[str, ...]) -> Body | None:
    if not message.element:
        return None
    asked = message is face.bound.bound.input
    bench = service.bench.asked(message.element) if asked else service.bench
    model = bench.laid(face.request)
    example = sample(model, message.element, face.request, unwrap)
    checker = bench.checker(message.element, face.request, unwrap)
    known = example if checker.is_valid(example) else None
    bound = _bound(service, face) if asked else frozenset()
    mapped = face.rest.heads.request if asked else face.rest.heads.reply
    laid = service.bench.laid(face.request)
    blocks = tuple((h.key, Body(laid, h.name, face.request), h.required) for h in mapped if not h.http)
    return Body(model, message.element, face.request, unwrap, _less(known, bound), bound, blocks)


def _bound(service: BuiltService, face: RouteFace) -> frozenset[tuple[str, ...]]:
    """The members that the route fills itself, and those that plug-ins fill in."""
    binding, bench = face.rest.binding, service.bench
    element = face.bound.bound.input.element
    fills = bench.fills(element) if element else ()
    filled: frozenset[tuple[str, ...]] = frozenset()
    if element and fills:
        loose = bench.asked(element)
        filled = hidden(loose.laid(CANONICAL), loose.laid(face.request), element, face.unwrap_request, fills)
    return filled | {*(each.to for each in binding.parameters), *(steps for steps, _ in binding.constants)}


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
