"""Leases: what was taken is given up when its time is over, by one replica, also after a crash; what was given is not."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from gateway.core.message import Exchange, Fault, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.locking.leases import Leases
from gateway.plugins.locking.settings import Lease
from gateway.testing import FakeHost

RULE = Lease.model_validate(
    {
        "take": ["Get"],
        "give": ["Release"],
        "entity": {"Get": "/Id", "Release": "/Id"},
        "seconds": 60,
        "operation": "Release",
        "request": {"Count": 0},
        "place": "/Id",
        "every": 0.01,
    }
)


def host(calls):
    async def call(name, value):
        calls.append((name, value))
        return Message(None, value={})

    return FakeHost(calls=call)


async def do(leases, name, number, answer=None, identity=""):
    async def service(_):
        if isinstance(answer, Problem):
            raise answer
        return answer or Message(None, value={})

    operation = Operation(name, "s", "", "1.1", name, {})
    exchange = Exchange(operation, Message(None, value={"Id": number}), facts={"identity": identity})
    return await leases.layer(operation)(service)(exchange)


@asynccontextmanager
async def looking(*all_leases):
    tasks = [asyncio.create_task(each.run()) for each in all_leases]
    yield
    await asyncio.sleep(0.08)
    for task in tasks:
        task.cancel()


async def test_given_up_when_it_is_over_by_one_of_two_replicas_and_once():
    calls = []
    one = host(calls)
    first, second = Leases(RULE, one), Leases(RULE, one)
    await do(first, "Get", 7)
    async with looking(first, second):
        await asyncio.sleep(0.03)
        assert not calls
        one.clock.advance(61)
    assert calls == [("Release", {"Count": 0, "Id": 7})]
    assert one.audits[0]["event"] == "lease-ended"


async def test_a_gateway_that_starts_after_a_crash_gives_up_what_is_due():
    calls = []
    one = host(calls)
    await do(Leases(RULE, one), "Get", 7)
    one.clock.advance(61)
    async with looking(Leases(RULE, one)):
        pass
    assert len(calls) == 1


@pytest.mark.parametrize(
    "answer", [Message(None, value={}, fault=Fault("Sender", "")), Problem(Kind.OVERLOADED, outcome="not-sent")]
)
async def test_what_was_refused_is_not_held(answer):
    calls = []
    one = host(calls)
    leases = Leases(RULE, one)
    try:
        await do(leases, "Get", 7, answer)
    except Problem:
        assert isinstance(answer, Problem)
    one.clock.advance(61)
    async with looking(leases):
        pass
    assert not calls


async def test_what_perhaps_was_taken_is_given_up():
    calls = []
    one = host(calls)
    leases = Leases(RULE, one)
    with pytest.raises(Problem):
        await do(leases, "Get", 7, Problem(Kind.UPSTREAM_TIMEOUT, outcome="unknown"))
    one.clock.advance(61)
    async with looking(leases):
        pass
    assert len(calls) == 1


async def test_what_its_client_gave_up_is_left_alone_and_use_prolongs():
    calls = []
    one = host(calls)
    leases = Leases(RULE, one)
    await do(leases, "Get", 7)
    await do(leases, "Release", 7)
    await do(leases, "Get", 8)
    one.clock.advance(50)
    await do(leases, "Get", 8)
    one.clock.advance(50)
    async with looking(leases):
        pass
    assert not calls


async def test_fifty_at_once_are_all_in_the_register():
    calls = []
    one = host(calls)
    leases = Leases(RULE, one)
    await asyncio.gather(*(do(leases, "Get", number) for number in range(50)))
    one.clock.advance(61)
    async with looking(leases):
        await asyncio.sleep(0.1)
    assert sorted(value["Id"] for _, value in calls) == list(range(50))


async def test_a_refusal_is_asked_again_and_not_for_ever():
    calls = []

    async def call(name, value):
        calls.append(name)
        return Message(None, fault=Fault("Receiver", "later"))

    one = FakeHost(calls=call)
    leases = Leases(RULE, one)
    await do(leases, "Get", 7)
    for _ in range(5):
        one.clock.advance(61)
        async with looking(leases):
            pass
    assert len(calls) == 3
    assert not (await leases._read())[2]


async def test_what_failed_is_no_refusal_and_is_asked_until_the_service_answered():
    """Four calls that failed, then a refusal, then it is given up: an outage must not use up the tries."""
    answers = [Problem(Kind.UPSTREAM_TIMEOUT, outcome="unknown") for _ in range(3)]
    answers += [KeyError("Release"), Message(None, fault=Fault("Receiver", "later")), Message(None, value={})]
    asked = list(answers)

    async def call(name, value):
        answer = asked.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    one = FakeHost(calls=call)
    leases = Leases(RULE, one)
    await do(leases, "Get", 7)
    for left in range(len(answers) - 1, -1, -1):
        one.clock.advance(61)
        async with looking(leases):
            pass
        assert len(asked) == left
        assert bool((await leases._read())[2]) is bool(left), "held until it is given up"
    assert [each["outcome"] for each in one.audits] == ["refused", "given up"]


async def test_a_clock_that_was_set_back_prolongs_no_lease():
    calls = []
    one = host(calls)
    leases = Leases(RULE, one)
    await do(leases, "Get", 7)
    now = one.clock.now
    one.clock.now = lambda: now() - 3600
    async with looking(leases):
        await asyncio.sleep(0.03)
        one.clock.advance(50)
        await do(leases, "Get", 8)
        await asyncio.sleep(0.05)
        assert not calls
        one.clock.advance(11)
    assert [value["Id"] for _, value in calls] == [7]


async def test_one_that_cannot_be_given_up_does_not_keep_the_others():
    called = []

    async def call(name, value):
        called.append(value["Id"])
        if value["Id"] == 7:
            raise Problem(Kind.UPSTREAM_TIMEOUT, outcome="unknown")
        return Message(None, value={})

    one = FakeHost(calls=call)
    leases = Leases(RULE, one)
    await do(leases, "Get", 7)
    await do(leases, "Get", 8)
    one.clock.advance(61)
    async with looking(leases):
        pass
    assert called == [7, 8]
    assert list((await leases._read())[2]) == ["s|7"]


@pytest.mark.parametrize("store_fails", [False, True])
async def test_a_take_of_another_that_perhaps_failed_leaves_who_has_it_to_be_given_up(store_fails):
    """Ada has it; Bea's take is lost on the wire, or refused while the store is away: both are asked for in time."""
    one = host([])
    leases = Leases(RULE, one)
    await do(leases, "Get", 7, identity="ada")
    put, asked = one.state.put, []

    async def away(*_, **__):
        raise Problem(Kind.STATE_UNAVAILABLE, outcome="not-sent")

    async def refused(_):
        one.state.put = away
        return Message(None, fault=Fault("Sender", "it is Ada's"))

    async def lost(_):
        raise Problem(Kind.UPSTREAM_CLOSED, outcome="unknown")

    operation = Operation("Get", "s", "", "1.1", "Get", {})
    exchange = Exchange(operation, Message(None, value={"Id": 7}), facts={"identity": "bea"})
    try:
        await leases.layer(operation)(refused if store_fails else lost)(exchange)
    except Problem:
        assert not store_fails
    one.state.put = put

    async def call(name, value, *, service, identity):
        asked.append(identity)
        fault = None if identity == "ada" else Fault("Sender", "not yours")
        return Message(None, value={}, fault=fault)

    one.call = call
    one.clock.advance(61)
    async with looking(leases):
        pass
    assert asked == ["bea", "ada"]
    await do(leases, "Get", 7, identity="bea")
    assert (await leases._read())[2]["s|7"].get("others") is None, "who surely has it has it alone"


