"""The law of the half that faces an HTTP binding: a message becomes a URL or a form, an XML document the answer.

WSDL 1.1 §4 and §5. There is no envelope and no fault: a status of 400 and more is a fault of this gateway's making,
an answer that is no XML, or breaks its schema, is the service's failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote

from ..core.limits import Limits
from ..core.message import TRACE, Exchange, Fault, Message, Wire
from ..core.problem import Kind, Problem
from ..xml import parse as parse_xml
from ..xml.charset import in_utf8
from .binding import Binding
from .blame import Blaming
from .envelope import Envelope
from .media import charset
from .rest import JsonCodec
from .soap import SoapCodec
from .unbinding import take

Encoding = Literal["query", "path", "form", "xml", "none"]
FORM: Final = "application/x-www-form-urlencoded"
_PLACE: Final = re.compile(r"\(([^()]+)\)")
_ACCEPT: Final = "text/xml, application/xml"


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One operation as an HTTP call."""

    method: str
    location: str  # below the service's address; with (part) places where `encoding` is path
    encoding: Encoding
    request: JsonCodec
    binding: Binding = field(default_factory=Binding)  # each part: its name, its member, its text


@dataclass(frozen=True, slots=True)
class HttpUpstream:
    """Writes calls to one service by its HTTP binding and reads its answers (port `UpstreamDialect`)."""

    base: str  # path of the service's address
    query: str
    calls: Mapping[str, HttpCall]  # by operation
    limits: Limits
    headers: Mapping[str, str] = field(default_factory=dict)

    def write_request(self, exchange: Exchange) -> Wire:
        """The call. Raises Problem INVALID_MESSAGE."""
        operation = exchange.operation
        call = self.calls[operation.name]
        headers = {"accept": _ACCEPT}
        location, _, given = call.location.partition("?")
        pieces, body = [self.query, given], b""
        if call.encoding == "xml":
            codec = operation.faces["1.1"].request
            assert isinstance(codec, SoapCodec)
            body = codec.text(exchange.request).encode()
            headers["content-type"] = "text/xml; charset=utf-8"
        elif call.encoding != "none":
            parts = take(call.binding, call.request.form(exchange.request))
            if call.encoding == "form":
                body = "&".join(parts.query).encode()
                headers["content-type"] = FORM
            else:
                location, pieces[1] = (_filled(text, parts.variables) for text in (location, given))
                pieces += parts.query
        headers |= {name: exchange.facts[name] for name in TRACE if exchange.facts.get(name)}
        headers |= {**self.headers, **exchange.upstream_headers}
        facts = {} if operation.timeout is None else {"timeout": operation.timeout}
        path = self.base.rstrip("/") + ("/" + location.lstrip("/") if location else "") or "/"
        query = "&".join(filter(None, pieces))
        return Wire(headers, body, call.method, path, query, facts=facts, operation=operation, exchange=exchange)

    def read_reply(self, exchange: Exchange, wire: Wire) -> Message:
        """The answer, valid by the contract. Raises Problem UPSTREAM_… with the outcome of a write."""
        with Blaming(exchange):
            return self._read(exchange, wire)

    def _read(self, exchange: Exchange, wire: Wire) -> Message:
        codec = exchange.operation.faces["1.1"].reply
        if wire.status >= 400:
            return _refused(exchange, wire, codec)
        if not isinstance(codec, SoapCodec) or codec.element is None:
            return Message(codec or exchange.request.codec, value={})
        if not wire.body.strip():
            raise Problem(Kind.UPSTREAM_MALFORMED, "The service answered with an empty body.")
        try:
            root = parse_xml(in_utf8(wire.body, charset(wire)), self.limits, response=True)
        except Problem as problem:
            words = f"The service's answer was refused: {problem.detail}"
            raise Problem(Kind.UPSTREAM_MALFORMED, words, cause=str(problem), limit=problem.limit) from problem
        envelope = Envelope("1.1", (), root)
        codec.check(envelope)
        return Message(codec, parsed=envelope)


def _filled(text: str, variables: Mapping[str, str]) -> str:
    """A location with its parts in their places (WSDL 1.1 §4.7)."""
    return _PLACE.sub(lambda found: quote(variables[found[1]], safe="") if found[1] in variables else found[0], text)


def _refused(exchange: Exchange, wire: Wire, codec: Any) -> Message:
    """The fault of a 4xx or 5xx; what speaks of the way to the service is a Problem."""
    if wire.status in (401, 403, 407):
        raise Problem(Kind.UPSTREAM_AUTH, cause=f"HTTP {wire.status}")
    if wire.status == 503:
        pause = wire.headers.get("retry-after", "")
        raise Problem(Kind.UPSTREAM_UNAVAILABLE, headers={"retry-after": pause} if pause.isdigit() else {})
    code = "Sender" if wire.status < 500 else "Receiver"
    fault = Fault(code, f"The service answered HTTP {wire.status}.", status=wire.status)
    return Message(codec or exchange.request.codec, value=None, fault=fault)
