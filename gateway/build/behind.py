"""The law of what stands behind: the calls of a JSON service, compiled from its routes read backwards.

Every operation has a call, or the configuration is refused; so is a route that cannot be read backwards: a step of the
path without its member, a value that has no text, an empty answer that the contract does not allow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.limits import Limits
from ..core.problem import Problem
from ..core.value import Value, steps_of
from ..dialect.binding import Binding, Steps
from ..dialect.heads import Heads
from ..dialect.passing import OWNED
from ..dialect.refusal import Declared, RefusalRule, Refusals
from ..dialect.rest_answer import AnswerCodec
from ..dialect.rest_upstream import Call, Sign, Told
from ..schema.contract import BoundMessage
from ..schema.errors import ContractError
from ..schema.names import local
from ..settings.behind import UpstreamFault
from ..settings.loader import Loaded
from ..settings.mistakes import Mistake, Path
from ..settings.service import FaultRule as FaultSettings
from ..settings.service import Route as RouteSettings
from ..settings.service import Service as ServiceSettings
from .bindings import BODYLESS, POINTERS, binding, member, members_at, scalar_at
from .doors import check_renames, fault_rules, mapping
from .exposed import exposed
from .heads import heads
from .operations import CANONICAL, Bound, Compiled
from .refused import missing
from .shaped import Bodies

# What a route says to its clients alone.
_FRONT = frozenset({"status", "cache", "idempotency", "limits", "faults", "summary", "example", "group"})
_LEFT: tuple[Path, str] = (("replays",), "this has no effect: `addressing: pass` leaves a MessageID to the service")
_STEP = re.compile(r"\{(/?[^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Table:
    """The calls of a JSON service, by operation."""

    calls: Mapping[str, Sequence[Call]]

    def statuses(self, operation: str, fault: str) -> tuple[int, ...]:
        """The statuses by which the service says a declared fault, as far as the rules tell; 0 for any."""
        rules = [rule for call in self.calls[operation] for rule in call.refusals.rules if fault in rule.faults]
        said = (rule.status if isinstance(rule.status, int) else 0 for rule in rules)
        return tuple(dict.fromkeys(said)) or (0,)


def behind(
    loaded: Loaded, bodies: Bodies, name: str, settings: ServiceSettings, compiled: Compiled, limits: Limits
) -> tuple[Table | None, list[Mistake]]:
    """The table of a service that speaks JSON, None of one that speaks SOAP; and what is wrong with it."""
    place = ("services", name)
    idle = [*_idle(settings), *([_LEFT] if settings.replays is not None and settings.addressing == "pass" else [])]
    mistakes = [loaded.mistake((*place, *path), words) for path, words in idle]
    if settings.upstream.speaks != "json":
        return None, mistakes
    own = bool(settings.upstream.routes)
    start: Path = (*place, "upstream", "routes") if own else (*place, "routes")
    known = {each.operation.name: each for each in compiled.served}
    calls: dict[str, list[Call]] = {each: [] for each in known}
    named = set()
    for at, route in enumerate(backward(settings)):
        named.add(route.operation)
        bound = known.get(route.operation)
        try:
            if bound is None:
                raise ContractError(missing(route.operation, compiled))
            if own and route.mapping.rename:
                check_renames(bodies.bench, [bound], route.mapping, faults=True)
            call = _Compiler(settings, route, bound, limits, bodies).call()
            if own:
                _check_reached(calls[route.operation], route)
            calls[route.operation].append(call)
        except ContractError as error:
            mistakes.extend(loaded.mistake((*start, at, *each.setting), str(each)) for each in error.each)
    for lost in (each for each in known if each not in named):
        words = f"the operation {lost} has no route to the service, which speaks JSON: add one to `upstream.routes`"
        mistakes.append(loaded.mistake((*place, "upstream"), words))
    return Table(calls), mistakes


def _idle(settings: ServiceSettings) -> Iterator[tuple[Path, str]]:
    """What has no effect with the language that the service speaks, or is not enough for it."""
    upstream = settings.upstream
    if upstream.speaks == "soap":
        for key in ("routes", "faults", "shapes", "answer_headers"):
            if getattr(upstream, key):
                yield ("upstream", key), "this is of a service that speaks JSON: say `speaks: json`"
        return
    if upstream.url is None:
        yield ("upstream",), "`speaks: json` needs `url`: the contract's address is that of a SOAP service"
    for key in ("soap", "action_headers", "addressing", "trace_blocks", "mtom"):
        if key in upstream.model_fields_set:
            yield ("upstream", key), "this is of a service that speaks SOAP"
    yield from _owned(upstream.answer_headers or ())
    if settings.accept_bare_reply:
        yield ("accept_bare_reply",), "this is of a service that speaks SOAP"
    for at, route in enumerate(upstream.routes):
        for key in sorted(route.model_fields_set & _FRONT):
            yield ("upstream", "routes", at, key), "this has no effect on the service's side"
        if route.version is not None and route.version.check is not None:
            yield ("upstream", "routes", at, "version", "check"), "this has no effect on the service's side"
    for at, rule in enumerate(upstream.faults):
        if rule.detail is not None and rule.members:
            yield ("upstream", "faults", at, "members"), "`detail` and `members` exclude each other"


def _owned(fields: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for at, name in enumerate(fields):
        if name.lower() in OWNED:
            yield ("upstream", "answer_headers", at), f"{name} is not a field that is passed on"


def backward(settings: ServiceSettings) -> tuple[RouteSettings, ...]:
    """The routes that are read backwards: the service's own, else those that clients have."""
    return settings.upstream.routes or settings.routes


