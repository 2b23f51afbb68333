"""The law of OpenAPI: the document that a client generator and a person read, drawn from the compiled faces.

OpenAPI 3.1 with JSON Schema 2020-12 components; every answer that the gateway can give is there, problems
included. Knows operations only as `Door` records; nothing here reads settings or contracts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gateway.core.described import Refused, Served
from gateway.core.value import Value
from gateway.schema.ir import Element, Model, Settings
from gateway.schema.jsonbody import beside, chosen, eased, within, without
from gateway.schema.jsonschema import SchemaWriter
from gateway.schema.openapi_answers import FINDING, PROBLEM, REFS, USUAL, components, headers, known, problem, reference
from gateway.schema.openapi_fields import choosing, given, idempotency_key, if_match, parted, segment
from gateway.schema.openapi_joined import joined
from gateway.schema.openapi_own import Adopted, Own
from gateway.schema.openapi_served import both, header, path_of, refusals


@dataclass(frozen=True, slots=True)
class Body:
    """A message of a door: its element in a laid-out model, its settings, its wrappers, an example."""

    model: Model
    element: str
    settings: Settings
    unwrap: tuple[str, ...] = ()
    example: Value = None
    bound: frozenset[tuple[str, ...]] = frozenset()  # members that the route fills itself, in the whole message
    heads: tuple[tuple[str, Body, bool], ...] = ()  # of `$headers`: key, block, whether it must be given
    repeated: frozenset[tuple[str, ...]] = frozenset()  # members that the path has and the body may repeat
    within: tuple[str, ...] = ()  # the member of the message that is the body
    own: Own | None = None  # a JSON of its own, which no mapping tells
    given: frozenset[tuple[str, ...]] = frozenset()  # members that are always given beside the body


@dataclass(frozen=True, slots=True)
class FaultBody:
    """A declared fault: its name, the detail's body, the status that it gets."""

    name: str
    status: int
    body: Body


@dataclass(frozen=True, slots=True)
class Chosen:
    """The field whose value means this route; `place` is body, query or header."""

    place: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class DoorDoc:
    """One route as it is described."""

    method: str
    path: str
    operation: str
    service: str
    summary: str = ""
    description: str = ""
    request: Body | None = None
    reply: Body | None = None
    one_way: bool = False
    writes: bool = True
    encryption: str = "none"
    faults: Sequence[FaultBody] = ()
    parameters: Sequence[ParameterDoc] = field(default_factory=tuple)
    status: int = 200
    empty: int | None = None  # the status of an answer without content
    tagged: bool = False  # answers with an ETag
    cached: bool = False  # and with 304
    located: bool = False  # answers with a Location
    version: bool | None = None  # takes If-Match: whether it must be given
    key: bool | None = None  # takes Idempotency-Key: whether it must be given
    statuses: Sequence[int] = ()  # of fault rules
    group: str = ""
    chosen: Chosen | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # that plug-ins read, with words
    problems: Mapping[int, Refused] = field(default_factory=dict)  # that they answer with
    failures: Mapping[int, Refused] = field(default_factory=dict)  # what a good answer of the service may mean
    passed: Sequence[str] = ()  # header fields of the service's that callers get


@dataclass(frozen=True, slots=True)
class ParameterDoc:
    """A parameter: where it stands, its name, the member's schema maker, whether it repeats and must be given."""

    place: str
    name: str
    body: Body
    element: Element
    many: bool
    required: bool
    style: str = "repeat"
    example: Value = None


@dataclass(frozen=True, slots=True)
class ServedDoc:
    """A path of a plug-in's own, and where the members of its body stand in an operation's message."""

    served: Served
    members: Mapping[str, tuple[Body, Element]] = field(default_factory=dict)
    example: Value = None  # of its body


