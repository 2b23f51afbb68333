"""A closed-loop client: so many connections, each sends its next request when its answer has come.

`python -m bench.load PORT CONNECTIONS SECONDS|xN`: for so long, or each connection N times. Prints one
JSON line: requests, seconds, failures, p50 and p99 in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

BODY = b'{"Info":{"SessionId":"QUFFQ0F3UUZCZ2NJQ1FvTERBME9Edz09","Id":273672,"Count":2}}'
REQUEST = (
    b"POST /Portal/ReleaseTask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Accept: application/json\r\nUser-Agent: bench\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.left = run.each
        self.buffer = b""
        self.began = 0.0
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.run.open.add(self)
        self.run.arrived()

    def send(self) -> None:
        """The next request."""
        assert self.transport is not None
        self.left -= 1
        self.began = time.perf_counter()
        self.transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        length = int(head[head.find(b"content-length:") + 15 :].split(b"\r\n", 1)[0])
        if len(self.buffer) < end + 4 + length:
            return
        self.run.answered(time.perf_counter() - self.began, self.buffer.startswith(b"HTTP/1.1 200 "))
        self.buffer = b""
        if self.left and time.perf_counter() < self.run.until:
            self.send()
        else:
            self.run.ended(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self in self.run.open:
            self.run.failures += 1
            self.run.ended(self)


class Run:
    """All connections of one measurement; they begin together."""

    def __init__(self, connections: int, seconds: float, each: int) -> None:
        self.connections = connections
        self.seconds = seconds
        self.each = each
        self.times: list[float] = []
        self.failures = 0
        self.open: set[Client] = set()
        self.began = self.until = 0.0
        self.done = asyncio.Event()

    def arrived(self) -> None:
        """Begin when all are connected."""
        if len(self.open) == self.connections:
            self.began = time.perf_counter()
            self.until = self.began + self.seconds
            for client in list(self.open):
                client.send()

    def answered(self, seconds: float, fine: bool) -> None:
        """Count an answer."""
        self.times.append(seconds)
        self.failures += not fine

    def ended(self, client: Client) -> None:
        """A connection has had its last answer."""
        self.open.discard(client)
        if client.transport is not None:
            client.transport.close()
        if not self.open:
            self.done.set()

    def result(self) -> dict[str, float]:
        """What was measured."""
        took = time.perf_counter() - self.began
        times = sorted(self.times) or [0.0]
        return {
            "requests": len(self.times),
            "seconds": took,
            "failures": self.failures,
            "p50": times[len(times) // 2] * 1000,
            "p99": times[int(len(times) * 0.99)] * 1000,
        }


async def main(port: int, connections: int, how: str) -> None:
    """Run and print."""
    run = Run(connections, *((3600.0, int(how[1:])) if how.startswith("x") else (float(how), 1_000_000_000)))
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Client(run), "127.0.0.1", port)
    await run.done.wait()
    sys.stdout.write(json.dumps(run.result()) + "\n")


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
