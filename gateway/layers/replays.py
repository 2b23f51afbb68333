"""The law of replays: an addressed message that was taken is not taken again while its MessageID is remembered.

By setting alone: WS-Addressing says that a MessageID is one message's (Core §3.2), not that anybody looks for it
twice. What was refused before it went out gives its name back, so that the same message may be sent once more. Without
the store nothing is carried out (fail closed), as with all that the state must tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from ..core.layers import Layer, Service
from ..core.message import Exchange, Message
from ..core.ports import Store
from ..core.problem import Problem

_TAKEN: Final = b"1"


def replays(
    store: Store, scope: str, seconds: float, name: Callable[[Exchange], str], refusal: Callable[[], Problem]
) -> Layer:
    """The layer of a service's SOAP callers. `name`: the message's MessageID, '' without one; `scope`: the service."""

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            said = name(exchange)
            if not said:
                return await inner(exchange)
            key = f"message:{hashlib.sha256(f'{scope} {said}'.encode()).hexdigest()}"
            if not await store.put(key, _TAKEN, ttl=seconds, expect=None):
                raise refusal()
            try:
                return await inner(exchange)
            except Problem as problem:
                if problem.outcome == "not-sent":
                    await store.delete(key)
                raise

        return service

    return layer
