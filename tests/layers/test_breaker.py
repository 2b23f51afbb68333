"""When it opens, what it refuses, and how one call closes it again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gateway.core.problem import Kind, Problem
from gateway.layers.breaker import Breaker, Breakers, Rule


class Clock:
    at = 0.0

    def monotonic(self):
        return self.at

    def now(self):
        return self.at


@pytest.fixture
def made():
    clock = Clock()
    return clock, Breaker(clock, Rule(window=10.0, least=4, share=0.5, pause=5.0))


async def call(breaker, error=None):
    async def inner(exchange):
        if error is not None:
            raise Problem(error)
        return "reply"

    try:
        return await breaker.layer(inner)(None)
    except Problem as problem:
        return problem.kind


async def test_it_opens_by_rate_and_refuses_with_a_pause(made):
    clock, breaker = made
    for _ in range(3):
        assert await call(breaker, Kind.UPSTREAM_TIMEOUT) is Kind.UPSTREAM_TIMEOUT
    assert breaker.state == "closed"  # too few calls to judge by
    await call(breaker, Kind.UPSTREAM_TIMEOUT)
    assert breaker.state == "open"
    assert await call(breaker) is Kind.BREAKER_OPEN


async def test_rare_failures_among_many_calls_never_open_it(made):
    clock, breaker = made
    for _ in range(50):
        await call(breaker)
        await call(breaker)
        await call(breaker, Kind.UPSTREAM_CLOSED)
    assert breaker.state == "closed"


@pytest.mark.parametrize("kind", [Kind.INVALID_MESSAGE, Kind.UPSTREAM_SCHEMA_VIOLATION, Kind.ENCRYPTION_REQUIRED])
async def test_what_is_no_outage_does_not_count(made, kind):
    _, breaker = made
    for _ in range(20):
        await call(breaker, kind)
    assert breaker.state == "closed"


async def test_one_call_probes_and_closes_or_opens_again(made):
    clock, breaker = made
    for _ in range(4):
        await call(breaker, Kind.UPSTREAM_UNREACHABLE)
    clock.at = 5.0
    assert breaker.state == "half-open"
    assert await call(breaker, Kind.UPSTREAM_UNREACHABLE) is Kind.UPSTREAM_UNREACHABLE
    assert breaker.state == "open"
    clock.at = 10.0
    assert await call(breaker) == "reply"
    assert breaker.state == "closed"


async def test_a_refusal_says_that_nothing_was_sent(made):
    _, breaker = made
    for _ in range(4):
        await call(breaker, Kind.UPSTREAM_UNREACHABLE)

    async def inner(exchange):
        raise AssertionError("the service was asked")

    with pytest.raises(Problem) as refused:
        await breaker.layer(inner)(None)
    assert refused.value.outcome == "not-sent"
    assert int(refused.value.headers["retry-after"]) >= 1


async def test_each_address_of_a_service_has_its_own():
    clock = Clock()
    breakers = Breakers(clock, Rule(window=10.0, least=4, share=0.5, pause=5.0))

    async def at(base, error=None):
        async def inner(_):
            if error is not None:
                raise Problem(error)
            return "reply"

        try:
            return await breakers.layer(inner)(SimpleNamespace(facts={"base": base} if base else {}))
        except Problem as problem:
            return problem.kind

    for _ in range(4):
        await at("https://eu.example.com", Kind.UPSTREAM_UNREACHABLE)
    assert await at("https://eu.example.com") is Kind.BREAKER_OPEN
    assert await at("") == await at("https://us.example.com") == "reply"
    for number in range(20):
        await at(f"https://{number}.example.com")
    assert len(breakers._others) == 16
