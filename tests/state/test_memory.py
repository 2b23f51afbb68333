"""State in one process: compare-and-set, time to live, bounded."""

from __future__ import annotations

import pytest

from gateway.core.problem import Kind, Problem
from gateway.state.memory import Memory


class Hands:
    """A clock that the test moves."""

    at = 0.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Hands:
    return Hands()


async def test_put_get_delete(clock: Hands) -> None:
    store = Memory(clock)
    assert await store.get("a") is None
    assert await store.put("a", b"1", ttl=10)
    assert await store.get("a") == b"1"
    assert await store.delete("a")
    assert not await store.delete("a")


async def test_compare_and_set(clock: Hands) -> None:
    store = Memory(clock)
    assert await store.put("a", b"1", ttl=10, expect=None)
    assert not await store.put("a", b"2", ttl=10, expect=None)
    assert not await store.put("a", b"2", ttl=10, expect=b"0")
    assert await store.put("a", b"2", ttl=10, expect=b"1")
    assert not await store.delete("a", expect=b"1")
    assert await store.delete("a", expect=b"2")


async def test_what_has_expired_is_absent(clock: Hands) -> None:
    store = Memory(clock)
    await store.put("a", b"1", ttl=10)
    clock.at = 9.99
    assert await store.get("a") == b"1"
    clock.at = 10.0
    assert await store.get("a") is None
    assert await store.put("a", b"2", ttl=10, expect=None)
    clock.at = 20.0
    assert not await store.delete("a")


async def test_a_full_store_refuses_new_keys_and_loses_none(clock: Hands) -> None:
    store = Memory(clock, size=2)
    await store.put("a", b"1", ttl=10)
    await store.put("b", b"1", ttl=99)
    with pytest.raises(Problem) as caught:
        await store.put("c", b"1", ttl=10)
    assert caught.value.kind is Kind.STATE_UNAVAILABLE
    assert await store.put("a", b"2", ttl=10), "a key that stands there may be written"
    clock.at = 10.0
    assert await store.put("c", b"1", ttl=10), "what expired made room"
    assert await store.get("b") == b"1"


async def test_many_short_lives_leave_nothing_behind(clock: Hands) -> None:
    store = Memory(clock)
    for at in range(5000):
        clock.at = float(at)
        await store.put(str(at), b"", ttl=0.5)
    assert len(store._entries) <= 1100