def _alike(door: DoorDoc, templates: dict[str, str]) -> DoorDoc:
    """The door with the names of the first one of its path: templates that differ by their variables are one path."""
    names = _NAMES.findall(door.path)
    first = templates.setdefault(_NAMES.sub("{}", door.path), door.path) if names else door.path
    if first == door.path:
        return door
    called = dict(zip(names, _NAMES.findall(first), strict=True))
    parameters = [replace(p, name=called[p.name]) if p.place == "path" else p for p in door.parameters]
    return replace(door, path=first, parameters=parameters)


def openapi(
    title: str,
    version: str,
    doors: Sequence[DoorDoc],
    description: str = "",
    security: Mapping[str, Mapping[str, Any]] | None = None,
    served: Sequence[ServedDoc] = (),
) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the doors and of plug-ins' own paths; `security`: how callers say who they are."""
    writer = _Document()
    paths: dict[str, Any] = {}
    templates: dict[str, str] = {}
    for each_door in doors:
        door = _alike(each_door, templates)
        verbs = paths.setdefault(door.path, {})
        before, told = verbs.get(door.method.lower()), writer.operation(door)
        verbs[door.method.lower()] = told if before is None else joined(before, told)
    for each in served:
        paths.setdefault(each.served.path, {})[each.served.method.lower()] = writer.served(each)
    writer.finish()
    plainly(paths)
    groups = {door.group or door.service: door.service for door in doors}
    tags = [{"name": name, "description": f"The service {service}."} for name, service in groups.items()]
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, **({"description": description} if description else {})},
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": writer.named(),
            "responses": components(repr(paths)),
            **({"securitySchemes": dict(security)} if security else {}),
        },
        "security": [{name: []} for name in security or ()],
    }