@pytest.mark.parametrize("name", ["Get", "Release"])
async def test_what_takes_or_gives_is_good_for_one_sending_whatever_its_name_says(name):
    operation, seen = Operation(name, "s", "", "1.1", name, {}, writes=False), []

    async def service(exchange):
        seen.append(exchange.once)
        return Message(None, value={})

    layer = Leases(RULE, host([])).layer(operation)
    await layer(service)(Exchange(operation, Message(None, value={"Id": 7})))
    assert seen == [True]


async def test_a_take_that_comes_after_a_give_is_not_forgotten_with_it():
    leases = Leases(RULE, host([]))
    operation = Operation("Release", "s", "", "1.1", "Release", {})
    await do(leases, "Get", 7)

    async def while_it_is_given_up(_):
        await do(leases, "Get", 7)
        return Message(None, value={})

    await leases.layer(operation)(while_it_is_given_up)(Exchange(operation, Message(None, value={"Id": 7})))
    assert (await leases._read())[2], "the second hold has its lease"


async def test_a_refused_take_leaves_the_lease_of_who_has_it():
    leases = Leases(RULE, host([]))
    await do(leases, "Get", 7)
    before = (await leases._read())[2]
    await do(leases, "Get", 7, Message(None, fault=Fault("Client", "not yours")))
    assert (await leases._read())[2] == before


async def test_the_answer_of_a_call_that_was_made_stands_whatever_the_store_does():
    one = host([])
    leases = Leases(RULE, one)
    await do(leases, "Get", 7)

    async def away(*_, **__):
        raise Problem(Kind.STATE_UNAVAILABLE, outcome="not-sent")

    operation = Operation("Release", "s", "", "1.1", "Release", {})

    async def done(_):
        one.state.put = away
        return Message(None, value={"said": "released"})

    reply = await leases.layer(operation)(done)(Exchange(operation, Message(None, value={"Id": 7})))
    assert reply.value() == {"said": "released"}
    assert one.logs


async def test_a_store_that_lost_everything_is_told_again():
    calls = []
    one = host(calls)
    first, second = Leases(RULE, one), Leases(RULE, one)
    await do(first, "Get", 7)
    await do(second, "Get", 8)
    await do(first, "Get", 9)
    await do(second, "Release", 9)
    one.state.values.clear()
    await do(second, "Get", 10)
    async with looking(first, second):
        pass
    assert sorted(entry["entity"] for entry in (await first._read())[2].values() if entry["entity"] != 9) == [7, 8, 10]
    one.clock.advance(61)
    async with looking(first, second):
        pass
    assert {7, 8, 10} <= {value["Id"] for _, value in calls}
