"""The law of the SOAP half that faces a client: envelopes in, envelopes or Faults out.

The body's QName decides the operation; the action must agree with it (no spoofing). A mandatory
header block that nobody here honours is refused, never ignored. SOAP 1.1 §4.2.3, §6; SOAP 1.2
Part 1 §5.2.3, Part 2 §7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..core.limits import Limits
from ..core.message import Exchange, Fault, HeaderBlock, Message, Wire
from ..core.operation import Operation, RefusedOperation, Route
from ..core.problem import Kind, Problem
from ..core.protection import judge_client
from ..xml import element_text, escape_text
from ..xml import parse as parse_xml
from . import addressing
from .addressing import Addressed
from .envelope import MEDIA, Envelope, Version, for_us, open_envelope, write_envelope
from .fault import problem_detail, write_fault
from .media import Media, media
from .problem import Speaker
from .rest import JsonCodec
from .rest_client import problem_wire
from .soap import SoapCodec, header_text

_FAMILY: Final[Mapping[str, Version]] = {"soap11": "1.1", "soap12": "1.2"}
_ADDRESSING: Final = f"{{{addressing.NS}}}"
BY_ACTION: Final = "*"  # a body whose first element tells nothing
_OUTSIDE: Final = frozenset({Kind.VERSION_MISMATCH, Kind.MUST_UNDERSTAND})
_UNPLAIN: Final = frozenset({Kind.NOT_FOUND, Kind.METHOD_NOT_ALLOWED, Kind.NOT_ACCEPTABLE})


@dataclass(frozen=True, slots=True)
class SoapDoor:
    """The SOAP address of one service: operations by the Clark name of their body element."""

    service: str
    operations: Mapping[str, Operation]
    limits: Limits
    action_headers: tuple[str, ...] = ("soapaction",)
    understood: frozenset[str] = field(default_factory=frozenset)
    shared: Mapping[str, Mapping[str, Operation]] = field(default_factory=dict)  # body element -> action -> operation
    answers: bool = True  # WS-Addressing ends here
    refused: Mapping[str, RefusedOperation] = field(default_factory=dict)  # by body element: known, and not served


class SoapClient:
    """Reads envelopes of a service and writes its answers (port `ClientDialect`)."""

    def __init__(self, speaker: Speaker, door: SoapDoor) -> None:
        self.speaker = speaker
        self.door = door

    def read_request(self, wire: Wire, route: Route | None = None) -> Exchange:
        """The exchange. Raises Problem …, ACTION_MISMATCH, MUST_UNDERSTAND, OPERATION_UNKNOWN, …"""
        said = media(wire.headers.get("content-type", ""))
        version = said_version(said)
        wire.facts["soap"] = version
        said.require_utf8()
        if wire.body.lstrip(b" \t\r\n")[:1] in (b"{", b"["):
            raise Problem(Kind.CONTENT_MISMATCH, "Content-Type says XML, but the body begins like JSON.")
        root = wire.tree if wire.tree is not None else parse_xml(wire.body, self.door.limits)
        envelope = open_envelope(root)
        if envelope.version != version:
            wire.facts["soap"] = envelope.version
            raise Problem(
                Kind.CONTENT_MISMATCH,
                f"Content-Type is that of SOAP {version}, the Envelope that of SOAP {envelope.version}.",
            )
        said_actions = self._actions(said, wire.headers)
        operation = self._operation(envelope, said_actions)
        wire.facts["operation"] = operation
        judge_client(operation, wire.facts)
        if route is not None and route.operation is not operation:
            words = f"The body is that of the operation {operation.name}, this path that of {route.operation.name}."
            raise Problem(Kind.ACTION_MISMATCH, words)
        self._check_mandatory(envelope, operation.headers)
        headers = envelope.headers
        if self.door.answers and addressing.carries(headers):
            wire.facts["addressing"] = addressing.Addressed()  # a refusal is an addressed message, too
            wire.facts["addressing"] = addressing.judged(operation, headers, said_actions)
            headers = addressing.without(headers)
        elif self.door.answers:
            addressing.unaddressed(operation)
        known = (operation.action, operation.actions.request)  # JAX-WS sends the latter where soapAction is empty
        strange = next((given for given in said_actions if given and given not in known), None)
        if strange is not None:
            raise Problem(Kind.ACTION_MISMATCH, f"The action is {addressing.disagreement(strange, operation)}.")
        codec = operation.faces[version].request
        untouched = "addressing" not in wire.facts
        raw = wire.body if untouched else None
        message = Message(codec, raw=raw, parsed=envelope, headers=headers, size=len(wire.body))
        message.value()  # the whole verdict, before anything is done with it; untouched bytes still pass as they are
        wants = operation.faces[version].reply if untouched else None
        return Exchange(operation, message, headers=wire.headers, facts=wire.facts, wants=wants)

    def _operation(self, envelope: Envelope, actions: Sequence[str]) -> Operation:
        """The body's operation; where several have one body, the action's. Raises Problem OPERATION_UNKNOWN, …"""
        name = envelope.body.tag if envelope.body is not None else ""
        operation = self.door.operations.get(name)
        if operation is not None:
            return operation
        self._check_mandatory(envelope, ())  # header blocks are judged before the body (SOAP 1.2 §2.6)
        candidates = self.door.shared.get(name) or self.door.shared.get(BY_ACTION)
        if candidates is None and name in self.door.refused:
            raise refusal(self.door.refused[name])
        if candidates is None:
            raise Problem(Kind.OPERATION_UNKNOWN)
        given = [action for action in (*actions, addressing.action_of(envelope.headers)) if action]
        for action in given:
            if action in candidates:
                return candidates[action]
        known = " or ".join(f"`{action}`" for action in candidates)
        came = addressing.shown(given[0]) if given else "missing"
        words = f"Several operations have this body and the action tells which, {known}; it is {came}."
        raise Problem(Kind.ACTION_MISMATCH, words)

    def _actions(self, said: Media, headers: Mapping[str, str]) -> list[str]:
        """The actions that the HTTP header gives, without quotes; '' says nothing."""
        names = [headers[name] for name in self.door.action_headers if name in headers]
        if "action" in said.parameters:
            names.append(said.parameters["action"])
        return [name.strip().strip('"') for name in names]

    def _check_mandatory(self, envelope: Envelope, declared: Sequence[str]) -> None:
        """Refuse what nobody here honours, all of it by name (SOAP 1.2 §5.4.8)."""
        unknown = [
            block.name
            for block in envelope.headers
            if block.must_understand
            and for_us(block)
            and block.name not in self.door.understood
            and block.name not in declared
            and not (self.door.answers and block.name.startswith(_ADDRESSING))
        ]
        if unknown:
            raise Problem(
                Kind.MUST_UNDERSTAND, extra={"header": unknown[0][:128], "headers": [name[:128] for name in unknown]}
            )

    def write_reply(self, exchange: Exchange, reply: Message) -> Wire:
        """The answer in the caller's version; a fault goes out as a Fault of that version."""
        version: Version = exchange.facts["soap"]
        pause = {name: text for name, text in exchange.told.items() if name == "retry-after"}
        headers = {"content-type": content_type(version), **pause, **exchange.reply_headers}
        face = exchange.operation.faces[version]
        addressed: Addressed | None = exchange.facts.get("addressing")
        if addressed is not None:
            reply = _related(exchange.operation, reply, addressed)
        if reply.fault is not None:
            return Wire(
                headers, self._fault_bytes(version, face.reply, reply), status=fault_status(version, reply.fault)
            )
        if face.reply is None:
            return Wire(dict(exchange.reply_headers), b"", status=202)
        judged = isinstance(reply.codec, JsonCodec) or (reply.ready is not None and reply.ready[0] is face.reply)
        if not judged:  # what a JSON service answered was judged when it was read, what is ready when it was made
            reply.value()  # what libxml2 alone lets pass is not the service's contract either
        return Wire(headers, reply.wire(face.reply), status=200)

    def _fault_bytes(self, version: Version, codec: Any, reply: Message) -> bytes:
        assert reply.fault is not None
        if reply.raw is not None and isinstance(codec, SoapCodec) and reply.codec is codec:
            return reply.raw
        body = write_fault(version, reply.fault, fault_detail(reply.fault))
        return write_envelope(version, body, header_text(reply, version))

    def write_problem(self, problem: Problem, request_id: str, wire: Wire) -> Wire:
        """The problem as a Fault of the caller's version; a refusal of the transport stays plain HTTP."""
        said = _FAMILY.get(media(wire.headers.get("content-type", "")).family, "1.1")
        trace = wire.facts.get("traceparent", "")
        version: Version = wire.facts.get("soap", said)  # what failed in protection was not read here
        if problem.kind.row.plain or problem.kind in _UNPLAIN:
            return problem_wire(self.speaker, problem, request_id, trace)
        row = problem.kind.row
        fault = Fault(row.soap, problem.detail)
        document = self.speaker.document(problem, request_id, trace)
        headers = {"content-type": content_type(version), **problem.headers}
        if problem.close:
            headers["connection"] = "close"
        if problem.kind is Kind.ADDRESSING_INVALID:
            body, blocks = addressing.fault_body(version, problem)
        else:
            # SOAP 1.1 §4.4: a fault of the header or the envelope has no detail, which is the body's
            silent = version == "1.1" and problem.kind in _OUTSIDE
            body = write_fault(version, fault, "" if silent else problem_detail(problem, document))
            blocks = _told(version, problem)
        addressed: Addressed | None = wire.facts.get("addressing")
        if addressed is not None:
            action = addressing.FAULT if problem.kind is Kind.ADDRESSING_INVALID else addressing.SOAP_FAULT
            blocks = addressing.reply_blocks(addressed, action) + blocks
        return Wire(headers, write_envelope(version, body, blocks), status=fault_status(version, fault))


