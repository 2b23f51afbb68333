"""The whole of it: a command, its workers, its sockets, its end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT


class Running:
    """`gateway serve` with workers."""

    def __init__(self, process: subprocess.Popen[str], data: str, admin: str) -> None:
        self.process, self.data, self.admin = process, data, admin

    def ask(self, url: str, body: bytes | None = None) -> tuple[int, str]:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, pattern: str) -> float:
        _, page = self.ask(f"http://{self.admin}/metrics")
        return sum(float(value) for value in re.findall(rf"^{pattern} (\S+)$", page, re.MULTILINE))

    def until(self, condition: Any) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, "waited 30 s"
            time.sleep(0.1)


def command(*more: str) -> list[str]:
    return [sys.executable, "-m", "gateway", "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", *more]


@contextlib.contextmanager
def serving(config: Path, workers: int) -> Iterator[Running]:
    process = subprocess.Popen(
        command(str(config), "--workers", str(workers)), stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stderr is not None
        line = next(line for line in process.stderr if line.startswith("ready "))
        told = dict(part.split("=") for part in line.split()[1:])
        assert told["workers"] == str(workers)
        yield Running(process, told["data"], told["admin"])
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "gateway.yaml"
    wsdl = ROOT / "schemas/netid/portal.wsdl"
    service = {"wsdl": str(wsdl), "upstream": {"url": "http://127.0.0.1:1/"}}
    file.write_text(json.dumps({"services": {"portal": service}, "drain": {"delay": 0, "grace": 2}}))
    return file


def test_workers_serve_one_address_die_come_back_and_end_together(config: Path) -> None:
    counted = r'soapgw_request_duration_seconds_count\{[^}]*code="422"[^}]*\}'
    with serving(config, 2) as gateway:
        for _ in range(12):
            assert gateway.ask(f"http://{gateway.data}/Portal/GetVersion", b'{"x": 1}')[0] == 422
        assert gateway.metric(counted) == 12
        assert gateway.metric("soapgw_workers") == gateway.metric("soapgw_workers_ready") == 2
        assert gateway.ask(f"http://{gateway.admin}/readyz")[0] == 200
        shown = gateway.ask(f"http://{gateway.admin}/")[1]
        assert "GetVersion</td><td class=n>12</td><td class=n>0</td>" in shown  # of both together
        assert shown.count("<td>serves</td>") == 2
        assert str(config) in shown
        assert "<td>/Portal/GetVersion</td>" in shown
        seen = json.loads(gateway.ask(f"http://{gateway.admin}/seen")[1])
        assert [line["slug"] for line in seen] == ["invalid-message"] * 12
        assert len({line["request_id"] for line in seen}) == 12
        assert [line["at"] for line in seen] == sorted(line["at"] for line in seen)
        assert shown.count("invalid-message") == 12
        victim = max(children(gateway.process.pid))
        os.kill(victim, signal.SIGKILL)
        gateway.until(lambda: gateway.metric("soapgw_worker_restarts_total") == 1)
        assert gateway.metric(counted) == 12  # what the dead one had counted stays
        gateway.until(lambda: len(children(gateway.process.pid)) == 2)
        assert gateway.ask(f"http://{gateway.data}/Portal/GetVersion", b'{"x": 1}')[0] == 422
        workers = children(gateway.process.pid)
        gateway.process.terminate()
        assert gateway.process.wait(20) == 0
        assert len(workers) == 2
        assert not any(alive(worker) for worker in workers)


@pytest.mark.slow
def test_a_supervisor_that_is_killed_takes_its_workers_along(config: Path) -> None:
    with serving(config, 2) as gateway:
        workers = children(gateway.process.pid)
        assert len(workers) == 2
        gateway.process.kill()
        gateway.process.wait()
        gateway.until(lambda: not any(alive(worker) for worker in workers))


def test_a_configuration_that_is_refused_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text("services:\n  a: {wsdl: none.wsdl}\n")
    ended = subprocess.run(
        command(str(file), "--workers", "3"), capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert ended.returncode == 78
    assert ended.stderr.count("none.wsdl") == 1, ended.stderr


def children(pid: int) -> list[int]:
    """The workers of a supervisor (its other child is multiprocessing's own)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(state[1]) == pid and b"spawn_main" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
