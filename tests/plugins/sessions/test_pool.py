"""The pool: one login at a time, numbers strictly rising by compare-and-set, a doubtful session never used again."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.problem import Kind, Problem
from gateway.plugins.sessions.pool import Lost, Pool, Session, counter_key
from gateway.plugins.sessions.settings import SessionSettings
from gateway.testing import FakeHost

LOGIN = {"operation": "Login", "request": {}, "ticket": "/R/T"}


class Service:
    """Gives tickets, or refuses."""

    def __init__(self, refuse=False):
        self.logins, self.refuse = 0, refuse

    async def __call__(self):
        self.logins += 1
        await asyncio.sleep(0.001)
        if self.refuse:
            raise Problem(Kind.UPSTREAM_AUTH, outcome="not-sent")
        return Session(f"T{self.logins}")


def pool(service, host=None, **more):
    host = host or FakeHost()
    settings = SessionSettings.model_validate({"login": LOGIN, "place": "/I/T", **more})
    return Pool(settings, "s", host.state, host.clock, service)


async def take(pool, then=None):
    async with pool.session() as session:
        await asyncio.sleep(0)
        return await then(session) if then else session.ticket


async def test_two_hundred_callers_one_login():
    service = Service()
    one = pool(service)
    assert set(await asyncio.gather(*(take(one) for _ in range(200)))) == {"T1"}
    assert service.logins == 1


async def test_a_refused_login_is_told_to_all_in_line_and_tried_again_later():
    service, host = Service(refuse=True), FakeHost()
    one = pool(service, host)
    told = await asyncio.gather(*(take(one) for _ in range(50)), return_exceptions=True)
    assert {(type(each), each.outcome) for each in told} == {(Problem, "not-sent")}
    assert service.logins == 1
    service.refuse = False
    host.clock.advance(2)
    assert await take(one) == "T2"


async def test_an_ended_session_is_renewed_once_and_an_old_one_by_age():
    service, host = Service(), FakeHost()
    one = pool(service, host, seconds=60)
    async with one.session() as session:
        one.end(session)
    assert set(await asyncio.gather(*(take(one) for _ in range(20)))) == {"T2"}
    host.clock.advance(61)
    assert await take(one) == "T3"


COUNTED = {"counter": {"place": "/I/C"}, "pool": 3}


async def test_numbers_rise_one_call_of_a_session_in_flight():
    service, one, used, flying = Service(), None, {}, set()
    one = pool(service, **COUNTED)

    async def call(session):
        assert session.ticket not in flying
        flying.add(session.ticket)
        used.setdefault(session.ticket, []).append(await one.number(session))
        await asyncio.sleep(0.001)
        flying.discard(session.ticket)

    await asyncio.gather(*(take(one, call) for _ in range(60)))
    assert service.logins <= 3
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in used.values())
    assert sum(map(len, used.values())) == 60


async def test_a_number_that_was_not_used_is_used_next():
    one = pool(Service(), **COUNTED)

    async def call(session):
        first = await one.number(session)
        await one.give_back(session)
        return first, await one.number(session)

    assert await take(one, call) == (1, 1)


async def test_a_store_that_forgot_ends_the_session_and_never_starts_its_count_again():
    host = FakeHost()
    one = pool(Service(), host, **COUNTED)
    await take(one, one.number)
    host.state.values.clear()

    async def call(session):
        with pytest.raises(Lost):
            await one.number(session)
        return session.ended

    assert await take(one, call)
    assert await take(one) == "T2"
    assert counter_key("s", "T1") not in host.state.values


async def test_no_room_is_told_and_a_long_pause_too():
    one = pool(Service(), active=1, wait=0.02)
    async with one.session():
        with pytest.raises(Problem) as told:
            await take(one)
    assert (told.value.kind, told.value.outcome) == (Kind.OVERLOADED, "not-sent")
    await one.limits.pause(5)
    with pytest.raises(Problem) as told:
        await take(one)
    assert (told.value.kind, told.value.headers["retry-after"]) == (Kind.QUOTA_EXCEEDED, "5")
