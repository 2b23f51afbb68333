"""Rows F-16, F-19, O-01, O-05 and S-10 of the security page, on gateways in processes of their own; scaled in time, not in kind.

O-01 is at a capacity that admission sets (calls at once), offered ten times as much at a constant rate; O-05 has 30,000 requests
in the place of a million, and bounds the growth of the last two thirds.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.supervisor.test_run import children
from tests.wire.processes import ROOT, free

pytestmark = pytest.mark.slow
WSDL = ROOT / "schemas/netid/portal.wsdl"
MIB = 1 << 20
QUICK = "/Portal/GetVersion"


class Served:
    """A gateway before a reference portal, both as commands; what it logs is kept."""

    def __init__(self, folder: Path, *, delay: float = 0.0, workers: int = 1, **settings: Any) -> None:
        self.config, self.data, self.admin, service = folder / "gateway.yaml", free(), free(), free()
        upstream = {"url": f"http://127.0.0.1:{service}/portal", "timeout": 20}
        self.settings = {"services": {"portal": {"wsdl": str(WSDL), "upstream": upstream}}, **settings}
        self.settings |= {"drain": {"delay": 0, "grace": 5}}
        self.write(self.settings)
        portal = ("gateway.demo.portal", "--listen", f"127.0.0.1:{service}", "--delay", str(delay))
        places = ("--listen", f"127.0.0.1:{self.data}", "--admin", f"127.0.0.1:{self.admin}")
        serve = ("gateway", "serve", str(self.config), *places, *(("--workers", str(workers)) if workers > 1 else ()))
        self.log = (folder / "log").open("w+", encoding="utf-8")
        self.behind = subprocess.Popen([sys.executable, "-m", *portal], cwd=ROOT, stderr=subprocess.DEVNULL)
        self.process = subprocess.Popen([sys.executable, "-m", *serve], cwd=ROOT, stderr=self.log)

    def write(self, settings: Any) -> None:
        new = self.config.with_suffix(".new")
        new.write_text(settings if isinstance(settings, str) else json.dumps(settings))
        new.replace(self.config)

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        """A page of the admin port."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin}{path}", body)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, series: str) -> float:
        return sum(float(value) for value in re.findall(rf"^{series} (\S+)$", self.ask("/metrics")[1], re.MULTILINE))

    def memory(self) -> int:
        """Bytes that the process keeps."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


@contextlib.contextmanager
def served(folder: Path, **more: Any) -> Iterator[Served]:
    running = Served(folder, **more)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                if running.ask("/readyz")[0] == 200:
                    break
            assert running.process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield running
    finally:
        for process in (running.process, running.behind):
            process.kill()
            process.wait(10)
        running.log.close()


class Load:
    """Callers that keep their connections; what they were told, and when."""

    def __init__(self, port: int, callers: int, pause: float = 0.0) -> None:
        self.port, self.pause, self.stop, self.told = port, pause, threading.Event(), Counter[str]()
        self.seconds: list[float] = []
        self.threads = [threading.Thread(target=self._call) for _ in range(callers)]
        for thread in self.threads:
            thread.start()

    def _call(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stop.is_set():
            began = time.perf_counter()
            try:
                line.request("POST", QUICK, b"{}", {"content-type": "application/json"})
                reply = line.getresponse()
                reply.read()
                self.told[str(reply.status)] += 1
                self.seconds.append(time.perf_counter() - began)
            except (OSError, http.client.HTTPException) as error:
                self.told[type(error).__name__] += 1
                line.close()
            time.sleep(self.pause)

    def end(self) -> Counter[str]:
        self.stop.set()
        for thread in self.threads:
            thread.join()
        return self.told


def test_f_16_a_hundred_reloads_under_load_lose_nothing(tmp_path: Path) -> None:
    """Every fifth is refused (broken YAML, a missing schema, half a file, a wrong name): the old configuration serves on."""
    broken = ("services: [", f"services: {{portal: {{wsdl: {tmp_path}/none.wsdl}}}}", "{", "servces: {}")
    with served(tmp_path, reload={"watch": False}) as gateway:
        load = Load(gateway.data, 2, pause=0.01)
        before = 0
        for at in range(130):
            wrong = at % 5 == 4
            settings = {**gateway.settings, "problem_base": f"https://a.example/{at}/problems/"}
            gateway.write(broken[at // 5 % 4] if wrong else settings)
            assert gateway.ask("/reload", b"")[0] == (422 if wrong else 200)
            if at == 29:  # the first ones fill caches
                before = gateway.memory()
        grown = gateway.memory() - before
        told = load.end()
        assert set(told) == {"200"}, told
        assert told["200"] > 500
        assert gateway.metric(r'soapgw_reloads_total\{result="refused"\}') == 26
        assert gateway.metric(r'soapgw_reloads_total\{result="ok"\}') == 104
        assert gateway.metric("soapgw_config_last_reload_successful") == 0, "the last one was refused"
    assert grown <= 8 * MIB, f"{grown / MIB:.1f} MiB in a hundred reloads"


def test_f_19_a_killed_worker_is_started_again_within_a_second(tmp_path: Path) -> None:
    """Each of two, under load: the other serves, what is lost was under way in the killed one, nothing waits on its socket."""
    with served(tmp_path, workers=2) as gateway:
        _until(lambda: _listeners(gateway.data) == 2)
        load = Load(gateway.data, 4, pause=0.002)
        for kills, victim in enumerate(children(gateway.process.pid), 1):
            time.sleep(2)
            known = set(children(gateway.process.pid))
            os.kill(victim, signal.SIGKILL)
            killed = time.monotonic()
            _until(lambda known=known: bool(set(children(gateway.process.pid)) - known))
            assert time.monotonic() - killed <= 1.0
            _until(lambda: _listeners(gateway.data) == 2)
            assert gateway.metric("soapgw_worker_restarts_total") == kills
        told = load.end()
        lost = sum(count for status, count in told.items() if status != "200")
        assert lost <= 2 * 4, told  # four callers, two kills: at most what was under way
        assert told["200"] / sum(told.values()) >= 0.99, told
        assert gateway.ask("/readyz")[0] == 200


def _listeners(port: int) -> int:
    """Sockets of the kernel's table that accept at a port (state 0A)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


