"""One measurement and one line a request, whatever became of it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import re
import time
from typing import Any

import pytest

from gateway.core.message import Exchange, Fault, Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.problem import Speaker
from gateway.dialect.rest_client import problem_wire
from gateway.layers.observe import BEHIND, measure_backend, observe, timed
from gateway.observe.log import Log
from gateway.observe.metrics import Metrics
from gateway.observe.seen import Seen
from tests.layers.conftest import CODEC, exchange, operation


class Watch:
    """The layer with what it wrote."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.lines = io.StringIO()
        self.layer = observe(
            self.metrics, Log(self.lines), lambda problem, *known: problem_wire(Speaker(), problem, *known)
        )

    def line(self) -> dict[str, Any]:
        (text,) = self.lines.getvalue().splitlines()
        return json.loads(text)  # type: ignore[no-any-return]

    def page(self) -> str:
        return self.metrics.page()[0].decode()


async def fine(given: Wire) -> Wire:
    given.exchange = exchange()
    given.facts["door"] = "POST /x"
    return Wire({}, b"abc", status=200)


async def test_a_request_is_counted_and_logged_once() -> None:
    watch = Watch()
    given = Wire({"x-request-id": "mine-1"}, b"ab", method="POST")
    reply = await watch.layer(fine)(given)
    assert reply.headers["x-request-id"] == "mine-1"
    line = watch.line()
    assert (line["request_id"], line["operation"], line["route"]) == ("mine-1", "svc/Op", "POST /x")
    assert (line["bytes_in"], line["bytes_out"], line["status"]) == (2, 3, 200)
    assert 'soapgw_request_duration_seconds_count{code="200",method="POST",operation="svc/Op"} 1.0' in watch.page()
    assert "soapgw_inflight_requests 0.0" in watch.page()


async def test_what_is_done_for_a_request_knows_its_trace_and_nothing_after_it() -> None:
    from gateway.observe.trace import SERVED

    seen: list[tuple[str, str]] = []

    async def inner(given: Wire) -> Wire:
        seen.append(SERVED.get())
        return await fine(given)

    given = Wire({"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "tracestate": "v=1"}, b"", method="POST")
    await Watch().layer(inner)(given)
    await Watch().layer(inner)(Wire({}, b"", method="POST"))
    (one, state), (other, none) = seen
    assert (one, state) == (given.facts["traceparent"], "v=1")
    assert one[3:35] == "a" * 32 != other[3:35]
    assert none == ""
    assert SERVED.get() == ("", "")


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "å", 'a"\n{"level":"error"}', None])
async def test_an_id_that_is_not_fit_to_be_echoed_is_replaced(given: str | None) -> None:
    watch = Watch()
    headers = {} if given is None else {"x-request-id": given}
    reply = await watch.layer(fine)(Wire(headers, b"", method="POST"))
    assert len(reply.headers["x-request-id"]) == 24
    assert watch.line()["request_id"] == reply.headers["x-request-id"]


async def test_what_nobody_answered_is_answered_and_counted_by_its_kind() -> None:
    async def shed(_: Wire) -> Wire:
        raise Problem(Kind.OVERLOADED, cause="full")

    watch = Watch()
    reply = await watch.layer(shed)(Wire({}, b"", method="POST"))
    assert reply.status == 503
    assert (watch.line()["problem"], watch.line()["cause"]) == ("overloaded", "full")
    assert 'soapgw_problems_total{kind="overloaded"} 1.0' in watch.page()


async def test_a_fault_is_counted_by_its_declared_name_only() -> None:
    watch = Watch()
    for fault in (Fault("Sender", "no", declared="{urn:t}Gone"), Fault("Sender", "no", name="{urn:evil}anything")):

        async def faulty(given: Wire, fault: Fault = fault) -> Wire:
            given.exchange = exchange()
            return Wire({}, b"", status=422, facts={"fault": fault})

        await watch.layer(faulty)(Wire({}, b"", method="POST"))
    assert 'soapgw_faults_total{fault="Gone",operation="svc/Op"} 1.0' in watch.page()
    assert 'soapgw_faults_total{fault="other",operation="svc/Op"} 1.0' in watch.page()
    assert "anything" not in watch.page()


