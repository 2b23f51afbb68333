"""docs/metrics.md is what the code declares."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import generate_latest

from gateway.observe.described import page
from gateway.observe.metrics import CrewMetrics, Metrics

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_drawn_from_the_code() -> None:
    told = "write it again: python -m gateway.observe.described docs/metrics.md"
    assert (ROOT / "docs/metrics.md").read_text("utf-8") == page(), told


def test_no_series_is_left_out() -> None:
    metrics = Metrics()
    metrics.certificates({"k": 1.0})
    pages = metrics.page()[0] + generate_latest(CrewMetrics().registry)
    shown = {line.split()[2] for line in pages.decode().splitlines() if line.startswith("# TYPE")}
    assert shown == set(re.findall(r"^\| `(soapgw_[a-z_]+)`", page(), re.MULTILINE))
