"""The law of tracing: a span around a request, a span around each call behind it; only where spans are sent at all.

The service gets the id of the call's span, so that its own spans stand in ours. What a span says is what the metrics
and the access line say of the same request.
"""

from __future__ import annotations

from ..core.layers import Layer, Send, Service, WireLayer
from ..core.message import Exchange, Message, Wire
from ..core.operation import Operation
from ..core.problem import Problem
from ..observe.spans import CURRENT, Span, Spans
from ..observe.trace import child, span_id, state


def traced(spans: Spans) -> WireLayer:
    """Around all of a request. A request whose trace nobody keeps has no span and goes on as without this layer."""

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            given = wire.headers.get("traceparent")
            span = spans.begin(given, state(given, wire.headers.get("tracestate")))
            if span is None:
                return await inner(wire)
            wire.facts["traceparent"] = span.own
            token = CURRENT.set(span)
            try:
                reply = await inner(wire)
                _served(span, wire, reply)
                return reply
            except BaseException as error:
                span.failed = type(error).__name__  # the client has gone, or the gateway failed
                raise
            finally:
                CURRENT.reset(token)
                span.name = span.name or wire.method
                spans.add(span)

        return send

    return layer


def _served(span: Span, wire: Wire, reply: Wire) -> None:
    door = str(wire.facts.get("door", ""))
    route = door.rpartition(" ")[2]
    method = wire.method if len(wire.method) < 20 else "_OTHER"
    span.name = f"{method} {route}".rstrip()
    told = span.attributes
    told["http.request.method"] = method
    told["http.response.status_code"] = reply.status
    told["url.scheme"] = str(wire.facts.get("scheme", "http"))
    told["soapgw.request_id"] = str(wire.facts.get("request_id", ""))
    if route:
        told["http.route"] = route
    if wire.exchange is not None:
        operation = wire.exchange.operation
        told["rpc.service"], told["rpc.method"] = operation.service, operation.name
    problem: Problem | None = reply.facts.get("problem")
    if problem is not None:
        told["error.type"] = problem.kind.slug
    if reply.facts.get("fault") is not None:
        told["soapgw.fault"] = reply.facts["fault"].declared.rpartition("}")[2] or "other"
    if reply.status >= 500:
        span.failed = problem.kind.slug if problem is not None else str(reply.status)


def traced_call(spans: Spans, operation: Operation, host: str, port: int) -> Layer:
    """Around each try of a call. `host` and `port` are the service's own address."""
    name = f"{operation.service}/{operation.name}"
    known: dict[str, str | int | float] = {"rpc.service": operation.service, "rpc.method": operation.name}
    known |= {"server.address": host, "server.port": port}

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            around = CURRENT.get()
            if around is None:
                return await inner(exchange)
            before = exchange.facts.get("traceparent")
            span = Span(child(around.own), span_id(around.own), "client", name, around.state, attributes=dict(known))
            exchange.facts["traceparent"] = span.own
            if exchange.attempt > 1:
                span.attributes["http.request.resend_count"] = exchange.attempt - 1
            try:
                reply = await inner(exchange)
                span.attributes["soapgw.outcome"] = "ok" if reply.fault is None else "fault"
                return reply
            except Problem as problem:
                span.attributes["soapgw.outcome"] = span.attributes["error.type"] = problem.kind.slug
                span.failed = problem.kind.slug
                raise
            except BaseException as error:
                span.failed = type(error).__name__
                raise
            finally:
                exchange.facts["traceparent"] = before
                spans.add(span)

        return service

    return layer
