"""The law of failures in good answers: where the settings say what one looks like, REST clients get a problem.

Many services say "refused" in a status inside a 200. That is no success in HTTP: a 201 would be a lie. SOAP callers get
the service's own answer. Outside of locks and sessions, which read such answers first.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..core.layers import Layer, Service
from ..core.message import Exchange, Message
from ..core.problem import Kind, Problem
from ..plugins.signs import Sign, seen
from ..settings.service import FailureRule

WORDS = "The service refused the call; what it said is in `answer`."


def failures(rules: Sequence[FailureRule]) -> Layer | None:
    """The layer of a service's operations, None without rules. The first rule that holds gives the status."""
    if not rules:
        return None
    signs = [(Sign(at="reply", path=rule.path, equals=rule.equals), rule.status) for rule in rules]

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            reply = await inner(exchange)
            if exchange.route is None or reply.fault is not None:
                return reply
            status = next((status for sign, status in signs if sign.shows(reply)), None)
            if status is None:
                return reply
            raise Problem(Kind.FAULT, WORDS, status=status, outcome="rejected", extra={"answer": seen(reply)})

        return service

    return layer
