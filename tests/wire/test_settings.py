"""Settings that only show on a running gateway: an operation's own time, the access log, the buckets."""

from __future__ import annotations

import asyncio
import io
import time

import aiohttp

from gateway.app import Gateway
from gateway.build.book import build
from gateway.demo.server import Answer, Call, serve
from gateway.observe.log import Log
from gateway.settings import parse
from tests.wire.conftest import ROOT

TEXT = """\
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    upstream: {{url: "{url}", timeout: 20}}
    operations: {{GetVersion: {{timeout: 0.3}}}}
logging: {{access: {access}}}
metrics: {{buckets: [0.125, 0.75]}}
"""


async def _hold(_: Call) -> Answer:
    await asyncio.sleep(3)
    return Answer(200, b"", "text/xml")


async def _ask(access: bool) -> tuple[int, float, str, str]:
    running = await serve(_hold, "127.0.0.1", 0, path="/portal")
    loaded = parse(TEXT.format(url=running.url, access=str(access).lower()), base=ROOT, env={})
    lines = io.StringIO()
    settings = loaded.changed(listen="127.0.0.1:0", admin="127.0.0.1:0")
    log = Log(lines, access=settings.settings.logging.access)
    gateway = Gateway(build(settings), log=log)
    await gateway.start()
    try:
        async with aiohttp.ClientSession() as client:
            start = time.monotonic()
            address = f"http://{gateway.addresses['data']}/Portal/GetVersion"
            async with client.post(address, data="{}", headers={"content-type": "application/json"}) as reply:
                status = reply.status
            took = time.monotonic() - start
            async with client.get(f"http://{gateway.addresses['admin']}/metrics") as reply:
                page = await reply.text()
    finally:
        await gateway.stop(0.0)
        await running.stop()
    return status, took, lines.getvalue(), page


async def test_an_operation_has_its_own_time_and_the_metrics_their_buckets() -> None:
    status, took, lines, page = await _ask(access=True)
    assert status == 504
    assert took < 2
    assert '"stream":"access"' in lines
    assert 'soapgw_request_duration_seconds_bucket{code="504",le="0.125"' in page
    assert 'le="0.75"' in page
    assert 'le="0.005",method="POST",operation="portal/GetVersion"' not in page


async def test_the_access_log_can_be_turned_off() -> None:
    status, _, lines, _ = await _ask(access=False)
    assert status == 504
    assert '"stream":"access"' not in lines
