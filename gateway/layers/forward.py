"""The law of forwarding: the one place where a value becomes a request to the service and comes back.

Translation happens here, and only if it must; a large message is written and read off the event loop.
"""

from __future__ import annotations

from ..core.layers import Send, Service
from ..core.message import Exchange, Message
from ..core.ports import UpstreamDialect
from ..core.problem import Problem
from ..observe.stages import unseen
from .enter import Look, unsent
from .offload import offload


def forward(dialect: UpstreamDialect, send: Send, bound: int, look: Look = unseen) -> Service:
    """The innermost Service. `bound`: bytes from which on the work leaves the event loop."""

    async def service(exchange: Exchange) -> Message:
        try:
            size = exchange.request.size
            wire = await offload(size, bound, look("write_request", lambda: dialect.write_request(exchange)))
        except Problem as problem:
            unsent(problem, exchange.operation)
            raise
        reply = await send(wire)
        read = look("read_reply", lambda: dialect.read_reply(exchange, reply))
        message = await offload(len(reply.body), bound, read)
        cookies = reply.facts.get("set-cookie")
        message.fields = reply.headers if cookies is None else {**reply.headers, "set-cookie": cookies}
        return message

    return service
