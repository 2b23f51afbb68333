"""The law of requirement: a policy belongs to the operation; the wire layer's facts are judged here.

An operation marked `encryption: required` that came in clear is refused before anything else is done
with it, unless clear text is allowed by its explicit, dangerous setting.
"""

from __future__ import annotations

from ..core.layers import Layer, Service
from ..core.message import Exchange, Message
from ..core.operation import Operation
from ..core.problem import Kind, Problem


def require(operation: Operation) -> Layer | None:
    """The layer of an operation, or None when its policy asks for nothing."""
    wants_encryption = operation.encryption == "required" and not operation.clear_allowed
    wants_signature = operation.signature == "required" and not operation.clear_allowed
    if not (wants_encryption or wants_signature):
        return None

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            if wants_encryption and not exchange.facts.get("encrypted"):
                raise Problem(Kind.ENCRYPTION_REQUIRED, f"{operation.name} must be encrypted.", outcome="not-sent")
            if wants_signature and not exchange.facts.get("signed"):
                raise Problem(Kind.SIGNATURE_REQUIRED, f"{operation.name} must be signed.", outcome="not-sent")
            return await inner(exchange)

        return service

    return layer
