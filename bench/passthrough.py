"""The yardstick: a plain reverse proxy of aiohttp's own parts, uvloop, no access log, nothing checked.

`python -m bench.passthrough PORT UPSTREAM` prints `ready` on stdout.
"""

from __future__ import annotations

import asyncio
import sys

import aiohttp
from aiohttp import web


async def main(port: int, upstream: str) -> None:
    """Proxy every POST, as aiohttp's documentation would write it."""
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))

    async def proxy(request: web.Request) -> web.Response:
        body = await request.read()
        headers = {"Content-Type": request.headers.get("Content-Type", "")}
        async with session.post(upstream, data=body, headers=headers) as reply:
            answer = await reply.read()
            return web.Response(status=reply.status, body=answer, content_type="text/xml")

    app = web.Application()
    app.router.add_post("/{path:.*}", proxy)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), sys.argv[2]))
