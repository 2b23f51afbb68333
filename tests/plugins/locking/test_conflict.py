"""Conflicts: one model from typed places, and what a client is told of it."""

from __future__ import annotations

import pytest

from gateway.core.message import Fault, Message
from gateway.core.problem import Kind
from gateway.plugins.locking.conflict import Conflict, conflict_in, problem_of
from gateway.plugins.locking.settings import ConflictRule

RULES = [
    ConflictRule.model_validate(
        {
            "kind": "held",
            "when": [{"path": "/Number", "equals": "50469"}],
            "holders": "/Holders",
            "names": "/Holders/*/Who",
            "since": "/Holders/*/At",
            "stealable": "/May",
        }
    ),
    ConflictRule.model_validate({"kind": "stale", "when": [{"path": "/Number", "equals": "50480"}]}),
]
HELD = {"Number": 50469, "May": False, "Holders": [{"Who": "Bea", "At": "2026-11-22T02:00:00.1234567"}]}


def fault(detail):
    return Message(None, value=detail, fault=Fault("Receiver", "A lock.", name="F", detail=detail))


def test_a_fault_and_a_status_in_a_200_give_the_same_conflict():
    for answer in (fault(HELD), Message(None, value=HELD)):
        conflict = conflict_in(RULES, answer, "P1")
        assert conflict == Conflict("held", "P1", HELD["Holders"], ("Bea",), "2026-11-22T02:00:00.1234567", False)


def test_words_make_no_conflict():
    assert conflict_in(RULES, fault({"Text": "50469 EntityAlreadyLocked lock locked"}), "P1") is None
    assert conflict_in(RULES, Message(None, value={"Status": "Ok"}), "P1") is None


@pytest.mark.parametrize(
    ("conflict", "changed", "kind", "status"),
    [
        (Conflict("held"), False, Kind.LOCK_CONFLICT, 409),
        (Conflict("stolen"), False, Kind.LOCK_CONFLICT, 409),
        (Conflict("stale"), False, Kind.PRECONDITION_FAILED, 412),
        (Conflict("held"), True, Kind.LOCK_CHANGED, 412),
    ],
)
def test_statuses(conflict, changed, kind, status):
    problem = problem_of(conflict, 409, changed=changed)
    assert (problem.kind, problem.status, problem.outcome) == (kind, status, "rejected")


def test_the_document_has_holders_verbatim_and_no_empty_members():
    problem = problem_of(Conflict("held", "P1", HELD["Holders"]), 423, token="t")
    assert problem.extra == {
        "conflict": "held", "entity": "P1", "holders": HELD["Holders"], "token": "t", "stealable": True
    }  # fmt: skip
    assert problem.headers == {"retry-after": "1"}


@pytest.mark.parametrize(
    ("since", "age"),
    [("2023-11-14T22:13:20.0000007", 60.0), ("2023-11-14T23:13:20+01:00", 60.0), ("", 0.0), ("yesterday", 0.0)],
)
def test_age(since, age):
    assert Conflict("held", since=since).age(1_700_000_060.0) == pytest.approx(age, abs=0.01)
