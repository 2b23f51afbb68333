"""The law of ports: what the core needs from outside, said as protocols, owned by no one.

Each port has at least two homes or one home and a test double; none of them is imported here.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from .message import Exchange, Message, Wire
from .operation import Route
from .problem import Problem
from .value import Value


@runtime_checkable
class Codec(Protocol):
    """One message of one operation in one dialect, compiled before use.

    `parse` is syntax (raises Problem MALFORMED_…), `decode` is the schema (raises Problem
    INVALID_MESSAGE with every finding) and gives the contract's canonical value; `write` gives the
    bytes of a message, by the shortest way that the message's own codec allows.
    """

    def parse(self, raw: bytes) -> Any:
        """Syntax only: the parsed form."""

    def decode(self, parsed: Any) -> Value:
        """The schema: the canonical value, wrappers and all."""

    def write(self, message: Message) -> bytes:
        """The bytes of a message that another codec, or a layer, has made."""


class ClientDialect(Protocol):
    """The half that faces a client."""

    def read_request(self, wire: Wire, route: Route | None) -> Exchange:
        """Bytes to an exchange; raises Problem."""

    def write_reply(self, exchange: Exchange, reply: Message) -> Wire:
        """The answer; a fault is a reply like another."""

    def write_problem(self, problem: Problem, request_id: str, wire: Wire) -> Wire:
        """A problem in the client's own dialect; `wire` is the request that it answers."""


class UpstreamDialect(Protocol):
    """The half that faces a service."""

    def write_request(self, exchange: Exchange) -> Wire:
        """The request as the service wants it."""

    def read_reply(self, exchange: Exchange, wire: Wire) -> Message:
        """The service's answer; raises Problem UPSTREAM_…"""


class Clock(Protocol):
    """Time, so that tests own it."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def monotonic(self) -> float:
        """Seconds that never go back."""


class Store(Protocol):
    """Shared state: compare-and-set, never a blind increment. Raises Problem STATE_UNAVAILABLE."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""

    async def put(self, key: str, value: bytes, *, ttl: float, expect: bytes | object | None = ...) -> bool:
        """Write; with `expect` (None: absent) only if that is what stands there. Whether it was written."""

    async def delete(self, key: str, *, expect: bytes | None = None) -> bool:
        """Remove; with `expect` only if that is what stands there."""
