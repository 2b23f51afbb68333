"""Who dies is started again; what was counted stays."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest

from gateway.observe.log import Log
from gateway.supervisor import Crew, Seat, crew
from tests.supervisor.conftest import Stand


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "FIRST", 0.01)
    monkeypatch.setattr(crew, "LONGEST", 0.04)


class Yard:
    """Makes stand-ins as they are asked for, each with its admin socket."""

    def __init__(self, folder: Any, count: int = 2) -> None:
        self.made: list[Stand] = []
        self.lines = io.StringIO()
        self.refuse: dict[int, int] = {}
        seats = [Seat(number, "127.0.0.1:1", str(folder)) for number in range(1, count + 1)]
        self.crew = Crew(seats, self.spawn, Log(self.lines, "info"))
        self.servers: dict[int, Any] = {}

    def spawn(self, seat: Seat) -> Any:
        stand = Stand(seat, self.refuse.get(seat.number))
        self.made.append(stand)
        if stand.is_alive():
            self.servers[seat.number] = asyncio.ensure_future(stand.serve())
        return stand

    async def die(self, stand: Stand, code: int) -> None:
        server = await self.servers[stand.seat.number]
        await server.stop(0.0)
        stand.end(code)

    def calls(self, page: dict[str, Any], name: str = "soapgw_request_duration_seconds_count") -> list[float]:
        return [s.value for family in page.values() for s in family.samples if s.name == name]


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_a_dead_worker_is_started_again_and_its_counts_stay(tmp_path: Any) -> None:
    yard = Yard(tmp_path)
    assert await yard.crew.start() is None
    for stand in yard.made:
        stand.metrics.request("Op", "POST", 200, 0.01)
        stand.metrics.inflight = 2
    page = await yard.crew.metrics()
    assert yard.calls(page) == [2]
    assert yard.calls(page, "soapgw_inflight_requests") == [4]
    assert yard.calls(page, "soapgw_workers") == [2]
    assert yard.calls(page, "soapgw_workers_ready") == [2]
    yard.made[1].health.ready = False
    page = await yard.crew.metrics()
    assert (yard.calls(page, "soapgw_workers"), yard.calls(page, "soapgw_workers_ready")) == ([2], [1])
    await yard.die(yard.made[1], -9)
    await until(lambda: len(yard.made) == 3)
    await until(yard.servers[2].done)
    yard.made[2].metrics.request("Op", "POST", 200, 0.01)
    page = await yard.crew.metrics()
    assert yard.calls(page) == [3]
    assert yard.calls(page, "soapgw_inflight_requests") == [2]
    assert yard.calls(page, "soapgw_worker_restarts_total") == [1]
    told = json.loads(yard.lines.getvalue())
    assert (told["event"], told["worker"]) == ("worker-died", 2)
    assert told["cause"].startswith("ended by SIGKILL; started again in ")
    for stand in yard.made:
        stand.end(0)
    await yard.crew.stop(1.0)


async def test_each_death_in_a_row_waits_longer_up_to_a_bound(tmp_path: Any) -> None:
    yard = Yard(tmp_path, 1)
    assert await yard.crew.start() is None
    yard.refuse[1] = 78
    await yard.die(yard.made[0], 1)
    await until(lambda: len(yard.made) >= 5)
    pauses = [json.loads(line)["cause"].split(" in ")[1] for line in yard.lines.getvalue().splitlines()]
    assert pauses[:4] == ["0.01 s", "0.02 s", "0.04 s", "0.04 s"]
    await yard.crew.stop(0.1)


async def test_a_first_worker_that_is_refused_ends_it_with_its_code_and_no_other_is_tried(tmp_path: Any) -> None:
    yard = Yard(tmp_path, 3)
    yard.refuse[1] = 78
    assert await yard.crew.start() == 78
    assert len(yard.made) == 1
    await yard.crew.stop(0.1)


async def test_a_later_worker_that_is_killed_before_it_serves_is_started_again(tmp_path: Any) -> None:
    """The first one serves already: what happens to another while it starts ends nothing (F-19, F-20)."""
    yard = Yard(tmp_path)
    yard.refuse[2] = -9
    starting = asyncio.ensure_future(yard.crew.start())
    await until(lambda: len(yard.made) > 2)
    del yard.refuse[2]
    assert await starting is None
    await until(lambda: all(worker.alive for worker in yard.crew.workers))
    assert json.loads(yard.lines.getvalue().splitlines()[0])["event"] == "worker-died"
    await yard.crew.stop(1.0)


async def test_who_does_not_end_in_time_is_ended(tmp_path: Any) -> None:
    yard = Yard(tmp_path, 2)
    assert await yard.crew.start() is None
    await yard.crew.stop(0.05)
    assert [stand.exitcode for stand in yard.made] == [-9, -9]
