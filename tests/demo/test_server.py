"""The demo's server: answers go out as they are, a taken port is said, a signal ends it with 0."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import aiohttp
import pytest

from gateway.demo.server import Answer, serve


async def echo(call):
    words = f"{call.method} {call.path}?{call.query} {call.headers.get('x-a')} {len(call.body)} {call.base}"
    return Answer(207, words.encode(), 'text/xml; charset="utf-8";', {"X-B": "2"})


async def test_a_call_and_its_answer_pass_unchanged():
    running = await serve(echo, path="/here")
    async with aiohttp.ClientSession() as client:
        answer = await client.put(running.url + "?q=1", data=b"x" * 2_000_000, headers={"X-A": "1"})
        body = await answer.text()
    await running.stop()
    assert running.url == f"http://127.0.0.1:{running.port}/here"
    assert (answer.status, answer.headers["Content-Type"]) == (207, 'text/xml; charset="utf-8";')
    assert answer.headers["X-B"] == "2"
    assert body == f"PUT /here?q=1 1 2000000 {running.base}"


async def test_a_taken_port_raises_and_a_stopped_server_frees_it():
    first = await serve(echo)
    with pytest.raises(OSError, match="address"):
        await serve(echo, port=first.port)
    await first.stop()
    second = await serve(echo, port=first.port)
    await second.stop()


@pytest.mark.parametrize("module", ["portal", "projector"])
async def test_the_command_line_says_where_and_ends_on_a_signal(module):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"gateway.demo.{module}", "--listen", "127.0.0.1:0",
        stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(20):
            ready = (await process.stderr.readline()).decode()
            assert ready.startswith(f"ready {module}=http://127.0.0.1:")
            async with aiohttp.ClientSession() as client:
                answer = await client.get(ready.strip().partition("=")[2] + "?wsdl")
                assert answer.status == 200
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