class _Document:
    """Components, collected while operations are written; one schema writer a model and settings."""

    def __init__(self) -> None:
        # the gateway's own stand there from the start: a contract's type of such a name gets another
        self.schemas: dict[str, Any] = {"Problem": problem(), "Finding": dict(FINDING)}
        self._writers: dict[tuple[int, Settings], SchemaWriter] = {}
        self._ids: dict[str, int] = {}
        self._adopted = Adopted(self.schemas, REFS)

    def finish(self) -> None:
        """Write what was only named so far."""
        self._written()
        for schema in self.schemas.values():
            plainly(schema)

    def named(self) -> dict[str, Any]:
        """The components, the gateway's own last."""
        own = ("Problem", "Finding")
        return {name: self.schemas[name] for name in (*(each for each in self.schemas if each not in own), *own)}

    def operation(self, door: DoorDoc) -> dict[str, Any]:
        """The operation object."""
        document: dict[str, Any] = {
            "operationId": self._id(door),
            "tags": [door.group or door.service],
            "summary": door.summary or _first_line(door.description) or door.operation,
        }
        if door.description:
            document["description"] = door.description
        parameters = [*map(self._parameter, door.parameters), *_fields(door)]
        if parameters:
            document["parameters"] = parameters
        body = self._request(door)
        if body is not None:
            document["requestBody"] = body
        document["responses"] = self._responses(door)
        if door.encryption != "none":
            document["x-encryption"] = door.encryption
        document["x-operation"] = f"{door.service}/{door.operation}"
        return document

    def _request(self, door: DoorDoc) -> dict[str, Any] | None:
        """The body that a client sends; None where the route fills all of it."""
        if door.request is None or door.method in ("GET", "HEAD", "DELETE"):
            return None
        media: dict[str, Any] = {"schema": self._schema(door.request)}
        example = door.request.example
        chose = door.chosen if door.chosen is not None and door.chosen.place == "body" else None
        if chose is not None:
            self._written()
            media["schema"] = chosen(media["schema"], self.schemas, chose.name, chose.value, REFS)
            example = {chose.name: chose.value, **(example if isinstance(example, dict) else {})}
        schema = media["schema"]
        again = {path[0] for path in _inside(door.request.repeated, door.request.within) if len(path) == 1}
        if not set(schema.get("properties", {"$ref"})) - again and schema.get("additionalProperties") is False:
            return None  # the path has said all
        if example is not None:
            media.update({"examples": {chose.value: {"value": example}}} if chose is not None else {"example": example})
        needed = bool(schema.get("required")) or schema.get("type") != "object"
        return {"required": needed, "content": {"application/json": media}}

    def served(self, doc: ServedDoc) -> dict[str, Any]:
        """The operation object of a plug-in's own path."""
        members = {name: self._writer(body).place(element) for name, (body, element) in doc.members.items()}
        usual = {status: reference(status) for status in (*USUAL, "default")}
        return path_of(doc.served, members, REFS + "Problem", usual, doc.example)

    def _parameter(self, parameter: ParameterDoc) -> dict[str, Any]:
        own = parameter.body.own is not None
        schema = self._schema(parameter.body) if own else self._writer(parameter.body).place(parameter.element)
        schema = given(schema)
        if parameter.many and not own:
            schema = {"type": "array", "items": schema}
        if parameter.place == "path":
            schema = segment(schema)
        told = {"name": parameter.name, "in": parameter.place, "required": parameter.required, "schema": schema}
        told |= parted(parameter.place, parameter.style)
        return told if parameter.example is None else {**told, "example": parameter.example}

    def _id(self, door: DoorDoc) -> str:
        plain = door.path == f"/{door.service}/{door.operation}"
        words = (
            [door.service, door.operation] if plain else [door.method.lower(), *re.split(r"[^A-Za-z0-9]+", door.path)]
        )
        name = "_".join(word for word in words if word)
        number = self._ids[name] = self._ids.get(name, 0) + 1
        return name if number == 1 else f"{name}_{number}"

    def _responses(self, door: DoorDoc) -> dict[str, Any]:
        responses: dict[str, Any] = {}
        if door.one_way:
            responses["202"] = {"description": "Taken; there is no answer."}
        elif door.reply is None:
            responses["204"] = {"description": "Done; the answer is empty."}
        else:
            answer: dict[str, Any] = {"description": "The service's answer."}
            if door.status != 204:
                answer["content"] = self._content(door.reply)
            responses[str(door.status)] = answer
            if door.cached:
                responses["304"] = {"description": "Not changed.", "headers": headers(["ETag"])}
            if door.empty == 204 or door.reply.within or (door.writes and door.status != 204):
                responses["204"] = {"description": "Done; there is no content, or none was asked for (Prefer)."}
        _name_fields(door, responses)
        for status in (*USUAL, *_demanded(door), *(str(each) for each in door.statuses if known(each))):
            responses[status] = reference(status)
        for fault in door.faults:
            responses[str(fault.status)] = self._fault(fault, responses.get(str(fault.status)))
        for problems in (door.failures, door.problems):
            for status, answer in refusals(problems, REFS + "Problem").items():
                before = responses.get(status)
                responses[status] = both(before, answer) if before and "content" in before else answer
        responses["default"] = reference("default")
        return responses

    def _fault(self, fault: FaultBody, beside: Any) -> dict[str, Any]:
        detail = self._schema(fault.body)
        typed = {
            "allOf": [{"$ref": REFS + "Problem"}],
            "properties": {"fault": {"type": "object", "properties": {"detail": detail}}},
        }
        forms = [typed]
        if beside and "content" in beside:
            inner = beside["content"][PROBLEM]["schema"]
            forms = [*(inner.get("anyOf") or [inner]), typed]
        elif beside:
            forms = [typed, {"$ref": REFS + "Problem"}]
        schema = forms[0] if len(forms) == 1 else {"anyOf": forms}
        return {
            "description": f"The service's fault {fault.name}, or another problem.",
            "content": {PROBLEM: {"schema": schema}},
        }

    def _content(self, body: Body) -> dict[str, Any]:
        media: dict[str, Any] = {"schema": self._schema(body)}
        if body.example is not None:
            media["example"] = body.example
        return {"application/json": media}

    def _schema(self, body: Body) -> dict[str, Any]:
        if body.own is not None:
            root = self._adopted.schema(body.own)
        else:
            root = self._writer(body).root(body.element, body.unwrap)
        root = self._shaped(root, body)
        if body.heads:
            self._written()
            members = {key: self._schema(block) for key, block, _ in body.heads}
            root = beside(root, self.schemas, members, [key for key, _, must in body.heads if must], REFS)
        return root

    def _written(self) -> None:
        for writer in self._writers.values():
            writer.finish()

    def _shaped(self, root: Any, body: Body) -> dict[str, Any]:
        """The part of the message that the client sends or gets, less what the route fills."""
        if body.bound or body.given or body.within:
            self._written()
        root = within(root, self.schemas, body.within, REFS)
        left = eased(root, self.schemas, _inside(body.given, body.within), REFS)
        told: dict[str, Any] = without(left, self.schemas, _inside(body.bound, body.within), REFS)
        return told

    def _writer(self, body: Body) -> SchemaWriter:
        key = (id(body.model), body.settings)
        if key not in self._writers:
            writer = SchemaWriter(body.model, body.settings, REFS)
            writer.defs = self.schemas  # one namespace of names for the whole document
            self._writers[key] = writer
        return self._writers[key]


