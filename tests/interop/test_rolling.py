"""Two gateways behind HAProxy are upgraded one after the other under load: no request is lost, none is sent twice."""

from __future__ import annotations

import csv
import http.client
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from tests.interop.conftest import ROOT, _free, _wait

pytestmark = pytest.mark.interop
# ports of the shipped file, by what stands at them
PLACES = {"8000": "web", "8404": "page", "8080": "a", "9901": "a_admin", "8081": "b", "9902": "b_admin"}


def haproxy(ports: dict[str, int]) -> str:
    """The shipped configuration with other ports, and with checks that a test can wait for."""
    text = (ROOT / "deploy/haproxy/haproxy.cfg").read_text()
    text = re.sub(r"\b(" + "|".join(PLACES) + r")\b", lambda found: str(ports[PLACES[found[1]]]), text)
    return text.replace("inter 1s", "inter 200ms")


class Load:
    """Callers that keep their connections and call until told to stop."""

    def __init__(self, port: int, callers: int = 3) -> None:
        self.port, self.statuses, self.stop = port, [], threading.Event()
        self.threads = [threading.Thread(target=self.call) for _ in range(callers)]
        for thread in self.threads:
            thread.start()

    def call(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not self.stop.is_set():
            try:
                line.request("POST", "/portal/GetVersion", b"{}", {"content-type": "application/json"})
                reply = line.getresponse()
                body = reply.read()
                self.statuses.append(reply.status if reply.status == 200 else f"{reply.status} {body.decode()}")
            except (OSError, http.client.HTTPException) as error:
                self.statuses.append(type(error).__name__)
                line.close()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


def _up(page: int, name: str) -> None:
    """Wait until the balancer itself sends requests to a gateway: readiness is known to it one check later."""
    for _ in range(100):
        with urllib.request.urlopen(f"http://127.0.0.1:{page}/;csv", timeout=10) as reply:
            rows = csv.DictReader(io.StringIO(reply.read().decode()))
        if any(row["svname"] == name and row["status"].startswith("UP") for row in rows):
            return
        time.sleep(0.2)
    raise AssertionError(f"HAProxy never saw the gateway {name} ready")


def test_a_rolling_upgrade_loses_nothing(tmp_path: Path) -> None:
    program = shutil.which("haproxy")
    if program is None:
        pytest.skip("haproxy is not installed (Debian: apt-get install haproxy)")
    service, web, page = _free(), _free(), _free()
    ports = {name: (_free(), _free()) for name in "ab"}
    env = {**os.environ, "NETID_PORTAL": f"http://127.0.0.1:{service}/portal"}
    running: list[subprocess.Popen[bytes]] = []
    log = (tmp_path / "log").open("wb")

    def start(*command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        running.append(process)
        return process

    def gateway(name: str) -> subprocess.Popen[bytes]:
        data, admin = ports[name]
        places = ("--listen", f"127.0.0.1:{data}", "--admin", f"127.0.0.1:{admin}")
        process = start(sys.executable, "-m", "gateway", "serve", "config/netid.yaml", *places)
        _wait(f"http://127.0.0.1:{admin}/readyz", process)
        return process

    try:
        start(sys.executable, "-m", "gateway.demo.portal", "--listen", f"127.0.0.1:{service}", "--delay", "0.03")
        serving = {name: gateway(name) for name in ports}
        numbers = {name: port for name, (port, _) in ports.items()}
        admins = {f"{name}_admin": admin for name, (_, admin) in ports.items()}
        (tmp_path / "haproxy.cfg").write_text(haproxy({"web": web, "page": page, **numbers, **admins}))
        start(program, "-f", str(tmp_path / "haproxy.cfg"), "-db")
        _wait(f"http://127.0.0.1:{web}/openapi.json", running[-1])
        for name in ports:
            _up(page, name)
        load = Load(web)
        for name in ports:
            time.sleep(1)
            wait = f"http://127.0.0.1:{ports[name][1]}/drain?wait=20"
            assert urllib.request.urlopen(wait, timeout=30).read() == b"drained\n"
            serving[name].send_signal(signal.SIGTERM)
            assert serving[name].wait(40) == 0
            gateway(name)
            _up(page, name)
        time.sleep(1)
        load.end()
        assert len(load.statuses) > 100
        assert set(load.statuses) == {200}
    finally:
        for process in running:
            process.kill()
            process.wait(10)
