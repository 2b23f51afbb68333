"""The demo's services and the gateway before them, each the real command in a process of its own, on free ports."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = {
    "netid": ("gateway.demo.portal", "NETID_PORTAL", "/portal"),
    "projector": ("gateway.demo.projector", "PROJECTOR_URL", "/OpsProjectorWcfSvc/PwsProjectorServices.svc"),
}


def lacking(words: str) -> None:
    """A foreign stack is missing: a failure where it is demanded (.ci/run), else skipped."""
    if os.environ.get("SOAPGW_INTEROP_REQUIRED"):
        pytest.fail(words)
    pytest.skip(words)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not come up")


@pytest.fixture(scope="session")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Name of the demo -> the gateway's base address."""
    logs = tmp_path_factory.mktemp("demos")
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *command: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        with (logs / name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **(env or {})}, stdout=log, stderr=log
            )
        started.append(process)
        return process

    found = {}
    try:
        for name, (module, variable, path) in SERVICES.items():
            service, data = _free(), _free()
            start(f"{name}-service", module, "--listen", f"127.0.0.1:{service}")
            env = {variable: f"http://127.0.0.1:{service}{path}"}
            listen = ("--listen", f"127.0.0.1:{data}", "--admin", f"127.0.0.1:{_free()}")
            gateway = start(name, "gateway", "serve", f"config/{name}.yaml", *listen, env=env)
            _wait(f"http://127.0.0.1:{data}/openapi.json", gateway)
            found[name] = f"http://127.0.0.1:{data}"
        yield found
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(10)
