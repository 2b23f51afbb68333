"""Series of a configuration: at 0 before the first call, live parts asked at each scrape."""

from __future__ import annotations

from pathlib import Path

from gateway.build.book import build
from gateway.build.measured import expect, mark, show_breakers, show_pools
from gateway.core.limits import DEFAULT
from gateway.layers.breaker import Breaker
from gateway.net.pool import Pool, Target
from gateway.observe.metrics import Metrics
from gateway.settings import load, parse
from gateway.testing import FakeClock

ROOT = Path(__file__).resolve().parents[2]


def test_the_contract_foresees_its_series() -> None:
    metrics = Metrics()
    expect(metrics, build(load(ROOT / "config/netid.yaml", {})))
    text = metrics.page()[0].decode()
    assert 'soapgw_backend_duration_seconds_count{operation="portal/CreateTask",outcome="fault"} 0.0' in text
    assert 'soapgw_request_duration_seconds_count{code="200",method="POST",operation="portal/GetTask"} 0.0' in text
    assert 'soapgw_problems_total{kind="overloaded"} 0.0' in text
    assert 'soapgw_faults_total{fault="other",operation="portal/SaveTask"} 0.0' in text
    metrics.request("portal/GetTask", "POST", 200, 0.01)  # the same child
    assert 'count{code="200",method="POST",operation="portal/GetTask"} 1.0' in metrics.page()[0].decode()


def test_the_build_names_its_contracts(tmp_path: Path) -> None:
    (tmp_path / "portal.xsd").write_bytes((ROOT / "schemas/netid/portal.xsd").read_bytes())
    wsdl = (ROOT / "schemas/netid/portal.wsdl").read_bytes()
    config = "services: {portal: {wsdl: portal.wsdl, upstream: {url: 'http://127.0.0.1:9'}}}"
    seen = []
    for text in (wsdl, wsdl + b"<!-- -->", wsdl):
        (tmp_path / "portal.wsdl").write_bytes(text)
        built = build(parse(config, base=tmp_path, env={}))
        metrics = Metrics("7")
        expect(metrics, built)
        assert f'soapgw_build_info{{contract="{mark(built)}",version="7"}} 1.0' in metrics.page()[0].decode()
        seen.append(mark(built))
    assert len(seen[0]) == 12
    assert seen[0] == seen[2] != seen[1]


def test_breakers_and_pools_are_asked_and_those_gone_are_dropped() -> None:
    metrics = Metrics()
    breaker = Breaker(FakeClock())
    pool = Pool(Target("127.0.0.1", 9), lambda: None, DEFAULT, size=1, idle=1.0, connect=1.0)
    show_breakers(metrics, {"old": breaker})
    show_breakers(metrics, {"new": breaker})
    show_pools(metrics, {"new": pool})
    pool.in_use = 3
    text = metrics.page()[0].decode()
    assert 'soapgw_breaker_state{service="new"} 0.0' in text
    assert 'service="old"' not in text
    assert 'soapgw_backend_connections{service="new",state="in_use"} 3.0' in text
    breaker._until = breaker._clock.monotonic() + 1
    assert 'soapgw_breaker_state{service="new"} 2.0' in metrics.page()[0].decode()
