"""Spans over a real socket to a collector's stand-in: what it is told, and what a collector that fails costs."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import pytest

from gateway.net.post import Post
from gateway.observe import otlp
from gateway.observe.otlp import Exporter
from gateway.observe.spans import Span, Spans
from tests.observe.collector import collecting, told

TRACE, OWN, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"


class Bench:
    """An exporter with what it told."""

    def __init__(self, url: str, room: int = 100) -> None:
        self.counts: Counter[str] = Counter()
        self.why: list[str] = []
        self.spans = Spans(1.0, room, lambda what, count: self.counts.update({what: count}))
        post = Post(url, {"content-type": "application/x-protobuf"})
        self.exporter = Exporter(self.spans, post, service="desk", version="1.2", why=self.why.append)

    def add(self, count: int = 1, **more: Any) -> None:
        for number in range(count):
            given = {"name": f"GET /x{number}", "attributes": {"http.response.status_code": 200, "a": "b", "s": 0.5}}
            self.spans.add(Span(f"00-{TRACE}-{OWN}-01", PARENT, "server", **{**given, **more}))

    async def told(self) -> None:
        """Until something became of a span."""
        async with asyncio.timeout(5):
            while not self.counts:  # noqa: ASYNC110  # a test may poll
                await asyncio.sleep(0.02)

    async def stop(self, seconds: float = 3.0) -> None:
        await asyncio.to_thread(self.exporter.stop, seconds)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp, "PAUSE", 0.01)
    monkeypatch.setattr(otlp, "EVERY", 0.05)


async def test_a_collector_is_told_all_of_a_span() -> None:
    async with collecting() as collector:
        bench = Bench(collector.url)
        bench.exporter.start()
        bench.add(state="a=1,b=2")
        bench.add(failed="upstream-timeout")
        one, other = await collector.holds(2)
        await bench.stop()
    assert (one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex()) == (TRACE, OWN, PARENT)
    assert (one.name, one.kind, one.trace_state) == ("GET /x0", 2, "a=1,b=2")
    assert told(one) == {"http.response.status_code": 200, "a": "b", "s": 0.5}
    assert one.end_time_unix_nano >= one.start_time_unix_nano > 0
    assert (one.status.code, other.status.code, other.status.message) == (0, 2, "upstream-timeout")
    assert collector.resources[0]["service.name"] == "desk"
    assert collector.resources[0]["service.version"] == "1.2"
    assert len(collector.resources[0]["service.instance.id"]) == 36
    asked = collector.asked[0]
    assert (asked["path"], asked["content-type"]) == ("/v1/traces", "application/x-protobuf")
    assert bench.counts == {"sent": 2}


async def test_the_end_sends_what_is_left() -> None:
    async with collecting() as collector:
        bench = Bench(collector.url, room=5000)
        bench.exporter.start()
        bench.add(1500)  # three batches
        await bench.stop()
        assert len(collector.spans) == 1500
    assert bench.counts == {"sent": 1500}


@pytest.mark.parametrize(("statuses", "asked", "sent"), [([503], 2, "sent"), ([429, 502], 3, "sent"), ([503] * 3, 3, "failed"), ([400], 1, "failed"), ([302], 1, "failed")])  # fmt: skip
async def test_a_batch_is_tried_again_where_that_may_help(statuses: list[int], asked: int, sent: str) -> None:
    async with collecting() as collector:
        collector.statuses = list(statuses)
        bench = Bench(collector.url)
        bench.exporter.start()
        bench.add(2)
        await bench.told()
        await bench.stop()
        assert len(collector.asked) == asked
    assert bench.counts == {sent: 2}
    assert bench.why == ([] if sent == "sent" else [f"status {statuses[-1]}"])


async def test_a_collector_that_is_gone_is_told_once_and_costs_spans_alone() -> None:
    bench = Bench("http://127.0.0.1:9/v1/traces", room=3)
    bench.exporter.start()
    for _ in range(3):
        bench.add(1)
        await asyncio.sleep(0.2)
    bench.add(9)
    await bench.stop(1.0)
    assert bench.counts["failed"] + bench.counts["dropped"] == 12
    assert bench.counts["dropped"] >= 6
    assert bench.why == ["URLError"]


async def test_a_slow_collector_holds_up_neither_the_loop_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async with collecting() as collector:
        collector.pause = 0.6
        bench = Bench(collector.url, room=5000)
        bench.exporter.start()
        bench.add(2000)
        began, late = time.monotonic(), 0.0
        for _ in range(20):  # the loop goes on
            now = time.monotonic()
            await asyncio.sleep(0.005)
            late = max(late, time.monotonic() - now)
        assert late < 0.55  # never as long as the collector takes
        await bench.stop(0.7)
        assert time.monotonic() - began < 3
        collector.pause = 0.0
    assert bench.counts["dropped"] + bench.counts["sent"] <= 2000
    assert bench.counts["dropped"] >= 500
