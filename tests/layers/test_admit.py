"""Admission: so many in flight, so many waiting, so long; nothing is lost at the edges."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.core.limits import DEFAULT
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.layers.admit import Admission, shed
from tests.layers.conftest import wire


class Inner:
    """A service that holds each call until it is let go."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.gate = asyncio.Event()

    async def send(self, _: Wire) -> Wire:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait()
        finally:
            self.running -= 1
        return Wire({}, b"", status=200)


def admission(in_flight: int = 2, queue: int = 1, wait: float = 5.0) -> Admission:
    return Admission(replace(DEFAULT, in_flight=in_flight, queue=queue, queue_wait=wait))


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_n_are_served_n_more_wait_and_the_next_is_shed() -> None:
    inner, gate = Inner(), admission()
    send = gate.layer(inner.send)
    calls = [asyncio.ensure_future(send(wire())) for _ in range(3)]
    await settle()
    assert (inner.running, gate.queued) == (2, 1)
    with pytest.raises(Problem) as caught:
        await send(wire())
    assert caught.value.kind is Kind.OVERLOADED
    inner.gate.set()
    assert [reply.status for reply in await asyncio.gather(*calls)] == [200] * 3
    assert (inner.most, gate.queued) == (2, 0)


async def test_who_waits_too_long_is_shed_and_its_place_is_free_again() -> None:
    inner, gate = Inner(), admission(1, 5, 0.01)
    send = gate.layer(inner.send)
    first = asyncio.ensure_future(send(wire()))
    await settle()
    with pytest.raises(Problem):
        await send(wire())
    assert gate.queued == 0
    inner.gate.set()
    await first
    assert (await send(wire())).status == 200


async def test_a_failure_inside_gives_its_slot_back() -> None:
    async def broken(_: Wire) -> Wire:
        raise RuntimeError

    gate = admission(1, 0)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await gate.layer(broken)(wire())


async def test_a_caller_that_goes_away_while_waiting_leaves_no_hole() -> None:
    inner, gate = Inner(), admission(1, 2)
    send = gate.layer(inner.send)
    first, second, third = (asyncio.ensure_future(send(wire())) for _ in range(3))
    await settle()
    second.cancel()
    await settle()
    assert gate.queued == 1
    inner.gate.set()
    await asyncio.gather(first, third)
    assert (await send(wire())).status == 200


async def test_a_release_between_the_end_of_a_wait_and_its_handling_loses_nothing() -> None:
    """The waiter's turn is done (timed out or given) while its task has not run yet."""
    gate = admission(1, 10, 0.002)

    async def quick(_: Wire) -> Wire:
        await asyncio.sleep(0.002)
        return Wire({}, b"", status=200)

    async def one() -> int:
        try:
            return (await gate.layer(quick)(wire())).status
        except Problem:
            return 503

    for _ in range(60):
        assert set(await asyncio.gather(*(one() for _ in range(4)))) <= {200, 503}
    assert gate.queued == 0
    assert await one() == 200


async def test_a_turn_that_was_given_to_a_caller_gone_in_the_same_moment_goes_to_the_next() -> None:
    inner, gate = Inner(), admission(1, 5)
    send = gate.layer(inner.send)
    first, second, third = (asyncio.ensure_future(send(wire())) for _ in range(3))
    await settle()
    inner.gate.set()
    await first  # its release has given the turn to the second, which goes away before it runs
    second.cancel()
    assert (await asyncio.wait_for(third, 1)).status == 200


def test_the_pause_is_jittered_within_bounds() -> None:
    pauses = {int(shed("queue").headers["retry-after"]) for _ in range(200)}
    assert pauses <= {1, 2, 3, 4, 5}
    assert len(pauses) > 1
