"""Workers without processes: an admin socket in this one, and a sentinel that a test may close."""

from __future__ import annotations

import os
import signal
from typing import Any

from gateway.core.message import Wire
from gateway.net.admin import admin, page
from gateway.net.server import Server
from gateway.observe.admin import admin_pages
from gateway.observe.metrics import Metrics
from gateway.supervisor import Seat


class Standing:
    """What the probes ask of a stand-in."""

    ready = True
    draining = False


class Stand:
    """A stand-in for the process of a seat: as far as a crew knows one."""

    pid = None

    def __init__(self, seat: Seat, code: int | None = None) -> None:
        self.seat, self.exitcode = seat, code
        self.sentinel, self._end = os.pipe()
        self.metrics = Metrics("1")
        self.health = Standing()
        self.said: list[tuple[str, str, str, dict[str, str]]] = []
        self.status, self.word = 200, "done\n"

    def start(self) -> None:
        if self.exitcode is not None:
            os.close(self._end)

    def is_alive(self) -> bool:
        return self.exitcode is None

    def join(self) -> None:
        """It has ended."""

    def kill(self) -> None:
        self.end(-signal.SIGKILL)

    def end(self, code: int) -> None:
        if self.exitcode is None:
            self.exitcode = code
            os.close(self._end)

    async def serve(self) -> Server:
        async def answer(wire: Wire) -> Wire:
            self.said.append((wire.method, wire.path, wire.query, dict(wire.headers)))
            return page(self.word, "text/plain; charset=utf-8", self.status)

        pages: dict[str, Any] = {**admin_pages(self.metrics, self.health), "/routes": answer, "/drain": answer}
        pages["/other"] = answer
        server = Server(admin({**pages, "PUT /log-level": answer, "POST /reload": answer}))
        await server.start(f"unix:{self.seat.socket}")
        return server
