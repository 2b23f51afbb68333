"""The law of the outermost layer at either edge: packages are opened on the way in and made on the way out.

What a package is, the dialect knows; here stands only when: before protection is looked at, after it was put on.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.layers import Send, WireLayer
from ..core.message import Exchange, Wire
from ..core.problem import Problem
from .offload import offload

Test = Callable[[Wire], bool]
Open = Callable[[Wire], None]
Make = Callable[[Wire], Wire]


def opened(test: Test, open_: Open, make: Make, attach: Make | None, bound: int) -> WireLayer:
    """At the client's edge: a caller who sends a package gets one, and whatever came, what `attach` makes of a reply.

    `bound` as of `offload`; `attach` gives the very reply where it makes nothing of it, None where no reply needs it.
    """

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            package = test(wire)
            if package:
                await offload(len(wire.body), bound, lambda: open_(wire))
            reply = await inner(wire)
            if reply.exchange is None or not reply.body:
                return reply
            attached = reply if attach is None else await offload(len(reply.body), bound, lambda: attach(reply))
            if attached is not reply or not package:
                return attached
            return await offload(len(reply.body), bound, lambda: make(reply))

        return send

    return layer


def packed(
    test: Test, open_: Open, make: Make | None, blame: Callable[[Problem, Exchange], Problem], bound: int
) -> WireLayer:
    """At the service's edge: a package goes out where `make` is given; one that comes is opened, or is its fault."""

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            sent = wire
            if make is not None and wire.body:
                sent = await offload(len(wire.body), bound, lambda: make(wire))
            reply = await inner(sent)
            if not test(reply):
                return reply
            try:
                await offload(len(reply.body), bound, lambda: open_(reply))
            except Problem as problem:
                raise problem if wire.exchange is None else blame(problem, wire.exchange) from problem
            return reply

        return send

    return layer
