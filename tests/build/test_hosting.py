"""What a plug-in gets, and how it is taken back."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest

from gateway.build.hosting import OwnedTasks, PluginHost
from gateway.core.clock import SystemClock
from gateway.core.limits import DEFAULT
from gateway.core.message import Message, Wire
from gateway.observe.log import Log
from gateway.observe.metrics import Metrics
from gateway.state.memory import Memory
from tests.layers.conftest import CODEC, operation


class Plugin:
    """A plug-in with a closed list of events."""

    events = ("opened",)


class Bench:
    """A host with what it wrote."""

    def __init__(self) -> None:
        from gateway.core.operation import Face

        self.lines = io.StringIO()
        self.metrics = Metrics()
        self.called: list[Any] = []
        self.operation = operation()
        self.operation = type(self.operation)(
            **{name: getattr(self.operation, name) for name in self.operation.__slots__}
            | {"faces": {"1.1": Face(CODEC, CODEC)}}
        )
        self.plugin = Plugin()

        async def call(target: Any, exchange: Any, without: Any) -> Message:
            self.called.append((target, exchange, without))
            return Message(CODEC, value="done")

        clock = SystemClock()
        self.host = PluginHost(
            "own",
            self.plugin,
            state=Memory(clock),
            clock=clock,
            keys=None,
            limits=DEFAULT,
            log=Log(self.lines),
            metrics=self.metrics,
            find=self.find,
            call=call,
        )

    def find(self, name: str, service: str) -> Any:
        if name != "Op":
            raise KeyError(name)
        return self.operation


async def test_a_call_goes_through_the_stack_without_the_plugin_itself() -> None:
    bench = Bench()
    reply = await bench.host.call("Op", {"a": 1}, identity="me", facts={"session": "s"})
    assert reply.value() == "done"
    ((target, exchange, without),) = bench.called
    assert (target, without) == (bench.operation, bench.plugin)
    assert {name: exchange.facts[name] for name in ("identity", "session")} == {"identity": "me", "session": "s"}
    assert exchange.request.value() == {"a": 1}
    assert len(exchange.request_id) == 24
    with pytest.raises(KeyError):
        await bench.host.call("Nothing", {})


async def test_a_call_stands_in_the_trace_of_the_request_that_it_is_for() -> None:
    from gateway.observe.trace import SERVED

    bench = Bench()
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    token = SERVED.set((parent, "v=1"))
    later = asyncio.Event()

    async def background() -> None:
        await bench.host.call("Op", {})
        later.set()

    try:
        await bench.host.call("Op", {})
        await bench.host.call("Op", {}, facts={"traceparent": "of its own"})
        bench.host.tasks.start(background(), name="renewal")
        await later.wait()
    finally:
        SERVED.reset(token)
        await bench.host.tasks.stop()
    served, own, loose = (exchange.facts for _, exchange, _ in bench.called)
    assert (served["traceparent"][:36], served["traceparent"][52:]) == (parent[:36], "-01")
    assert served["traceparent"] != parent, "a hop is a span of its own"
    assert served["tracestate"] == "v=1"
    assert own["traceparent"] == "of its own"
    assert loose["traceparent"][3:35] != "a" * 32, "what outlives the request is in no trace of it"
    assert loose["tracestate"] == ""


async def test_events_are_counted_under_the_plugins_own_list_only() -> None:
    bench = Bench()
    for event in ("opened", "anything", "else"):
        bench.host.count(event)
    page = bench.metrics.page()[0].decode()
    assert 'soapgw_plugin_events_total{event="opened",plugin="own"} 1.0' in page
    assert 'soapgw_plugin_events_total{event="other",plugin="own"} 2.0' in page
    assert "anything" not in page


async def test_lines_name_the_plugin() -> None:
    bench = Bench()
    bench.host.audit("stolen", who="me")
    bench.host.log("odd", "because")
    audit, warning = map(json.loads, bench.lines.getvalue().splitlines())
    assert (audit["stream"], audit["event"], audit["plugin"]) == ("audit", "stolen", "own")
    assert (warning["level"], warning["cause"]) == ("warning", "because")


async def test_pages_are_collected() -> None:
    async def page(_: Wire) -> Wire:
        return Wire({}, b"", status=200)

    bench = Bench()
    bench.host.route("GET", "/own", page)
    ((method, path, address),) = bench.host.pages
    assert (method, path, address.name) == ("GET", "/own", "/own")


async def test_tasks_end_with_their_plugin_and_their_failures_are_told() -> None:
    lines = io.StringIO()
    tasks = OwnedTasks("own", Log(lines))
    ended = asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    async def broken() -> None:
        raise ValueError("SECRET")

    tasks.start(forever(), name="forever")
    tasks.start(broken(), name="broken")
    await asyncio.sleep(0.01)
    assert json.loads(lines.getvalue())["request_id"] == "own:broken"
    assert "SECRET" not in lines.getvalue()
    await tasks.stop()
    assert ended.is_set()
    await tasks.stop()
