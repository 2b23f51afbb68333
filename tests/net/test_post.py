"""Posting from a thread: one address, whatever the environment or an answer says."""

from __future__ import annotations

import asyncio

import pytest

from gateway.net.post import Post
from tests.observe.collector import collecting


async def test_header_fields_go_along_and_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-secret=1")
    async with collecting() as collector:
        post = Post(collector.url, {"x-team": "desk"})
        assert await asyncio.to_thread(post, b"") == ("", False)
        assert collector.asked[0]["x-team"] == "desk"
        assert "x-secret" not in collector.asked[0]


@pytest.mark.parametrize(("status", "again"), [(503, True), (429, True), (408, True), (400, False), (302, False), (500, False)])
async def test_a_refusal_says_whether_it_may_be_sent_again(status: int, again: bool) -> None:
    async with collecting() as collector:
        collector.statuses = [status]
        assert await asyncio.to_thread(Post(collector.url, {}), b"x") == (f"status {status}", again)
        assert len(collector.asked) == 1


async def test_nobody_there_and_bytes_that_are_no_http() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"what?\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await asyncio.to_thread(Post(f"http://127.0.0.1:{port}/", {}), b"x") == ("BadStatusLine", False)
    server.close()
    await server.wait_closed()
    assert await asyncio.to_thread(Post(f"http://127.0.0.1:{port}/", {}), b"x") == ("URLError", True)


def test_what_cannot_be_posted_to_is_told_at_start() -> None:
    with pytest.raises(OSError, match="No such file"):
        Post("https://127.0.0.1:9/", {}, ca="/nowhere.pem")
    with pytest.raises(ValueError, match="http"):
        Post("file:///etc/passwd", {})
