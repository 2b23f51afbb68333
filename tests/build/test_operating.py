"""The operators' pages, without a socket."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.build.book import Built, build
from gateway.build.operating import operating_pages
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.net.admin import admin
from gateway.observe.log import Log
from gateway.observe.metrics import Metrics
from gateway.observe.seen import Seen
from gateway.settings import load

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    """A gateway as the pages see it."""

    built: Built
    health: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(ready=True, draining=False))
    left: list[int] = field(default_factory=lambda: [0])

    def drain(self) -> None:
        self.health.ready, self.health.draining = False, True

    def under_way(self) -> int:
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


@pytest.fixture(scope="module")
def built() -> Built:
    loaded = load(ROOT / "config/netid.yaml", {})
    return build(loaded.changed(drain=loaded.settings.drain.model_copy(update={"delay": 0.0})))


def pages(built: Built, left: list[int] | None = None):
    running = Running(built, left=left or [0])
    log = Log(io.StringIO())
    return running, log, operating_pages(running, log, Metrics(), Seen(), None)


@pytest.mark.parametrize(("left", "word"), [([0], b"drained\n"), ([2, 1, 0], b"drained\n"), ([2], b"2 under way\n")])
async def test_drain_waits_for_what_is_under_way_and_no_longer(built: Built, left: list[int], word: bytes) -> None:
    running, _, table = pages(built, left)
    reply = await table["/drain"](Wire({}, b"", method="GET", path="/drain", query="wait=0.3"))
    assert reply.body == word
    assert running.health.draining


@pytest.mark.parametrize("query", ["wait=x", "wait=-1", "wait=nan", "wait=9999999"])
async def test_a_wait_that_is_none_is_refused_and_nothing_drains(built: Built, query: str) -> None:
    running, _, table = pages(built)
    with pytest.raises(Problem) as refused:
        await table["/drain"](Wire({}, b"", query=query))
    assert refused.value.kind is Kind.BAD_REQUEST
    assert not running.health.draining


async def test_routes_config_and_the_front_page(built: Built) -> None:
    _, _, table = pages(built)
    assert "portal.CreateTask" in {row["operation"] for row in json.loads((await table["/routes"](Wire({}, b""))).body)}
    assert json.loads((await table["/config"](Wire({}, b""))).body)["services"]["portal"]["path"] == "/portal"
    front = await table["/"](Wire({}, b""))
    assert "default-src 'none'" in front.headers["content-security-policy"]
    assert b"<script" not in front.body


async def test_levels(built: Built) -> None:
    _, log, table = pages(built)
    assert (await table["/log-level"](Wire({}, b""))).body == b"info\n"
    await table["PUT /log-level"](Wire({}, b"error\n"))
    assert log.level == "error"
    with pytest.raises(Problem):
        await table["PUT /log-level"](Wire({}, b"\xff"))


@pytest.mark.parametrize("path", ["/drain", "POST /reload", "PUT /log-level"])
async def test_another_sites_page_cannot_act(built: Built, path: str) -> None:
    _, _, table = pages(built)
    with pytest.raises(Problem) as refused:
        await table[path](Wire({"sec-fetch-site": "cross-site"}, b"debug"))
    assert refused.value.kind is Kind.FORBIDDEN


async def test_without_a_source_there_is_no_reload(built: Built) -> None:
    _, _, table = pages(built)
    with pytest.raises(Problem) as refused:
        await table["POST /reload"](Wire({}, b""))
    assert refused.value.kind is Kind.NOT_FOUND


async def test_a_pasted_request_is_explained(built: Built) -> None:
    _, _, table = pages(built)
    text = b'POST /api/task/get HTTP/1.1\nAuthorization: Basic hush\n\n{"SessionId": "aHVzaA==", "Id": "7", "Count": "1"}'
    reply = await table["POST /explain"](Wire({}, text, method="POST", path="/explain"))
    told = reply.body.decode()
    assert "<tns:Id>7</tns:Id>" in told
    assert "aHVzaA" not in told
    assert "hush" not in told
    with pytest.raises(Problem) as refused:
        await table["POST /explain"](Wire({}, b"what?", method="POST", path="/explain"))
    assert refused.value.kind is Kind.BAD_REQUEST
    with pytest.raises(Problem):
        await table["POST /explain"](Wire({"origin": "http://evil"}, text, method="POST", path="/explain"))


async def test_any_request_is_explained_when_it_asks_so(built: Built) -> None:
    _, _, table = pages(built)
    send = admin(table)
    wire = Wire({}, b"", method="GET", path="/tasks/7", query="explain")
    assert "<tns:Id>7</tns:Id><tns:ReadOnly>true</tns:ReadOnly>" in (await send(wire)).body.decode()
    with pytest.raises(Problem) as refused:
        await send(Wire({}, b"", method="GET", path="/nothing", query="explain"))
    assert refused.value.kind is Kind.NOT_FOUND
