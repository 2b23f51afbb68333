"""The law of refusals: what a JSON service answered with 4xx or 5xx, told as a fault of the contract.

A rule names the fault; its detail is read from the answer by the fault's own type and is never guessed: what does
not fit leaves the fault plain, with the whole answer as its detail (RFC 9457, Appendix B). Plain faults are
the Sender's for 4xx and the Receiver's for 5xx.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from ..codec.json import dumps, loads
from ..core.limits import Limits
from ..core.message import Fault, Wire
from ..core.problem import Problem
from ..core.value import Value, at
from ..core.xmlnames import is_nc_name
from ..xml import escape_text
from ..xml import parse as parse_xml
from .binding import Steps
from .fault import CODES, neutral
from .soap import BodyCodec

RFC9457_NS: Final = "urn:ietf:rfc:7807"  # as Appendix B of RFC 9457 has it
_STANDARD: Final = frozenset({"type", "title", "status", "detail", "instance"})
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared fault: how its detail reads in the service's JSON, and in the contract's own."""

    name: str  # Clark name
    face: BodyCodec
    canonical: BodyCodec
    keys: frozenset[str]  # the members that the detail has


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """Which refusals are which fault; every condition that is given must hold.

    `faults` are the declared ones that it may be, in order; `test` looks at the canonical detail (a rule for faults,
    read backwards), `path` at the answer.
    """

    status: int | str | None = None  # 404, or any of `4XX`
    type: str = ""
    path: Steps = ()
    equals: str | None = None
    faults: tuple[str, ...] = ()
    code: str = ""
    detail: Steps | None = None
    members: tuple[tuple[Steps, Steps], ...] = ()
    test: Callable[[Fault], bool] | None = None

    def takes(self, status: int, document: Value) -> bool:
        """Whether the rule speaks of this answer."""
        if self.status not in (None, status, f"{status // 100}XX"):
            return False
        if self.type and (not isinstance(document, dict) or document.get("type") != self.type):
            return False
        if not self.path:
            return True
        found = at(document, self.path, _ABSENT)
        return found is not _ABSENT and (self.equals is None or _text(found) == self.equals)


@dataclass(frozen=True, slots=True)
class Refusals:
    """The rules and the declared faults of one call."""

    rules: Sequence[RefusalRule]
    declared: Mapping[str, Declared]
    limits: Limits

    def fault(self, wire: Wire) -> tuple[Fault, bool]:
        """The fault that an answer is, and whether a rule said so."""
        document = document_of(wire, self.limits)
        for loosely in (False, True):
            for rule in self.rules:
                if rule.takes(wire.status, document):
                    fault = self._ruled(rule, wire.status, document, loosely)
                    if fault is not None:
                        return fault, True
        return self._own(wire.status, document) or plain(wire.status, document, self.limits), False

    def _ruled(self, rule: RefusalRule, status: int, document: Value, loosely: bool) -> Fault | None:
        for name in rule.faults:
            declared = self.declared[name]
            for detail in _candidates(rule, declared, document, loosely):
                fault = self._typed(declared, detail, rule.code, status, document)
                if fault is not None and (rule.test is None or rule.test(fault)):
                    return fault
        if rule.code and (loosely or not rule.faults) and rule.test is None:
            return plain(status, document, self.limits, rule.code)
        return None

    def _own(self, status: int, document: Value) -> Fault | None:
        """The fault that a problem of another gateway names itself."""
        said = document.get("fault") if isinstance(document, dict) else None
        declared = self.declared.get(str(said.get("name"))) if isinstance(said, dict) else None
        if declared is None or not isinstance(said, dict):
            return None
        return self._typed(declared, said.get("detail", {}), "", status, document)

    def _typed(self, declared: Declared, detail: Value, code: str, status: int, document: Value) -> Fault | None:
        """The fault with this detail, None where its type does not take it."""
        try:
            element = parse_xml(declared.face.encode(detail).encode(), self.limits, response=True)
            value = declared.canonical.decode(element)
        except Problem:
            return None
        head, sub = code_of(code, status, document)
        return Fault(
            head,
            reason_of(status, document),
            subcode=sub,
            name=declared.name,
            detail=value,
            element=element,
            declared=declared.name,
            status=status,
        )


