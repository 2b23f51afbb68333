"""The law of the shared door: one path takes JSON or SOAP, told by Content-Type, answered in kind."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.message import Exchange, Message, Wire
from ..core.operation import Route
from ..core.ports import ClientDialect
from ..core.problem import Problem
from .media import media
from .rest_client import RestClient
from .soap_client import SoapClient


@dataclass(frozen=True, slots=True)
class EitherClient:
    """A REST route that SOAP clients may use as well (port `ClientDialect`)."""

    rest: RestClient
    soap: SoapClient

    def read_request(self, wire: Wire, route: Route | None) -> Exchange:
        """The exchange, read by whom the Content-Type names; the answer goes the same way."""
        return self._speaker(wire).read_request(wire, route)

    def write_reply(self, exchange: Exchange, reply: Message) -> Wire:
        """The answer in the request's dialect."""
        speaker: ClientDialect = self.soap if "soap" in exchange.facts else self.rest
        return speaker.write_reply(exchange, reply)

    def write_problem(self, problem: Problem, request_id: str, wire: Wire) -> Wire:
        """The problem in the request's dialect."""
        return self._speaker(wire).write_problem(problem, request_id, wire)

    def _speaker(self, wire: Wire) -> ClientDialect:
        family = media(wire.headers.get("content-type", "")).family
        return self.soap if family in ("soap11", "soap12") else self.rest
