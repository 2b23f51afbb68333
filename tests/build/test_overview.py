"""The operators' front page: what is in it, and that nothing of a client can become markup."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.build.book import build
from gateway.build.overview import overview, quantile
from gateway.observe.metrics import Metrics
from gateway.observe.seen import Seen
from gateway.settings import load

ROOT = Path(__file__).resolve().parents[2]
INF = float("inf")


@pytest.mark.parametrize(
    ("buckets", "q", "value"),
    [
        ({}, 0.5, None),
        ({1.0: 0, INF: 0}, 0.5, None),
        ({1.0: 10, INF: 10}, 0.5, 0.5),
        ({1.0: 0, 2.0: 10, INF: 10}, 0.5, 1.5),
        ({1.0: 5, 2.0: 10, INF: 10}, 0.95, 1.9),
        ({1.0: 5, INF: 10}, 0.95, 1.0),  # past the last bound: the bound, as Prometheus has it
    ],
)
def test_quantiles(buckets: dict[float, float], q: float, value: float | None) -> None:
    found = quantile(buckets, q)
    assert found == pytest.approx(value) if value is not None else found is None


def test_the_page() -> None:
    built = build(load(ROOT / "config/netid.yaml", {}))
    metrics, seen = Metrics(), Seen()
    metrics.request("portal/GetTask", "POST", 200, 0.02)
    metrics.request("portal/GetTask", "POST", 502, 0.02)
    metrics.call("portal/GetTask", "ok", 0.004)
    seen.add("portal/GetTask", 502, "upstream-malformed", "<script>alert(1)</script>", "r-1")
    metrics.reloaded("refused")
    text = overview(built, SimpleNamespace(ready=True, draining=False), metrics, seen)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "portal/GetTask</td><td class=n>2</td><td class=n>1</td>" in text
    assert "was refused" in text
    assert "/api/task/create" in text


def test_a_draining_gateway_says_so() -> None:
    built = build(load(ROOT / "config/netid.yaml", {}))
    text = overview(built, SimpleNamespace(ready=False, draining=True), Metrics(), Seen())
    assert "class=bad>draining" in text
    assert "Nothing was called yet." in text
