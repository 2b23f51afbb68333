"""The law of the process beside: it builds what the gateway has built, does one job after the other, and ends with it.

It opens no socket but the one that it was given, keeps no key that a message needs, and leaves signals to the gateway:
it ends when that socket does, or when nothing was asked for a while. What it cannot do it gives back undone; the
words of a refusal are the gateway's own.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
from multiprocessing.connection import Connection
from typing import Final

from ..build.book import Built, build
from ..build.outward import upstream_dialect
from ..core.message import Exchange, HeaderBlock, Message, Wire
from ..core.ports import Codec, UpstreamDialect
from ..core.problem import Problem
from ..core.undumpable import undumpable
from ..dialect.rest_client import RestClient
from ..settings.handed import taken
from ..xml import element_text
from .job import Done, Job, codecs, identity

NICE: Final = 7  # whoever waits for a small answer comes first, and yet a busy core does not starve it (docs/bench.md)
IDLE: Final = 300.0  # seconds without a job until it gives its memory back
_UNDONE: Final = (Done(taken=False), b"")


class Translating:
    """One built configuration, as far as messages go."""

    def __init__(self, built: Built) -> None:
        self._codecs: dict[str, Codec] = dict(codecs(built))
        self._services = {each.name: each for each in built.services}
        self._upstreams: dict[str, UpstreamDialect] = {
            each.name: upstream_dialect(each, "", "", built.limits) for each in built.services
        }

    def do(self, job: Job, wire: Wire) -> tuple[Done, bytes]:
        """The bytes that the target writes, none where the message's own may pass; or not taken. Empties the wire."""
        try:
            return self._reply(job, wire) if job.step == "reply" else self._request(job, wire)
        except (Problem, RecursionError, MemoryError):
            return _UNDONE  # it is done once more where its words are told

    def _reply(self, job: Job, wire: Wire) -> tuple[Done, bytes]:
        bound = self._services[job.service].bound(job.operation)
        assert bound is not None
        operation = bound.operation
        asked = Message(operation.faces[operation.soap].request, value={})
        exchange = Exchange(operation, asked)
        message = self._upstreams[job.service].read_reply(exchange, wire)
        if message.fault is not None or message.raw is None or any(each.element is None for each in message.headers):
            return _UNDONE
        blocks = tuple(map(_block, message.headers))
        return Done(taken=True, blocks=blocks, told=exchange.told), self._written(job, message, wire)

    def _request(self, job: Job, wire: Wire) -> tuple[Done, bytes]:
        service = self._services[job.service]
        face = service.faces[job.face]
        exchange = RestClient(service.speaker, face.rest).read_request(wire, face.route)
        return Done(taken=True), self._written(job, exchange.request, wire)

    def _written(self, job: Job, message: Message, wire: Wire) -> bytes:
        target = self._codecs[job.target]
        if target is message.codec:
            message.value()  # the whole verdict; its own bytes pass
            return b""
        wire.body, message.raw = b"", None  # it is parsed: one copy less while it is written
        return target.write(message)


def _block(block: HeaderBlock) -> tuple[str, str, bool, str]:
    return block.name, element_text(block.element), block.must_understand, block.role


def answer(connection: Connection, idle: float = IDLE) -> None:
    """Build, say what was built, then do jobs until nobody asks any more."""
    built = build(taken(connection.recv_bytes()))
    work = Translating(built)
    connection.send_bytes(identity(built).encode())
    gc.collect()
    gc.freeze()
    gc.disable()  # a message is freed when it is done with; a look for garbage would pass over all of it
    while connection.poll(idle):
        job = Job.load(connection.recv_bytes())
        done, made = work.do(job, job.wire(connection.recv_bytes()))
        connection.send_bytes(done.dump())
        connection.send_bytes(made)
        del made
        gc.collect()  # what hangs in circles, now that nobody waits


def main(descriptor: int) -> None:
    """The process: `descriptor` is its end of the socket."""
    undumpable()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # a terminal and an init signal whole groups
    with contextlib.suppress(OSError):
        os.nice(NICE)
    with contextlib.suppress(EOFError, OSError):
        answer(Connection(descriptor))
