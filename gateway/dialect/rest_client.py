"""The law of the REST half that faces a client: JSON in, JSON or a problem document out.

What a route adds to its operation (bound parameters, status, version, Location) is a `RestRoute`,
compiled at start; a route without any costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import quote

from ..codec.json import dumps
from ..codec.lexical import Scalar, Unfit
from ..core.message import READY, Exchange, HeaderBlock, Message, Wire
from ..core.operation import Route
from ..core.problem import Finding, Kind, Outcome, Problem
from ..core.protection import judge_client
from ..core.value import Value, at, pointer, said, steps_of
from .binding import Binding, Steps
from .choice import PARSED
from .conditions import (
    CONDITIONS,
    VALIDATORS,
    check_tags,
    none_match,
    strong_match,
    tag_of_bytes,
    tag_of_version,
    version_of,
)
from .heads import KEY, Heads, beside
from .media import media, require_json_accepted
from .problem import MEDIA, Speaker
from .rest import JsonCodec

_BLANK: Final = b" \t\r\n"
_POINTER: Final = re.compile(r"\{(/[^{}]*)\}")
_PLAIN: Final = str.maketrans("", "", ' \t"')
_PATCHES: Final = frozenset({"application/merge-patch+json", "application/json-patch+json"})  # no representations
JSON: Final = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class RestRoute:
    """What a route adds to its operation."""

    binding: Binding = field(default_factory=Binding)
    status: int | None = None
    empty: Literal["keep", 204, 404] = "keep"
    location: str = ""  # with `{/pointer}` into the reply
    version_reply: Steps = ()
    version_request: Steps = ()
    version_required: bool = False
    version_type: Scalar | None = None  # how the text of an If-Match is read
    conditions: Literal["none", "compared", "service"] = "none"  # who judges If-Match, where no member takes it
    reads: bool = False  # GET: ETag and 304
    heads: Heads = field(default_factory=Heads)  # SOAP header blocks that clients send and get
    body_request: Steps = ()  # the member of the request that the client's JSON is
    body_reply: Steps = ()  # the member of the reply that the client gets
    chosen_by: str = ""  # a member of the JSON that chose the route and is none of the message's

    @property
    def fields(self) -> tuple[str, ...]:
        """The header fields, in lower case, that fill the message."""
        own = (each.name for each in self.binding.parameters if each.place == "header")
        mapped = (head.http for head in self.heads.request if head.http)
        return tuple(name.lower() for name in (*own, *mapped))

    @property
    def looks(self) -> bool:
        """Whether the reply's value must be looked at."""
        return bool(self.empty != "keep" or self.location or self.version_reply or self.body_reply)

    @property
    def shapes(self) -> bool:
        """Whether the request's JSON is more than the message's own."""
        return bool(self.body_request or self.chosen_by)


