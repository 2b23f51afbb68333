"""Turns: one at a time on an entity, in order, among replicas by a lease."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from gateway.core.clock import SystemClock
from gateway.core.problem import Kind, Problem
from gateway.plugins.locking.settings import Guard
from gateway.plugins.locking.turns import Turns
from gateway.state.memory import Memory

GUARD = Guard(wait=2.0)


async def test_one_at_a_time_over_two_replicas_and_each_has_its_turn():
    state = Memory(SystemClock())
    replicas = [Turns(state), Turns(state)]
    inside, most, done = 0, 0, 0

    async def work(turns):
        nonlocal inside, most, done
        async with turns.turn("P1", GUARD):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1
            done += 1

    await asyncio.gather(*(work(replicas[n % 2]) for n in range(20)))
    assert (most, done) == (1, 20)
    assert not replicas[0]._lines, "an entity without callers costs nothing"


async def test_other_entities_do_not_wait():
    turns = Turns(Memory(SystemClock()))
    async with turns.turn("P1", GUARD), turns.turn("P2", GUARD):
        pass


async def test_who_waits_too_long_is_told_that_nothing_was_sent():
    turns = Turns(Memory(SystemClock()))
    async with turns.turn("P1", GUARD):
        with pytest.raises(Problem) as told:
            async with turns.turn("P1", Guard(wait=0.02)):
                raise AssertionError("two at once")
    assert (told.value.kind, told.value.outcome) == (Kind.LOCK_CONFLICT, "not-sent")
    async with turns.turn("P1", GUARD):
        pass


async def test_the_turn_of_a_dead_replica_passes_on():
    state = Memory(SystemClock())
    await state.put(f"locks:turn:{sha256(b'P1').hexdigest()}", b"of a gateway that was killed", ttl=0.1)
    async with Turns(state).turn("P1", GUARD):
        pass


async def test_a_call_that_lasts_longer_than_the_lease_keeps_its_turn():
    state = Memory(SystemClock())
    async with Turns(state).turn("P1", Guard(lease=0.06)):
        with pytest.raises(Problem):
            async with Turns(state).turn("P1", Guard(wait=0.15)):
                raise AssertionError("two at once")
    async with Turns(state).turn("P1", Guard(wait=0.05)):
        pass


async def test_within_one_process_the_store_is_not_asked():
    class Away:
        async def put(self, *_, **__):
            raise AssertionError("asked")

    async with Turns(Away()).turn("P1", Guard(across=False)):
        pass
