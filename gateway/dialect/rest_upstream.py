"""The law of the REST half that faces a service: an operation becomes one HTTP call, its answer the operation's.

A call is a route read backwards, compiled at start (`gateway.build.behind`): what the route would fill in is taken out
of the message, what it would tell of a reply is read from the answer. Several calls of one operation are told
apart by the message; none is guessed. An answer that breaks the contract is 502, a refusal is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import quote, unquote, urlencode

from ..codec.json import dumps
from ..codec.lexical import Scalar, Unfit
from ..core.message import TRACE, Exchange, HeaderBlock, Message, Wire
from ..core.problem import Finding, Kind, Problem
from ..core.value import Value, at, pointer, said
from .binding import Binding, Parameter, Steps
from .blame import Blaming
from .conditions import tag_of_version
from .heads import Heads, beside
from .media import media
from .passing import PAUSE, told
from .refusal import Refusals
from .rest import JsonCodec
from .rest_answer import AnswerCodec, Judged
from .unbinding import Parts, fits, left, take, without

_ACCEPT: Final = "application/json, application/problem+json"
_QUERY: Final = re.compile("[?#]")
_TAG: Final = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')


@dataclass(frozen=True, slots=True)
class Told:
    """Members of a reply that the answer's header tells: its version, what its Location names."""

    version: Steps = ()
    version_type: Scalar | None = None
    location: re.Pattern[str] | None = None  # a group for each pointer of the template
    located: tuple[tuple[Steps, Scalar], ...] = ()

    @property
    def looks(self) -> bool:
        """Whether the header must be looked at."""
        return bool(self.version or self.location)


