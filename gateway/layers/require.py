"""The law of requirement: a policy belongs to the operation; the wire layers' facts are judged here.

`require` stands at the client's edge: an operation whose clients must encrypt or sign, and whose message
came in clear, is refused before anything else is done with it; `gated` does so before an answer that was kept.
`sealed` stands last before the socket: what
the service wants protected never leaves in clear, whatever a plug-in did or did not do. Clear text is
allowed by its explicit, dangerous setting, or where a plug-in's own list exempts the call (`facts["exempt"]`).
"""

from __future__ import annotations

from ..core.layers import Layer, Send, Service, WireLayer
from ..core.message import Exchange, Message, Wire
from ..core.operation import Operation
from ..core.problem import Kind, Problem


def require(operation: Operation) -> Layer | None:
    """The layer of an operation, or None when its policy asks nothing of clients."""
    wants_encryption = operation.client_encryption == "required"
    wants_signature = operation.client_signature == "required"
    if not (wants_encryption or wants_signature):
        return None

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            _judge(operation, exchange.facts, wants_encryption, wants_signature)
            return await inner(exchange)

        return service

    return layer


def gated(operation: Operation) -> WireLayer | None:
    """The same judgement on a wire, before a kept answer is given again; None when nothing is asked of clients."""
    wants_encryption = operation.client_encryption == "required"
    wants_signature = operation.client_signature == "required"
    if not (wants_encryption or wants_signature):
        return None

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            _judge(operation, wire.facts, wants_encryption, wants_signature)
            return await inner(wire)

        return send

    return layer


def sealed(inner: Send) -> Send:
    """The wire layer before the service: nothing that must be protected passes in clear."""

    async def send(wire: Wire) -> Wire:
        operation = wire.operation
        if operation is not None and not operation.clear_allowed:
            _judge(operation, wire.facts, operation.encryption == "required", operation.signature == "required")
        return await inner(wire)

    return send


def _judge(operation: Operation, facts: dict[str, object], encrypted: bool, signed: bool) -> None:
    if encrypted and not (facts.get("encrypted") or facts.get("exempt")):
        raise Problem(Kind.ENCRYPTION_REQUIRED, f"{operation.name} must be encrypted.", outcome="not-sent")
    if signed and not facts.get("signed"):
        raise Problem(Kind.SIGNATURE_REQUIRED, f"{operation.name} must be signed.", outcome="not-sent")
