"""What is kept, for whom, how long, and that one question is asked once."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.layers.cache import Cache


class Clock:
    at = 0.0

    def monotonic(self):
        return self.at

    def now(self):
        return self.at


class Service:
    def __init__(self, status=200):
        self.asked = 0
        self.status = status
        self.gate = None

    async def send(self, wire):
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        return Wire({"content-type": "application/json"}, b"%d" % self.asked, status=self.status)


def question(path="/x", method="GET", **headers):
    return Wire({name.replace("_", "-"): value for name, value in headers.items()}, b"", method=method, path=path)


@pytest.fixture
def made():
    clock, service = Clock(), Service()
    return clock, service, Cache(clock).layer(30.0)(service.send)


async def test_the_same_question_is_answered_from_what_is_kept_until_it_is_old(made):
    clock, service, send = made
    first = await send(question())
    clock.at = 29.0
    again = await send(question())
    assert (again.body, again.headers["age"], service.asked) == (first.body, "29", 1)
    clock.at = 30.5
    assert (await send(question())).body == b"2"


async def test_another_caller_or_query_gets_an_answer_of_its_own(made):
    _, service, send = made
    await send(question(authorization="a"))
    await send(question(authorization="b"))
    await send(question(x_ticket="c"))
    await send(Wire({}, b"", method="GET", path="/x", query="q=1"))
    assert service.asked == 4


async def test_no_answer_crosses_certificates(made):
    _, service, send = made
    for subject in ("anna", "omar"):
        asked = question()
        asked.facts["certificate"] = {"subject": subject}
        await send(asked)
    assert service.asked == 2


async def test_writes_and_no_cache_always_ask(made):
    _, service, send = made
    await send(question(method="POST"))
    await send(question(method="POST"))
    await send(question())
    await send(question(cache_control="No-Cache"))
    assert service.asked == 4


async def test_a_problem_is_never_kept():
    service = Service(status=502)
    send = Cache(Clock()).layer(30.0)(service.send)
    await send(question())
    await send(question())
    assert service.asked == 2


async def test_many_at_once_ask_once(made):
    _, service, send = made
    service.gate = asyncio.Event()
    waiting = [asyncio.ensure_future(send(question())) for _ in range(20)]
    await asyncio.sleep(0)
    service.gate.set()
    assert {reply.body for reply in await asyncio.gather(*waiting)} == {b"1"}
    assert service.asked == 1


async def test_a_failure_reaches_all_who_wait_and_is_forgotten():
    calls = []

    async def inner(wire):
        calls.append(1)
        await asyncio.sleep(0)
        raise Problem(Kind.UPSTREAM_TIMEOUT)

    send = Cache(Clock()).layer(30.0)(inner)
    results = await asyncio.gather(*(send(question()) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(result, Problem) for result in results)
    with pytest.raises(Problem):
        await send(question())
    assert len(calls) == 2


async def test_it_is_bounded_in_entries_and_bytes():
    cache = Cache(Clock(), entries=10, size=1000)
    send = cache.layer(30.0)(Service().send)
    for at in range(100):
        await send(question(f"/{at}"))
    assert len(cache._kept) == 10


async def test_header_fields_that_fill_the_message_are_part_of_the_question():
    service = Service()
    send = Cache(Clock()).layer(30.0, ("customer",))(service.send)
    assert (await send(question(customer="Ada"))).body == b"1"
    assert (await send(question(customer="Bob"))).body == b"2"
    kept = await send(question(customer="Ada", user_agent="other"))
    assert (kept.body, kept.headers["cache-control"]) == (b"1", "private, max-age=30")


async def test_what_is_kept_does_not_change_with_the_first_answer():
    clock, service = Clock(), Service()
    send = Cache(clock).layer(30.0)(service.send)
    service.gate = asyncio.Event()
    first, second = asyncio.ensure_future(send(question())), asyncio.ensure_future(send(question()))
    await asyncio.sleep(0)
    service.gate.set()
    (await first).headers["access-control-allow-origin"] = "https://one.example"
    assert "access-control-allow-origin" not in (await second).headers
    assert "access-control-allow-origin" not in (await send(question())).headers


async def test_a_caller_that_goes_away_takes_nobodys_answer_along(made):
    _, service, send = made
    service.gate = asyncio.Event()
    first = asyncio.create_task(send(question()))
    await asyncio.sleep(0)
    others = [asyncio.create_task(send(question())) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    service.gate.set()
    assert [reply.body for reply in await asyncio.wait_for(asyncio.gather(*others), 1)] == [b"2"] * 3
    assert (first.cancelled(), service.asked) == (True, 2)


async def test_who_goes_away_while_it_waits_is_gone(made):
    _, service, send = made
    service.gate = asyncio.Event()
    first, second = asyncio.create_task(send(question())), asyncio.create_task(send(question()))
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    service.gate.set()
    done = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(each) for each in done] == [asyncio.CancelledError] * 2
    assert (await send(question())).body == b"2"
