"""The law of explanations: what one request becomes at each step, both ways, by the very parts that `serve` uses.

Nothing is sent: the service's answer is a sample, and what plug-ins fill in is one, too. Secrets are masked.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from ..codec.json import dumps
from ..core.message import Exchange, Fault, Message, Wire
from ..core.ports import Codec
from ..core.problem import Problem
from ..core.protection import asked_of_clients
from ..core.value import Value, at, said, steps_of
from ..dialect.conditions import tag_of_version
from ..dialect.router import Router
from ..dialect.soap import SoapCodec
from ..dialect.soap_client import SoapClient, SoapDoor
from ..schema.samples import sample
from . import masking
from .book import Built, BuiltService
from .describe import route_example
from .doors import NAMES, RouteFace, default_route, rest_door, soap_address
from .operations import CANONICAL
from .outward import upstream_dialect

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is, and what the message is then."""

    title: str
    text: str

    def __str__(self) -> str:
        return f"-- {self.title}\n{self.text}\n"


def sample_request(service: BuiltService, face: RouteFace) -> Wire:
    """A request of a route, made from its examples and types."""
    variables: dict[str, str] = {}
    asked: list[tuple[str, str]] = []
    headers = {"accept": _JSON, "host": "gateway.example"}
    examples = {(each.place, each.name): each.example for each in (face.settings.parameters if face.settings else ())}
    whole = _canonical_face(service, face)
    for each in face.rest.binding.parameters:
        text = examples.get((each.place, each.name)) or _text(at(whole, each.to))
        if each.place == "path":
            variables[each.name] = text
        elif each.place == "query" and (each.required or examples.get((each.place, each.name))):
            asked.append((each.name, text))
        elif each.place == "header":
            headers[each.name.lower()] = text
    when = face.settings.when if face.settings else None
    body: Any = route_example(service, face) if face.rest.binding.body else None
    if when is not None and when.place == "body":
        body = {when.name: when.equals, **(body if isinstance(body, dict) else {})}
    elif when is not None:
        asked += [(when.name, when.equals)] if when.place == "query" else []
        headers |= {when.name.lower(): when.equals} if when.place == "header" else {}
    if face.rest.version_required:
        headers["if-match"] = tag_of_version(_text(at(whole, face.rest.version_request)))
    raw = b"" if body in (None, {}) else dumps(body)
    if raw:
        headers["content-type"] = _JSON
    path = NAMES.sub(lambda found: quote(variables.get(found[1], "1"), safe=""), face.route.path)
    return Wire(headers, raw, method=face.route.method, path=path, query=urlencode(asked), facts={"path": variables})


def _canonical_face(service: BuiltService, face: RouteFace) -> Value:
    element = face.bound.bound.input.element
    if not element:
        return {}
    return sample(service.bench.laid(face.request), element, face.request, unwrap=face.unwrap_request)


def _text(value: Value) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return said(first) or "1"


def find(built: Built, wire: Wire) -> tuple[BuiltService, RouteFace] | None:
    """The route that a request comes in by, None without one; its variables are noted in the wire."""
    router: Router[list[tuple[BuiltService, RouteFace]]] = Router()
    known: dict[tuple[str, str], list[tuple[BuiltService, RouteFace]]] = {}
    for service in built.services:
        for face in service.faces:
            key = (face.route.method, face.route.path)
            if key not in known:
                known[key] = []
                router.add(*key, known[key])
            known[key].append((service, face))
    try:
        found, wire.facts["path"] = router.find(wire.method, wire.path)
    except Problem:
        return _of_envelope(built, wire)
    return next((each for each in found if _meant(each[1], wire)), found[0])


def _of_envelope(built: Built, wire: Wire) -> tuple[BuiltService, RouteFace] | None:
    """The operation that an envelope at a SOAP address names; of one that is refused, the service's first."""
    service = next((each for each in built.services if each.path == wire.path and wire.method == "POST"), None)
    if service is None or not service.operations:
        return None
    bound = service.operations[0]
    client = SoapClient(service.speaker, _soap(built, service))
    with contextlib.suppress(Problem):
        asked = client.read_request(replace(wire, facts=dict(wire.facts)))
        bound = service.bound(asked.operation.name) or bound
    return service, default_route(service.bodies, service.path, bound, service.settings, built.limits)


def _soap(built: Built, service: BuiltService) -> SoapDoor:
    return soap_address(service.path, service.operations, service.settings, built.limits, service.refused)


def _meant(face: RouteFace, wire: Wire) -> bool:
    when = face.settings.when if face.settings else None
    if when is None or when.place == "body":
        try:
            given = json.loads(wire.body or b"{}")
        except ValueError:
            return when is None
        return when is None or (isinstance(given, dict) and said(given.get(when.name)) == when.equals)
    if when.place == "header":
        return wire.headers.get(when.name.lower()) == when.equals
    return f"{when.name}={when.equals}" in wire.query.split("&")


