"""The table of failures, row by row."""

from __future__ import annotations

import re

import pytest

from gateway.core.problem import BY_SLUG, Finding, Kind, Problem

# Refusals of the transport stay plain HTTP for SOAP callers (SECURITY 5).
PLAIN = {408, 413, 414, 415, 417, 429, 431, 501}


@pytest.mark.parametrize("kind", Kind)
def test_every_row_is_complete(kind: Kind) -> None:
    row = kind.row
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row.slug)
    assert BY_SLUG[row.slug] is kind
    assert 400 <= row.status <= 599
    assert row.title
    assert not row.title.endswith(".")
    assert row.advice.endswith(".")
    assert (row.side == "upstream") == row.slug.startswith(("upstream-", "breaker-", "fault"))


@pytest.mark.parametrize("kind", Kind)
def test_the_soap_code_says_whose_fault_it_is(kind: Kind) -> None:
    if kind in (Kind.VERSION_MISMATCH, Kind.MUST_UNDERSTAND):
        return
    assert kind.row.soap == ("Sender" if kind.row.side == "client" else "Receiver")


@pytest.mark.parametrize("kind", Kind)
def test_what_the_transport_refuses_stays_plain_http(kind: Kind) -> None:
    if kind.row.status in PLAIN and kind is not Kind.OPERATION_REFUSED:  # of one operation, told in its own dialect
        assert kind.row.plain


def test_statuses_of_the_upstream_are_gateway_statuses() -> None:
    assert {kind.row.status for kind in Kind if kind.row.side == "upstream"} <= {502, 503, 504}


def test_a_problem_says_its_title_where_nothing_better_is_known() -> None:
    problem = Problem(Kind.NOT_FOUND)
    assert (problem.detail, problem.status) == ("Nothing is served at this path.", 404)
    assert str(problem) == "not-found: Nothing is served at this path"


def test_a_problem_keeps_copies_of_what_it_is_given() -> None:
    headers = {"allow": "GET"}
    findings = [Finding("/a", "/a", "x")]
    problem = Problem(Kind.FAULT, "Words.", status=423, headers=headers, findings=findings, cause="secret")
    headers.clear()
    findings.clear()
    assert (problem.headers, len(problem.findings), problem.status) == ({"allow": "GET"}, 1, 423)
    assert "secret" not in str(problem)


def test_the_log_has_the_cause_else_the_first_place() -> None:
    first = Finding("/n", "/t:a/t:n", "Not a whole number.", "a whole number")
    assert Problem(Kind.INVALID_MESSAGE, findings=[first]).logged == "/t:a/t:n: Not a whole number."
    many = Problem(Kind.UPSTREAM_SCHEMA_VIOLATION, findings=[Finding("query:n", "", "Gone."), first, first])
    assert many.logged == "query:n: Gone. (and 2 more)"
    assert Problem(Kind.INVALID_MESSAGE, findings=[first], cause="why").logged == "why"
    assert Problem(Kind.NOT_FOUND).logged == ""
