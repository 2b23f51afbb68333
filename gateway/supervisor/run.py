"""The law of the supervisor's life: seats taken, workers started, signals handed on, everything given back."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from ..core.message import Wire
from ..core.problem import Problem
from ..dialect.problem import Speaker
from ..dialect.rest_client import problem_wire
from ..net.server import Server
from ..net.shared import reserve
from ..observe.log import Log, said
from ..observe.trace import request_id
from ..settings.bounds import limits
from ..settings.loader import Loaded
from .crew import Crew
from .pages import Health, pages
from .seat import Seat

MARGIN = 5.0  # seconds over drain and grace that workers have before they are ended


def supervise(loaded: Loaded, spawn: Callable[[Seat], BaseProcess]) -> int:
    """Run until SIGTERM or SIGINT; the exit code. Raises OSError: an address is taken.

    `spawn` makes the (unstarted) process of a seat. The exit code is the first worker's where it could not start.
    """
    return asyncio.run(_run(loaded, spawn))


async def _run(loaded: Loaded, spawn: Callable[[Seat], BaseProcess]) -> int:
    settings = loaded.settings
    held, data = reserve(settings.listen)
    log = Log(sys.stderr, settings.logging.level)
    health = Health()
    with held, tempfile.TemporaryDirectory(prefix="soapgw-") as folder:  # 0700
        crew = Crew([Seat(number, data, folder) for number in range(1, settings.workers + 1)], spawn, log, loaded.file)
        admin = Server(pages(crew, health), limits(settings.limits), refuse=_refusal(loaded))
        asked = _signals(crew)
        try:
            where = await admin.start(settings.admin)
            starting = asyncio.ensure_future(crew.start())
            await asyncio.wait({starting, asyncio.ensure_future(asked.wait())}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done() and (code := starting.result()) is not None:
                return code
            if starting.done():
                said(f"ready data={data} admin={where} workers={settings.workers}\n")
            await asked.wait()
            starting.cancel()
            health.draining = True
            return 0
        finally:
            _last_signals(crew)
            await crew.stop(settings.drain.delay + settings.drain.grace + MARGIN)
            await admin.stop(1.0)


def _signals(crew: Crew) -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; SIGHUP goes to the workers."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, asked.set)
    loop.add_signal_handler(signal.SIGHUP, crew.signal, signal.SIGHUP)
    return asked


def _last_signals(crew: Crew) -> None:
    """A second signal ends the workers at once."""
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, crew.signal, signal.SIGKILL)


def _refusal(loaded: Loaded) -> Callable[[Problem, Wire], Wire]:
    speaker = Speaker(loaded.settings.problem_base.removesuffix("/problems/"))

    def refuse(problem: Problem, wire: Wire) -> Wire:
        return problem_wire(speaker, problem, request_id(wire.headers.get("x-request-id")))

    return refuse
