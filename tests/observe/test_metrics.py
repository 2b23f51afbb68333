"""Every series: its name, its labels, and that no client can make one."""

from __future__ import annotations

import re
from dataclasses import fields

from gateway.core.limits import Limits
from gateway.core.problem import Kind, Problem
from gateway.observe.metrics import LIMITS, Metrics


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
    metrics.refused(Problem(Kind.BAD_REQUEST), 400)
    page = text(metrics)
    assert 'soapgw_backend_duration_seconds_count{operation="s/Op",outcome="ok"} 2.0' in page
    assert 'soapgw_problems_total{kind="bad-request"} 1.0' in page
    assert 'soapgw_request_duration_seconds_count{code="400",method="OTHER",operation="none"} 1.0' in page


def test_a_limit_that_was_hit_is_counted_by_its_name_and_nobody_invents_one() -> None:
    metrics = Metrics()
    metrics.problem(Problem(Kind.JSON_LIMIT_EXCEEDED, limit="json_depth"))
    metrics.problem(Problem(Kind.OVERLOADED, limit="of a plug-in's own"))
    metrics.problem(Problem(Kind.NOT_FOUND))
    metrics.limit("write_stall")
    hit = dict(re.findall(r'soapgw_limits_hit_total{limit="([^"]+)"} (\S+)', text(metrics)))
    assert {name for name, count in hit.items() if count != "0.0"} == {"json_depth", "write_stall"}
    assert set(hit) == set(LIMITS)
    assert set(LIMITS) - {"pool", "sessions"} < {field.name for field in fields(Limits)}


def test_requests_by_what_both_sides_speak() -> None:
    metrics = Metrics()
    metrics.expect({"old/Op": (), "new/Op": ()}, (), {"new"})
    for operation in ("old/Op", "new/Op"):
        for soap in (True, False):
            metrics.direction(operation, soap, 204, 0.1)
    metrics.direction("old/Op", True, 502, 0.1)
    metrics.direction("old/Op", True, 404, 0.1)
    found = re.findall(r'soapgw_direction_duration_seconds_count{direction="(\S+?)",(?:.*)outcome="(\w+)"}', text(metrics))
    assert sorted(found) == [
        ("json-json", "ok"), ("json-soap", "ok"), ("soap-json", "ok"),
        ("soap-soap", "failed"), ("soap-soap", "ok"), ("soap-soap", "refused"),
    ]  # fmt: skip
    metrics.expect({"old/Op": ()}, (), {"old"})  # a reload: the service speaks JSON now
    metrics.direction("old/Op", False, 200, 0.1)
    assert 'direction="json-json",operation="old/Op"' in text(metrics)


def test_two_instances_share_nothing() -> None:
    one, other = Metrics(), Metrics()
    one.call("s/Op", "ok", 0.2)
    assert "s/Op" not in text(other)


def test_openmetrics_where_it_is_asked_for() -> None:
    body, content_type = Metrics().page("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")
