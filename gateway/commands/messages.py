"""The law of whole messages: with CONFIG or `--wsdl` XML is an envelope, JSON what a client of a route sends or gets.

The codecs are those that `serve` uses; nothing is converted here in another way.
"""

from __future__ import annotations

from typing import Any

from gateway.build.book import Built, BuiltService, build
from gateway.build.doors import RouteFace, fault_rules
from gateway.build.refused import told
from gateway.cli import Misuse
from gateway.codec.json import dumps
from gateway.commands import faults
from gateway.commands.task import Task
from gateway.core.message import Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.dialect.problem import Speaker
from gateway.schema.errors import ContractError
from gateway.settings import Loaded


class Messages:
    """The operations of a built configuration (a `Translator`)."""

    def __init__(self, loaded: Loaded) -> None:
        """Raises Refused and ContractError."""
        self.built: Built = build(loaded)

    def translate(self, task: Task) -> bytes:
        """The message's other form. Raises Problem, Misuse."""
        service, face = self.face(task)
        operation = face.route.operation
        if task.direction == "fault":
            if task.form == "json":
                return dumps(
                    faults.to_problem(task.message, operation, self._speaker(service, face), self.built.limits)
                )
            return faults.to_fault(task.message, operation, task.soap, self.built.limits)
        json, soap = self._codecs(face, operation, task)
        if json is None or soap is None:
            raise Misuse(f"{operation.name} is one-way: it has no response")
        if task.form == "json":
            message = Message(soap, raw=task.message, parsed=soap.parse(task.message))
            return bytes(json.write(message))
        message = Message(json, raw=task.message, parsed=json.parse(task.message))
        return bytes(soap.write(message))

    def face(self, task: Task) -> tuple[BuiltService, RouteFace]:
        """The route that is meant: named, or an operation's default one. Raises Misuse, ContractError."""
        if task.route:
            found = self.built.route(task.route)
            if found is None:
                raise Misuse(f'there is no route "{task.route}"; `gateway routes` lists them')
            return found
        name = task.operation or self._by_body(task)
        for service in self.built.services:
            face = service.face(name)
            if face is not None:
                return service, face
        for service in self.built.services:
            for refused in (each for each in service.refused if each.name == name):
                raise ContractError(told(refused))
        raise Misuse(f"there is no operation {name}; `gateway routes` lists them")

    def _by_body(self, task: Task) -> str:
        """The only operation, or the one that an envelope's body names. Raises Misuse."""
        operations = [bound.operation for service in self.built.services for bound in service.operations]
        if len(operations) == 1:
            return operations[0].name
        if task.form == "json" and task.direction == "request" and operations:
            envelope = operations[0].faces["1.1"].request.parse(task.message)
            tag = getattr(envelope.body, "tag", None)
            for operation in operations:
                if operation.element == tag:
                    return operation.name
            raise Problem(Kind.OPERATION_UNKNOWN)
        raise Misuse("name the message: --operation NAME, or --route with a configuration")

    def _codecs(self, face: RouteFace, operation: Operation, task: Task) -> tuple[Any, Any]:
        soap = operation.faces[task.soap or operation.soap]
        if task.direction == "request":
            return face.route.json_face.request, soap.request
        return face.route.json_face.reply, soap.reply

    def _speaker(self, service: BuiltService, face: RouteFace) -> Speaker:
        rules = fault_rules(face.settings.faults) if face.settings else ()
        return Speaker(service.speaker.base, (*rules, *service.speaker.rules))