def explained(built: Built, service: BuiltService, face: RouteFace, wire: Wire) -> Iterator[Step]:
    """Every step of a request by a route, there and back. A refusal is the last one."""
    limits = built.limits
    wire.facts.setdefault("request_id", "explain")
    if asked_of_clients(face.route.operation):
        wire.facts.update(encrypted=("explained",), signed=("explained",))
        yield Step("the client protects, and a plug-in opens it, or it is refused (403)", _request(wire))
    else:
        yield Step("the client sends", _request(wire))
    door = rest_door(face, service.speaker, _soap(built, service), limits, lambda _: _nobody)
    route = None if wire.path == service.path else face.route  # at the SOAP address the body alone names the operation
    url = urlsplit(service.settings.upstream.url or service.port.location)
    upstream = upstream_dialect(service, url.path or "/", url.query, limits)
    try:
        exchange = door.dialect.read_request(wire, route)
        yield from _inward(service, face, exchange)
        sent = upstream.write_request(exchange)
    except Problem as problem:
        yield Step("it is refused: the client gets", _reply(door.dialect.write_problem(problem, "explain", wire)))
        return
    hidden = frozenset(name.lower() for name in service.settings.upstream.headers)
    yield Step(f"the service at {url.scheme}://{url.netloc} gets, unless a plug-in seals it", _request(sent, hidden))
    yield from _back(service, face, exchange, door, upstream)


def _inward(service: BuiltService, face: RouteFace, exchange: Exchange) -> Iterator[Step]:
    parsed = exchange.request.parsed
    if isinstance(parsed, dict):
        title = f"with its parameters and constants it is, in this route's form of {exchange.operation.name}"
        yield Step(title, masking.json_text(parsed))
    element = face.bound.bound.input.element
    fills = service.bench.fills(element) if element else ()
    if fills:
        whole = sample(service.bench.laid(CANONICAL), element, CANONICAL)
        value = exchange.request.value()
        for pointer in fills:
            steps = steps_of(pointer)
            if at(value, steps) is None:
                _put(value, steps, at(whole, steps))
        exchange.request = Message(
            exchange.operation.faces[exchange.operation.soap].request, value=value, headers=exchange.request.headers
        )
        yield Step("plug-ins fill in (samples here)", ", ".join(fills))


def _put(value: Any, steps: tuple[str, ...], filled: Value) -> None:
    for step in steps[:-1]:
        if not isinstance(value.get(step), dict):  # absent, or null: a plug-in makes it
            value[step] = {}
        value = value[step]
    value[steps[-1]] = filled


def _back(service: BuiltService, face: RouteFace, exchange: Exchange, door: Any, upstream: Any) -> Iterator[Step]:
    operation, output = exchange.operation, face.bound.bound.output
    codec = operation.faces[operation.soap].reply
    if output is None or codec is None:
        yield Step("the service takes it; the client gets", "HTTP 202")
        return
    value = sample(service.bench.laid(CANONICAL), output.element, CANONICAL) if output.element else {}
    reply = Message(codec, value=value)
    if service.behind is None:
        try:
            raw = _answer(service, codec, reply)
        except Problem as problem:  # of a type without a sample
            yield Step("the service answers, but no sample of its type is at hand", str(problem.detail))
            return
        yield Step("the service answers, say", masking.xml_text(raw))
        reply = upstream.read_reply(exchange, Wire({"content-type": "text/xml"}, raw, status=200))
    yield Step("the client gets", _reply(door.dialect.write_reply(exchange, reply)))
    for fault in face.bound.bound.faults[:1]:
        detail = sample(service.bench.laid(CANONICAL), fault.element, CANONICAL)
        failed = Fault("Receiver", "as the service says", name=fault.element, detail=detail, declared=fault.element)
        answer = door.dialect.write_reply(exchange, Message(codec, value=detail, fault=failed))
        yield Step(f"had it been the fault {fault.name}, the client would get", _reply(answer))


def _answer(service: BuiltService, codec: Codec, reply: Message) -> bytes:
    """The service's answer; without an envelope by GET and POST (WSDL 1.1 §4). Raises Problem."""
    if service.port.http_verb and isinstance(codec, SoapCodec):
        return codec.text(reply).encode()
    return codec.write(reply)


async def _nobody(_: Exchange) -> Message:
    raise AssertionError("an explanation sends nothing")


def _request(wire: Wire, hidden: frozenset[str] = frozenset()) -> str:
    query = f"?{masking.query(wire.query)}" if wire.query else ""
    return _text_of(f"{wire.method} {wire.path}{query}", wire, hidden)


def _reply(wire: Wire) -> str:
    return _text_of(f"HTTP {wire.status}", wire, frozenset())


def _text_of(first: str, wire: Wire, hidden: frozenset[str]) -> str:
    told = masking.fields(wire.headers, hidden)
    lines = [first, *(f"{name}: {text}" for name, text in told.items())]
    body = masking.body(wire.body, wire.headers.get("content-type", ""))
    return "\n".join([*lines, *(["", body] if body else [])])


def pasted(text: str) -> Wire:
    """A request as it is pasted: VERB /path, header fields, an empty line, the body. Raises ValueError."""
    head, _, body = text.replace("\r\n", "\n").lstrip().partition("\n\n")
    first, *rest = head.split("\n")
    words = first.split()
    if len(words) < 2 or not words[1].startswith("/"):
        raise ValueError("VERB /path is expected on the first line, then header fields, an empty line, the body")
    headers: dict[str, str] = {}
    for line in rest:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"{name!r} is no header field")
        headers[name.strip().lower()] = value.strip()
    path, _, query = words[1].partition("?")
    if "%2f" in path.lower():
        raise ValueError("a path holds no encoded /")
    raw = body.strip().encode()
    if raw and "content-type" not in headers:
        headers["content-type"] = _JSON
    return Wire(headers, raw, method=words[0].upper(), path=unquote(path), query=query)


def told(built: Built, wire: Wire) -> str:
    """The steps of a request as text; raises ValueError where nothing is served."""
    found = find(built, wire)
    if found is None:
        raise ValueError(f"there is no route for {wire.method} {wire.path}")
    return "\n".join(map(str, explained(built, *found, wire)))
