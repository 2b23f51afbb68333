"""The time of small requests while large replies are being converted, over real sockets.

`python -m bench.large [--seconds N]`: eight connections ask for 1 KB, one at a time each, first alone, then while another client asks
for one reply of 8 MB (60,000 objects) after the other. The gateway has core 0, the service and the clients share the others.
Small and large have a service and a client of their own, each a process: what is measured is the gateway's, not how they wait for
each other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .bounds import mark
from .throughput import cores, free_port, spawn

_ORDER = "".join(f'<xs:element name="{name}" type="xs:{kind}"/>' for name, kind in (("id", "int"), ("name", "string"), ("price", "decimal"), ("when", "dateTime"), ("ok", "boolean")))  # fmt: skip
_LINE = (
    "<order><id>%d</id><name>Name %d &amp; co</name><price>12.50</price><when>2024-05-17T09:30:00Z</when><ok>true</ok>"
    "</order>"
)
WSDL = f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:bench" targetNamespace="urn:bench"><types>
<xs:schema targetNamespace="urn:bench" elementFormDefault="qualified"><xs:element name="ask"><xs:complexType><xs:sequence>
<xs:element name="many" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="orders"><xs:complexType><xs:sequence><xs:element name="order" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
<xs:sequence>{_ORDER}</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema></types>
<message name="i"><part name="p" element="t:ask"/></message><message name="o"><part name="p" element="t:orders"/></message>
<portType name="P"><operation name="Ask"><input message="t:i"/><output message="t:o"/></operation></portType>
<binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Ask">
<soap:operation soapAction="a"/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
<service name="S"><port name="S" binding="t:B"><soap:address location="http://127.0.0.1:1/s"/></port></service></definitions>"""


def reply(many: int) -> bytes:
    """The service's answer with so many orders."""
    orders = "".join([_LINE % (at, at) for at in range(many)])
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><orders xmlns="urn:bench">'
        f"{orders}</orders></s:Body></s:Envelope>"
    ).encode()


_SLICE = 1 << 16  # bytes that are written or read in one go
_FEW = 5  # orders of a small answer


async def service(port: int, most: int) -> None:
    """Answer with the number of orders asked for; the two answers are ready before."""
    ready = {many: reply(many) for many in (_FEW, most)}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                body = await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
                raw = ready[_FEW if b">%d<" % _FEW in body else most]
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(raw))
                for at in range(0, len(raw), _SLICE):
                    writer.write(raw[at : at + _SLICE])
                    await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


async def ask(port: int, many: int, until: float, times: list[float]) -> None:
    """One connection: the same request again and again; the seconds of each are added."""
    body = b'{"many":%d}' % many
    request = b"POST /%s/Ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(request % (b"Small" if many == _FEW else b"Large", len(body), body))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(head.decode())
        left = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while left:
            left -= len(await reader.read(min(left, _SLICE)))
        times.append(time.perf_counter() - began)
        await asyncio.sleep(0.005)  # callers that think: the queue is not what is measured
    writer.close()


async def _few(port: int, seconds: float) -> list[float]:
    small: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*[ask(port, _FEW, until, small) for _ in range(8)])
    return small


def _round(port: int, seconds: float, most: int) -> tuple[list[float], list[float]]:
    """The seconds of small requests, and of large ones that another process asks for meanwhile."""
    if not most:
        return asyncio.run(_few(port, seconds)), []
    with tempfile.TemporaryDirectory() as folder:
        times = Path(folder) / "times"
        arguments = ["--ask", str(port), "--orders", str(most), "--seconds", str(seconds + 0.5), "--times", str(times)]
        other = spawn(["-m", "bench.large", *arguments], "began", subject=False, stream="stdout")
        small = asyncio.run(_few(port, seconds))
        if other.wait(60):
            raise SystemExit("the large requests failed")
        return small, json.loads(times.read_text(encoding="utf-8"))


def _many(port: int, most: int, seconds: float, times: str) -> None:
    """The other process: large replies one after the other; their seconds are left in a file."""
    large: list[float] = []
    sys.stdout.write("began\n")
    sys.stdout.flush()
    asyncio.run(ask(port, most, time.perf_counter() + seconds, large))
    Path(times).write_text(json.dumps(large), encoding="utf-8")


@contextlib.contextmanager
def gateway(most: int) -> Iterator[int]:
    """The gateway before a service with large answers; its port."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        (Path(folder) / "s.wsdl").write_text(WSDL, encoding="utf-8")
        small, large, front, admin = (free_port() for _ in range(4))
        settings = {
            "listen": f"127.0.0.1:{front}",
            "admin": f"127.0.0.1:{admin}",
            "limits": "large",
            "logging": {"access": False},
            "services": {
                name: {"wsdl": "s.wsdl", "path": f"/{name}", "upstream": {"url": f"http://127.0.0.1:{port}/s"}}
                for name, port in (("Small", small), ("Large", large))
            },
        }
        file = Path(folder) / "gateway.yaml"
        file.write_text(json.dumps(settings), encoding="utf-8")
        for arguments, ready, subject, stream in (
            (["-m", "bench.large", "--serve", str(small), "--orders", str(_FEW)], "ready", False, "stdout"),
            (["-m", "bench.large", "--serve", str(large), "--orders", str(most)], "ready", False, "stdout"),
            (["-m", "gateway", "serve", str(file)], "ready data=", True, "stderr"),
        ):
            process = spawn(arguments, ready, subject=subject, stream=stream)
            stack.callback(process.wait, 10)
            stack.callback(process.terminate)
        yield front


@contextlib.contextmanager
def beside_it() -> Iterator[None]:
    """This process on the cores that the gateway, which runs already, has not."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores(False))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def p99(times: list[float]) -> float:
    """Milliseconds."""
    return sorted(times)[int(len(times) * 0.99)] * 1000


def measure(seconds: float, rounds: int = 3, most: int = 60_000) -> tuple[float, float, float, float]:
    """Median p99 of small requests, ms, alone and beside large ones; the large ones' median, s, and the median ratio."""
    alone, beside, large, ratios = [], [], [], []
    with gateway(most) as port, beside_it():
        _round(port, 1.0, most)
        for _ in range(rounds):
            alone.append(p99(_round(port, seconds, 0)[0]))
            small, slow = _round(port, seconds, most)
            beside.append(p99(small))
            large += slow
            ratios.append(beside[-1] / alone[-1])
    return statistics.median(alone), statistics.median(beside), statistics.median(large), statistics.median(ratios)


def told(seconds: float, most: int = 60_000) -> str:
    """One line, measured."""
    alone, beside, large, ratio = measure(seconds, most=most)
    return (
        f"1 KB beside replies of {len(reply(most)) / 1e6:.0f} MB: p99 {alone:.1f} ms alone, {beside:.1f} ms beside "
        f"(ratio {ratio:.1f}: {mark(ratio, most=3)}); a large one takes {large:.2f} s\n"
    )


def main() -> int:
    """Print one line."""
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--ask", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--times", default="", help=argparse.SUPPRESS)
    parser.add_argument("--orders", type=int, default=60_000)
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    if given.ask:
        _many(given.ask, given.orders, given.seconds, given.times)
        return 0
    if given.serve:
        asyncio.run(service(given.serve, given.orders))
    sys.stdout.write(told(given.seconds, given.orders))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