def refusal(operation: RefusedOperation) -> Problem:
    """What a caller of an operation that is not served is told; the place is the operator's."""
    words = f"The operation {operation.name} is not served: {operation.why}."
    return Problem(Kind.OPERATION_REFUSED, words, cause=operation.place)


def _told(version: Version, problem: Problem) -> str:
    """The header blocks in which SOAP itself tells of a refusal."""
    if problem.kind is Kind.VERSION_MISMATCH:
        return addressing.upgrade_block()
    if problem.kind is Kind.MUST_UNDERSTAND and version == "1.2":
        return addressing.not_understood_blocks(problem.extra.get("headers", ()))
    return ""


def _related(operation: Operation, reply: Message, addressed: Addressed) -> Message:
    """The answer with the blocks of its own that an addressed request wants."""
    fault = reply.fault
    action = operation.actions.reply if fault is None else addressing.fault_action(operation, fault)
    own = HeaderBlock(f"{_ADDRESSING}Action", addressing.reply_blocks(addressed, action))
    return reply.with_headers((*addressing.without(reply.headers), own))


def said_version(said: Media) -> Version:
    """The SOAP version of a media type. Raises Problem UNSUPPORTED_MEDIA_TYPE."""
    version = _FAMILY.get(said.family)
    if version is None:
        raise Problem(
            Kind.UNSUPPORTED_MEDIA_TYPE,
            "This address takes SOAP: `text/xml` (1.1) or `application/soap+xml` (1.2).",
            headers={"accept-post": "text/xml, application/soap+xml"},
        )
    return version


def content_type(version: Version, action: str = "") -> str:
    """The Content-Type of an envelope; SOAP 1.2 carries the action in it."""
    text = f"{MEDIA[version]}; charset=utf-8"
    return f'{text}; action="{action}"' if version == "1.2" and action else text


def fault_status(version: Version, fault: Fault) -> int:
    """HTTP status of a Fault: 500 for SOAP 1.1 (§6.2); 400 for a SOAP 1.2 Sender fault (Part 2 §7.5.2.2)."""
    return 400 if version == "1.2" and fault.code == "Sender" else 500


def fault_detail(fault: Fault) -> str:
    """The detail's content as text, every entry of it, as it was read."""
    if fault.element is None:
        return escape_text(fault.detail) if isinstance(fault.detail, str) else ""
    entries = fault.element.getparent()
    return "".join(element_text(node) for node in (entries if entries is not None else (fault.element,)))
