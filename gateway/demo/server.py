"""The law of the demo's sockets: one small aiohttp server, started and stopped; no words of any service.

A service is a function from a call to an answer. Started on port 0 it takes a free port.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

BODY_LIMIT: Final = 64 * 1024 * 1024  # as WCF's largest usual maxReceivedMessageSize


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. `headers` looks names up without regard to case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base: str  # scheme and authority that the caller used


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response. The content type goes out as it stands, character for character."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


Service = Callable[[Call], Awaitable[Answer]]


class Running:
    """A started server: where it is, and how it stops."""

    def __init__(self, runner: web.AppRunner, host: str, port: int, path: str, scheme: str) -> None:
        self._runner = runner
        self.host = host
        self.port = port
        self.base = f"{scheme}://{host}:{port}"
        self.url = self.base + path

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self._runner.cleanup()


async def serve(
    service: Service,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    path: str = "/",
    tls: ssl.SSLContext | None = None,
) -> Running:
    """Start the service. `path` is where it says that it is; it answers at every path. Raises OSError."""

    async def handle(request: web.Request) -> web.Response:
        call = Call(
            request.method,
            request.path,
            request.rel_url.raw_query_string,
            request.headers,
            await request.read(),
            f"{request.scheme}://{request.host}",
        )
        answer = await service(call)
        return web.Response(
            status=answer.status, body=answer.body, headers={**answer.headers, "Content-Type": answer.content_type}
        )

    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_route("*", "/{anything:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port, ssl_context=tls)
    try:
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    real = port or runner.addresses[0][1]
    return Running(runner, host, real, path, "https" if tls else "http")


async def stay(start: Callable[[str, int], Awaitable[Running]], listen: str, name: str) -> int:
    """Start, say where on stderr, serve until SIGINT or SIGTERM. The exit code: 0, or 1 when the port is taken."""
    host, _, port = listen.rpartition(":")
    try:
        running = await start(host, int(port))
    except OSError as error:
        sys.stderr.write(f"{name}: cannot listen on {listen}: {error.strerror or error}\n")
        return 1
    sys.stderr.write(f"ready {name}={running.url}\n")
    sys.stderr.flush()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ended.set)
    await ended.wait()
    await running.stop()
    return 0
