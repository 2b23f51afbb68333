"""Our histogram shows what prometheus-client's own would, in both formats, and costs a part of it."""

from __future__ import annotations

import random
import re
import timeit

import prometheus_client
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from gateway.observe.histogram import Histogram

BUCKETS = (0.001, 0.01, 0.5, 1.0)


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0"])
def test_a_scraper_sees_the_same(accept: str) -> None:
    pages = []
    draw = random.Random(7)  # figures
    values = [draw.choice([*BUCKETS, 0.0, 2.5, draw.random()]) for _ in range(200)]
    for kind in (Histogram, prometheus_client.Histogram):
        registry = CollectorRegistry()
        made = kind("x_seconds", "Words.", ("operation", "code"), buckets=BUCKETS, registry=registry)
        made.labels('a"\\\n', "200")
        for at, value in enumerate(values):
            child = made.labels("s/Op", "200" if at % 3 else "500")
            if kind is Histogram:
                child.observe(value, f"{at:032x}" if at % 50 == 0 else "")
            else:
                child.observe(value, {"trace_id": f"{at:032x}"} if at % 50 == 0 else None)  # type: ignore[arg-type]
        encoder, _ = choose_encoder(accept)
        pages.append(re.sub(r"(# \{.*?\} \S+) \S+", r"\1 WHEN", encoder(registry).decode()))
    lines = [sorted(line for line in page.splitlines() if "_created" not in line) for page in pages]
    assert lines[0] == lines[1]
    assert any("trace_id" in line for line in lines[0]) is bool(accept)


def test_it_is_quick() -> None:
    """A quarter of the time; half is asked, for a loaded machine."""
    registry = CollectorRegistry()
    ours = Histogram("a", "Words.", ("x",), buckets=BUCKETS, registry=registry).labels("y")
    theirs = prometheus_client.Histogram("b", "Words.", ("x",), buckets=BUCKETS, registry=registry).labels("y")
    times = [min(timeit.repeat(lambda each=each: each.observe(0.3), number=2000, repeat=5)) for each in (ours, theirs)]  # type: ignore[misc]
    assert times[0] * 2 < times[1], times
