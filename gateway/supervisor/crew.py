"""The law of the crew: a worker that dies is started again, later each time; what it has counted stays counted.

Nothing here knows what a worker serves: it is a process with an admin socket.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterable, Mapping
from multiprocessing.process import BaseProcess
from typing import Any, Final

from ..core.message import Wire
from ..core.problem import Problem
from ..net.upstream import Upstream
from ..observe.log import Log
from ..observe.merge import OPENMETRICS, Families, counted, families, merged
from ..observe.metrics import CrewMetrics
from .seat import Seat

Spawn = Callable[[Seat], BaseProcess]

FIRST: Final = 0.5  # seconds until the first restart; doubled for each that follows soon
LONGEST: Final = 30.0
STEADY: Final = 60.0  # a life of as many seconds makes the next death a first one
LOOK: Final = 5.0  # seconds between two looks at what workers have counted, at most
SOON: Final = 0.5  # at least
SHARE: Final = 50  # a look may take a fiftieth of the time: a large contract has a large page
BEAT: Final = 0.05


class Worker:
    """One seat and whoever sits there now."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.process: BaseProcess | None = None
        self.deaths = 0  # in a row
        self.since = 0.0
        self.page = b""  # its metrics as last seen
        self.serves = False  # whether it took requests then
        self._upstream = Upstream(seat.url, timeout=10.0, pool=4)

    @property
    def alive(self) -> bool:
        """Whether there is a process."""
        return self.process is not None and self.process.is_alive()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self.process.pid if self.process is not None and self.alive else None

    async def ask(self, path: str, method: str = "GET", headers: Mapping[str, str] = {}, body: bytes = b"") -> Wire:
        """What its admin port answers; `path` with its query. Raises Problem: it does not answer."""
        path, _, query = path.partition("?")
        return await self._upstream.send(Wire(dict(headers), body, method=method, path=path, query=query))

    async def ready(self) -> bool:
        """Whether it takes requests."""
        if not self.alive:
            return False
        try:
            return (await self.ask("/readyz")).status == 200
        except Problem:
            return False

    async def look(self) -> None:
        """Take its metrics, those of the last look stay when it does not answer, and whether it takes requests."""
        self.serves = await self.ready()
        try:
            answer = await self.ask("/metrics", headers={"accept": OPENMETRICS})
        except Problem:
            return
        self.page = answer.body


class Crew:
    """All workers of one gateway, between `start` and `stop`."""

    def __init__(self, seats: Iterable[Seat], spawn: Spawn, log: Log, file: str = "") -> None:
        self.file = file  # the configuration's name
        self.workers = tuple(Worker(seat) for seat in seats)
        self._spawn = spawn
        self._log = log
        self._past: Families = {}
        self._ending = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._own = CrewMetrics()
        self._own.alive.set_function(lambda: sum(worker.alive for worker in self.workers))
        self._own.ready.set_function(lambda: sum(worker.alive and worker.serves for worker in self.workers))

    async def start(self) -> int | None:
        """Start all, the first one alone: a refusal is told once. Its exit code where it ended; None: all serve.

        Once the first one serves, a worker that ends is started again, also one that never served yet.
        """
        first, *others = self.workers
        self._seat(first)
        code = await self._begun(first)
        if code is not None:
            return code
        self._task(self._watch())
        for worker in others:
            self._seat(worker)
        for worker in self.workers:
            self._task(self._tend(worker))
        for worker in others:
            while await self._begun(worker) is not None:  # noqa: ASYNC110  # it is started again by its own task
                await asyncio.sleep(BEAT)
        return None

    def signal(self, number: signal.Signals) -> None:
        """Hand a signal on to every worker."""
        for worker in self.workers:
            if worker.process is None or not worker.alive:
                continue
            if number is signal.SIGKILL:
                worker.process.kill()
            elif worker.process.pid is not None:
                _send(worker.process.pid, number)

    async def stop(self, seconds: float) -> None:
        """Ask all to end, wait as long, then end them."""
        self._ending = True
        for task in self._tasks:
            task.cancel()
        self.signal(signal.SIGTERM)
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while any(worker.alive for worker in self.workers) and loop.time() < end:  # noqa: ASYNC110  # sentinels are no events
            await asyncio.sleep(BEAT)
        self.signal(signal.SIGKILL)

    async def metrics(self) -> Families:
        """One page for all: who is gone included."""
        await self._look()
        pages = [worker.page for worker in self.workers if worker.alive and worker.page]
        own = {family.name: family for family in self._own.registry.collect()}
        return {**await asyncio.to_thread(_whole, self._past, pages), **own}

    def _seat(self, worker: Worker) -> None:
        worker.page = b""
        worker.process = self._spawn(worker.seat)
        worker.process.start()
        worker.since = asyncio.get_running_loop().time()

    async def _begun(self, worker: Worker) -> int | None:
        while not await worker.ready():
            if not worker.alive:
                assert worker.process is not None
                return worker.process.exitcode or 1
            await asyncio.sleep(BEAT)
        return None

    async def _tend(self, worker: Worker) -> None:
        """Start a worker again whenever it has died, until the crew stops."""
        loop = asyncio.get_running_loop()
        while True:
            await _end_of(worker.process)
            if self._ending:
                return
            worker.deaths = 1 if loop.time() - worker.since > STEADY else worker.deaths + 1
            if worker.page:
                self._past = await asyncio.to_thread(_outlived, self._past, worker.page)
            pause = min(LONGEST, FIRST * 2 ** (worker.deaths - 1))
            code = worker.process.exitcode if worker.process is not None else None
            words = f"{_manner(code)}; started again in {pause:g} s"
            self._log.write("error", "error", "worker-died", worker=worker.seat.number, cause=words)
            await asyncio.sleep(pause)
            self._own.restarts.inc()
            self._seat(worker)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await self._look()
            await asyncio.sleep(min(LOOK, max(SOON, SHARE * (loop.time() - began))))

    async def _look(self) -> None:
        await asyncio.gather(*(worker.look() for worker in self.workers if worker.alive))

    def _task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)


async def _end_of(process: BaseProcess | None) -> None:
    """Until the process has ended."""
    if process is None:
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()


def _outlived(past: Families, page: bytes) -> Families:
    return merged([past, counted(_parsed(page))])


def _whole(past: Families, pages: Iterable[bytes]) -> Families:
    return merged([past, *(_parsed(page) for page in pages)])


def _parsed(page: bytes) -> Families:
    return families(page.decode())


def _manner(code: int | None) -> str:
    if code is not None and code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with {code}"


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it has just ended
