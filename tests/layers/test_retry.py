"""What is repeated, what never, and that a budget bounds it."""

from __future__ import annotations

import pytest

from gateway.core.message import Exchange, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.layers.retry import Budget, repeatable, retry


class Clock:
    def __init__(self):
        self.at = 0.0

    def now(self):
        return self.at

    def monotonic(self):
        return self.at


def operation(*, writes):
    return Operation("Op", "svc", "", "1.1", "{u}Op", {}, writes=writes)


@pytest.mark.parametrize(
    ("kind", "outcome", "writes", "again"),
    [
        (Kind.UPSTREAM_UNREACHABLE, "not-sent", True, True),
        (Kind.UPSTREAM_CONNECT_TIMEOUT, "not-sent", True, True),
        (Kind.UPSTREAM_CLOSED, "unknown", True, False),
        (Kind.UPSTREAM_CLOSED, "unknown", False, True),
        (Kind.UPSTREAM_TIMEOUT, "unknown", False, False),
        (Kind.UPSTREAM_TLS, "not-sent", True, False),
        (Kind.BREAKER_OPEN, "not-sent", False, False),
        (Kind.INVALID_MESSAGE, None, False, False),
        (Kind.UPSTREAM_SCHEMA_VIOLATION, "unknown", False, False),
    ],
)
def test_only_what_was_not_sent_or_only_reads_is_repeated(kind, outcome, writes, again):
    assert repeatable(operation(writes=writes), Problem(kind, outcome=outcome)) is again


@pytest.mark.parametrize(("outcome", "again"), [("unknown", False), (None, False), ("not-sent", True)])
def test_what_is_good_for_one_sending_is_repeated_only_when_it_was_not_sent(outcome, again):
    lost = Problem(Kind.UPSTREAM_CLOSED, outcome=outcome)
    assert repeatable(operation(writes=False), lost)
    assert repeatable(operation(writes=False), lost, once=True) is again


async def served(problems, *, writes=True, budget=None, again=lambda: None):
    """Calls made, and the reply or the problem, when the service fails so often first."""
    calls = []

    async def inner(exchange):
        calls.append(exchange.attempt)
        if problems:
            raise problems.pop(0)
        return "reply"

    service = retry(operation(writes=writes), budget or Budget(Clock()), pause=(0.0, 0.0), again=again)(inner)
    exchange = Exchange(operation(writes=writes), Message(None, value={}))
    try:
        return calls, await service(exchange)
    except Problem as problem:
        return calls, problem


async def test_one_repeat_and_no_more():
    down = [Problem(Kind.UPSTREAM_UNREACHABLE, outcome="not-sent") for _ in range(3)]
    calls, problem = await served(down)
    assert calls == [1, 2]
    assert problem.kind is Kind.UPSTREAM_UNREACHABLE
    assert await served([Problem(Kind.UPSTREAM_UNREACHABLE, outcome="not-sent")]) == ([1, 2], "reply")


async def test_each_repeat_is_told():
    told = []
    down = [Problem(Kind.UPSTREAM_UNREACHABLE, outcome="not-sent")]
    await served(down, again=lambda: told.append(1))
    await served([], again=lambda: told.append(1))
    assert told == [1]


async def test_a_write_of_unknown_outcome_is_sent_once():
    calls, problem = await served([Problem(Kind.UPSTREAM_CLOSED, outcome="unknown")])
    assert calls == [1]
    assert problem.outcome == "unknown"


async def test_the_budget_ends_repeats_in_an_outage_and_comes_back():
    clock = Clock()
    budget = Budget(clock, share=0.2, least=3.0)
    repeats = 0
    for _ in range(100):
        calls, _ = await served([Problem(Kind.UPSTREAM_UNREACHABLE, outcome="not-sent") for _ in range(2)], budget=budget)
        repeats += len(calls) - 1
    assert repeats <= 3 + 0.2 * 100 + 1
    clock.at += 1.0
    assert budget.spend()