def _until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


async def _offered(port: int, rate: float, seconds: float) -> list[tuple[float, int, float, float]]:
    """(when, status, seconds, Retry-After) of each of a constant rate of requests, each on a connection of its own."""
    found: list[tuple[float, int, float, float]] = []
    request = f"POST {QUICK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"

    async def one() -> None:
        began = time.perf_counter()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request.encode())
            reply = await reader.read()
            writer.close()
        except OSError:
            found.append((began, 0, 0, 0))
            return
        pause = re.search(rb"retry-after: (\d+)", reply, re.IGNORECASE)
        told = int(reply[9:12] or 0)
        found.append((began, told, time.perf_counter() - began, float(pause[1]) if pause else 0))

    tasks, start = [], time.perf_counter()
    for at in range(int(rate * seconds)):
        await asyncio.sleep(max(0, start + at / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
    return found


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def test_o_01_ten_times_the_capacity_is_shed_and_forgotten(tmp_path: Path) -> None:
    """Four calls at once of 0.1 s are 40 a second; 400 are offered, for eight seconds."""
    bounds = {"limits": {"in_flight": 4, "queue": 8}}
    with served(tmp_path, delay=0.1, **bounds) as gateway:
        quiet = asyncio.run(_offered(gateway.data, 20, 3))
        assert {status for _, status, _, _ in quiet} == {200}
        before, calm = gateway.memory(), _p99([seconds for _, _, seconds, _ in quiet])
        storm = asyncio.run(_offered(gateway.data, 400, 8))
        told = Counter(status for _, status, _, _ in storm)
        assert set(told) == {200, 503}, told
        assert told[200] / 8 >= 0.8 * 40, told
        assert _p99([seconds for _, status, seconds, _ in storm if status == 200]) <= 2 * calm + 1.5
        pauses = {pause for _, status, _, pause in storm if status == 503}
        assert min(pauses) >= 1
        assert max(pauses) <= 5
        assert len(pauses) > 1, "jittered"
        refused = sorted(seconds for _, status, seconds, _ in storm if status == 503 and seconds < 1)
        assert refused[len(refused) // 2] <= 0.05, "half of the refusals at once; the rest after their wait in the queue"
        assert gateway.memory() <= before * 1.2
        time.sleep(1)
        after = asyncio.run(_offered(gateway.data, 20, 3))
        assert {status for _, status, _, _ in after} == {200}
        assert _p99([seconds for _, _, seconds, _ in after]) <= 2 * calm


def test_o_05_memory_and_sockets_stay_over_many_requests(tmp_path: Path) -> None:
    """Steady, one in a hundred refused, one in a hundred gone before its answer."""
    with served(tmp_path) as gateway:
        good = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" % QUICK.encode()
        bad = good.replace(b"{}", b"[]")

        def ask(count: int) -> Counter[int]:
            told: Counter[int] = Counter()
            line = socket.create_connection(("127.0.0.1", gateway.data))
            for at in range(count):
                line.sendall(bad if at % 100 == 50 else good)
                if at % 100 == 99:  # gone
                    line.close()
                    line = socket.create_connection(("127.0.0.1", gateway.data))
                    continue
                reply = line.recv(65536)
                while b"\r\n\r\n" not in reply:
                    reply += line.recv(65536)
                told[int(reply[9:12])] += 1
            line.close()
            return told

        ask(10_000)
        warm = gateway.memory()
        ask(15_000)  # what is kept of the last ones is full by now
        time.sleep(1)
        memory, files = gateway.memory(), gateway.files()
        told = ask(15_000)
        time.sleep(1)
        assert told == {200: 14_700, 422: 150}
        grown = gateway.memory() - memory
        assert grown <= 256 * 1024, f"{grown / 15_000:.0f} bytes a request"
        assert gateway.memory() - warm <= 16 * MIB
        assert abs(gateway.files() - files) <= 2
        assert gateway.metric("soapgw_inflight_requests") == 0


def test_s_10_what_callers_and_services_say_forges_no_line(tmp_path: Path) -> None:
    odd = '%0A{"level":"error"}%1B[31m%E2%80%A8%C2%9B'.replace('"', "%22").replace("{", "%7B").replace("}", "%7D")
    requests = [
        f"GET /x{odd} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"POST {QUICK} HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\u2028b\r\nUser-Agent: \x1b[31m\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{{}}",
        "FORGED\x1b HTTP/1.1\r\n\r\n",
    ]
    body = json.dumps({"\n\u2028\x1b[31m" + "k" * 1_000_000: 1}, ensure_ascii=False).encode()
    large = f"POST {QUICK} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nContent-Type: application/json\r\n\r\n"
    with served(tmp_path, logging={"level": "debug"}) as gateway:
        for raw in (*(each.encode() for each in requests), large.encode() + body):
            with socket.create_connection(("127.0.0.1", gateway.data)) as line:
                line.sendall(raw)
                line.shutdown(socket.SHUT_WR)
                while line.recv(65536):
                    pass
        time.sleep(0.5)
        text = (tmp_path / "log").read_text("utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("ready ")]
    told = [json.loads(line) for line in lines]
    assert len([line for line in told if line["stream"] == "access"]) >= 4
    assert not re.search("[\x00-\x09\x0b-\x1f\x80-\x9f\u2028\u2029]", text)
    assert max(map(len, lines)) < 8 * 1024
    assert {line["level"] for line in told} <= {"debug", "info", "warning"}, "no line of theirs"
