"""The law of wsdl-ts-conformance: each capability's WSDL is served, described, and its messages go both ways.

The archive brings the WSDLs; the messages are the product's own samples, judged by libxml2.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
from lxml import etree
from openapi_spec_validator import validate

from gateway.build.describe import description
from gateway.build.workbench import Workbench
from gateway.codec.json import dumps
from gateway.commands.contract import of_wsdl
from gateway.commands.messages import Messages
from gateway.commands.task import Direction, Task
from gateway.schema.samples import sample
from gateway.settings import Refused

from .face import PLAIN, Face
from .known import excuse
from .score import Row


def cases(folder: Path) -> list[Path]:
    """The WSDLs."""
    return sorted(folder.rglob("*.wsdl"))


def run(file: Path) -> list[Row]:
    """The rows of one capability."""
    rows = []
    try:
        for row in _rows(file):
            reason = excuse("wsdl-ts", row.check, row.case) if row.end == "failed" else ""
            rows.append(Row(row.check, row.case, "excused", reason) if reason else row)
    except Exception as error:
        rows.append(Row("served", file.stem, "failed", f"{type(error).__name__}: {error}".replace(str(file.parent), "")))
    return rows


def _rows(file: Path) -> Iterator[Row]:
    try:
        messages = Messages(of_wsdl(str(file)))
    except Refused as refused:
        if "no port with a SOAP binding" not in str(refused):
            raise
        yield from _unbound(file)  # the file has types and port types only: its elements are asked
        return
    yield Row("served", file.stem, "ok")
    validate(orjson.loads(dumps(description(messages.built, "3.1"))))
    yield Row("OpenAPI is valid", file.stem, "ok")
    for service in messages.built.services:
        for bound in service.operations:
            name = f"{file.stem}/{bound.operation.name}"
            yield from _message(messages, service.bench, bound.operation.name, "request", f"{name} (request)")
            if bound.bound.output is not None:
                yield from _message(messages, service.bench, bound.operation.name, "response", f"{name} (response)")


def _message(messages: Messages, bench: Workbench, operation: str, direction: Direction, name: str) -> Iterator[Row]:
    """A sample of the message: accepted by its JSON Schema, valid by libxml2, the same again."""
    _, face = messages.face(Task(b"", direction, "xml", operation))
    bound = face.bound.bound
    message = bound.output if direction == "response" and bound.output else bound.input
    unwrap = face.unwrap_reply if direction == "response" else face.unwrap_request
    value = dumps(sample(bench.laid(face.request), message.element, face.request, unwrap))
    checker = bench.checker(message.element, face.request, unwrap)
    described = checker.is_valid(orjson.loads(value))
    yield Row("JSON Schema accepts the sample", name, "ok" if described else "failed")
    xml = messages.translate(Task(value, direction, "xml", operation))
    body = etree.fromstring(xml).find("{*}Body")[0]  # type: ignore[index]
    findings = [] if bench.validator.unavailable else bench.validator.validate(body)
    yield Row("its XML is valid (libxml2)", name, "failed" if findings else "ok", findings[0][2] if findings else "")
    again = messages.translate(Task(xml, direction, "json", operation))
    alike = orjson.loads(again) == orjson.loads(value)
    yield Row("the same JSON comes back", name, "ok" if alike else "failed", "" if alike else f"{again!r} for {value!r}"[:300])


def _unbound(file: Path) -> Iterator[Row]:
    face = Face([file])
    for element in face.bench.model.elements:
        name = f"{file.stem}/{element.rpartition('}')[2]}"
        if face.bench.model.elements[element].abstract:
            continue
        value = dumps(sample(face.bench.laid(PLAIN), element, PLAIN))
        yield Row("JSON Schema accepts the sample", name, "ok" if face.described(element, value) else "failed")
        xml = face.to_xml(element, value)
        unavailable = face.bench.validator.unavailable
        findings = [] if unavailable else face.bench.validator.validate(etree.fromstring(xml))
        yield Row("its XML is valid (libxml2)", name, "failed" if findings else "ok", findings[0][2] if findings else "")
        again = face.to_json(xml)[1]
        alike = orjson.loads(again) == orjson.loads(value)
        yield Row("the same JSON comes back", name, "ok" if alike else "failed", "" if alike else f"{again!r}"[:200])
