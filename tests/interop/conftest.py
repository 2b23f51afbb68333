"""What the foreign tests share: the demos behind the gateway as real commands, and the foreign stacks behind it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.interop.stages import STACKS, Lacking, Stage
from tests.wire.conftest import gateway_of_file, in_thread

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


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The foreign stacks; each is started when it is first asked for, and that is told."""
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    stage = Stage(tmp_path_factory.mktemp("stacks"), lambda text: reporter.write_line(f" {text}") if reporter else None)
    try:
        yield stage
    finally:
        stage.stop()


@dataclass(frozen=True)
class Behind:
    """A gateway before one address of a stack: what `gateway import` said of its WSDL, and where it serves."""

    verdict: dict[str, Any]
    address: str

    @property
    def wsdl(self) -> str:
        """The contract as the gateway gives it."""
        return f"{self.address}/Desk?wsdl"


@pytest.fixture(scope="session")
def behind(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Behind]]:
    """(stack, path) -> the gateway before it, with the configuration that `gateway import` wrote of its WSDL."""
    found: dict[tuple[str, str], Behind] = {}
    with ExitStack() as opened:

        def gateway(stack: str, path: str) -> Behind:
            if (stack, path) not in found:
                try:
                    base = stage.base(stack)
                except Lacking as missing:
                    lacking(f"{STACKS[stack].title}: {missing}")
                folder = tmp_path_factory.mktemp(f"{stack}-{path.strip('/')}")
                words = ("import", f"{base}/{path}?wsdl", "-o", str(folder), "--report", "json")
                done = subprocess.run(
                    [sys.executable, "-m", "gateway", *words], cwd=ROOT, check=False, capture_output=True, encoding="utf-8"
                )
                assert done.returncode == 0, done.stderr
                made = opened.enter_context(in_thread(lambda: gateway_of_file(folder / "gateway.yaml", {})))
                found[stack, path] = Behind(json.loads(done.stdout), f"http://{made.addresses['data']}")
            return found[stack, path]

        yield gateway