async def test_a_services_fault_is_seen_by_its_names_and_never_its_text() -> None:
    seen = Seen()
    layer = observe(Metrics(), Log(io.StringIO()), lambda problem, *known: problem_wire(Speaker(), problem, *known), seen)

    async def faulty(given: Wire) -> Wire:
        given.exchange = exchange()
        fault = Fault("Sender", "PAN 4111", "{urn:t}Busy", name="{urn:t}Gone", declared="{urn:t}Gone", detail={"a": "4111"})
        return Wire({}, b"", status=422, facts={"fault": fault})

    await layer(faulty)(Wire({"x-request-id": "r1"}, b"", method="POST"))
    (line,) = seen.lines
    assert (line.operation, line.status, line.slug, line.request_id) == ("svc/Op", 422, "fault", "r1")
    assert line.cause == "Sender {urn:t}Busy {urn:t}Gone"


async def test_a_client_makes_no_series() -> None:
    async def nowhere(_: Wire) -> Wire:
        return Wire({}, b"", status=404)

    watch = Watch()
    before = None
    for at in range(50):
        await watch.layer(nowhere)(Wire({}, b"", method=f"M{at}" * 9, path=f"/{at}"))
        series = len(watch.page().splitlines())
        before = before or series
        assert series == before
    assert json.loads(watch.lines.getvalue().splitlines()[-1])["method"] == "OTHER"


async def test_a_failure_inside_never_leaves_the_gauge_up() -> None:
    async def broken(_: Wire) -> Wire:
        raise RuntimeError

    watch = Watch()
    with pytest.raises(RuntimeError):
        await watch.layer(broken)(Wire({}, b"", method="POST"))
    assert "soapgw_inflight_requests 0.0" in watch.page()


@pytest.mark.parametrize(
    ("outcome", "told"),
    [(Fault("Sender", "no"), "fault"), (None, "ok"), (Problem(Kind.UPSTREAM_TIMEOUT), "upstream-timeout")],
)
async def test_the_services_own_time_and_outcome(outcome: Any, told: str) -> None:
    async def service(_: Exchange) -> Message:
        if isinstance(outcome, Problem):
            raise outcome
        return Message(CODEC, value=1, fault=outcome)

    metrics = Metrics()
    layer = measure_backend(metrics, operation())
    with contextlib.suppress(Problem):
        await layer(service)(exchange())
    page = metrics.page()[0].decode()
    assert f'soapgw_backend_duration_seconds_count{{operation="svc/Op",outcome="{told}"}} 1.0' in page


async def test_translation_is_not_the_services_time() -> None:
    async def socket(_: Wire) -> Wire:
        await asyncio.sleep(0.02)
        return Wire({}, b"", status=200)

    async def forward(one: Exchange) -> Message:
        time.sleep(0.1)  # noqa: ASYNC251  # a translation that takes long
        await timed(socket)(Wire({}, b"", exchange=one))
        return Message(CODEC, value=1)

    metrics = Metrics()
    one = exchange()
    await measure_backend(metrics, operation())(forward)(one)
    assert 0.015 < one.facts[BEHIND] < 0.1
    found = re.search(r"soapgw_backend_duration_seconds_sum.* (\S+)", metrics.page()[0].decode())
    assert found is not None
    assert float(found[1]) == pytest.approx(one.facts[BEHIND])


async def test_what_was_never_sent_is_no_call() -> None:
    async def refused(_: Exchange) -> Message:
        raise Problem(Kind.INVALID_MESSAGE)

    metrics = Metrics()
    with pytest.raises(Problem):
        await measure_backend(metrics, operation())(refused)(exchange())
    assert "soapgw_backend_duration_seconds_count{" not in metrics.page()[0].decode()


@pytest.mark.parametrize(("flag", "shown"), [("01", True), ("00", False)])
async def test_a_trace_that_is_kept_is_the_exemplar(flag: str, shown: bool) -> None:
    watch = Watch()
    parent = f"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flag}"
    await watch.layer(fine)(Wire({"traceparent": parent}, b"", method="POST"))
    page = watch.metrics.page("application/openmetrics-text; version=1.0.0")[0].decode()
    assert ('# {trace_id="0af7651916cd43dd8448eb211c80319c"}' in page) is shown
