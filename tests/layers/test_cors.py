"""Which origins are answered, and what a preflight gets."""

from __future__ import annotations

from gateway.core.message import Wire
from gateway.layers.cors import Cors, cors

RULE = Cors(("https://app.example",), ("Content-Type", "If-Match"), ("ETag",), credentials=True, max_age=60)


async def answer(rule, method="GET", **headers):
    async def inner(wire):
        return Wire({"vary": "Accept"}, b"{}", status=200)

    layer = cors(rule, lambda path: ("GET", "OPTIONS", "PUT"))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await layer(inner)(Wire(named, b"", method=method, path="/x"))


async def test_a_known_origin_is_told_so_and_an_unknown_one_nothing():
    known = await answer(RULE, origin="https://app.example")
    assert known.headers["access-control-allow-origin"] == "https://app.example"
    assert known.headers["access-control-allow-credentials"] == "true"
    assert known.headers["access-control-expose-headers"] == "ETag"
    assert known.headers["vary"] == "Accept, Origin"
    unknown = await answer(RULE, origin="https://evil.example")
    assert not [name for name in unknown.headers if name.startswith("access-control")]


async def test_a_preflight_is_answered_before_anything_is_asked():
    reply = await answer(RULE, "OPTIONS", origin="https://app.example", access_control_request_method="PUT")
    assert reply.status == 204
    assert reply.headers["access-control-allow-methods"] == "GET, OPTIONS, PUT"
    assert reply.headers["access-control-allow-headers"] == "Content-Type, If-Match"
    assert reply.headers["access-control-max-age"] == "60"


async def test_all_origins_never_with_credentials():
    reply = await answer(Cors(("*",)), origin="https://any.example")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers


async def test_an_answer_depends_on_the_origin_whoever_asks():
    assert (await answer(RULE)).headers["vary"] == "Accept, Origin"
    assert (await answer(RULE, origin="https://evil.example")).headers["vary"] == "Accept, Origin"
