"""The law of the SOAP half that faces a service: what it answered is judged by content, not by status.

A Fault is a Fault at any status; an answer that is no SOAP is 502 `upstream-not-soap`, one that breaks
its own schema 502 `upstream-schema-violation`; neither is ever passed on by halves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ..core.limits import Limits
from ..core.message import TRACE, Exchange, HeaderBlock, Message, Wire
from ..core.problem import Kind, Problem
from ..core.value import Value
from ..xml import parse as parse_xml
from ..xml.charset import in_utf8
from ..xml.escape import escape_attribute, escape_text
from . import addressing
from .blame import Blaming
from .detail import typed_by
from .envelope import Envelope, Version
from .fault import read_fault, regular
from .media import charset, media
from .passing import PAUSE, told
from .soap import SoapCodec
from .soap_client import content_type

_EMPTY_OK: Final = frozenset({200, 202, 204})
_MARKUP: Final = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")  # with the marks of UTF-8 and UTF-16
_PAGE: Final = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class SoapUpstream:
    """Writes requests to one service and reads its answers (port `UpstreamDialect`)."""

    version: Version
    path: str
    limits: Limits
    untyped: Callable[[Any], Value]
    action_headers: tuple[str, ...] = ("SOAPAction",)
    headers: Mapping[str, str] = field(default_factory=dict)
    addressed: str = ""  # the service's address for WS-Addressing, '' without it
    trace_blocks: str = ""  # namespace of the blocks that carry the trace, '' without them

    def write_request(self, exchange: Exchange) -> Wire:
        """The request's bytes and header fields. Raises Problem INVALID_MESSAGE."""
        operation = exchange.operation
        request = self._addressed(exchange) if self.addressed else exchange.request
        if self.trace_blocks:
            request = self._traced(request, exchange)
        body = request.wire(operation.faces[self.version].request)
        headers = {"content-type": content_type(self.version, operation.action), "accept": _accept(self.version)}
        if self.version == "1.1":
            headers.update((name.lower(), f'"{operation.action}"') for name in self.action_headers)
        headers |= {name: exchange.facts[name] for name in TRACE if exchange.facts.get(name)}
        headers.update(self.headers)
        headers.update(exchange.upstream_headers)
        facts = {} if operation.timeout is None else {"timeout": operation.timeout}
        return Wire(headers, body, method="POST", path=self.path, facts=facts, operation=operation, exchange=exchange)

    def _addressed(self, exchange: Exchange) -> Message:
        """The request with blocks of the gateway's own; each try is a message with an id of its own."""
        message_id = exchange.facts["message-id"] = addressing.new_id()
        base = str(exchange.facts.get("base") or "")
        to = self.addressed
        if base:  # where the session lives
            to = base if urlsplit(base).path.strip("/") else base.rstrip("/") + self.path
        text = addressing.request_blocks(exchange.operation, to, message_id)
        own = HeaderBlock(f"{{{addressing.NS}}}Action", text)
        return exchange.request.with_headers((*addressing.without(exchange.request.headers), own))

    def _traced(self, request: Message, exchange: Exchange) -> Message:
        """The request with the trace in blocks of this hop: those of the hop before are not passed on."""
        names = {f"{{{self.trace_blocks}}}{name}": name for name in TRACE}
        kept = [block for block in request.headers if block.name not in names]
        told = ((name, str(exchange.facts.get(fact) or "")) for name, fact in names.items())
        own = [HeaderBlock(name, _block(self.trace_blocks, name, text)) for name, text in told if text]
        return request.with_headers((*kept, *own))

    def read_reply(self, exchange: Exchange, wire: Wire) -> Message:
        """The answer, valid by the contract. Raises Problem UPSTREAM_… with the outcome of a write."""
        with Blaming(exchange):
            return self._read(exchange, wire)

    def _read(self, exchange: Exchange, wire: Wire) -> Message:
        codec = exchange.operation.faces[self.version].reply
        if not wire.body.strip():
            return self._empty(exchange, wire, codec)
        reader = codec if isinstance(codec, SoapCodec) else _reader(self.version, self.limits)
        envelope = self._envelope(wire, reader)
        if self.addressed:
            addressing.check_reply(envelope.headers, exchange.facts.get("message-id", ""))
            envelope.headers = addressing.without(envelope.headers)
        if envelope.is_fault:
            exchange.told = told(wire.headers, PAUSE)
            return self._fault(exchange, wire, envelope, codec)
        if wire.status >= 400:
            raise self._no_soap(wire, "with an envelope that holds no Fault")
        if not isinstance(codec, SoapCodec):
            return Message(exchange.request.codec, value={})
        codec.check(envelope)
        untouched = not (envelope.bare or self.addressed) and envelope.version == codec.version
        return Message(
            codec,
            raw=wire.body if untouched else None,
            parsed=envelope,
            headers=envelope.headers,
            size=len(wire.body),
        )

    def _envelope(self, wire: Wire, reader: SoapCodec) -> Envelope:
        """By content, whatever the status and Content-Type; a page of markup is no SOAP, however well-formed."""
        if wire.tree is None:
            wire.body = in_utf8(wire.body, charset(wire))
        if wire.tree is None and not wire.body.lstrip(b" \t\r\n").startswith(_MARKUP):
            raise self._no_soap(wire)
        try:
            root = wire.tree if wire.tree is not None else parse_xml(wire.body, self.limits, response=True)
        except Problem as problem:
            if _is_page(wire):
                raise self._no_soap(wire) from problem
            words = f"The service's answer was refused: {problem.detail}"
            raise Problem(Kind.UPSTREAM_MALFORMED, words, cause=str(problem), limit=problem.limit) from problem
        try:
            return reader.open(root)
        except Problem as problem:
            if str(root.tag).rpartition("}")[2] != "Envelope":
                raise self._no_soap(wire) from problem
            raise

    def _empty(self, exchange: Exchange, wire: Wire, codec: Any) -> Message:
        if wire.status in _EMPTY_OK and (codec is None or (isinstance(codec, SoapCodec) and codec.element is None)):
            return Message(codec or exchange.request.codec, value={})
        if wire.status >= 400:
            raise self._no_soap(wire)
        raise Problem(Kind.UPSTREAM_MALFORMED, "The service answered with an empty body.")

    def _fault(self, exchange: Exchange, wire: Wire, envelope: Envelope, codec: Any) -> Message:
        faults = exchange.operation.faces[self.version].faults
        fault = read_fault(envelope, typed_by(faults), self.untyped)
        whole = codec if isinstance(codec, SoapCodec) and codec.version == envelope.version else exchange.request.codec
        raw = wire.body if regular(envelope, fault) else None  # a broken one is put right for SOAP callers
        return Message(whole, raw=raw, parsed=envelope, value=fault.detail, headers=envelope.headers, fault=fault)

    def _no_soap(self, wire: Wire, how: str = "without a SOAP envelope") -> Problem:
        if wire.status in (401, 403, 407):
            return Problem(Kind.UPSTREAM_AUTH, cause=f"HTTP {wire.status} without SOAP")
        if wire.status in (429, 503):
            return Problem(Kind.UPSTREAM_UNAVAILABLE, headers=told(wire.headers, PAUSE), cause=f"HTTP {wire.status}")
        kind = media(wire.headers.get("content-type", "")).type[:60] or "no Content-Type"
        words = f"The service answered HTTP {wire.status} {how}."
        return Problem(Kind.UPSTREAM_NOT_SOAP, words, cause=f"HTTP {wire.status}, {kind}, {how}")


def _block(namespace: str, name: str, text: str) -> str:
    local = name.rpartition("}")[2]
    return f'<t:{local} xmlns:t="{escape_attribute(namespace)}">{escape_text(text)}</t:{local}>'


def _is_page(wire: Wire) -> bool:
    """Whether what cannot be parsed is a web page, by its media type or its first words."""
    head = wire.body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return media(wire.headers.get("content-type", "")).type == "text/html" or head.startswith(_PAGE)


def _reader(version: Version, limits: Limits) -> SoapCodec:
    return SoapCodec(version, None, None, limits=limits, response=True)


def _accept(version: Version) -> str:
    return "text/xml, multipart/related" if version == "1.1" else "application/soap+xml, multipart/related"
