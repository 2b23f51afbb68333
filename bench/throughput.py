"""The gateway as it ships beside a plain pass-through proxy: same service, same load, same core, in turns.

The gateway reads JSON, validates it, writes SOAP, reads SOAP, validates it and writes JSON; the
pass-through copies bytes. Each subject has core 0 for itself; service and load share the others.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .bounds import mark

ROOT = Path(__file__).resolve().parent.parent
WSDL = ROOT / "schemas" / "netid" / "portal.wsdl"  # no policy: translation and both validations, nothing else


@dataclass
class Subject:
    """One proxy under measurement."""

    name: str
    port: int
    process: subprocess.Popen[str]
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def cores(subject: bool) -> set[int]:
    """Core 0 of ours for the subject, the others for the rest; all when there is one only."""
    have = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    return set(have[:1] if subject else have[1:]) or set(have)


def spawn(arguments: list[str], ready: str, *, subject: bool, stream: str, **env: str) -> subprocess.Popen[str]:
    """Start a Python process, pinned, and wait for the word that it is ready."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE if stream == "stdout" else subprocess.DEVNULL,
        stderr=subprocess.PIPE if stream == "stderr" else None,
        env={**os.environ, **env},
    )
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, cores(subject))
    pipe = getattr(process, stream)
    for line in pipe:
        if ready in line:
            threading.Thread(target=pipe.read, daemon=True).start()  # keep the pipe empty
            return process
    raise SystemExit(f"{' '.join(arguments)} did not start")


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used, its threads together; 0 where /proc is not."""
    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def load(port: int, connections: int, how: str) -> dict[str, float]:
    """One run of the load."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.load", str(port), str(connections), how],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
    )
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, cores(False))
    out, _ = process.communicate()
    result: dict[str, float] = json.loads(out)
    return result


@contextlib.contextmanager
def started(hold: float) -> Iterator[list[Subject]]:
    """Both subjects in front of one service that holds each request so long."""
    running: list[subprocess.Popen[str]] = []
    try:
        service, proxy, gateway, admin = (free_port() for _ in range(4))
        running.append(spawn(["-m", "bench.backend", str(service), str(hold)], "ready", subject=False, stream="stdout"))
        url = f"http://127.0.0.1:{service}/portal"
        running.append(spawn(["-m", "bench.passthrough", str(proxy), url], "ready", subject=True, stream="stdout"))
        arguments = ["-m", "gateway", "serve", "--wsdl", str(WSDL), "--upstream", url]
        arguments += ["--listen", f"127.0.0.1:{gateway}", "--admin", f"127.0.0.1:{admin}"]
        running.append(spawn(arguments, "ready data=", subject=True, stream="stderr"))
        yield [Subject("pass-through", proxy, running[1]), Subject("gateway", gateway, running[2])]
    finally:
        for process in running:
            process.terminate()
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def measure(subjects: list[Subject], *, connections: int, seconds: float, rounds: int) -> None:
    """Warm up, then measure in turns, so that what else the machine does meets both."""
    for subject in subjects:
        load(subject.port, connections, "1")
    for _ in range(rounds):
        for subject in subjects:
            before = cpu_of(subject.process.pid)
            result = load(subject.port, connections, str(seconds))
            if result["failures"]:
                raise SystemExit(f"{subject.name}: {result['failures']} of {result['requests']} requests failed")
            subject.rates.append(result["requests"] / result["seconds"])
            subject.cpu.append((cpu_of(subject.process.pid) - before) / result["requests"] * 1e6)
            subject.p50.append(result["p50"])
            subject.p99.append(result["p99"])


def main() -> int:
    """Print the table and the ratio; 1 when the gateway is under the bound."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each run (3)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each subject, in turns (3)")
    parser.add_argument("--connections", type=int, default=32, help="of the load (32)")
    parser.add_argument("--at-least", type=float, default=0.6, help="ratio below which the exit code is 1 (0.6)")
    given = parser.parse_args()
    out = sys.stdout.write
    out(f"Python {platform.python_version()}, {platform.machine()}, {len(cores(True) | cores(False))} cores; ")
    out(f"{given.connections} connections, {given.rounds} rounds of {given.seconds:g} s, medians\n\n")
    with started(0.0) as subjects:
        measure(subjects, connections=given.connections, seconds=given.seconds, rounds=given.rounds)
    out(f"{'':14}{'requests/s':>12}{'CPU µs/request':>17}{'p50 ms':>9}{'p99 ms':>9}\n")
    for one in subjects:
        rate, cpu = statistics.median(one.rates), statistics.median(one.cpu)
        p50, p99 = statistics.median(one.p50), statistics.median(one.p99)
        out(f"{one.name:14}{rate:>12.0f}{cpu:>17.0f}{p50:>9.2f}{p99:>9.2f}\n")
    ratios = [mine / plain for plain, mine in zip(subjects[0].rates, subjects[1].rates, strict=True)]
    ratio = statistics.median(ratios)
    verdict = mark(ratio, least=given.at_least)
    out(f"\ngateway / pass-through: {ratio:.2f} ({verdict}; rounds: {', '.join(f'{r:.2f}' for r in ratios)})\n")
    with started(0.02) as subjects:
        gateway = subjects[1]
        load(gateway.port, 200, "x3")
        runs = [load(gateway.port, 200, "x1") for _ in range(5)]
    burst = statistics.median(run["seconds"] for run in runs)
    lost = int(sum(run["failures"] for run in runs))
    out(f"200 requests at once, pool of 100, service holds each 20 ms: {burst:.3f} s (median of 5), ")
    out(f"{lost} failed ({mark(lost, most=0)})\n")
    from .large import told  # it starts its processes with what stands above

    out(told(given.seconds))
    from . import held

    out(held.told())
    return 0 if ratio >= given.at_least and not lost else 1
