"""The law of requirement: a policy belongs to the operation; the wire layers' facts are judged here.

`require` stands at the client's edge: an operation whose clients must encrypt or sign, and whose message
came in clear, is refused; a dialect has done so before it read more than the operation's name, `require` leaves no way
around it. `gated` does so before an answer that was kept.
`sealed` stands last before the socket: what
the service wants protected never leaves in clear, whatever a plug-in did or did not do. Clear text is
allowed by its explicit, dangerous setting, or where a plug-in's own list exempts the call (`facts["exempt"]`).
"""

from __future__ import annotations

from ..core.layers import Layer, Send, Service, WireLayer
from ..core.message import Exchange, Message, Wire
from ..core.operation import Operation
from ..core.protection import asked_of_clients, judge_client, judge_service


def require(operation: Operation) -> Layer | None:
    """The layer of an operation, or None when its policy asks nothing of clients."""
    if not asked_of_clients(operation):
        return None

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            judge_client(operation, exchange.facts)
            return await inner(exchange)

        return service

    return layer


def gated(operation: Operation) -> WireLayer | None:
    """The same judgement on a wire, before a kept answer is given again; None when nothing is asked of clients."""
    if not asked_of_clients(operation):
        return None

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            judge_client(operation, wire.facts)
            return await inner(wire)

        return send

    return layer


def sealed(inner: Send) -> Send:
    """The wire layer before the service: nothing that must be protected passes in clear."""

    async def send(wire: Wire) -> Wire:
        if wire.operation is not None:
            judge_service(wire.operation, wire.facts)
        return await inner(wire)

    return send
