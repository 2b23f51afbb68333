"""A user's limits: counted over all gateways of a state, and by each alone while the state is away."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.clock import SystemClock
from gateway.core.problem import Kind, Problem
from gateway.plugins.sessions.limits import Limits
from gateway.plugins.sessions.settings import SessionSettings
from gateway.state.memory import Memory

LOGIN = {"operation": "Login", "request": {}, "ticket": "/R/T"}
PAUSE = {"when": [{"path": "/E", "equals": "10016"}], "seconds": 5}


def limits(state, name="s|u", told=lambda: None, **more):
    settings = SessionSettings.model_validate({"login": LOGIN, "place": "/I/T", **more})
    return Limits(settings, state, SystemClock(), name, told)


class Busy:
    """Counts who is inside at once."""

    def __init__(self):
        self.now, self.most, self.done = 0, 0, 0

    async def call(self, one):
        async with one.call():
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.002)
            self.now -= 1
            self.done += 1


async def test_four_at_once_over_three_gateways():
    state, busy = Memory(SystemClock()), Busy()
    replicas = [limits(state, active=4) for _ in range(3)]
    await asyncio.gather(*(busy.call(replicas[n % 3]) for n in range(60)))
    assert (busy.most, busy.done) == (4, 60)
    assert not state._entries, "nothing is held in the end"


async def test_two_users_do_not_share_their_limits():
    state, busy = Memory(SystemClock()), Busy()
    await asyncio.gather(*(busy.call(limits(state, f"s|{n}", active=1)) for n in range(8)))
    assert busy.most > 1


async def test_who_waits_too_long_is_told_that_nothing_was_sent():
    state = Memory(SystemClock())
    async with limits(state, active=1).call():
        with pytest.raises(Problem) as told:
            async with limits(state, active=1, wait=0.05).call():
                raise AssertionError("two at once")
    assert (told.value.kind, told.value.outcome) == (Kind.OVERLOADED, "not-sent")


async def test_a_pause_holds_at_every_gateway_for_that_user_alone():
    state = Memory(SystemClock())
    await limits(state, pause=PAUSE).pause(5)
    with pytest.raises(Problem) as told:
        async with limits(state, pause=PAUSE, wait=1).call():
            raise AssertionError("within the pause")
    assert (told.value.kind, told.value.outcome) == (Kind.QUOTA_EXCEEDED, "not-sent")
    assert 1 <= int(told.value.headers["retry-after"]) <= 5
    async with limits(state, "s|other", pause=PAUSE, wait=1).call():
        pass


async def test_a_short_pause_is_waited_for():
    state = Memory(SystemClock())
    await limits(state, pause=PAUSE).pause(0.05)
    begun = asyncio.get_running_loop().time()
    async with limits(state, pause=PAUSE).call():
        assert asyncio.get_running_loop().time() - begun > 0.03


class Away:
    """A state that nobody reaches."""

    async def get(self, *_, **__):
        raise Problem(Kind.STATE_UNAVAILABLE)

    put = delete = get


async def test_a_state_that_is_away_leaves_each_its_own_count():
    told, busy = [], Busy()
    one = limits(Away(), told=lambda: told.append(1), active=2, pause=PAUSE, wait=1)
    await asyncio.gather(*(busy.call(one) for _ in range(6)))
    assert (busy.most, busy.done) == (2, 6)
    assert told
    await one.pause(5)
    with pytest.raises(Problem) as said:
        async with one.call():
            raise AssertionError("within the pause")
    assert said.value.kind is Kind.QUOTA_EXCEEDED