@dataclass(frozen=True, slots=True)
class Sign:
    """The field by which the service tells several operations behind one line apart."""

    place: Literal["body", "query", "header"]
    name: str
    equals: str
    own: Steps = ()  # the member of the message that it is; () where it is none of the message's


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a JSON service: a route, read backwards."""

    method: str
    path: str  # the template, below the service's address
    request: JsonCodec
    answer: AnswerCodec | None  # None: one-way
    refusals: Refusals
    binding: Binding = field(default_factory=Binding)
    whole: bool = False  # every member of the message has its own place: there is no body
    blank: Value = None  # what an answer without a body is
    missing: bool = False  # 404 is an answer without content
    version: Steps = ()  # the member that goes out as If-Match
    told: Told = field(default_factory=Told)
    heads: Heads = field(default_factory=Heads)  # read backwards: `reply` is what goes out
    inner: Steps = ()  # the member of the message that the service's body is
    outer: Steps = ()  # the member of the reply that the service answers with
    sign: Sign | None = None

    def takes(self, value: Value) -> bool:
        """Whether the route could have read this message."""
        if not fits(self.binding, value):
            return False
        return self.sign is None or not self.sign.own or said(at(value, self.sign.own)) == self.sign.equals


@dataclass(frozen=True, slots=True)
class RestUpstream:
    """Writes calls to one JSON service and reads its answers (port `UpstreamDialect`)."""

    base: str  # path of the service's address, without a last slash
    query: str
    calls: Mapping[str, Sequence[Call]]  # by operation
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: Sequence[str] = ()  # fields of answers that callers get as they are, in lower case

    def write_request(self, exchange: Exchange) -> Wire:
        """The call. Raises Problem INVALID_MESSAGE for a message that no call can carry."""
        operation = exchange.operation
        call, value = self._chosen(exchange)
        exchange.facts["call"] = call
        headers = {"accept": _ACCEPT}
        version = at(value, call.version) if call.version else None
        if version is not None:
            headers["if-match"] = tag_of_version(said(version) or "")
            value = without(value, call.version)
        parts = take(call.binding, value)
        fields, members = _blocks(call.heads, exchange)
        body = self._body(call, parts, members)
        if body:
            headers["content-type"] = "application/json"
        headers |= {name: exchange.facts[name] for name in TRACE if exchange.facts.get(name)}
        conditions = {name: text for name, text in exchange.conditions.items() if name not in headers}
        headers |= {**conditions, **parts.headers, **fields, **self.headers, **exchange.upstream_headers}
        facts = {} if operation.timeout is None else {"timeout": operation.timeout}
        if call.sign is not None and call.sign.place == "query":
            parts.query.append(urlencode({call.sign.name: call.sign.equals}, quote_via=quote))
        elif call.sign is not None and call.sign.place == "header":
            headers[call.sign.name.lower()] = call.sign.equals
        query = "&".join(filter(None, (self.query, *parts.query)))
        path = self.base + _filled(call.path, parts.variables)
        return Wire(headers, body, call.method, path, query, facts=facts, operation=operation, exchange=exchange)

    def _body(self, call: Call, parts: Parts, members: dict[str, Value]) -> bytes:
        """The call's body, empty where it has none. Raises Problem INVALID_MESSAGE for what it would lose."""
        if not call.binding.body:
            return b""
        value = parts.body
        if call.inner:
            value = at(value, call.inner)
            lost = left(without(parts.body, call.inner))
            if lost:
                raise Problem(Kind.INVALID_MESSAGE, findings=lost)
        sign = call.sign
        if sign is not None and sign.place == "body" and not sign.own:
            value = {sign.name: sign.equals, **(value if isinstance(value, dict) else {})}
        if not members and (value == {} if call.whole else value is None and bool(call.inner)):
            return b""
        return dumps(beside(members, value))

    def _chosen(self, exchange: Exchange) -> tuple[Call, Value]:
        """The first call that the message fits, and the message in its face."""
        calls = self.calls[exchange.operation.name]
        for call in calls:
            value = call.request.form(exchange.request)
            if len(calls) == 1 or call.takes(value):
                _require(call, value)
                return call, value
        detail = "None of the service's routes takes this message: constants and steps of the path differ."
        raise Problem(Kind.INVALID_MESSAGE, detail)

    def read_reply(self, exchange: Exchange, wire: Wire) -> Message:
        """The answer, valid by the contract, or a fault. Raises Problem UPSTREAM_… with the outcome of a write."""
        with Blaming(exchange):
            return self._read(exchange, wire)

    def _read(self, exchange: Exchange, wire: Wire) -> Message:
        call: Call = exchange.facts["call"]
        exchange.told = told(wire.headers, self.answers)
        if wire.status == 304 and exchange.conditions:  # to the caller's own; to a message's it is a refusal
            exchange.unchanged = True
            return Message(exchange.request.codec, value={})
        if wire.status >= 300 and not (call.missing and wire.status == 404):
            return _refused(call, wire)
        if call.answer is None:
            return Message(exchange.request.codec, value={})
        empty = wire.status in (204, 205, 404) or not wire.body.strip()
        value = call.blank if empty else _outward(call.outer, _value(call.answer, wire))
        if call.told.looks:
            value = _told(call.told, value, wire.headers)
        blocks: tuple[HeaderBlock, ...] = ()
        if call.heads.request:
            value = dict(value) if isinstance(value, dict) else value
            blocks = call.heads.take(value, wire.headers)
        return Message(call.answer, parsed=_judged(call, value), headers=blocks, size=len(wire.body))


def _require(call: Call, value: Value) -> None:
    """Raises Problem INVALID_MESSAGE with each place where the message is not what the only call needs."""
    binding, sign = call.binding, call.sign
    missing = [each for each in binding.parameters if each.required and at(value, each.to) is None]
    if call.takes(value) and not missing:
        return
    findings = [
        Finding(pointer(steps), "", "The service's route fills this in itself, with another value.", "its constant")
        for steps, given in binding.constants
        if not fits(Binding(constants=((steps, given),)), value)
    ]
    findings += [Finding(pointer(each.to), "", "It is missing.", _place_of(each)) for each in missing]
    if sign is not None and sign.own and said(at(value, sign.own)) != sign.equals:
        findings.append(Finding(pointer(sign.own), "", "No route of the service takes this value.", sign.equals))
    raise Problem(Kind.INVALID_MESSAGE, findings=findings)


def _place_of(parameter: Parameter) -> str:
    if parameter.place == "path":
        return f"the step {{{parameter.name}}} of the service's path"
    return f"{parameter.name} of the {parameter.place}, which the service requires"


def _outward(outer: Steps, value: Value) -> Value:
    """The answer in its place of the reply."""
    for step in reversed(outer):
        value = {step: value}
    return value


