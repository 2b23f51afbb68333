"""Rows W-05, W-07 and W-08 of numbered calls, in the simulated world: two gateways, one store, the service counting."""

from __future__ import annotations

import asyncio

import pytest

from gateway.demo import portal_state
from tests.property.test_shared_state import LOGIN, Counting, clients_built, portal_built
from tests.property.world import World


@pytest.fixture
def open_world():
    opened = []

    def make(built):
        def service(world):
            rules = portal_state.Rules(counts="rising")
            state = portal_state.seeded(rules, world.datetime)
            return Counting(state, [])

        opened.append(World(built, service, seed=1))
        return opened[-1]

    def login(world):
        status, body, _ = world.run(world.replicas[0].ask("POST", "/login", LOGIN))
        assert status == 200, body
        return body["SessionId"]

    make.login = login
    yield make
    for each in opened:
        each.close()


def created(world, kind):
    return sum(task.kind[1] == kind for task in world.service.state.tasks.values())


def make(world, which, kind):
    return world.run(world.replicas[which].ask("POST", "/create", {"Type": kind, "Id": 61}))[:2]


@pytest.mark.parametrize(("moment", "carried_out"), [("before", 0), ("after", 1)])
def test_w07_killed_around_the_send_nothing_is_sent_again_and_no_number_comes_twice(open_world, moment, carried_out):
    world = open_world(portal_built())
    dying, other = world.replicas
    assert make(world, 0, "N1")[0] == make(world, 1, "N2")[0] == 200
    dying.dies = moment  # the number is taken from the store, then it dies
    assert make(world, 0, "N3")[0] == 0, "the connection breaks"
    assert created(world, "N3") == carried_out
    world.settle(60)  # it starts again
    assert dying.alive
    assert other.alive
    assert make(world, 0, "N4")[0] == make(world, 1, "N5")[0] == 200
    assert created(world, "N3") == carried_out, "nobody sent it again"
    assert not world.service.wrong
    assert not world.service.again


def test_a_take_whose_answer_was_lost_is_not_sent_again_and_is_given_up_in_time(open_world):
    """GetTask reads by its name: sent once more with its number it was refused, and the refusal ended the lease."""
    world = open_world(portal_built())
    assert make(world, 0, "N1")[0] == 200
    faults = iter(["unanswered"])
    world.chance.wire, world.chance.random.choice = 1.0, lambda _: next(faults, "")
    status, told, _ = world.run(world.replicas[0].ask("POST", "/get", {"Id": 51003}))
    assert (status, told["type"]) == (502, "/problems/upstream-closed")
    assert world.service.received["GetTask"] == 1
    assert world.service.state.tasks[51003].processor, "it was taken"
    world.settle(60)
    assert not world.service.state.tasks[51003].processor, "it is held for ever"
    assert not world.service.wrong, "a number came twice"


def test_w05_a_number_is_good_once_among_fifty_at_two_gateways(open_world):
    world = open_world(clients_built())
    call = {"SessionId": open_world.login(world), "Count": 1}

    async def all_at_once():
        return await asyncio.gather(*(world.replicas[n % 2].ask("POST", "/status", call) for n in range(50)))

    answers = world.run(all_at_once())
    assert sorted(status for status, _, _ in answers) == [200, *[409] * 49]
    assert {body["type"] for status, body, _ in answers if status == 409} == {"/problems/replayed-call"}
    assert world.service.received["GetLoginStatus"] == 1


@pytest.mark.parametrize("hours", [-1, 1])
def test_w08_a_wrong_clock_changes_nothing_and_a_lost_store_ends_the_session(open_world, hours):
    world = open_world(clients_built())
    session = open_world.login(world)

    def status(which, count):
        call = {"SessionId": session, "Count": count}
        return world.run(world.replicas[which].ask("POST", "/status", call))[:2]

    assert status(0, 1)[0] == 200
    world.replicas[1].clock.shift = hours * 3600.0
    assert status(1, 1)[0] == 409
    assert status(1, 2)[0] == 200
    assert status(0, 2)[0] == 409
    world.lose_store()
    for which in (0, 1):
        code, told = status(which, 3)
        assert (code, told["type"]) == (401, "/problems/session-expired")
    assert world.service.received["GetLoginStatus"] == 2
