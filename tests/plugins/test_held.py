"""What is held: one owner, renewed while in use, given back by its owner alone, free by itself when the owner died."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.clock import SystemClock
from gateway.core.problem import Kind, Problem
from gateway.plugins.held import holding, taken
from gateway.state.memory import Memory


async def test_one_has_it_and_keeps_it_while_the_block_runs():
    state = Memory(SystemClock())
    assert await taken(state, "k", b"a", 0.06)
    async with holding(state, "k", b"a", 0.06):
        await asyncio.sleep(0.15)
        assert not await taken(state, "k", b"b", 0.06)
    assert await taken(state, "k", b"b", 0.06)
    await asyncio.sleep(0.08)
    assert await taken(state, "k", b"c", 1), "its owner died"


async def test_only_its_owner_gives_it_back():
    state = Memory(SystemClock())
    async with holding(state, "k", b"a", 5):
        await state.put("k", b"b", ttl=5)
    assert await state.get("k") == b"b"


async def test_what_the_store_has_lost_is_taken_again():
    state = Memory(SystemClock())
    await taken(state, "k", b"a", 0.06)
    async with holding(state, "k", b"a", 0.06):
        await state.delete("k")
        await asyncio.sleep(0.05)
        assert await state.get("k") == b"a"


class Late(Memory):
    """Writes, and does not say so."""

    async def put(self, *given, **more):
        await super().put(*given, **more)
        raise Problem(Kind.STATE_UNAVAILABLE)


async def test_what_was_perhaps_written_is_taken_back():
    state = Late(SystemClock())
    with pytest.raises(Problem):
        await taken(state, "k", b"a", 5)
    assert await state.get("k") is None
