"""The operators' pages: a table, strictly served."""

from __future__ import annotations

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.net.admin import admin, page

from .wires import once, serving


async def shown(wire: Wire) -> Wire:
    return page(wire.method, "text/plain")


PAGES = admin({"/livez": shown, "POST /drain": shown, "GET /both": shown, "POST /both": shown})


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/livez"), ("HEAD", "/livez"), ("POST", "/drain"), ("POST", "/both")]
)
async def test_pages(method: str, path: str) -> None:
    reply = await PAGES(Wire({}, b"", method=method, path=path))
    assert reply.body == method.encode()
    assert reply.headers["cache-control"] == "no-store"


async def test_unknown_paths_and_wrong_methods() -> None:
    with pytest.raises(Problem) as info:
        await PAGES(Wire({}, b"", method="GET", path="/x"))
    assert info.value.kind is Kind.NOT_FOUND
    for method, path, allow in (
        ("POST", "/livez", "GET, HEAD"),
        ("GET", "/drain", "POST"),
        ("PUT", "/both", "GET, POST, HEAD"),
    ):
        with pytest.raises(Problem) as info:
            await PAGES(Wire({}, b"", method=method, path=path))
        assert (info.value.kind, info.value.headers["allow"]) == (Kind.METHOD_NOT_ALLOWED, allow)


async def test_over_a_socket() -> None:
    async with serving(PAGES) as (_, port):
        assert (await once(port, b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")).body == b"GET"
        refused = await once(port, b"POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