def _judged(call: Call, value: Value) -> Judged:
    """The verdict; its pointers are those of the service's own JSON. Raises Problem INVALID_MESSAGE."""
    assert call.answer is not None
    try:
        return call.answer.judge(value)
    except Problem as problem:
        if call.outer:
            place = pointer(call.outer)
            problem.findings = tuple(replace(f, pointer=f.pointer.removeprefix(place)) for f in problem.findings)
        raise


def _blocks(heads: Heads, exchange: Exchange) -> tuple[dict[str, str], dict[str, Value]]:
    """HTTP fields and `$headers` of the caller's header blocks. Raises Problem INVALID_MESSAGE."""
    if not heads.reply:
        return {}, {}
    try:
        return heads.give(exchange.request.headers)
    except Problem as problem:
        raise Problem(Kind.INVALID_MESSAGE, problem.detail, findings=problem.findings) from problem


def _filled(template: str, variables: Mapping[str, str]) -> str:
    """A path's template with its variables, each one step (RFC 3986 §3.3)."""

    def step(text: str) -> str:
        return quote(variables[text[1:-1]], safe="") if text.startswith("{") else quote(text, safe="!$&'()*+,;=:@%")

    return "/".join(map(step, template.split("/")))


def _refused(call: Call, wire: Wire) -> Message:
    """The fault of a 4xx or 5xx; what speaks of the way to the service, and of no rule, is a Problem."""
    fault, ruled = call.refusals.fault(wire)
    if not ruled and not fault.declared:
        if wire.status in (401, 407):
            raise Problem(Kind.UPSTREAM_AUTH, cause=f"HTTP {wire.status}")
        if wire.status == 503:
            raise Problem(Kind.UPSTREAM_UNAVAILABLE, headers=told(wire.headers, PAUSE), cause=fault.reason)
        if wire.status > 500 and media(wire.headers.get("content-type", "")).family != "json":
            kind = media(wire.headers.get("content-type", "")).type[:60] or "no Content-Type"
            words = f"The service answered HTTP {wire.status} without JSON."
            raise Problem(Kind.UPSTREAM_NOT_JSON, words, cause=f"HTTP {wire.status}, {kind}")
    codec = call.answer or call.request
    return Message(codec, value=fault.detail, fault=fault)


def _value(codec: AnswerCodec, wire: Wire) -> Value:
    """The JSON of a good answer, by content, whatever the Content-Type. Raises Problem UPSTREAM_…"""
    said = media(wire.headers.get("content-type", ""))
    try:
        return codec.read(wire.body)
    except Problem as problem:
        none = problem.kind in (Kind.MALFORMED_JSON, Kind.UNSUPPORTED_CHARSET)
        if none and (said.family != "json" or wire.body.lstrip()[:1] == b"<"):
            shown = "The service answered with something else than JSON."
            raise Problem(Kind.UPSTREAM_NOT_JSON, shown, cause=problem.detail, limit=problem.limit) from problem
        raise


def _told(told: Told, value: Value, headers: Mapping[str, str]) -> Value:
    """The reply with what its header tells, where the body does not say it."""
    if told.version and told.version_type is not None:
        tag = _TAG.fullmatch(headers.get("etag", ""))
        if tag is not None:
            plain = unquote(tag[1])
            text = plain if tag_of_version(plain) == f'"{tag[1]}"' else tag[1]
            value = _put(value, told.version, told.version_type, text)
    if told.location is not None and "location" in headers:
        found = told.location.search(_QUERY.split(headers["location"])[0])
        if found is not None:
            for (steps, scalar), text in zip(told.located, found.groups(), strict=True):
                value = _put(value, steps, scalar, unquote(text))
    return value


def _put(value: Value, steps: Steps, scalar: Scalar, text: str) -> Value:
    """A copy with the member, the value itself where it says it already or has no place for it."""
    if not isinstance(value, dict) and value is not None:
        return value
    known: dict[str, Any] = value or {}
    if len(steps) > 1:
        inner = _put(known.get(steps[0]), steps[1:], scalar, text)
        return value if inner is known.get(steps[0]) else {**known, steps[0]: inner}
    if known.get(steps[0]) is not None:
        return value
    try:
        return {**known, steps[0]: scalar.read(text, {})}
    except Unfit:
        return value