def _candidates(rule: RefusalRule, declared: Declared, document: Value, loosely: bool) -> Iterator[Value]:
    """Where a detail may stand in the answer, the surest place first."""
    if rule.members:
        if not loosely:
            yield _made(rule.members, document)
        return
    if rule.detail is not None:
        found = at(document, rule.detail, _ABSENT)
        if found is not _ABSENT and not loosely:
            yield found
        return
    said = document.get("fault") if isinstance(document, dict) else None
    if isinstance(said, dict) and "detail" in said:
        if not loosely and said.get("name", declared.name) == declared.name:
            yield said["detail"]
        return
    if not loosely:
        yield document
        if isinstance(document, dict) and not _STANDARD.isdisjoint(document):
            yield {key: value for key, value in document.items() if key not in _STANDARD}
    elif isinstance(document, dict):
        yield {key: value for key, value in document.items() if key in declared.keys}
    else:
        yield {}


def _made(members: Sequence[tuple[Steps, Steps]], document: Value) -> Value:
    detail: dict[str, Any] = {}
    for to, source in members:
        found = at(document, source, _ABSENT)
        if found is _ABSENT:
            continue
        target = detail
        for step in to[:-1]:
            target = target.setdefault(step, {})
        target[to[-1]] = found
    return detail


def plain(status: int, document: Value, limits: Limits, code: str = "") -> Fault:
    """A fault with the whole answer as its detail, or with its status alone where it is more than XML may be here."""
    members = document if isinstance(document, dict) else {} if document is None else {"content": document}
    short: dict[str, Value] = {"status": status, "title": _phrase(status)}
    detail = {**short, **members}
    try:
        element = _element(detail, limits)
    except Problem:
        detail, element = short, _element(short, limits)
    head, sub = code_of(code, status, document)
    name = f"{{{RFC9457_NS}}}problem"
    return Fault(
        head,
        reason_of(status, document),
        subcode=sub,
        name=name,
        detail=detail,
        element=element,
        status=status,
    )


def _element(detail: Mapping[str, Value], limits: Limits) -> Any:
    return parse_xml(f'<problem xmlns="{RFC9457_NS}">{_members(detail)}</problem>'.encode(), limits, response=True)


def _members(value: Mapping[str, Value]) -> str:
    return "".join(f"<{name}>{_content(inner)}</{name}>" for name, inner in ((_name(k), v) for k, v in value.items()))


def _content(value: Value) -> str:
    if isinstance(value, dict):
        return _members(value)
    if isinstance(value, list):
        return "".join(f"<i>{_content(item)}</i>" for item in value)
    return escape_text(_text(value))


def _name(key: str) -> str:
    """A key as an element's name; what no name may hold is written `_xHHHH_`."""
    if is_nc_name(key):
        return key
    shown = "".join(c if is_nc_name("a" + c) else f"_x{ord(c):04X}_" for c in key)
    return shown if is_nc_name(shown) else f"_{shown}"


def code_of(code: str, status: int, document: Value) -> tuple[str, str]:
    """SOAP 1.2 code and subcode: those of the rule, or of another gateway's problem, or by the status."""
    by_status = "Sender" if status < 500 else "Receiver"
    if not code:
        said = document.get("fault") if isinstance(document, dict) else None
        head = said.get("code") if isinstance(said, dict) else None
        if isinstance(said, dict) and isinstance(head, str) and head in CODES:
            sub = said.get("subcode")
            return head, sub if isinstance(sub, str) else ""
        return by_status, ""
    if code[:1] == "{":
        return by_status, code
    head, _, tail = neutral(code).partition(".")
    return (head, tail) if head in CODES else (by_status, code)


def reason_of(status: int, document: Value) -> str:
    """The words for a person: the problem's own where it has some."""
    if isinstance(document, dict):
        said = document.get("fault")
        words = [said.get("reason")] if isinstance(said, dict) else []
        words += [document.get(key) for key in ("detail", "title", "message")]
        for word in words:
            if isinstance(word, str) and word.strip():
                return word
    return f"The service answered {status} {_phrase(status)}."


def document_of(wire: Wire, limits: Limits) -> Value:
    """The JSON of a refusal, None where it is none: a status alone is an answer, too."""
    body = wire.body.strip(b" \t\r\n")
    if not body or body[:1] == b"<":
        return None
    try:
        return loads(body, limits, response=True)
    except Problem:
        return None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else dumps(value).decode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "an unknown status"