def _name_fields(door: DoorDoc, responses: dict[str, Any]) -> None:
    """The header fields of good answers, in place."""
    if door.one_way or door.reply is None:
        return
    told = [*(["ETag"] if door.tagged else []), *(["Location"] if door.located else [])]
    told += ["Idempotency-Replayed"] if door.key is not None else []
    told += [name for name in door.passed if name not in told]
    for status in {str(door.status), "204"} & responses.keys():
        own = [name for name in told if status != "204" or name != "Location"]
        minimal = status == "204" if door.status == 200 else status in ("201", "202")
        own += ["Preference-Applied"] if minimal and door.writes else []
        if own:
            responses[status]["headers"] = headers(own)


def _demanded(door: DoorDoc) -> Iterator[str]:
    """The statuses that conditions, keys and empty answers come to."""
    yield from ["404"] if door.empty == 404 else []
    yield from ["412"] if door.version is not None else []
    yield from ["428"] if door.version else []
    yield from ["409"] if door.key is not None else []


def _fields(door: DoorDoc) -> Iterator[dict[str, Any]]:
    """What the gateway itself reads of the request."""
    if door.version is not None:
        yield if_match(door.version)
    if door.key is not None:
        yield idempotency_key(door.key)
    for name, words in door.headers.items():
        yield header(name, words)
    if door.chosen is not None and door.chosen.place != "body":
        yield choosing(door.chosen.place, door.chosen.name, door.chosen.value)


def _inside(paths: Collection[tuple[str, ...]], within: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The paths that lie in the member that is the body, as seen from there."""
    size = len(within)
    return frozenset(path[size:] for path in paths if path[:size] == within and len(path) > size)


def plainly(schema: Any) -> None:
    """Moves what only restricts an object's members from `anyOf` and `allOf` to `then`, in place; it means the same.

    Generators make a class of every branch of an `anyOf`; a rule between members is no class.
    """
    if isinstance(schema, list):
        for inner in schema:
            plainly(inner)
    if not isinstance(schema, dict):
        return
    for word, inner in schema.items():
        if word not in ("example", "examples", "enum", "const"):
            plainly(inner)
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict) and "if" not in schema:
        rules = {word: schema.pop(word) for word in ("anyOf", "allOf") if word in schema}
        if rules:
            schema.update({"if": {"type": "object"}, "then": rules})


def _first_line(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    first = line.split(". ", 1)[0].rstrip(".")
    return first if len(first) <= 120 else first[:119].rsplit(" ", 1)[0] + "…"


_NAMES: Final = re.compile(r"\{([^{}]*)\}")  # the variables of a path's template
