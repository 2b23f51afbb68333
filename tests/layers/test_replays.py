"""gateway.layers.replays: one MessageID, one message; what never went out may be sent again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gateway.core.problem import Kind, Problem
from gateway.layers.replays import replays
from gateway.testing import FakeClock, FakeStore


class Service:
    def __init__(self):
        self.asked = 0
        self.fails = None

    async def __call__(self, exchange):
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        return "done"


@pytest.fixture
def made():
    clock, service = FakeClock(), Service()
    store = FakeStore(clock)

    def scoped(scope="shop"):
        return replays(store, scope, 300.0, lambda exchange: exchange.id, lambda: Problem(Kind.ADDRESSING_INVALID))(service)

    return clock, service, scoped


def message(name):
    return SimpleNamespace(id=name)


async def test_the_same_message_is_taken_once_until_it_is_forgotten(made):
    clock, service, scoped = made
    send = scoped()
    assert await send(message("urn:a")) == "done"
    with pytest.raises(Problem) as refused:
        await send(message("urn:a"))
    assert refused.value.kind is Kind.ADDRESSING_INVALID
    assert await send(message("urn:b")) == "done"
    assert await scoped("other")(message("urn:a")) == "done"  # another service's messages
    clock.advance(301.0)
    assert await send(message("urn:a")) == "done"
    assert service.asked == 4


async def test_messages_without_a_name_are_all_different(made):
    _, service, scoped = made
    for _ in range(2):
        await scoped()(message(""))
    assert service.asked == 2


@pytest.mark.parametrize(("outcome", "asked"), [("not-sent", 2), ("unknown", 1), (None, 1)])
async def test_only_what_never_went_out_may_come_again(made, outcome, asked):
    _, service, scoped = made
    service.fails = Problem(Kind.UPSTREAM_CLOSED, outcome=outcome)
    for _ in range(2):
        with pytest.raises(Problem):
            await scoped()(message("urn:a"))
    assert service.asked == asked
