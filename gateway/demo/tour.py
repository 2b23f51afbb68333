"""The law of `gateway demo`: the reference services and a gateway before them, started, toured, served.

The gateway is the real command in a process of its own, with the configuration that a reader can
open. The tour's exit code is 0 only if every step came out as it must. What is heavy to import is
imported while the gateway starts: the two take turns on no core.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Final, TextIO

from gateway.demo.shipped import shipped

if TYPE_CHECKING:
    from gateway.demo.tour_encrypted import Encrypted

PORTAL_PATH: Final = "/portal"  # as in config/netid.yaml, and in gateway.demo.portal
PROJECTOR_PATH: Final = "/OpsProjectorWcfSvc/PwsProjectorServices.svc"
START: Final = 20.0  # seconds until a gateway that is not ready is given up; the usual start is one or two
STOP: Final = 0.5  # seconds that it may drain before it is killed: nobody else calls the demo


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything listens: HOST:PORT each."""

    data: str = "127.0.0.1:8080"
    admin: str = "127.0.0.1:9901"
    portal: str = "127.0.0.1:8090"
    second_data: str = "127.0.0.1:8081"
    second_admin: str = "127.0.0.1:9902"
    projector: str = "127.0.0.1:8091"
    third_data: str = "127.0.0.1:8082"
    third_admin: str = "127.0.0.1:9903"
    encrypted: str = "127.0.0.1:8092"

    def taken(self) -> list[str]:
        """Those at which something listens already."""
        return [place for place in astuple(self) if not _free(place)]


class NotStarted(Exception):
    """The gateway did not come up; the words of its stderr say why."""


def _free(place: str) -> bool:
    host, port = _split(place)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _split(place: str) -> tuple[str, int]:
    host, _, port = place.rpartition(":")
    return host.strip("[]"), int(port)


class Starting:
    """`gateway serve CONFIG` in a process of its own, on its way up."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._words: deque[str] = deque(maxlen=50)
        self._ready = asyncio.Event()
        self.reading = asyncio.create_task(self._read())

    async def ready(self) -> None:
        """Wait until it accepts. Raises NotStarted with its last words."""
        waits = [asyncio.create_task(self._ready.wait()), asyncio.create_task(self._gone())]
        await asyncio.wait(waits, timeout=START, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()
        if not self._ready.is_set():
            words = "\n".join(self._words)
            ended = self.process.returncode
            raise NotStarted(words or (f"it ended with {ended}" if ended else f"not ready within {START:.0f} s"))

    async def _gone(self) -> None:
        await self.process.wait()
        await self.reading  # its last words

    async def _read(self) -> None:
        """Keep the last lines of its stderr; it must be read on, or it would block on a full pipe."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self._words.append(line.decode("utf-8", "replace").rstrip())
            if self._words[-1].startswith("ready data="):
                self._ready.set()


@contextlib.asynccontextmanager
async def gateway(config: str, data: str, admin: str, env: dict[str, str]) -> AsyncIterator[Starting]:
    """Start `gateway serve config/CONFIG`; end it with the block."""
    command = ["-m", "gateway", "serve", str(shipped() / "config" / config), "--listen", data, "--admin", admin]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env={**os.environ, **env}, stderr=asyncio.subprocess.PIPE, start_new_session=True
    )
    starting = Starting(process)
    try:
        yield starting
    finally:
        await _end(process)
        starting.reading.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(STOP):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _walk(places: Places, run: Run, out: TextIO) -> list[str]:
    import aiohttp

    from gateway.demo import tour_netid, tour_projector
    from gateway.demo.steps import Walk

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as client:
        walk = Walk(out, client)
        await walk.follow(tour_netid.steps(f"http://{places.data}", f"http://{places.admin}"))
        await run.second.ready()
        await walk.follow(tour_projector.steps(f"http://{places.second_data}", f"http://{places.projector}"))
        await (await run.third).ready()
        from gateway.demo import tour_encrypted

        await walk.follow(tour_encrypted.steps(f"http://{places.third_data}", run.sealed[0].service))
        walk.say()
        if walk.wrong:
            walk.say(f"{len(walk.wrong)} of {walk.taken} steps did not come out as they must:")
            for words in walk.wrong:
                walk.say(f"  {words}")
        else:
            walk.say(f"All {walk.taken} steps came out as they must.")
        return walk.wrong


