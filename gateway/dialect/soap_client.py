"""The law of the SOAP half that faces a client: envelopes in, envelopes or Faults out.

The body's QName decides the operation; the action must agree with it (no spoofing). A mandatory
header block that nobody here honours is refused, never ignored. SOAP 1.1 §4.2.3, §6; SOAP 1.2
Part 1 §5.2.3, Part 2 §7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..core.limits import Limits
from ..core.message import Exchange, Fault, Message, Wire
from ..core.operation import Operation, Route
from ..core.problem import Kind, Problem
from ..xml import element_text, escape_text
from ..xml import parse as parse_xml
from .envelope import MEDIA, Envelope, Version, for_us, open_envelope, write_envelope
from .fault import problem_detail, write_fault
from .media import Media, media
from .problem import Speaker
from .rest import JsonCodec
from .rest_client import problem_wire
from .soap import SoapCodec, header_text

_FAMILY: Final[Mapping[str, Version]] = {"soap11": "1.1", "soap12": "1.2"}
_UNPLAIN: Final = frozenset({Kind.NOT_FOUND, Kind.METHOD_NOT_ALLOWED, Kind.NOT_ACCEPTABLE})


@dataclass(frozen=True, slots=True)
class SoapDoor:
    """The SOAP address of one service: operations by the Clark name of their body element."""

    service: str
    operations: Mapping[str, Operation]
    limits: Limits
    action_headers: tuple[str, ...] = ("soapaction",)
    understood: frozenset[str] = field(default_factory=frozenset)


class SoapClient:
    """Reads envelopes of a service and writes its answers (port `ClientDialect`)."""

    def __init__(self, speaker: Speaker, door: SoapDoor) -> None:
        self.speaker = speaker
        self.door = door

    def read_request(self, wire: Wire, route: Route | None = None) -> Exchange:
        """The exchange. Raises Problem …, ACTION_MISMATCH, MUST_UNDERSTAND, OPERATION_UNKNOWN."""
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
        operation = self._operation(envelope)
        wire.facts["operation"] = operation
        if route is not None and route.operation is not operation:
            raise Problem(Kind.ACTION_MISMATCH, "The body names another operation than this path.")
        self._check_action(operation, said, wire.headers)
        self._check_mandatory(operation, envelope)
        codec = operation.faces[version].request
        message = Message(codec, raw=wire.body, parsed=envelope, headers=envelope.headers)
        message.value()  # the whole verdict, before anything is done with it; untouched bytes still pass as they are
        return Exchange(operation, message, headers=wire.headers, facts=wire.facts)

    def _operation(self, envelope: Envelope) -> Operation:
        name = envelope.body.tag if envelope.body is not None else ""
        operation = self.door.operations.get(name)
        if operation is None:
            raise Problem(Kind.OPERATION_UNKNOWN)
        return operation

    def _check_action(self, operation: Operation, said: Media, headers: Mapping[str, str]) -> None:
        names = [headers[name] for name in self.door.action_headers if name in headers]
        if "action" in said.parameters:
            names.append(said.parameters["action"])
        for name in names:
            given = name.strip().strip('"')
            if given and given != operation.action:
                raise Problem(Kind.ACTION_MISMATCH)

    def _check_mandatory(self, operation: Operation, envelope: Envelope) -> None:
        known = self.door.understood.union(operation.headers)
        for block in envelope.headers:
            if block.must_understand and for_us(block) and block.name not in known:
                raise Problem(Kind.MUST_UNDERSTAND, extra={"header": block.name[:128]})

    def write_reply(self, exchange: Exchange, reply: Message) -> Wire:
        """The answer in the caller's version; a fault goes out as a Fault of that version."""
        version: Version = exchange.facts["soap"]
        headers = {"content-type": content_type(version), **exchange.reply_headers}
        face = exchange.operation.faces[version]
        if reply.fault is not None:
            return Wire(
                headers, self._fault_bytes(version, face.reply, reply), status=fault_status(version, reply.fault)
            )
        if face.reply is None:
            return Wire(dict(exchange.reply_headers), b"", status=202)
        if not isinstance(reply.codec, JsonCodec):  # what a JSON service answered was judged when it was read
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
        version: Version = wire.facts.get("soap", said)  # what failed in protection was not read here
        if problem.kind.row.plain or problem.kind in _UNPLAIN:
            return problem_wire(self.speaker, problem, request_id)
        row = problem.kind.row
        fault = Fault(row.soap, problem.detail)
        document = self.speaker.document(problem, request_id)
        body = write_fault(version, fault, problem_detail(problem, document))
        headers = {"content-type": content_type(version), **problem.headers}
        if problem.close:
            headers["connection"] = "close"
        return Wire(headers, write_envelope(version, body), status=fault_status(version, fault))


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