def _check_reached(before: Sequence[Call], route: RouteSettings) -> None:
    for call in before:
        own = call.sign.own if call.sign is not None else ()
        if not own and not call.binding.constants and not any(each.place == "path" for each in call.binding.parameters):
            words = f"this is never called: {call.method} {call.path} takes every message of {route.operation}"
            raise ContractError(words)


class _Compiler:
    """Compiles one route into a call. Raises ContractError."""

    def __init__(
        self, service: ServiceSettings, route: RouteSettings, bound: Bound, limits: Limits, bodies: Bodies
    ) -> None:
        self.bodies, self.bench = bodies, bodies.bench
        self.service, self.route, self.bound, self.limits = service, route, bound, limits
        self.shape = mapping(service.mapping, route.mapping)
        self.model = self.bench.laid(self.shape)

    def call(self) -> Call:
        """The call."""
        route, bound = self.route, self.bound.bound
        self.bodies.check_route(route, self.bound)
        method, _, path = route.route.partition(" ")
        writes = self.bound.operation.writes if route.writes is None else route.writes
        if method in ("GET", "HEAD") and writes:
            words = f"{method} is for operations that read; {bound.name} writes (see `writes`)"
            raise ContractError(words)
        if method == "HEAD":
            raise ContractError("HEAD has no answer; call it by GET")
        asks = bound.input.element or None
        binds = binding(self.model, asks, self.shape, route.unwrap.request, route, sent=True)
        self._check_texts(asks, binds)
        answer = None if bound.output is None else self._answer(bound.output)
        version = steps_of(route.version.request) if route.version and route.version.request else ()
        if version:
            scalar_at(self.model, self.shape, asks or "", route.unwrap.request, version)
        beside = [each.name for each in binds.parameters] + (["If-Match"] if version else [])
        if words := exposed(self.bound.operation, beside):
            raise ContractError(words)
        mapped = heads(self.bench, bound, route.headers, self.shape, bodyless=method in BODYLESS)
        request = self.bodies.codec(bound.input, self.shape, route.unwrap.request, self.limits)
        return Call(
            method=method,
            path=path,
            request=request,
            answer=answer,
            refusals=Refusals(tuple(self._rules()), self._declared(), self.limits),
            binding=binds,
            whole=self._whole(asks, binds, version),
            blank=None if answer is None else self._blank(answer),
            missing=route.empty == 404,
            version=version,
            told=self._told(),
            heads=Heads(request=mapped.reply, reply=mapped.request),  # read backwards
            inner=steps_of(route.body.request or ""),
            outer=self._outer(),
            sign=self._sign(asks),
        )

    def _outer(self) -> Steps:
        steps = steps_of(self.route.body.response or "")
        output = self.bound.bound.output
        if steps:
            if output is None or not output.element:
                raise ContractError("the operation has no answer that a member could hold")
            member(self.model, output.element, self.route.unwrap.response, steps)
        return steps

    def _sign(self, asks: str | None) -> Sign | None:
        when = self.route.when
        if when is None:
            return None
        inner = steps_of(self.route.body.request or "")
        known = members_at(self.model, asks, self.route.unwrap.request, inner) if asks and when.place == "body" else ()
        return Sign(when.place, when.name, when.equals, (*inner, when.name) if when.name in known else ())

    def _check_texts(self, asks: str | None, binds: Binding) -> None:
        for each in binds.parameters:
            if each.scalar.qnames:
                raise ContractError(f"{each.name} is a qualified name, which has no text outside XML")

    def _answer(self, output: BoundMessage) -> AnswerCodec:
        front = self.bodies.codec(output, self.shape, self.route.unwrap.response, self.limits)
        recheck = bool(output.element) and self.bench.recheck(output.element, self.shape)
        return AnswerCodec(front.face, front.canonical, limits=self.limits, schema=front.schema, recheck=recheck)

    def _blank(self, answer: AnswerCodec) -> Value:
        """What an answer without a body is. Raises ContractError where 404 should be one and cannot."""
        forms: tuple[Value, ...] = (None, {}, []) if self.route.unwrap.response else ({},)
        for form in forms:
            try:
                answer.judge(form)
            except Problem:
                continue
            return form
        if self.route.empty == 404:
            raise ContractError("`empty: 404` makes an empty answer of 404, but the contract's answer cannot be empty")
        return {}

    def _whole(self, asks: str | None, binds: Binding, version: Steps) -> bool:
        """Whether nothing can be left for a body."""
        if not asks:
            return True
        if self.route.body.request:
            return False
        if self.bodies.drawn(self.bound.bound.input):
            return True  # a document's JSON body is a member of its own
        places = {each.to for each in binds.parameters} | {steps for steps, _ in binds.constants} | {version}
        taken = {steps[0] for steps in places if len(steps) == 1}
        known = members_at(self.model, asks, self.route.unwrap.request, ())
        return bool(taken) and all(key in taken or (key[0] == "@" and not slot.min) for key, slot in known.items())

    def _told(self) -> Told:
        route, output = self.route, self.bound.bound.output
        version = steps_of(route.version.reply) if route.version and route.version.reply else ()
        pointers = POINTERS.findall(route.location or "")
        if not version and not pointers:
            return Told()
        if output is None or not output.element:
            raise ContractError("the operation has no answer that a version or Location could tell")
        found = tuple((steps_of(text), self._scalar(output.element, steps_of(text))) for text in pointers)
        kind = self._scalar(output.element, version) if version else None
        return Told(version, kind, _pattern(route.location or "") if pointers else None, found)

    def _scalar(self, element: str, steps: Steps) -> Any:
        return scalar_at(self.model, self.shape, element, self.route.unwrap.response, steps)

    def _declared(self) -> dict[str, Declared]:
        return {fault.element: self._detail(fault.element) for fault in self.bound.bound.faults}

    def _detail(self, element: str) -> Declared:
        try:
            keys = frozenset(members_at(self.model, element, (), ()))
        except ContractError:
            keys = frozenset()
        return Declared(element, self.bodies.body(element, self.shape), self.bench.body(element, CANONICAL), keys)

    def _rules(self) -> Iterator[RefusalRule]:
        upstream = self.service.upstream
        if upstream.faults:
            yield from (rule for each in upstream.faults for rule in self._own(each))
        elif not upstream.routes:
            yield from (rule for each in (*self.route.faults, *self.service.faults) for rule in self._shared(each))

    def _own(self, rule: UpstreamFault) -> Iterator[RefusalRule]:
        faults = self._named(rule.name)
        if rule.name and not faults:
            return
        for to in rule.members:
            member(self.model, faults[0], (), steps_of(to))
        yield RefusalRule(
            rule.status,
            rule.type or "",
            steps_of(rule.path) if rule.path else (),
            rule.equals,
            faults,
            rule.code or "",
            None if rule.detail is None else steps_of(rule.detail),
            tuple((steps_of(to), steps_of(source)) for to, source in rule.members.items()),
        )

    def _shared(self, rule: FaultSettings) -> Iterator[RefusalRule]:
        """A rule of faults read backwards: it holds where the fault that it makes would have this status."""
        faults = self._named(rule.name) if rule.name or rule.path is None else self._named(None, every=True)
        if (rule.name or rule.path is not None) and not faults:
            return
        (forward,) = fault_rules([rule])
        yield RefusalRule(rule.status, faults=faults, code=rule.code or "", test=forward.test)

    def _named(self, name: str | None, *, every: bool = False) -> tuple[str, ...]:
        elements = [fault.element for fault in self.bound.bound.faults]
        return tuple(each for each in elements if every or name in (each, local(each)))


def _pattern(template: str) -> re.Pattern[str]:
    """What a Location's template makes, as a pattern with a group for each pointer; it may stand below any base."""
    parts, last = [], 0
    for found in _STEP.finditer(template):
        parts += [re.escape(template[last : found.start()]), "([^/]+)" if found[1].startswith("/") else "[^/]+"]
        last = found.end()
    parts.append(re.escape(template[last:]))
    return re.compile("".join(parts) + "/?$")