class RestClient:
    """Reads JSON requests of a route and writes its answers (port `ClientDialect`)."""

    def __init__(self, speaker: Speaker, route: RestRoute | None = None) -> None:
        self.speaker = speaker
        self.route = route or RestRoute()
        self.vary = ", ".join(("Accept", "Prefer", *self.route.fields))  # what the answer depends on (RFC 9110 §12.5.5)

    def read_request(self, wire: Wire, route: Route | None) -> Exchange:
        """The exchange. Raises Problem UNSUPPORTED_MEDIA_TYPE, CONTENT_MISMATCH, MALFORMED_JSON, …"""
        assert route is not None
        judge_client(route.operation, wire.facts)
        require_json_accepted(wire.headers.get("accept", ""))
        wire.facts["method"] = wire.method
        self._check_media(wire)
        self._check_conditions(wire)
        codec = route.json_face.request
        binding = self.route.binding
        limits, parsed = wire.facts.pop(PARSED, (None, None))
        ready = wire.facts.pop(READY, None)
        if ready is None and (not isinstance(codec, JsonCodec) or limits != codec.limits):
            parsed = codec.parse(wire.body)
        raw: bytes | None = wire.body
        if self.route.shapes:
            parsed, raw = self._shaped(parsed), None
        if binding.parameters or binding.constants or wire.query or self.route.version_request:
            parsed = binding.apply(parsed, wire.facts.get("path", {}), wire.query, wire.headers)
            self._version(parsed, wire.headers.get("if-match"))
            raw = None
        blocks: tuple[HeaderBlock, ...] = ()
        if self.route.heads.request:
            blocks, raw = self.route.heads.take(parsed, wire.headers), None
        message = Message(codec, raw=raw, parsed=parsed, headers=blocks, size=len(wire.body))
        message.ready = ready
        exchange = Exchange(route.operation, message, route=route, headers=wire.headers, facts=wire.facts)
        exchange.conditions = self._passed(wire.headers)
        exchange.wants = None if self.route.looks else route.json_face.reply
        return exchange

    def _shaped(self, parsed: Any) -> Any:
        """The JSON without what chose the route, in its place of the message."""
        if self.route.chosen_by and isinstance(parsed, dict):
            parsed.pop(self.route.chosen_by, None)
        beside = parsed.pop(KEY, None) if self.route.body_request and isinstance(parsed, dict) else None
        for step in reversed(self.route.body_request):
            parsed = {step: parsed}
        return parsed if beside is None else {KEY: beside, **parsed}

    def _check_media(self, wire: Wire) -> None:
        body = wire.body
        said = media(wire.headers.get("content-type", ""))
        if body and not self.route.binding.body:
            raise Problem(Kind.BAD_REQUEST, f"A {wire.method} request has no body here.")
        if body and (said.family != "json" or (said.type in _PATCHES and wire.method != "PATCH")):
            taken = {"accept": "application/json"}  # RFC 9110 §15.5.16
            if wire.method in ("POST", "PATCH"):
                taken[f"accept-{wire.method.lower()}"] = "application/json"
            raise Problem(Kind.UNSUPPORTED_MEDIA_TYPE, "This route takes `application/json`.", headers=taken)
        said.require_utf8()
        if body.lstrip(_BLANK)[:1] == b"<":
            raise Problem(Kind.CONTENT_MISMATCH, "Content-Type says JSON, but the body begins like XML.")

    def _check_conditions(self, wire: Wire) -> None:
        """Conditions are whole, and somebody judges them: none is passed over. Raises Problem."""
        match, none = wire.headers.get("if-match"), wire.headers.get("if-none-match")
        if match is None and none is None:
            return
        for given in (match, none):
            if given is not None:
                check_tags(given)
        route = self.route
        if route.reads or route.conditions == "service":
            return
        compared = match in (None, "*") or route.conditions == "compared" or bool(route.version_request)
        if none is not None or not compared:
            raise Problem(Kind.PRECONDITION_FAILED, "This route has no version that it could compare.")

    def _passed(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The conditions that the service itself judges."""
        if self.route.conditions != "service":
            return {}
        return {name: headers[name] for name in CONDITIONS if name in headers}

    def _kept(self, exchange: Exchange) -> dict[str, str]:
        """What the service's header told; its validators only where it judges the conditions on them."""
        if self.route.conditions == "service" or not exchange.told:
            return exchange.told
        return {name: text for name, text in exchange.told.items() if name not in VALIDATORS}

    def _version(self, parsed: Any, if_match: str | None) -> None:
        """If-Match into its member. Raises Problem PRECONDITION_REQUIRED, PARAMETER_INVALID."""
        steps = self.route.version_request
        if not steps or not (isinstance(parsed, dict) or self.route.binding.nil(parsed)):
            return
        if if_match is None:
            if self.route.version_required and at(parsed, steps) is None:
                raise Problem(Kind.PRECONDITION_REQUIRED)
            return
        text = version_of(if_match)
        target = None if text is None else self.route.binding.holder(parsed, steps)
        if text is None or target is None:
            return
        given = target.get(steps[-1])
        version: Value = text
        if self.route.version_type is not None:
            try:
                version = self.route.version_type.read(text, {})
            except Unfit:  # no version that the service ever gave
                raise Problem(Kind.PRECONDITION_FAILED) from None
        if given is not None and given != version:
            words = "The body and If-Match name two versions."
            finding = Finding(pointer(steps), "", words, "one of them, or both alike")
            raise Problem(Kind.INVALID_MESSAGE, findings=[finding])
        target[steps[-1]] = version

    def write_reply(self, exchange: Exchange, reply: Message) -> Wire:
        """The answer: the face's JSON, 202, 204 or 304 without a body, or the fault's problem."""
        if reply.fault is not None:
            outcome: Outcome | None = None
            if exchange.operation.writes and not self.route.reads:
                outcome = "rejected" if reply.fault.code == "Sender" or reply.fault.declared else "unknown"
            problem = self.speaker.of_fault(reply.fault, outcome)
            problem.headers = {**self._kept(exchange), **problem.headers}
            return problem_wire(self.speaker, problem, exchange.request_id, exchange.facts.get("traceparent", ""))
        assert exchange.route is not None
        codec = exchange.route.json_face.reply
        fields, members = self.route.heads.give(reply.headers)
        headers = {"vary": self.vary, **self._kept(exchange), **exchange.reply_headers, **fields}
        if exchange.unchanged:
            return Wire(headers, b"", status=304)
        if codec is None:
            return Wire(headers, b"", status=202)
        if not isinstance(codec, JsonCodec):
            return Wire({**headers, "content-type": JSON}, reply.wire(codec), status=200)
        if codec.face is None and not members:
            return Wire(headers, b"", status=204)
        return self._answer(exchange, reply, codec, headers, members)

    def _answer(
        self,
        exchange: Exchange,
        reply: Message,
        codec: JsonCodec,
        headers: dict[str, str],
        members: dict[str, Value],
    ) -> Wire:
        route = self.route
        if route.looks or members:
            value = codec.form(reply)
            if route.empty != "keep" and is_empty(at(value, route.body_reply)):
                if route.empty == 404:
                    raise Problem(Kind.EMPTY_RESULT)
                return Wire(headers, b"", status=204)
            headers.update(_told(route, value, exchange))
            if route.body_reply:
                value = at(value, route.body_reply)
                if value is None and not members:
                    return Wire(headers, b"", status=204)
            body = dumps(beside(members, value))
        else:
            body = reply.wire(codec)
        status = route.status or 200
        if route.reads and status == 200:
            tag = headers.setdefault("etag", tag_of_bytes(body))
            required = exchange.headers.get("if-match", "*").strip()
            if required != "*" and not strong_match(required, tag):  # judged first (§13.2.2)
                raise Problem(Kind.PRECONDITION_FAILED, headers={"etag": tag})
            if none_match(exchange.headers.get("if-none-match", ""), tag):
                return Wire(headers, b"", status=304)
        elif status == 204 or _minimal(exchange):
            if status != 204:
                headers["preference-applied"] = "return=minimal"
            return Wire(headers, b"", status=status if status in (201, 202) else 204)
        return Wire({"content-type": JSON, **headers}, body, status=status)

    def write_problem(self, problem: Problem, request_id: str, wire: Wire) -> Wire:
        """The problem as RFC 9457 JSON; its pointers are those of the client's own body."""
        if self.route.body_request and problem.findings and problem.kind.row.side == "client":
            prefix = pointer(self.route.body_request)
            problem.findings = tuple(_outside(finding, prefix) for finding in problem.findings)
        return problem_wire(self.speaker, problem, request_id, wire.facts.get("traceparent", ""))


def _outside(finding: Finding, prefix: str) -> Finding:
    """A finding within the member that is the client's body, as the client sees it."""
    if finding.pointer == prefix or finding.pointer.startswith(prefix + "/"):
        return replace(finding, pointer=finding.pointer[len(prefix) :])
    return finding


def _told(route: RestRoute, value: Value, exchange: Exchange) -> dict[str, str]:
    """The header fields that the reply's value gives: ETag, Location."""
    told: dict[str, str] = {}
    version = at(value, route.version_reply) if route.version_reply else None
    if version is not None:
        told["etag"] = tag_of_version(said(version) or "")
    if route.location:
        variables: dict[str, str] = exchange.facts.get("path", {})
        missing = False

        def filled(match: re.Match[str]) -> str:
            nonlocal missing
            found = said(at(value, steps_of(match[1])))
            missing = missing or found is None
            return quote(found or "", safe="")

        text = _POINTER.sub(filled, route.location)
        for name, variable in variables.items():
            text = text.replace(f"{{{name}}}", quote(variable, safe=""))
        if not missing:
            told["location"] = text
    return told


def is_empty(value: Value) -> bool:
    """Whether a value has no content: nothing, or only members without any."""
    if isinstance(value, dict):
        return all(is_empty(inner) for inner in value.values())
    if isinstance(value, list):
        return all(is_empty(inner) for inner in value)
    return value is None or value == ""


def _minimal(exchange: Exchange) -> bool:
    """Whether the caller asks for no more than a status (RFC 7240 §4.2)."""
    said = exchange.headers.get("prefer")
    if not said or exchange.facts.get("method") in ("GET", "HEAD"):
        return False
    wishes = [wish.split(";")[0].lower() for wish in said.split(",")]
    plain = (wish.translate(_PLAIN) for wish in wishes)  # a token and a quoted string say the same (§2)
    return next((wish for wish in plain if wish.startswith("return=")), "") == "return=minimal"  # the first one counts


def problem_wire(speaker: Speaker, problem: Problem, request_id: str, trace: str = "") -> Wire:
    """A problem document as a reply; `trace` is the request's traceparent."""
    headers: dict[str, Any] = {"content-type": MEDIA, "cache-control": "no-store", **problem.headers}
    if problem.close:
        headers["connection"] = "close"
    return Wire(headers, dumps(speaker.document(problem, request_id, trace)), status=problem.status)
