"""The law of observation: one measurement and one log line a request, whatever became of it.

Directly inside rescue: what was shed is counted, too. It gives each request its id.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ..core.layers import Layer, Send, Service, WireLayer
from ..core.message import Exchange, Message, Wire
from ..core.operation import Operation
from ..core.problem import Kind, Problem
from ..observe.log import Log
from ..observe.metrics import Metrics
from ..observe.seen import Seen
from ..observe.trace import SERVED, child, request_id, sampled, state, trace_id

BEHIND: Final = "behind"  # the fact of an exchange: seconds that the service took, the connection included


def observe(
    metrics: Metrics, log: Log, answer: Callable[[Problem, str, str], Wire], seen: Seen | None = None
) -> WireLayer:
    """The layer. `answer` writes a problem that nobody further in has answered; `seen` keeps the last ones."""

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            began = time.perf_counter()
            facts = wire.facts
            facts["request_id"] = request_id(wire.headers.get("x-request-id"))
            given = wire.headers.get("traceparent")
            if "traceparent" not in facts:  # else it is that of its span
                facts["traceparent"] = child(given)
            if "tracestate" in wire.headers:
                facts["tracestate"] = state(given, wire.headers["tracestate"])
            metrics.inflight += 1
            token = SERVED.set((facts["traceparent"], facts.get("tracestate", "")))
            try:
                reply = await inner(wire)
            except Problem as problem:
                reply = answer(problem, facts["request_id"], facts["traceparent"])
                reply.facts["problem"] = problem
            finally:
                SERVED.reset(token)
                metrics.inflight -= 1
            reply.headers.setdefault("x-request-id", facts["request_id"])
            _tell(metrics, log, wire, reply, time.perf_counter() - began, seen)
            return reply

        return send

    return layer


def _tell(metrics: Metrics, log: Log, wire: Wire, reply: Wire, seconds: float, seen: Seen | None) -> None:
    exchange = wire.exchange
    operation = (
        f"{exchange.operation.service}/{exchange.operation.name}" if exchange else wire.facts.get("door", "none")
    )
    parent = wire.facts["traceparent"]
    kept, trace = sampled(parent), trace_id(parent)  # W3C Trace Context §3.2.2.5: the caller keeps this trace
    metrics.request(operation, wire.method, reply.status, seconds, trace if kept else "")
    if exchange:
        metrics.direction(operation, "soap" in wire.facts, reply.status, seconds)
    problem: Problem | None = reply.facts.get("problem")
    if problem is not None:
        metrics.problem(problem)
        if seen is not None:
            seen.add(operation, reply.status, problem.kind.slug, problem.logged, wire.facts["request_id"])
    fault = reply.facts.get("fault")
    if fault is not None:
        if seen is not None:  # by its names alone: the reason is the service's text, and stands in the log
            names = filter(None, (fault.code, fault.subcode, fault.declared or fault.name))
            seen.add(operation, reply.status, Kind.FAULT.slug, " ".join(names), wire.facts["request_id"])
        metrics.faults.labels(operation, fault.declared.rpartition("}")[2] or "other").inc()
    log.write(
        "access",
        "info",
        "request",
        request_id=wire.facts["request_id"],
        trace_id=trace,
        method=wire.method if len(wire.method) < 20 else "OTHER",
        route=wire.facts.get("door"),
        operation=operation,
        status=reply.status,
        seconds=round(seconds, 6),
        bytes_in=len(wire.body),
        bytes_out=len(reply.body),
        problem=problem.kind.slug if problem else None,
        cause=(problem.logged or None) if problem else None,
        fault=fault.reason if fault is not None else None,
    )


def timed(inner: Send) -> Send:
    """Just around the socket: the service's own time, without our translation, which is lazy and may come late."""

    async def send(wire: Wire) -> Wire:
        began = time.perf_counter()
        try:
            return await inner(wire)
        finally:
            if wire.exchange is not None:
                wire.exchange.facts[BEHIND] = time.perf_counter() - began

    return send


def measure_backend(metrics: Metrics, operation: Operation) -> Layer:
    """Around each try: its outcome, and the time that `timed` has found; a try that sent nothing is no call."""
    name = f"{operation.service}/{operation.name}"

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            began = time.perf_counter()
            exchange.facts.pop(BEHIND, None)
            try:
                reply = await inner(exchange)
            except Problem as problem:
                if BEHIND in exchange.facts or problem.kind.row.side == "upstream":
                    metrics.call(name, problem.kind.slug, _behind(exchange, began))
                raise
            metrics.call(name, "fault" if reply.fault is not None else "ok", _behind(exchange, began))
            return reply

        return service

    return layer


def _behind(exchange: Exchange, began: float) -> float:
    """What the socket took; all of it, where a plug-in has put another wire in the place of ours."""
    return float(exchange.facts.get(BEHIND, time.perf_counter() - began))
