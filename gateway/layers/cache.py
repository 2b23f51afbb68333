"""The law of the cache: only what reads, only where the route says so, one question at a time for each answer.

Bounded in entries and bytes, least recently used first out. Faults and problems are never kept. The
key is the request's own bytes and its caller, so that no answer crosses callers.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace

from ..core.layers import Send, WireLayer
from ..core.message import Wire
from ..core.ports import Clock
from .idempotency import caller

Question = tuple[str, str, str, bytes, str, str]


class Cache:
    """The answers of one process."""

    def __init__(self, clock: Clock, *, entries: int = 10_000, size: int = 64 * 1024 * 1024) -> None:
        self._clock = clock
        self._entries = entries
        self._size = size
        self._kept: OrderedDict[Question, tuple[float, Wire]] = OrderedDict()
        self._bytes = 0
        self._asking: dict[Question, asyncio.Future[Wire]] = {}

    def layer(self, seconds: float) -> WireLayer:
        """The layer of a route whose answers may be served again for so many seconds."""

        def layer(inner: Send) -> Send:
            async def send(wire: Wire) -> Wire:
                if wire.method not in ("GET", "HEAD") or "no-cache" in wire.headers.get("cache-control", ""):
                    return await inner(wire)
                return await self._answer(wire, inner, seconds)

            return send

        return layer

    async def _answer(self, wire: Wire, inner: Send, seconds: float) -> Wire:
        question = _question(wire)
        found = self._kept.get(question)
        now = self._clock.monotonic()
        if found is not None and found[0] > now:
            self._kept.move_to_end(question)
            return _copy(found[1], round(seconds - (found[0] - now)))
        asking = self._asking.get(question)
        if asking is not None:
            return _copy(await asyncio.shield(asking), 0)
        asking = self._asking[question] = asyncio.get_running_loop().create_future()
        try:
            reply = await inner(wire)
        except BaseException as error:
            asking.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            asking.exception()  # seen, whether or not another one waits
            raise
        finally:
            del self._asking[question]
        asking.set_result(reply)
        if reply.status == 200:
            self._keep(question, reply, now + seconds)
        reply.headers.setdefault("cache-control", f"private, max-age={int(seconds)}")
        return reply

    def _keep(self, question: Question, reply: Wire, until: float) -> None:
        old = self._kept.pop(question, None)
        if old is not None:
            self._bytes -= len(old[1].body)
        if len(reply.body) > self._size // 16:
            return
        self._kept[question] = (until, Wire(dict(reply.headers), reply.body, status=reply.status))
        self._bytes += len(reply.body)
        while len(self._kept) > self._entries or self._bytes > self._size:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body)


def _question(wire: Wire) -> Question:
    headers = wire.headers
    who = caller(wire)
    fields = "\0".join(
        f"{name}:{headers[name]}" for name in sorted(headers) if name.startswith("x-") and name != "x-request-id"
    )
    condition = headers.get("if-none-match", "")
    return (wire.path, wire.query, who + "\0" + fields, wire.body, headers.get("accept", ""), condition)


def _copy(reply: Wire, age: int) -> Wire:
    headers = {name: value for name, value in reply.headers.items() if name != "x-request-id"}
    return replace(reply, headers={**headers, "age": str(max(0, age))}, facts={}, exchange=reply.exchange)
