"""The law of entering: from a wire to a door, through its value layers, and back to a wire.

Every Problem and Fault that has a door is answered here, in the caller's own dialect, so that
answers go back through protection. Work on a large message is done off the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ..core.layers import Send, WireLayer, stack
from ..core.limits import VERY_LARGE
from ..core.message import Exchange, Message, Wire
from ..core.operation import Address, Door, Operation
from ..core.problem import Kind, Problem
from ..observe.stages import Stage, unseen
from .offload import offload

T = TypeVar("T")


class Look(Protocol):
    """Wraps a step of the translation, to see how long it takes."""

    def __call__(self, stage: Stage, work: Callable[[], T], /) -> Callable[[], T]:
        """The work."""


_OWN = frozenset({Kind.EMPTY_RESULT, Kind.PRECONDITION_FAILED})  # answers of the gateway, made of a good reply
Find = Callable[[Wire], tuple[Address, dict[str, str]]]


def enter(find: Find) -> Send:
    """The innermost Send of the front: finds the address of a wire and asks it."""

    async def send(wire: Wire) -> Wire:
        address, variables = find(wire)
        wire.facts["door"] = address.name
        wire.facts["path"] = variables
        return await address.send(wire)

    return send


def through(door: Door, edges: Sequence[WireLayer] = (), look: Look = unseen, inside: Sequence[WireLayer] = ()) -> Send:
    """A door as a Send: its protection outside, its dialect inside, `inside` (keys, the cache) between them.

    What fails inside is answered inside, so the answer goes back through protection; what fails in
    protection itself is answered in the same dialect, in clear.
    """
    inner = _answered(door, lambda wire: _through(door, wire, look))
    if inside:
        inner = _answered(door, stack(list(inside), inner))
    protected = stack(list(edges), inner)
    return _answered(door, protected) if edges else protected


def guarded(door: Door, edges: Sequence[WireLayer], inner: Send) -> Send:
    """Several doors behind one protection: what fails in choosing or in protection is answered as `door` answers."""
    return _answered(door, stack(list(edges), _answered(door, inner)))


def _answered(door: Door, inner: Send) -> Send:
    async def send(wire: Wire) -> Wire:
        try:
            return await inner(wire)
        except Problem as problem:
            told = problem
        except (RecursionError, MemoryError) as error:
            told = Problem(Kind.INTERNAL, cause=type(error).__name__)
        reply = door.dialect.write_problem(told, wire.facts["request_id"], wire)
        reply.facts["problem"] = told
        reply.exchange = wire.exchange
        return reply

    return send


async def _through(door: Door, wire: Wire, look: Look) -> Wire:
    bound = door.limits.offload
    try:
        exchange = await offload(
            len(wire.body), bound, look("read_request", lambda: door.dialect.read_request(wire, door.route))
        )
    except Problem as problem:
        unsent(problem, door.route.operation if door.route is not None else wire.facts.get("operation"))
        raise
    exchange.request_id = wire.facts["request_id"]
    wire.exchange = exchange
    message = await door.service(exchange)
    reply = await offload(message.size, bound, look("write_reply", lambda: _write(door, exchange, message)))
    reply.exchange = exchange
    if message.fault is not None:
        reply.facts["fault"] = message.fault
    return reply


def unsent(problem: Problem, operation: Operation | None) -> None:
    """Say of a refused write that it never went out, where nobody has said more."""
    if operation is not None and operation.writes and problem.outcome is None:
        problem.outcome = "not-sent"


def _write(door: Door, exchange: Exchange, message: Message) -> Wire:
    """A reply that breaks the contract is the service's failure, never the caller's."""
    try:
        reply = door.dialect.write_reply(exchange, message)
        if message.size >= VERY_LARGE and message.fault is None:
            message.release()  # nobody is behind us, and the loop would wait for it
        return reply
    except Problem as problem:
        if problem.kind.row.side != "client" or problem.kind in _OWN:
            raise
        raise Problem(
            Kind.UPSTREAM_SCHEMA_VIOLATION,
            f"The service's answer was refused: {problem.detail}",
            findings=problem.findings,
            outcome="unknown" if exchange.operation.writes else None,
        ) from problem
