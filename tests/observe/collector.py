"""A collector's stand-in: takes OTLP over HTTP on a real socket and keeps what its protobuf says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """`statuses` are answered first, one a request, then 200; `pause` seconds before each answer."""

    def __init__(self) -> None:
        self.url = ""
        self.statuses: list[int] = []
        self.pause = 0.0
        self.asked: list[dict[str, str]] = []
        self.resources: list[dict[str, Any]] = []
        self.spans: list[Any] = []

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.asked.append({name.lower(): value for name, value in request.headers.items()} | {"path": request.path})
        await asyncio.sleep(self.pause)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            for each in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resources.append(told(each.resource))
                self.spans += [span for scope in each.scope_spans for span in scope.spans]
        return web.Response(status=status)

    async def holds(self, count: int) -> list[Any]:
        """The spans, once there are so many."""
        async with asyncio.timeout(10):
            while len(self.spans) < count:  # noqa: ASYNC110  # a test may poll
                await asyncio.sleep(0.02)
        return self.spans


def told(what: Any) -> dict[str, Any]:
    """Attributes as plain values."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in what.attributes}


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector that listens."""
    collector = Collector()
    runner = web.ServerRunner(web.Server(collector.handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    collector.url = f"http://{host}:{port}/v1/traces"
    try:
        yield collector
    finally:
        await runner.cleanup()
