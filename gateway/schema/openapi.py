"""The law of OpenAPI: the document that a client generator and a person read, drawn from the compiled faces.

OpenAPI 3.1 with JSON Schema 2020-12 components; every answer that the gateway can give is there, problems
included. Knows operations only as `Door` records; nothing here reads settings or contracts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.core.problem import Kind
from gateway.core.value import Value
from gateway.schema.ir import Element, Model, Settings
from gateway.schema.jsonbody import beside, without
from gateway.schema.jsonschema import SchemaWriter

REFS: Final = "#/components/schemas/"
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Body:
    """A message of a door: its element in a laid-out model, its settings, its wrappers, an example."""

    model: Model
    element: str
    settings: Settings
    unwrap: tuple[str, ...] = ()
    example: Value = None
    bound: frozenset[tuple[str, ...]] = frozenset()  # members that the route fills itself
    heads: tuple[tuple[str, Body, bool], ...] = ()  # of `$headers`: key, block, whether it must be given


@dataclass(frozen=True, slots=True)
class FaultBody:
    """A declared fault: its name, the detail's body, the status that it gets."""

    name: str
    status: int
    body: Body


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
    tagged: bool = False  # answers with an ETag, and 304


@dataclass(frozen=True, slots=True)
class ParameterDoc:
    """A parameter: where it stands, its name, the member's schema maker, whether it repeats and must be given."""

    place: str
    name: str
    body: Body
    element: Element
    many: bool
    required: bool


def openapi(title: str, version: str, doors: Sequence[DoorDoc], description: str = "") -> dict[str, Any]:
    """The OpenAPI 3.1 document of the doors."""
    writer = _Document()
    paths: dict[str, Any] = {}
    for door in doors:
        paths.setdefault(door.path, {})[door.method.lower()] = writer.operation(door)
    writer.finish()
    plainly(paths)
    tags = [{"name": name} for name in dict.fromkeys(door.service for door in doors)]
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, **({"description": description} if description else {})},
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": {**writer.schemas, "Problem": _problem(), "Finding": _FINDING},
            "responses": _ANSWERS,
        },
    }


class _Document:
    """Components, collected while operations are written; one schema writer a model and settings."""

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}
        self._writers: dict[tuple[int, Settings], SchemaWriter] = {}
        self._ids: dict[str, int] = {}

    def finish(self) -> None:
        """Write what was only named so far."""
        for writer in self._writers.values():
            writer.finish()
        for schema in self.schemas.values():
            plainly(schema)

    def operation(self, door: DoorDoc) -> dict[str, Any]:
        """The operation object."""
        document: dict[str, Any] = {
            "operationId": self._id(door),
            "tags": [door.service],
            "summary": door.summary or _first_line(door.description) or door.operation,
        }
        if door.description:
            document["description"] = door.description
        if door.parameters:
            document["parameters"] = [self._parameter(each) for each in door.parameters]
        if door.request is not None and door.method not in ("GET", "HEAD", "DELETE"):
            document["requestBody"] = {"required": True, "content": self._content(door.request)}
        document["responses"] = self._responses(door)
        if door.encryption != "none":
            document["x-encryption"] = door.encryption
        document["x-operation"] = f"{door.service}/{door.operation}"
        return document

    def _parameter(self, parameter: ParameterDoc) -> dict[str, Any]:
        schema = self._writer(parameter.body).place(parameter.element)
        forms = [form for form in schema.get("anyOf", ()) if form != {"type": "null"}]
        if forms:  # a parameter that is not given is left out: it is never null
            schema = forms[0] if len(forms) == 1 else {"anyOf": forms}
        if parameter.many:
            schema = {"type": "array", "items": schema}
        return {"name": parameter.name, "in": parameter.place, "required": parameter.required, "schema": schema}

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
            if door.tagged:
                answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
                responses["304"] = {"description": "Not changed."}
            if door.empty == 204 or (door.writes and door.status != 204):
                responses["204"] = {"description": "Done; there is no content, or none was asked for (Prefer)."}
            if door.empty == 404:
                responses["404"] = {"$ref": "#/components/responses/404"}
        for status in _STATUSES:
            responses[status] = {"$ref": f"#/components/responses/{status}"}
        for fault in door.faults:
            responses[str(fault.status)] = self._fault(fault, responses.get(str(fault.status)))
        responses["default"] = {"$ref": "#/components/responses/default"}
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
        writer = self._writer(body)
        root = writer.root(body.element, body.unwrap)
        if body.heads:
            writer.finish()
            members = {key: self._schema(block) for key, block, _ in body.heads}
            root = beside(root, self.schemas, members, [key for key, _, must in body.heads if must], REFS)
        if not body.bound:
            return root
        writer.finish()
        left: dict[str, Any] = without(root, self.schemas, body.bound, REFS)
        return left

    def _writer(self, body: Body) -> SchemaWriter:
        key = (id(body.model), body.settings)
        if key not in self._writers:
            writer = SchemaWriter(body.model, body.settings, REFS)
            writer.defs = self.schemas  # one namespace of names for the whole document
            self._writers[key] = writer
        return self._writers[key]


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


_STATUSES: Final = ("400", "413", "415", "422", "502", "503", "504")
_WORDS: Final[Mapping[str, str]] = {
    "400": "The message is malformed.",
    "404": "There is no such thing.",
    "413": "The body is too large.",
    "415": "The media type is not supported.",
    "422": "The message breaks its schema; `errors` names each place.",
    "502": "The service cannot be reached, or its answer is not what its contract says.",
    "503": "The gateway or the service is at its limit.",
    "504": "The service did not answer in time.",
    "default": "Any other problem.",
}
_ANSWERS: Final = {
    status: {"description": words, "content": {PROBLEM: {"schema": {"$ref": REFS + "Problem"}}}}
    for status, words in _WORDS.items()
}
_FINDING: Final = {
    "type": "object",
    "properties": {
        "pointer": {"type": "string", "description": "JSON Pointer (RFC 6901) of the place."},
        "xpath": {"type": "string", "description": "The same place in the XML form."},
        "detail": {"type": "string"},
        "expected": {"type": "string"},
    },
    "required": ["pointer", "xpath", "detail"],
}


def _problem() -> dict[str, Any]:
    slugs = ", ".join(f"`{kind.slug}`" for kind in Kind)
    return {
        "type": "object",
        "description": f"A problem document (RFC 9457). The last step of `type` is one of: {slugs}.",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "requestId": {"type": "string"},
            "outcome": {"type": "string", "enum": ["not-sent", "rejected", "unknown", "applied"]},
            "errors": {"type": "array", "items": {"$ref": REFS + "Finding"}},
            "fault": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "subcode": {"type": "string"},
                    "reason": {"type": "string"},
                    "name": {"type": "string"},
                },
            },
        },
        "required": ["type", "title", "status", "detail"],
    }
