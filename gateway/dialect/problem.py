"""The law of problem documents: one shape for everything that is not an answer (RFC 9457).

Makes the document of a `Problem` and of a `Fault`; nothing here decides what went wrong. Names of
members are cut at 128 characters; values of a message never stand in a document, but for a
fault's own reason and detail, which are the service's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..codec.json import dumps
from ..core.message import Fault
from ..core.problem import Finding, Kind, Outcome, Problem

MEDIA: Final = "application/problem+json"
NAME_LIMIT: Final = 128
REASON_LIMIT: Final = 512
LIMIT: Final = 64 * 1024
BY_CODE: Final[Mapping[str, int]] = {
    "Sender": 400,
    "Receiver": 502,
    "VersionMismatch": 502,
    "MustUnderstand": 502,
    "DataEncodingUnknown": 502,
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Where problem types resolve: `base` is '' or the public URL in front of `/problems/`."""

    base: str = ""
    rules: tuple[FaultRule, ...] = ()

    def type_of(self, kind: Kind) -> str:
        """The problem type's URI."""
        return f"{self.base}/problems/{kind.slug}"

    def document(self, problem: Problem, request_id: str, trace: str = "") -> dict[str, Any]:
        """The members of a problem's document, in a fixed order; `trace` is its traceparent, if it has one."""
        document: dict[str, Any] = {
            "type": self.type_of(problem.kind),
            "title": problem.kind.row.title,
            "status": problem.status,
            "detail": problem.detail,
            "instance": f"urn:request:{request_id}",
            "requestId": request_id,
        }
        if trace:
            document["traceId"] = trace[3:35]  # version-traceid-parentid-flags (W3C Trace Context §3.2.2)
        if problem.outcome:
            document["outcome"] = problem.outcome
        if problem.findings:
            document["errors"] = [_row(finding) for finding in problem.findings]
        document.update(problem.extra)
        return _bounded(document) if problem.findings or problem.extra else document

    def of_fault(self, fault: Fault, outcome: Outcome | None = None) -> Problem:
        """The problem that a fault is to a JSON client: status by rule, typed detail kept."""
        rule = next((rule for rule in self.rules if rule.takes(fault)), None)
        status = rule.status if rule else _own_status(fault)
        kind = Kind.FAULT
        if fault.subcode.endswith("}FailedAuthentication") and rule is None:
            kind, status = Kind.UPSTREAM_AUTH, 502
        return Problem(
            rule.kind if rule and rule.kind else kind,
            "The service answered with a fault" + (f": {_short(fault.reason, REASON_LIMIT)}" if fault.reason else "."),
            status=status,
            extra={"fault": fault.told()},
            outcome=outcome,
        )


@dataclass(frozen=True, slots=True)
class FaultRule:
    """Which faults get which status: by detail name, by code or subcode, by a path into the detail."""

    status: int
    name: str = ""
    code: str = ""
    test: Callable[[Fault], bool] | None = field(default=None, compare=False)
    kind: Kind | None = None

    def takes(self, fault: Fault) -> bool:
        """Whether this rule speaks of the fault; every condition that is given must hold."""
        if self.name and self.name not in (fault.name, fault.name.rpartition("}")[2]):
            return False
        sub = fault.subcode.rpartition("}")[2]
        if self.code and self.code not in (fault.code, fault.subcode, sub, f"{fault.code}.{sub}"):
            return False
        return self.test is None or self.test(fault)


def _own_status(fault: Fault) -> int:
    """The status of a fault that no rule speaks of: a JSON service's own, where it was the caller's doing."""
    if 400 <= fault.status < 500 and fault.status not in (401, 407):
        return fault.status
    return 422 if fault.declared else BY_CODE.get(fault.code, 502)


def _row(finding: Finding) -> dict[str, str]:
    row = {"pointer": _cut(finding.pointer), "xpath": _cut(finding.xpath), "detail": finding.detail}
    if finding.expected:
        row["expected"] = finding.expected
    return row


def _bounded(document: dict[str, Any]) -> dict[str, Any]:
    """The document within 64 KiB (SECURITY 5): a fault's detail goes first, then findings from the end; both said."""
    if len(dumps(document)) <= LIMIT:
        return document
    fault = document.get("fault")
    if fault is not None:
        document["fault"] = {
            **{key: _short(value, REASON_LIMIT) for key, value in fault.items() if key != "detail"},
            "detailOmitted": True,
        }
    while document.get("errors") and len(dumps(document)) > LIMIT:
        document["errors"] = document["errors"][:-1]
    return document


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _cut(path: str) -> str:
    """A path whose steps are names of the message: each is cut, so that no value is smuggled in."""
    if len(path) <= NAME_LIMIT:
        return path
    return "/".join(step if len(step) <= NAME_LIMIT else step[: NAME_LIMIT - 1] + "…" for step in path.split("/"))
