"""The law of soap-samples: real WSDLs with the messages of two other stacks, those that are valid by their own WSDL.

A message goes through the operation's own codecs: XML to JSON, JSON to XML, the same body; the JSON is compared with
theirs after a normaliser: `$attributes` are `@name`, `$value` stays, all scalars as text, an empty value is no value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson
from lxml import etree

from gateway.cli import Misuse
from gateway.commands.contract import of_wsdl
from gateway.commands.messages import Messages
from gateway.commands.task import Direction, Task
from gateway.core.problem import Problem
from gateway.schema.errors import ContractError
from gateway.settings import Refused

from .known import excuse
from .same import Aside, difference
from .score import Row

_SOAP: Final = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")


def cases(folder: Path) -> list[tuple[Path, Direction]]:
    """The folders of messages that are usable, each with its direction."""
    found: list[tuple[Path, Direction]] = []
    for usable in sorted(folder.glob("*/usable.json")):
        listed = json.loads(usable.read_text())
        for direction in ("request", "response"):
            found += [(usable.parent / name, direction) for name in sorted({*listed[direction], *listed["both"]})]  # type: ignore[misc]
    return found


def run(case: tuple[Path, Direction]) -> list[Row]:
    """The rows of one message."""
    folder, direction = case
    name = f"{folder.parent.name}/{folder.name} ({direction})"
    rows = []
    for row in _rows(folder, direction, name):
        reason = excuse("soap-samples", row.check, row.case) if row.end == "failed" else ""
        rows.append(Row(row.check, row.case, "excused", reason) if reason else row)
    return rows


def _rows(folder: Path, direction: Direction, name: str) -> Iterator[Row]:
    raw = (folder / f"{direction}.xml").read_bytes()
    try:
        messages = Messages(of_wsdl(str(folder / "soap.wsdl"), limits="large"))
    except (ContractError, Refused) as error:
        yield Row("the WSDL is served", name, "failed", str(error).replace(str(folder), ""))
        return
    yield Row("the WSDL is served", name, "ok")
    body = _body(raw)
    try:
        operation = _operation(messages, folder, direction, body)
        ours = messages.translate(Task(raw, direction, "json", operation))
        yield Row("XML to JSON", name, "ok")
        back = messages.translate(Task(ours, direction, "xml", operation))
    except (Problem, Misuse) as problem:
        words = [f.detail for f in getattr(problem, "findings", ())] or [str(problem)]
        yield Row("XML to JSON and back", name, "failed", words[0])
        return
    texts = [f.read_bytes() for f in sorted(folder.glob("*.xsd")) + [folder / "soap.wsdl"]]
    found = difference(body, _body(back), Aside.of(texts)) if body is not None else ""
    yield Row("the same XML comes back", name, "failed" if found else "ok", found)
    theirs = folder / f"{direction}.json"
    if theirs.is_file():
        a, b = _normal(orjson.loads(ours)), _normal(orjson.loads(theirs.read_bytes()))
        b = b[next(iter(b))] if isinstance(b, dict) and len(b) == 1 and a == next(iter(b.values())) else b
        alike = a == b
        yield Row("JSON says what theirs says", name, "ok" if alike else "skipped", "" if alike else "another convention")


def _body(raw: bytes) -> Any:
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False)
    root = etree.fromstring(raw, parser)
    for namespace in _SOAP:
        body = root.find(f"{{{namespace}}}Body")
        if body is not None and len(body):
            return body[0]
    return None


def _operation(messages: Messages, folder: Path, direction: Direction, body: Any) -> str:
    """The operation that the folder is named for, else the one whose element the body is."""
    wanted = folder.name.partition("__")[0]
    bound = [bound.operation for service in messages.built.services for bound in service.operations]
    names = [operation.name for operation in bound]
    if direction == "request" and body is not None:
        return next((o.name for o in bound if o.element == body.tag), wanted)
    return wanted if wanted in names else names[0]


def _normal(value: Any) -> Any:
    if isinstance(value, list):
        items = [_normal(each) for each in value]
        return items[0] if len(items) == 1 else items
    if not isinstance(value, dict):
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value).strip()
    made = {}
    for key, each in value.items():
        if key in ("$attributes", "attributes"):
            made.update({f"@{name}": _normal(inner) for name, inner in each.items()})
        else:
            made[key.rpartition(":")[2]] = _normal(each)
    if list(made) == ["$value"]:
        return made["$value"]
    return made or ""
