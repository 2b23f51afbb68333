"""The law of asking beside: a very large message goes to the other process first, and is read here only if it must be.

Each stands before one half of a dialect and is that half for every other message. Only what nobody on the way
looks into is asked: where a plug-in or a rule reads the value, it would be parsed here all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..core.limits import VERY_LARGE, Limits
from ..core.message import READY, Exchange, HeaderBlock, Message, Wire
from ..core.operation import Operation, Route
from ..core.ports import ClientDialect, Codec, UpstreamDialect
from ..core.problem import Problem
from ..dialect.choice import PARSED
from ..dialect.media import charset, media
from ..dialect.rest_client import RestRoute
from ..xml import parse as parse_xml
from ..xml.charset import in_utf8
from .job import Done, Job
from .translator import Translator

_ASKED: Final[tuple[str, ...]] = ("content-type", "accept")  # of a request's
_PROVEN: Final = ("encrypted", "signed", "exempt")  # what `core.protection` asks of a request
_READ: Final[tuple[str, ...]] = ("retry-after",)  # of an answer's header, what the reading of it knows


@dataclass(frozen=True, slots=True)
class BesideUpstream:
    """The half that faces a SOAP service (port `UpstreamDialect`)."""

    inner: UpstreamDialect
    translator: Translator
    looked_into: Callable[[Operation], bool]
    limits: Limits

    def write_request(self, exchange: Exchange) -> Wire:
        """As the inner half writes it."""
        return self.inner.write_request(exchange)

    def read_reply(self, exchange: Exchange, wire: Wire) -> Message:
        """The answer, its bytes for the caller made already where they could be. Raises Problem UPSTREAM_…"""
        if len(wire.body) < VERY_LARGE or wire.tree is not None:
            return self.inner.read_reply(exchange, wire)
        return self._asked(exchange, wire) or self.inner.read_reply(exchange, wire)

    def _asked(self, exchange: Exchange, wire: Wire) -> Message | None:
        operation, wanted = exchange.operation, exchange.wants
        target = self.translator.name(wanted) if wanted is not None else None
        codec = operation.faces[operation.soap].reply
        if wanted is None or target is None or codec is None or self.looked_into(operation):
            return None
        wire.body = in_utf8(wire.body, charset(wire))  # what passes as it stands, or is read here after all, too
        headers = {"content-type": media(wire.headers.get("content-type", "")).type}  # its charset is true no more
        headers |= {name: wire.headers[name] for name in _READ if name in wire.headers}
        job = Job("reply", operation.service, operation.name, target, status=wire.status, headers=headers)
        found = self.translator.ask(job, wire.body)
        if found is None:
            return None
        done, made = found
        exchange.told = dict(done.told)
        message = Message(codec, raw=wire.body, headers=self._blocks(done), size=len(wire.body))
        message.ready = (wanted, wire.body if wanted is codec else made)
        return message

    def _blocks(self, done: Done) -> tuple[HeaderBlock, ...]:
        return tuple(
            HeaderBlock(name, None, parse_xml(text.encode(), self.limits, response=True), must, role)
            for name, text, must, role in done.blocks
        )


@dataclass(frozen=True, slots=True)
class BesideClient:
    """The half that faces clients of one route (port `ClientDialect`); `target` writes what the service gets."""

    inner: ClientDialect
    translator: Translator
    service: str
    operation: Operation
    face: int
    target: Codec

    def read_request(self, wire: Wire, route: Route | None) -> Exchange:
        """The exchange, its bytes for the service made already where they could be. Raises Problem …"""
        if len(wire.body) >= VERY_LARGE and not wire.query and PARSED not in wire.facts:
            made = self._asked(wire)
            if made is not None:
                wire.facts[READY] = (self.target, made)
        return self.inner.read_request(wire, route)

    def _asked(self, wire: Wire) -> bytes | None:
        target = self.translator.name(self.target)
        if target is None or media(wire.headers.get("content-type", "")).family != "json":
            return None
        headers = {name: wire.headers[name] for name in _ASKED if name in wire.headers}
        job = Job(
            "request",
            self.service,
            self.operation.name,
            target,
            face=self.face,
            method=wire.method,
            path=wire.path,
            headers=headers,
            proven=tuple(name for name in _PROVEN if wire.facts.get(name)),
        )
        found = self.translator.ask(job, wire.body)
        return found[1] if found is not None else None

    def write_reply(self, exchange: Exchange, reply: Message) -> Wire:
        """As the inner half writes it."""
        return self.inner.write_reply(exchange, reply)

    def write_problem(self, problem: Problem, request_id: str, wire: Wire) -> Wire:
        """As the inner half writes it."""
        return self.inner.write_problem(problem, request_id, wire)


def plain(route: RestRoute) -> bool:
    """Whether a route's JSON is its operation's message and nothing more, whatever else the request has."""
    binding = route.binding
    filled = binding.parameters or binding.constants or route.version_request or route.heads.request
    return binding.body and not (filled or route.shapes)
