"""What a gateway needs: its CPU for one request by the size of the answer, and its memory by the size of the contract.

`python -m bench.sizing`: CPU seconds are the gateway process's own (`/proc/PID/stat`), so that other work on the machine does not stand in
them; requests a second of one core are their reciprocal, an upper bound. Linux only.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .large import WSDL, ask
from .throughput import free_port, spawn

TICKS = os.sysconf("SC_CLK_TCK")
SIZES = (5, 50, 500, 5000, 50_000)  # orders of an answer: some 145 bytes each
OPERATIONS = (1, 100, 300)


def wsdl(operations: int) -> str:
    """The contract with so many operations, each with types of its own."""
    schema = re.search(r'<xs:element name="ask">.*</xs:element></xs:schema>', WSDL, re.DOTALL)
    assert schema is not None
    one = schema[0].removesuffix("</xs:schema>")
    more = [f"Ask{at}" for at in range(1, operations)]
    types = "".join(one.replace('"ask"', f'"ask{name}"').replace('"orders"', f'"orders{name}"') for name in more)
    text = WSDL.replace("</xs:schema>", f"{types}</xs:schema>")
    for name in more:
        parts = "".join(
            f'<message name="{io}{name}"><part name="p" element="t:{element}{name}"/></message>'
            for io, element in (("i", "ask"), ("o", "orders"))
        )
        port = f'<operation name="{name}"><input message="t:i{name}"/><output message="t:o{name}"/></operation></portType>'
        soap = f'<soap:operation soapAction="{name}"/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output>'
        text = text.replace('<portType name="P">', f'{parts}<portType name="P">')
        text = text.replace("</portType>", port)
        text = text.replace("</binding>", f'<operation name="{name}">{soap}</operation></binding>')
    return text


@contextmanager
def serving(operations: int, most: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The gateway's process and its port."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "s.wsdl").write_text(wsdl(operations), encoding="utf-8")
        behind, front = free_port(), free_port()
        service = {"wsdl": "s.wsdl", "path": "/S", "upstream": {"url": f"http://127.0.0.1:{behind}/s"}}
        settings = {
            "listen": f"127.0.0.1:{front}",
            "admin": f"127.0.0.1:{free_port()}",
            "limits": "large",
            "logging": {"access": True},
            "services": {"S": service},
        }
        file = Path(folder) / "gateway.yaml"
        file.write_text(json.dumps(settings), encoding="utf-8")
        stand = ["-m", "bench.large", "--serve", str(behind), "--orders", str(most)]
        started = [spawn(stand, "ready", subject=False, stream="stdout")]
        with open(os.devnull, "w") as nowhere:
            gateway = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve", str(file)], stderr=nowhere, stdout=nowhere, text=True
            )
        started.append(gateway)
        try:
            _listening(front, gateway)
            yield gateway, front
        finally:
            for process in started:
                process.terminate()
                process.wait(30)


def _listening(port: int, process: subprocess.Popen[str]) -> None:
    import socket

    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the gateway did not start")


def cpu(pid: int) -> float:
    """Seconds that a process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss(pid: int) -> float:
    """MiB that it has."""
    (kib,) = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(kib) / 1024


async def _load(port: int, many: int, seconds: float) -> int:
    times: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(ask(port, many, until, times) for _ in range(4)))
    return len(times)


def main() -> None:
    """Print both tables."""
    sys.stdout.write("| answer, KiB | CPU ms a request | requests/s of a core | memory after it, MiB |\n| --- | --- | --- | --- |\n")
    for many in SIZES:
        with serving(1, many) as (process, port):
            asyncio.run(_load(port, many, 2.0))
            before = cpu(process.pid)
            count = asyncio.run(_load(port, many, 6.0))
            spent = (cpu(process.pid) - before) / count
            size = len(_reply(many)) / 1024
            row = (f"{size:,.0f}", f"{spent * 1000:.2f}", f"{1 / spent:,.0f}", f"{rss(process.pid):.0f}")
            sys.stdout.write(f"| {' | '.join(row)} |\n")
            sys.stdout.flush()
    sys.stdout.write("\n| operations | memory at start, MiB | CPU s until it serves |\n| --- | --- | --- |\n")
    for operations in OPERATIONS:
        with serving(operations, 5) as (process, _):
            time.sleep(1.0)
            sys.stdout.write(f"| {operations} | {rss(process.pid):.0f} | {cpu(process.pid):.1f} |\n")
            sys.stdout.flush()


def _reply(many: int) -> bytes:
    from .large import reply

    return reply(many)


if __name__ == "__main__":
    main()
