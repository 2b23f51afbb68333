"""One admin port for several workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.observe.merge import Families
from gateway.supervisor import Seat, Worker
from gateway.supervisor.pages import Health, pages
from tests.supervisor.conftest import Stand


class Crewed:
    """Two workers that answer."""

    def __init__(self, stands: list[Stand]) -> None:
        self.stands = stands
        self.workers = tuple(Worker(stand.seat) for stand in stands)
        for worker, stand in zip(self.workers, stands, strict=True):
            worker.process = stand  # type: ignore[assignment]

    file = "gateway.yaml"

    async def metrics(self) -> Families:
        return {}


@pytest.fixture
async def crewed(tmp_path: Any) -> AsyncIterator[Crewed]:
    stands = [Stand(Seat(number, "127.0.0.1:1", str(tmp_path))) for number in (1, 2)]
    servers = [await stand.serve() for stand in stands]
    yield Crewed(stands)
    for server in servers:
        await server.stop(0.0)


async def ask(crewed: Crewed, target: str, method: str = "GET", health: Health | None = None, **headers: str) -> Wire:
    path, _, query = target.partition("?")
    wire = Wire({name.replace("_", "-"): value for name, value in headers.items()}, b"", method=method)
    wire.path, wire.query = path, query
    return await pages(crewed, health or Health())(wire)


async def test_ready_while_one_worker_is(crewed: Crewed) -> None:
    assert (await ask(crewed, "/readyz")).status == 200
    crewed.stands[0].health.ready = False
    assert (await ask(crewed, "/readyz")).status == 200
    crewed.stands[1].end(1)
    assert (await ask(crewed, "/readyz")).status == 503
    assert (await ask(crewed, "/livez")).status == 200
    crewed.stands[0].health.ready = True
    draining = Health()
    draining.draining = True
    assert (await ask(crewed, "/readyz", health=draining)).body == b"draining\n"


async def test_a_question_goes_to_one_and_an_order_to_all(crewed: Crewed) -> None:
    assert (await ask(crewed, "/other")).body == b"done\n"
    assert [len(stand.said) for stand in crewed.stands] == [1, 0]
    assert (await ask(crewed, "/drain?wait=3", sec_fetch_site="cross-site")).body == b"done\n"
    for stand in crewed.stands:
        method, path, query, headers = stand.said[-1]
        assert (method, path, query, headers["sec-fetch-site"]) == ("GET", "/drain", "wait=3", "cross-site")
    await ask(crewed, "/log-level", "PUT")
    assert [stand.said[-1][:2] for stand in crewed.stands] == [("PUT", "/log-level")] * 2


async def test_who_says_otherwise_is_named_and_the_worst_status_counts(crewed: Crewed) -> None:
    crewed.stands[1].status, crewed.stands[1].word = 422, "refused\n"
    answer = await ask(crewed, "/reload", "POST")
    assert answer.status == 422
    assert answer.body == b"worker 1: done\nworker 2: refused\n"


async def test_routes_that_differ_are_told_of_each(crewed: Crewed) -> None:
    assert (await ask(crewed, "/routes")).body == b"done\n"
    crewed.stands[1].word = "other\n"
    assert (await ask(crewed, "/routes")).body == b"worker 1: done\nworker 2: other\n"


async def test_a_worker_that_is_away_is_passed_over(crewed: Crewed) -> None:
    crewed.stands[0].end(-9)
    assert (await ask(crewed, "/other")).body == b"done\n"
    assert len(crewed.stands[1].said) == 1
    crewed.stands[1].end(-9)
    for method, path in (("GET", "/other"), ("GET", "/routes"), ("GET", "/"), ("POST", "/reload")):
        with pytest.raises(Problem) as told:
            await ask(crewed, path, method)
        assert told.value.kind is Kind.OVERLOADED
