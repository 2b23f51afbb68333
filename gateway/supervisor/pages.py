"""The law of the supervisor's admin port: one gateway to whoever looks, however many serve.

What is counted is added up, what is asked to be done is done by all, and what all say alike is said by one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final, Protocol

from ..build.overview import POLICY, Facts, drawn
from ..core.layers import Send
from ..core.message import Wire
from ..core.problem import Kind, Problem
from ..net.admin import page
from ..observe.merge import Families, exposition
from ..observe.seen import Line
from .crew import Worker

PASSED: Final[tuple[str, ...]] = ("accept", "content-type", "origin", "sec-fetch-site", "sec-fetch-mode")
TEXT: Final = "text/plain; charset=utf-8"
# To all: a GET that does something (a kubelet's hook can do nothing else), and what a half done reload makes differ.
ACTS: Final = frozenset({"/drain", "/routes", "/config", "/log-level"})
PROBLEMS: Final = 25  # of all workers together


class Served(Protocol):
    """The crew, as far as these pages know it."""

    workers: tuple[Worker, ...]
    file: str

    async def metrics(self) -> Families:
        """One page for all workers."""


class Health:
    """What the probes ask beside the workers."""

    draining: bool = False


def pages(crew: Served, health: Health) -> Send:
    """What answers the admin port. Raises Problem OVERLOADED: no worker answers."""

    async def send(wire: Wire) -> Wire:
        method = "GET" if wire.method == "HEAD" else wire.method
        if method == "GET" and wire.path == "/livez":
            return page("ok\n", TEXT)
        if method == "GET" and wire.path in ("/readyz", "/healthz"):
            return await _readiness(crew, health)
        if method == "GET" and wire.path == "/metrics":
            accept = wire.headers.get("accept", "")
            body, content_type = await asyncio.to_thread(exposition, await crew.metrics(), accept)
            return Wire({"content-type": content_type}, body, status=200)
        if method == "GET" and wire.path == "/":
            return await _front(crew, health)
        if method == "GET" and wire.path == "/seen":
            return page(json.dumps([asdict(line) for line in await _seen(crew)], indent=1))
        if method == "GET" and wire.path not in ACTS:
            return await _first(crew, wire)
        return await _all(crew, wire)

    return send


async def _readiness(crew: Served, health: Health) -> Wire:
    """Ready while one worker is: the others are on their way back."""
    if health.draining:
        return page("draining\n", TEXT, 503)
    if any(await asyncio.gather(*(worker.ready() for worker in crew.workers))):
        return page("ok\n", TEXT)
    return page("starting\n", TEXT, 503)


async def _front(crew: Served, health: Health) -> Wire:
    """The front page of all: merged metrics, the problems of every worker, the doors as one tells them."""
    told = await asyncio.gather(*(worker.ready() for worker in crew.workers))
    workers = [
        (each.seat.number, each.pid or "–", "serves" if ready else "away", each.deaths)
        for each, ready in zip(crew.workers, told, strict=True)
    ]
    state = "draining" if health.draining else "ready" if any(told) else "starting"
    doors = json.loads((await _first(crew, Wire({}, b"", method="GET", path="/routes"))).body)
    facts = Facts(crew.file, state, await crew.metrics(), await _seen(crew), doors, workers)
    reply = page(await asyncio.to_thread(drawn, facts), "text/html; charset=utf-8")
    reply.headers["content-security-policy"] = POLICY
    return reply


async def _seen(crew: Served) -> list[Line]:
    """The last problems of all workers, newest last."""
    asked = Wire({}, b"", method="GET", path="/seen")
    alive = [worker for worker in crew.workers if worker.alive]
    told = await asyncio.gather(*(_asked(worker, asked) for worker in alive), return_exceptions=True)
    bodies = [answer.body for answer in told if isinstance(answer, Wire) and answer.status == 200]
    lines = [Line(**each) for body in bodies for each in json.loads(body)]
    return sorted(lines, key=lambda line: line.at)[-PROBLEMS:]


async def _first(crew: Served, wire: Wire) -> Wire:
    """What the first worker that answers says."""
    for worker in crew.workers:
        if worker.alive:
            try:
                return await _asked(worker, wire)
            except Problem:
                continue
    raise _nobody()


async def _all(crew: Served, wire: Wire) -> Wire:
    """Every worker does it; one answer where all say the same, else a part for each under the worst status."""
    alive = [worker for worker in crew.workers if worker.alive]
    told = await asyncio.gather(*(_asked(worker, wire) for worker in alive), return_exceptions=True)
    answers = [(worker, answer) for worker, answer in zip(alive, told, strict=True) if isinstance(answer, Wire)]
    if not answers:
        raise _nobody()
    worst = max((answer for _, answer in answers), key=lambda answer: answer.status)
    if len({answer.body for _, answer in answers}) == 1 and len(answers) == len(alive):
        return worst
    return page(b"".join(_parts(crew, answers)), TEXT, worst.status)


def _parts(crew: Served, answers: Iterable[tuple[Worker, Wire]]) -> Iterable[bytes]:
    said = {worker.seat.number: answer for worker, answer in answers}
    for worker in crew.workers:
        answer = said.get(worker.seat.number)
        words = answer.body.rstrip() if answer else b"does not answer"
        yield b"worker %d: %b\n" % (worker.seat.number, words)


async def _asked(worker: Worker, wire: Wire) -> Wire:
    headers: dict[str, str] = {name: wire.headers[name] for name in PASSED if name in wire.headers}
    target = f"{wire.path}?{wire.query}" if wire.query else wire.path
    method = "GET" if wire.method == "HEAD" else wire.method
    return await worker.ask(target, method, headers, wire.body)


def _nobody() -> Problem:
    return Problem(Kind.OVERLOADED, cause="no worker answers", headers={"retry-after": "1"})