def _addresses(places: Places) -> str:
    data, second = f"http://{places.data}", f"http://{places.second_data}"
    rows = {
        "Net iD, REST": f"{data}/api/task/get and its siblings",
        "Net iD, resources": f"{data}/tasks/51001 and others",
        "Net iD, SOAP": f"{data}/portal   (WSDL: {data}/portal?wsdl)",
        "try it in a browser": f"{data}/docs   (OpenAPI: {data}/openapi.json)",
        "metrics, health": f"http://{places.admin}/metrics  http://{places.admin}/healthz",
        "Projector, REST": f"{second}/projects/P002001-001 and others: {second}/docs",
        "Projector, SOAP": f"{second}/projector   (WSDL: {second}/projector?wsdl)",
        "its metrics": f"http://{places.second_admin}/metrics",
        "Net iD, encrypted": f"http://{places.third_data}/api/task/get and its siblings",
        "the services": f"http://{places.portal}{PORTAL_PATH}  http://{places.projector}{PROJECTOR_PATH}",
    }
    return "\n".join(f"  {name:<20} {address}" for name, address in rows.items())


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the gateways on their way up, and the portal that demands encryption once the third one starts."""

    first: Starting
    second: Starting
    third: asyncio.Task[Starting]
    sealed: list[Encrypted]


async def _demo(once: bool, places: Places, out: TextIO) -> int:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ended.set)
    env = {
        "NETID_PORTAL": f"http://{places.portal}{PORTAL_PATH}",
        "PROJECTOR_URL": f"http://{places.projector}{PROJECTOR_PATH}",
    }
    async with contextlib.AsyncExitStack() as stack:
        first = await stack.enter_async_context(gateway("netid.yaml", places.data, places.admin, env))
        second = await stack.enter_async_context(
            gateway("projector.yaml", places.second_data, places.second_admin, env)
        )
        await stack.enter_async_context(_services(places))
        await first.ready()
        sealed: list[Encrypted] = []
        third = loop.create_task(_encrypted(stack, places, sealed))  # a third one at once would delay the first answer
        stack.push_async_callback(_settled, third)
        return await _served(once, Run(first, second, third, sealed), places, out, ended)


async def _settled(task: asyncio.Task[Starting]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _encrypted(stack: contextlib.AsyncExitStack, places: Places, sealed: list[Encrypted]) -> Starting:
    """The portal that demands encryption and the gateway before it; what is heavy to import is so beside the tour."""
    tour_encrypted = await asyncio.to_thread(importlib.import_module, "gateway.demo.tour_encrypted")
    from gateway.demo import portal

    sealed.append(stack.enter_context(tour_encrypted.prepared()))
    running = await portal.start(*_split(places.encrypted), portal=sealed[0].service)
    stack.push_async_callback(running.stop)
    env = {**sealed[0].env, "NETID_PORTAL": f"http://{places.encrypted}{PORTAL_PATH}"}
    return await stack.enter_async_context(
        gateway("netid-encrypted.yaml", places.third_data, places.third_admin, env)
    )


async def _served(once: bool, run: Run, places: Places, out: TextIO, ended: asyncio.Event) -> int:
    out.write("The reference services are up, and the gateways before them:\n" + _addresses(places) + "\n")
    wrong = await _walk(places, run, out)
    if once:
        return 1 if wrong else 0
    out.write("\nServing on; Ctrl-C ends.\n" + _addresses(places) + "\n")
    out.flush()
    all_three = (run.first, run.second, await run.third)
    gone = [asyncio.create_task(each.process.wait()) for each in all_three]
    await asyncio.wait([asyncio.create_task(ended.wait()), *gone], return_when=asyncio.FIRST_COMPLETED)
    if not ended.is_set():
        out.write("A gateway ended by itself.\n")
    return 0 if ended.is_set() else 1


@contextlib.asynccontextmanager
async def _services(places: Places) -> AsyncIterator[None]:
    """The reference services, in this process."""
    from gateway.demo import portal, projector, projector_state

    rules = projector_state.Rules(session_errors="fault")
    reference = projector.Projector(projector_state.seeded(rules), control=True)
    async with contextlib.AsyncExitStack() as stack:
        first = await portal.start(*_split(places.portal))
        stack.push_async_callback(first.stop)
        second = await projector.start(*_split(places.projector), projector=reference)
        stack.push_async_callback(second.stop)
        yield


def run(once: bool = False, places: Places = Places(), out: TextIO = sys.stdout) -> int:
    """The body of `gateway demo [--once]`. The exit code: 0 when every step came out as it must."""
    taken = places.taken()
    if taken:
        sys.stderr.write(f"gateway demo: something listens already at {', '.join(taken)}: stop it first.\n")
        return 1
    try:
        return asyncio.run(_demo(once, places, out))
    except NotStarted as error:
        sys.stderr.write(f"gateway demo: the gateway did not start:\n{error}\n")
        return 1
