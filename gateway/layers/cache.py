"""The law of the cache: only what reads, only where the route says so, one question at a time for each answer.

Bounded in entries and bytes, least recently used first out. Faults and problems are never kept. The
key is the request's own bytes and its caller, so that no answer crosses callers.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from ..core.layers import Send, WireLayer
from ..core.message import Wire
from ..core.ports import Clock
from .idempotency import caller

_PAST = ("no-cache", "no-store", "max-age=0")  # a caller that wants an answer of now (RFC 9111 §5.2.1)
_CONDITIONS = ("if-none-match", "if-match", "if-modified-since", "if-unmodified-since")
_SHARE = 16  # an answer of more than a sixteenth of the room would push out too many others
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

    def layer(self, seconds: float, fields: Sequence[str] = ()) -> WireLayer:
        """The layer of a route whose answers may be served again for so many seconds.

        `fields`: the request's header fields, in lower case, on which its answers depend.
        """

        def layer(inner: Send) -> Send:
            async def send(wire: Wire) -> Wire:
                wish = wire.headers.get("cache-control", "").lower()
                if wire.method not in ("GET", "HEAD") or any(word in wish for word in _PAST):
                    return await inner(wire)
                return await self._answer(wire, inner, seconds, fields)

            return send

        return layer

    async def _answer(self, wire: Wire, inner: Send, seconds: float, fields: Sequence[str]) -> Wire:
        question = _question(wire, fields)
        while (asking := self._asking.get(question)) is not None:
            try:
                return _copy(await asyncio.shield(asking), 0)
            except asyncio.CancelledError:
                if not asking.cancelled() or _cancelled():
                    raise
        found = self._kept.get(question)
        now = self._clock.monotonic()
        if found is not None and found[0] > now:
            self._kept.move_to_end(question)
            return _copy(found[1], round(seconds - (found[0] - now)))
        asking = self._asking[question] = asyncio.get_running_loop().create_future()
        try:
            reply = await inner(wire)
        except Exception as error:
            asking.set_exception(error)
            asking.exception()  # seen, whether or not another one waits
            raise
        except BaseException:  # this caller has gone away: one of those that wait asks anew
            asking.cancel()
            raise
        finally:
            del self._asking[question]
        reply.headers.setdefault("cache-control", f"private, max-age={int(seconds)}")
        asking.set_result(replace(reply, headers=dict(reply.headers)))  # layers around this one add to theirs
        if reply.status == 200:
            self._keep(question, reply, now + seconds)
        return reply

    def _keep(self, question: Question, reply: Wire, until: float) -> None:
        old = self._kept.pop(question, None)
        if old is not None:
            self._bytes -= len(old[1].body)
        if len(reply.body) > self._size // _SHARE:
            return
        self._kept[question] = (until, Wire(dict(reply.headers), reply.body, status=reply.status))
        self._bytes += len(reply.body)
        while len(self._kept) > self._entries or self._bytes > self._size:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body)


def _cancelled() -> bool:
    """Whether this very task is to end, and not only the one whose answer it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _question(wire: Wire, fields: Sequence[str]) -> Question:
    headers = wire.headers
    own = [name for name in headers if name.startswith("x-") and name != "x-request-id"]
    said = "\0".join(f"{name}:{headers[name]}" for name in sorted({*own, *fields}) if name in headers)
    conditions = "\0".join(headers.get(name, "") for name in _CONDITIONS)
    return (wire.path, wire.query, caller(wire) + "\0" + said, wire.body, headers.get("accept", ""), conditions)


def _copy(reply: Wire, age: int) -> Wire:
    headers = {name: value for name, value in reply.headers.items() if name != "x-request-id"}
    return replace(reply, headers={**headers, "age": str(max(0, age))}, facts={}, exchange=reply.exchange)
