"""The law of hosting: what a plug-in gets from the gateway, and how it is taken back.

One `PluginHost` a plug-in: its tasks are cancelled and awaited when it stops, its calls go through the
layers inside its own, its events are counted under its own name only.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from ..core.limits import Limits
from ..core.message import Exchange, HeaderBlock, Message, Wire
from ..core.operation import Address, Operation
from ..core.ports import Clock, Store
from ..core.value import Value
from ..observe.log import Log
from ..observe.metrics import Metrics
from ..observe.trace import SERVED, child, request_id

Call = Callable[[Operation, Exchange, Any], Awaitable[Message]]


class OwnedTasks:
    """Background work of one plug-in."""

    def __init__(self, label: str, log: Log) -> None:
        self._label = label
        self._log = log
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run it; an exception is logged, never lost. It may outlive a request: it stands in no trace of one."""
        context = contextvars.Context()
        task = asyncio.get_running_loop().create_task(work, name=f"{self._label}:{name}", context=context)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            error = task.exception()
            assert error is not None
            self._log.defect(error, task.get_name())

    async def stop(self) -> None:
        """Cancel all and wait for them."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


class PluginHost:
    """What one plug-in sees of the gateway (`gateway.plugins.api.Host`)."""

    def __init__(
        self,
        label: str,
        plugin: Any,
        *,
        state: Store,
        clock: Clock,
        keys: Any,
        limits: Limits,
        log: Log,
        metrics: Metrics,
        find: Callable[[str, str], Operation],
        call: Call,
    ) -> None:
        self.state = state
        self.clock = clock
        self.keys = keys
        self.limits = limits
        self.tasks = OwnedTasks(label, log)
        self.pages: list[tuple[str, str, Address]] = []
        self._label = label
        self._plugin = plugin
        self._log = log
        self._metrics = metrics
        self._find = find
        self._call = call
        for event in plugin.events:
            metrics.plugin_events.labels(label, event)  # at 0: a first one is a rise

    async def call(
        self,
        operation: str,
        value: Value,
        *,
        service: str = "",
        identity: str = "",
        facts: Mapping[str, Any] | None = None,
        caller: Wire | None = None,
        blocks: Sequence[HeaderBlock] = (),
        fields: Mapping[str, str] | None = None,
    ) -> Message:
        """Call an operation through the layers inside the plug-in, or as the client `caller` through all of them."""
        target = self._find(operation, service)
        codec = target.faces[target.soap].request
        if caller is not None:
            caller.facts.update(facts or {})
            request = Message(codec, value=value, headers=tuple(blocks))
            named = str(caller.facts.get("request_id") or request_id(None))
            asked = Exchange(target, request, request_id=named, headers=caller.headers, facts=caller.facts)
            asked.upstream_headers.update(fields or {})
            return await self._call(target, asked, None)
        parent, state = SERVED.get()
        trace = {"traceparent": child(parent), "tracestate": state}
        known = {"identity": identity, **trace, **(facts or {})}
        request = Message(codec, value=value, headers=tuple(blocks))
        exchange = Exchange(target, request, request_id=request_id(None), facts=known)
        exchange.upstream_headers.update(fields or {})
        return await self._call(target, exchange, self._plugin)

    def audit(self, event: str, **fields: str | int | float | bool) -> None:
        """One line of the audit stream."""
        self._log.audit(event, plugin=self._label, **fields)

    def count(self, event: str) -> None:
        """Add one to the plug-in's event."""
        name = event if event in self._plugin.events else "other"
        self._metrics.plugin_events.labels(self._label, name).inc()

    def waited(self, seconds: float) -> None:
        """Add one wait of a request."""
        self._metrics.plugin_waits.labels(self._label).observe(seconds)

    def log(self, event: str, cause: str = "") -> None:
        """One warning for the operator."""
        self._log.write("error", "warning", event, plugin=self._label, cause=cause)

    def route(self, method: str, path: str, answer: Callable[[Wire], Awaitable[Wire]]) -> None:
        """Serve a path of the plug-in's own on the data port; only from `start`."""
        self.pages.append((method, path, Address(path, answer)))
