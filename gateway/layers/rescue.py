"""The law of rescue: nothing passes it. The only place that catches `Exception`.

Outermost of all: it answers what failed before or inside protection, or by a defect of ours, with
nothing but the request's id; the cause goes to the log.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.layers import Send, WireLayer
from ..core.message import Wire
from ..core.problem import Kind, Problem
from ..observe.log import Log

WriteProblem = Callable[[Problem, str, str], Wire]  # of a problem, the request's id and its traceparent


def rescue(write: WriteProblem, log: Log) -> WireLayer:
    """A layer that turns whatever is raised into an answer."""

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            facts = wire.facts
            try:
                return await inner(wire)
            except Problem as problem:
                reply = write(problem, str(facts.get("request_id", "")), str(facts.get("traceparent", "")))
                reply.facts["problem"] = problem
                return reply
            except Exception as error:  # noqa: BLE001  # the one place that may
                log.defect(error, str(facts.get("request_id", "")))
                known = str(facts.get("request_id", "")), str(facts.get("traceparent", ""))
                reply = write(Problem(Kind.INTERNAL), *known)
                reply.facts["problem"] = Problem(Kind.INTERNAL, cause=type(error).__name__)
                return reply

        return send

    return layer
