"""The law of blame: whatever is refused of a service's answer is the service's failure, never the caller's.

Every half that faces a service reads its answers under `blamed`: what the message rules call invalid is 502 there,
and a write whose answer cannot be read has an unknown outcome.
"""

from __future__ import annotations

from types import TracebackType

from ..core.message import Exchange
from ..core.problem import Kind, Problem

_BROKEN = frozenset({Kind.INVALID_MESSAGE, Kind.XML_ILLEGAL_CHARACTER})


class Blaming:
    """`with Blaming(exchange):` around the reading of an answer; each Problem leaves it as `blamed` says.

    A class, for it stands on every reply's way: a generator's context costs three times as much.
    """

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __enter__(self) -> None:
        """Nothing is held."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Problem):
            raise blamed(error, self._exchange) from error


def blamed(problem: Problem, exchange: Exchange) -> Problem:
    """A refusal of the service's answer, said as the service's: 502, and unknown for a write."""
    kind = problem.kind
    detail = problem.detail
    if kind.row.side == "client":
        kind = Kind.UPSTREAM_SCHEMA_VIOLATION if kind in _BROKEN else Kind.UPSTREAM_MALFORMED
        detail = f"The service's answer was refused: {problem.detail}"
    return Problem(
        kind,
        detail,
        findings=problem.findings,
        cause=problem.cause,
        headers=problem.headers,
        outcome=problem.outcome or ("unknown" if exchange.operation.writes else None),
        extra=problem.extra,
        limit=problem.limit,
    )
