"""A real Prometheus scrapes the gateway under load before a slow service, and answers the dashboard's questions rightly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import ROOT, _free, _wait

pytestmark = pytest.mark.interop
DELAY = 0.2
TRACE = "0af7651916cd43dd8448eb211c80319c"
# a process of a minute shows no plug-in, no failure and no key
SILENT = frozenset({10, 14, 16, 20, 22, 23, 26})


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Prometheus' address after some load, and how many requests there were."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed (Debian: apt-get install prometheus)")
    folder = tmp_path_factory.mktemp("prometheus")
    service, data, admin, web = (_free() for _ in range(4))
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        f"rule_files: [{ROOT}/deploy/prometheus/rules.yml]\n"
        f"scrape_configs: [{{job_name: soapgw, static_configs: [{{targets: ['127.0.0.1:{admin}']}}]}}]\n"
    )
    python = (sys.executable, "-m")
    serve = ("gateway", "serve", "config/netid.yaml", "--listen", f"127.0.0.1:{data}", "--admin", f"127.0.0.1:{admin}")
    store = (f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data")
    listen = (f"--web.listen-address=127.0.0.1:{web}", "--enable-feature=exemplar-storage")
    env = {**os.environ, "NETID_PORTAL": f"http://127.0.0.1:{service}/portal"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT, "env": env}
    commands = [
        (*python, "gateway.demo.portal", "--listen", f"127.0.0.1:{service}", "--delay", str(DELAY)),
        (*python, *serve),
        (program, *store, *listen),
    ]
    started = [subprocess.Popen(command, **quiet) for command in commands]  # type: ignore[call-overload]
    try:
        _wait(f"http://127.0.0.1:{admin}/readyz", started[1])
        _wait(f"http://127.0.0.1:{web}/-/ready", started[2])
        time.sleep(2)  # the first scrape, at 0
        yield f"http://127.0.0.1:{web}", load(f"http://127.0.0.1:{data}/portal/GetVersion")
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(10)


def load(url: str, seconds: float = 12.0, callers: int = 3) -> int:
    """Call for some time; how many were answered."""
    counts: list[int] = []
    ends = time.monotonic() + seconds

    def call() -> None:
        count = 0
        while time.monotonic() < ends:
            headers = {"content-type": "application/json", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
            urllib.request.urlopen(urllib.request.Request(url, b"{}", headers), timeout=20).read()
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == callers
    time.sleep(2)  # the last scrape
    return sum(counts)


def query(base: str, expression: str, path: str = "query", **more: str) -> list[dict[str, Any]]:
    """What Prometheus answers."""
    text = expression.replace("$__rate_interval", "10s").replace("$job", ".+")
    url = f"{base}/api/v1/{path}?{urllib.parse.urlencode({'query': text, **more})}"
    answer = json.loads(urllib.request.urlopen(url, timeout=20).read())
    assert answer["status"] == "success", expression
    found = answer["data"]
    return found if isinstance(found, list) else found["result"]


def panels() -> dict[int, dict[str, Any]]:
    file: Path = ROOT / "deploy/grafana/dashboards/soapgw.json"
    return {panel["id"]: panel for panel in json.loads(file.read_text())["panels"]}


def value(found: list[dict[str, Any]]) -> float:
    (one,) = found
    return float(one["value"][1])


def test_every_request_is_counted_once(asked: tuple[str, int]) -> None:
    base, calls = asked
    counted = 'sum(soapgw_request_duration_seconds_count{operation="portal/GetVersion",code="200"})'
    assert value(query(base, counted)) == calls
    directed = 'sum(soapgw_direction_duration_seconds_count{direction="json-soap",outcome="ok"})'
    assert value(query(base, directed)) == calls
    assert value(query(base, 'sum(soapgw_backend_duration_seconds_count{outcome="ok"})')) == calls


def test_the_cause_of_a_slowdown_is_read_from_the_first_panel(asked: tuple[str, int]) -> None:
    base, _ = asked
    told = {target["legendFormat"]: value(query(base, target["expr"])) for target in panels()[8]["targets"]}
    assert DELAY <= told["behind"] < told["all"] < DELAY + 0.5
    assert told["here"] < told["behind"] / 2
    assert told["here"] == pytest.approx(told["all"] - told["behind"], abs=0.01)


def test_every_panel_is_answered(asked: tuple[str, int]) -> None:
    base, _ = asked
    for number, panel in panels().items():
        for target in panel.get("targets", ()):
            found = query(base, target["expr"])
            assert found or number in SILENT or "server_errors" in target["expr"], panel["title"]


def test_traces_are_found_by_their_exemplars(asked: tuple[str, int]) -> None:
    base, _ = asked
    now = time.time()
    found = query(
        base, "soapgw_request_duration_seconds_bucket", "query_exemplars", start=str(now - 120), end=str(now)
    )
    assert {each["labels"]["trace_id"] for series in found for each in series["exemplars"]} == {TRACE}


def test_nothing_fires(asked: tuple[str, int]) -> None:
    base, _ = asked
    assert query(base, 'ALERTS{alertstate="firing"}') == []
