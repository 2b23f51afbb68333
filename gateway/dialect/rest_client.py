"""The law of the REST half that faces a client: JSON in, JSON or a problem document out."""

from __future__ import annotations

from typing import Any, Final

from ..codec.json import dumps
from ..core.message import Exchange, Message, Wire
from ..core.operation import Route
from ..core.problem import Kind, Problem
from .media import media, require_json_accepted
from .problem import MEDIA, Speaker
from .rest import JsonCodec

_BLANK: Final = b" \t\r\n"


class RestClient:
    """Reads JSON requests of a route and writes its answers (port `ClientDialect`)."""

    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker

    def read_request(self, wire: Wire, route: Route | None) -> Exchange:
        """The exchange. Raises Problem UNSUPPORTED_MEDIA_TYPE, CONTENT_MISMATCH, MALFORMED_JSON, …"""
        assert route is not None
        require_json_accepted(wire.headers.get("accept", ""))
        body = wire.body
        said = media(wire.headers.get("content-type", ""))
        if said.family != "json" and (body or said.family != "none"):
            raise Problem(
                Kind.UNSUPPORTED_MEDIA_TYPE,
                "This route takes `application/json`.",
                headers={"accept-post": "application/json"},
            )
        said.require_utf8()
        if body.lstrip(_BLANK)[:1] == b"<":
            raise Problem(Kind.CONTENT_MISMATCH, "Content-Type says JSON, but the body begins like XML.")
        codec = route.json_face.request
        message = Message(codec, raw=body, parsed=codec.parse(body))
        return Exchange(route.operation, message, route=route, headers=wire.headers, facts=wire.facts)

    def write_reply(self, exchange: Exchange, reply: Message) -> Wire:
        """The answer: 200 with the face's JSON, 202 or 204 without a body, or the fault's problem."""
        if reply.fault is not None:
            outcome = "rejected" if exchange.operation.writes and reply.fault.code == "Sender" else None
            if exchange.operation.writes and outcome is None:
                outcome = "rejected" if reply.fault.declared else "unknown"
            return problem_wire(self.speaker, self.speaker.of_fault(reply.fault, outcome), exchange.request_id)
        assert exchange.route is not None
        codec = exchange.route.json_face.reply
        if codec is None:
            return Wire(dict(exchange.reply_headers), b"", status=202)
        if isinstance(codec, JsonCodec) and codec.face is None:
            return Wire(dict(exchange.reply_headers), b"", status=204)
        headers = {"content-type": "application/json; charset=utf-8", **exchange.reply_headers}
        return Wire(headers, reply.wire(codec), status=200)

    def write_problem(self, problem: Problem, request_id: str, wire: Wire) -> Wire:
        """The problem as RFC 9457 JSON."""
        return problem_wire(self.speaker, problem, request_id)


def problem_wire(speaker: Speaker, problem: Problem, request_id: str) -> Wire:
    """A problem document as a reply."""
    headers: dict[str, Any] = {"content-type": MEDIA, "cache-control": "no-store", **problem.headers}
    if problem.close:
        headers["connection"] = "close"
    return Wire(headers, dumps(speaker.document(problem, request_id)), status=problem.status)
