"""Problem documents: their members, their bounds, and the rules that give a fault its status."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.codec.json import dumps
from gateway.core.message import Fault
from gateway.core.problem import Finding, Kind, Problem
from gateway.dialect.problem import FaultRule, Speaker


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_gives_a_small_document_with_the_members_of_rfc_9457(kind: Kind) -> None:
    document = Speaker("https://x.example").document(Problem(kind, outcome="not-sent"), "r" * 128)
    assert list(document) == ["type", "title", "status", "detail", "instance", "requestId", "outcome"]
    assert document["type"] == f"https://x.example/problems/{kind.slug}"
    assert len(dumps(document)) <= 2048


def test_the_trace_stands_beside_the_requests_id() -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    document = Speaker().document(Problem(Kind.NOT_FOUND), "r1", trace)
    assert (document["requestId"], document["traceId"]) == ("r1", "0af7651916cd43dd8448eb211c80319c")
    assert "traceId" not in Speaker().document(Problem(Kind.NOT_FOUND), "r1")


def test_findings_and_further_members() -> None:
    finding = Finding("/a", "/t:a", "is missing", "")
    document = Speaker().document(Problem(Kind.LOCK_CONFLICT, findings=[finding], extra={"token": "t"}), "r1")
    assert document["errors"] == [{"pointer": "/a", "xpath": "/t:a", "detail": "is missing"}]
    assert document["token"] == "t"
    assert document["instance"] == "urn:request:r1"


def test_names_of_members_are_cut_so_that_no_value_is_smuggled_in() -> None:
    name = "x" * 200
    (row,) = Speaker().document(
        Problem(Kind.INVALID_MESSAGE, findings=[Finding(f"/a/{name}/b", f"/a/{name}", "unknown")]), "r"
    )["errors"]
    assert row["pointer"] == "/a/" + "x" * 127 + "…/b"
    assert len(row["xpath"]) < 140


def test_no_document_is_larger_than_64_kib() -> None:
    fault = Fault("Sender", "r" * 1_000_000, "{urn:x}" + "s" * 100_000, "{urn:x}E", {"$value": "d" * 1_000_000})
    document = Speaker().document(Speaker().of_fault(fault), "r1")
    assert len(dumps(document)) <= 64 * 1024
    assert document["fault"]["detailOmitted"] is True
    assert document["fault"]["code"] == "Sender"
    deep = "/" + "/".join(["n" * 128] * 64)
    many = Problem(Kind.INVALID_MESSAGE, findings=[Finding(deep, deep, "unknown")] * 10)
    document = Speaker().document(many, "r1")
    assert len(dumps(document)) <= 64 * 1024
    assert 0 < len(document["errors"]) < 10


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault("Sender", "no"), 400),
        (Fault("Receiver", "no"), 502),
        (Fault("VersionMismatch", "no"), 502),
        (Fault("MustUnderstand", "no"), 502),
        (Fault("Receiver", "no", declared="{urn:x}E"), 422),
        (Fault("Odd", "no"), 502),
    ],
)
def test_the_default_status_of_a_fault(fault: Fault, status: int) -> None:
    problem = Speaker().of_fault(fault, "rejected")
    assert (problem.kind, problem.status, problem.outcome) == (Kind.FAULT, status, "rejected")
    assert problem.extra["fault"] == {"code": fault.code, "reason": "no"}


def test_the_services_failed_authentication_is_the_gateways_own() -> None:
    problem = Speaker().of_fault(Fault("Sender", "no", "{urn:wsse}FailedAuthentication"))
    assert (problem.kind, problem.status) == (Kind.UPSTREAM_AUTH, 502)


FAULT = Fault("Receiver", "no", "Boom", "{urn:x}E", {"Code": "LOCKED"}, declared="{urn:x}E")


@pytest.mark.parametrize(
    ("rule", "takes"),
    [
        ({"name": "{urn:x}E"}, True),
        ({"name": "E"}, True),
        ({"name": "{urn:y}E"}, False),
        ({"code": "Receiver"}, True),
        ({"code": "Boom"}, True),
        ({"code": "Receiver.Boom"}, True),
        ({"code": "Sender.Boom"}, False),
        ({"name": "E", "code": "Sender"}, False),  # every condition must hold
        ({"test": lambda fault: fault.detail["Code"] == "LOCKED"}, True),
        ({"name": "E", "test": lambda _: False}, False),
        ({}, True),
    ],
)
def test_a_rule_takes_a_fault(rule: Any, takes: bool) -> None:
    assert FaultRule(423, **rule).takes(FAULT) is takes


def test_the_first_rule_that_takes_it_decides() -> None:
    rules = (FaultRule(404, name="Other"), FaultRule(423, name="E", kind=Kind.LOCK_CONFLICT), FaultRule(500))
    problem = Speaker(rules=rules).of_fault(FAULT)
    assert (problem.status, problem.kind) == (423, Kind.LOCK_CONFLICT)
    assert problem.extra["fault"]["detail"] == {"Code": "LOCKED"}
