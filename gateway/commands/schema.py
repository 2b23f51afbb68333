"""The law of `jsonschema`: the JSON Schema of one message, as its JSON clients see it."""

from __future__ import annotations

import argparse
from typing import Any

from gateway.cli import OK, Misuse
from gateway.codec.json import dumps, indented
from gateway.commands.contract import one_of, put, refusals, settings
from gateway.commands.elements import Elements
from gateway.commands.messages import Messages
from gateway.commands.task import Task
from gateway.core.limits import DEFAULT


@refusals
def jsonschema(chosen: argparse.Namespace) -> int:
    """The command."""
    put(indented(dumps(_schema(chosen))))  # bounds have their digits, which json alone cannot write
    return OK


def _schema(chosen: argparse.Namespace) -> dict[str, Any]:
    if one_of(chosen) == "xsd":
        return Elements(chosen.xsd, DEFAULT).schema(chosen.element or "")
    task = Task(b"", chosen.direction or "request", "xml", _operation(chosen), route=chosen.route or "")
    return message_schema(Messages(settings(chosen)), task)


def message_schema(messages: Messages, task: Task) -> dict[str, Any]:
    """The JSON Schema of an operation's message, in the face of its route. Raises Misuse."""
    if task.direction == "fault":
        raise Misuse("a fault is a problem document; `gateway openapi` describes it")
    service, face = messages.face(task)
    bound, reply = face.bound.bound, task.direction == "response"
    if reply and bound.output is None:
        raise Misuse(f"{bound.name} is one-way: it has no response")
    message = bound.output if reply and bound.output else bound.input
    unwrap = face.unwrap_reply if reply else face.unwrap_request
    own = service.bodies.schema(message, unwrap)
    if own is not None:
        return own
    return service.bench.json_schema(message.element, face.request, unwrap)


def _operation(chosen: argparse.Namespace) -> str:
    if chosen.element and (chosen.operation or chosen.route):
        raise Misuse("--element does not go with --operation or --route")
    if chosen.element:
        raise Misuse("--element goes with --xsd")
    return chosen.operation or ""
