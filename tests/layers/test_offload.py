"""Large messages leave the event loop; the very large ones one after the other, with the interpreter made to give way."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time

import pytest

from gateway.layers.offload import VERY, Courtesy, offload


async def test_from_the_bound_on_work_is_done_in_a_thread() -> None:
    here = threading.get_ident()
    assert await offload(10, 10, threading.get_ident) == here
    assert await offload(11, 10, threading.get_ident) != here
    assert await offload(VERY, 10, threading.get_ident) != here


async def test_very_large_ones_go_one_after_the_other_and_courteously() -> None:
    running: list[int] = []
    before = sys.getswitchinterval()

    def work() -> tuple[int, float, bool]:
        running.append(1)
        time.sleep(0.01)
        seen = len(running), sys.getswitchinterval(), gc.isenabled()
        running.pop()
        return seen

    found = await asyncio.gather(*(offload(VERY, 10, work) for _ in range(4)))
    assert [seen[0] for seen in found] == [1] * 4
    assert all(interval <= 0.001 and not collecting for _, interval, collecting in found)
    assert (sys.getswitchinterval(), gc.isenabled()) == (before, True)


async def test_what_fails_is_told_and_leaves_nothing_behind() -> None:
    def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await offload(VERY, 10, work)
    assert gc.isenabled()


def test_garbage_is_looked_for_again_when_large_messages_do_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    courtesy = Courtesy()
    with courtesy():
        assert not gc.isenabled()
        later = time.monotonic() + 60
        monkeypatch.setattr(time, "monotonic", lambda: later)
        with courtesy():
            assert gc.isenabled()
    assert gc.isenabled()


async def test_the_loop_is_asked_for_often_while_python_works_beside_it() -> None:
    """A bound for a loaded machine: a switch each 5 ms would let the loop run a fifth as often."""
    stop = time.perf_counter() + 0.3

    def work() -> int:
        count = 0
        while time.perf_counter() < stop:
            count += 1
        return count

    task = asyncio.ensure_future(offload(VERY, 10, work))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert await task
    assert turns > 20
