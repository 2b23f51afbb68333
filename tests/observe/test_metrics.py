"""Every series: its name, its labels, and that no client can make one."""

from __future__ import annotations

import re

from gateway.core.problem import Kind
from gateway.observe.metrics import Metrics


def text(metrics: Metrics) -> str:
    return metrics.page()[0].decode()


def test_names_follow_the_conventions() -> None:
    page = text(Metrics("1.2", "abc"))
    names = re.findall(r"^# TYPE (\S+) (\S+)", page, re.MULTILINE)
    assert all(name.startswith("soapgw_") for name, _ in names)
    assert all(name.endswith("_total") for name, kind in names if kind == "counter")
    assert all(name.endswith("_seconds") for name, kind in names if kind == "histogram")
    assert 'soapgw_build_info{contract="abc",version="1.2"} 1.0' in page
    assert "_created" not in page


def test_unlike_methods_share_one_series() -> None:
    metrics = Metrics()
    for at in range(100):
        metrics.request("none", f"M{at}", 405, 0.1)
    assert text(metrics).count("soapgw_request_duration_seconds_count{") == 1
    assert 'method="OTHER",operation="none"} 100.0' in text(metrics)


def test_calls_and_refusals_are_counted() -> None:
    metrics = Metrics()
    metrics.call("s/Op", "ok", 0.2)
    metrics.call("s/Op", "ok", 0.2)
    metrics.refused(Kind.BAD_REQUEST, 400)
    page = text(metrics)
    assert 'soapgw_backend_duration_seconds_count{operation="s/Op",outcome="ok"} 2.0' in page
    assert 'soapgw_problems_total{kind="bad-request"} 1.0' in page
    assert 'soapgw_request_duration_seconds_count{code="400",method="OTHER",operation="none"} 1.0' in page


def test_two_instances_share_nothing() -> None:
    one, other = Metrics(), Metrics()
    one.call("s/Op", "ok", 0.2)
    assert "s/Op" not in text(other)


def test_openmetrics_where_it_is_asked_for() -> None:
    body, content_type = Metrics().page("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")
