"""Spans of requests and of calls: what they say, whose children they are, and that none is made for nobody."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from gateway.core.message import Fault, Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.layers.traced import traced, traced_call
from gateway.observe.spans import CURRENT, Span, Spans
from tests.layers.conftest import CODEC, exchange, operation

KEPT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def kept() -> Spans:
    return Spans(1.0, 100, lambda *_: None)


async def test_a_request_has_its_span() -> None:
    spans = kept()

    async def inner(wire: Wire) -> Wire:
        wire.facts |= {"door": "POST /api/task/{Id}", "request_id": "r-1", "scheme": "http"}
        wire.exchange = exchange()
        assert CURRENT.get() is not None
        return Wire({}, b"", status=502, facts={"problem": Problem(Kind.UPSTREAM_TIMEOUT)})

    given = Wire({"traceparent": KEPT, "tracestate": "a=1"}, b"", method="POST", path="/api/task/secret", query="t=secret")
    await traced(spans)(inner)(given)
    (span,) = spans.take(9)
    assert (span.name, span.parent, span.state, span.failed) == ("POST /api/task/{Id}", "b7ad6b7169203331", "a=1", "upstream-timeout")
    assert span.attributes == {
        "http.request.method": "POST", "http.response.status_code": 502, "url.scheme": "http", "http.route": "/api/task/{Id}",
        "soapgw.request_id": "r-1", "rpc.service": "svc", "rpc.method": "Op", "error.type": "upstream-timeout",
    }  # fmt: skip
    assert given.facts["traceparent"] == span.own
    assert "secret" not in repr(span)
    assert CURRENT.get() is None


async def test_a_trace_that_nobody_keeps_makes_no_span() -> None:
    spans = kept()

    async def inner(wire: Wire) -> Wire:
        assert CURRENT.get() is None
        assert "traceparent" not in wire.facts  # left to who observes
        return Wire({}, b"", status=200)

    await traced(spans)(inner)(Wire({"traceparent": KEPT[:-2] + "00"}, b"", method="GET"))
    assert spans.waiting == 0


async def test_a_client_that_goes_ends_its_span() -> None:
    spans = kept()

    async def inner(_: Wire) -> Wire:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await traced(spans)(inner)(Wire({}, b"", method="GET"))
    (span,) = spans.take(9)
    assert (span.name, span.failed) == ("GET", "CancelledError")


@pytest.mark.parametrize(
    ("answer", "outcome", "failed"),
    [
        (Message(CODEC, value={}), "ok", ""),
        (Message(CODEC, value={}, fault=Fault("Sender", "")), "fault", ""),
        (Problem(Kind.UPSTREAM_TIMEOUT), "upstream-timeout", "upstream-timeout"),
    ],
)
async def test_each_try_of_a_call_is_a_child_of_the_request(answer: object, outcome: str, failed: str) -> None:
    spans, seen = kept(), []

    async def inner(call: object) -> Message:
        seen.append(asked.facts["traceparent"])
        if isinstance(answer, Problem):
            raise answer
        assert isinstance(answer, Message)
        return answer

    around = Span(KEPT, "", "server", state="a=1")
    asked = exchange()
    asked.facts["traceparent"] = KEPT
    service = traced_call(spans, operation(), "old.example", 8090)(inner)
    token = CURRENT.set(around)
    try:
        for asked.attempt in (1, 2):
            with contextlib.suppress(Problem):
                await service(asked)
    finally:
        CURRENT.reset(token)
    one, two = spans.take(9)
    assert [one.own, two.own] == seen
    assert one.own != two.own
    for span in (one, two):
        assert (span.kind, span.parent, span.state, span.name) == ("client", "b7ad6b7169203331", "a=1", "svc/Op")
        assert span.own[:36] == KEPT[:36]
        assert (span.attributes["soapgw.outcome"], span.failed) == (outcome, failed)
        assert (span.attributes["server.address"], span.attributes["server.port"]) == ("old.example", 8090)
    assert "http.request.resend_count" not in one.attributes
    assert two.attributes["http.request.resend_count"] == 1
    assert asked.facts["traceparent"] == KEPT


async def test_a_call_without_a_request_that_is_kept_has_no_span() -> None:
    spans = kept()

    async def inner(_: object) -> Message:
        return Message(CODEC, value={})

    await traced_call(spans, operation(), "h", 1)(inner)(exchange())
    assert spans.waiting == 0
