from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import About, Cipher, CipherSettings, Place, Plugin, PluginSettings, Refusal, WireCipher
from gateway.testing import PLACE, FakeHost, started


class Rot(Cipher[CipherSettings]):
    name = "rot"
    Settings = CipherSettings
    offload = False

    def seal(self, body: bytes, about: About) -> bytes:
        return bytes(b ^ 1 for b in body)

    def open(self, body: bytes, about: About) -> bytes:
        if body.startswith(b"!"):
            raise Refusal("bad", "marked")
        return bytes(b ^ 1 for b in body)


async def ok(wire: Wire) -> Wire:
    return Wire(headers={}, body=wire.body, status=200, facts={})


async def test_hooks_are_absent_by_default():
    plugin = Plugin(PluginSettings())
    assert plugin.wire_layer("client", PLACE) is None
    assert plugin.layer(None) is None  # type: ignore[arg-type]
    assert plugin.fills(None) == ()  # type: ignore[arg-type]


async def test_clear_request_passes_without_facts_and_its_reply_stays_clear():
    rot = await started(Rot, {})
    got = []

    async def inner(wire):
        got.append(wire)
        return await ok(wire)

    reply = await rot.wire_layer("client", PLACE)(inner)(Wire({}, b"abc", method="POST"))
    assert got[0].body == b"abc"
    assert "encrypted" not in got[0].facts
    assert reply.body == b"abc"


@pytest.mark.parametrize(
    ("edge", "kind"), [("client", Kind.SECURITY_PROCESSING_FAILED), ("upstream", Kind.UPSTREAM_PROTECTION)]
)
async def test_refusal_is_uniform_and_its_cause_is_not_shown(edge, kind):
    host = FakeHost()
    rot = await started(Rot, {}, host)

    async def bad(wire):
        return Wire({"content-protection": "rot"}, b"!x", status=200)

    layer = rot.wire_layer(edge, PLACE)
    wire = Wire({"content-protection": "rot"}, b"!x", method="POST")
    with pytest.raises(Problem) as caught:
        await layer(bad if edge == "upstream" else ok)(wire)
    assert caught.value.kind is kind
    assert "marked" not in caught.value.detail
    assert "marked" in caught.value.cause
    assert host.counts["refused"] == 1


async def test_failures_of_one_peer_are_bounded_and_another_peer_is_not_touched():
    host = FakeHost()
    rot = await started(Rot, {"failures_per_minute": 3}, host)
    send = rot.wire_layer("client", PLACE)(ok)

    def message(peer, body=b"!x"):
        return Wire({"content-protection": "rot"}, body, method="POST", facts={"peer": peer})

    for _ in range(5):
        with pytest.raises(Problem):
            await send(message("a"))
    assert host.counts["refused"] == 3
    assert host.counts["throttled"] == 2
    assert (await send(message("b", b"x"))).status == 200
    host.clock.advance(61)
    assert (await send(message("a", b"x"))).status == 200


async def test_what_an_exception_says_is_in_no_cause():
    """A library's words may quote what it worked on; a Refusal's are the plug-in's own."""

    class Loud(Rot):
        def open(self, body, about):
            raise ValueError(f"cannot open {body!r}")

    loud = await started(Loud, {})
    with pytest.raises(Problem) as caught:
        await loud.wire_layer("client", PLACE)(ok)(Wire({"content-protection": "rot"}, b"hunter2", method="POST"))
    assert "hunter2" not in caught.value.cause
    assert caught.value.cause.startswith("rot: ValueError at open:")


async def test_what_cannot_be_sealed_does_not_leave():
    class Broken(Rot):
        def seal(self, body, about):
            raise RuntimeError("no key")

    broken = await started(Broken, {})
    left = []

    async def inner(wire):
        left.append(wire)
        return await ok(wire)

    with pytest.raises(Problem) as caught:
        await broken.wire_layer("upstream", PLACE)(inner)(Wire({}, b"abc", method="POST"))
    assert left == []
    assert caught.value.kind is Kind.INTERNAL
    assert caught.value.outcome == "not-sent"


async def test_edges_limit_where_a_cipher_stands():
    class Up(Rot):
        edges = ("upstream",)

    up = await started(Up, {})
    assert up.wire_layer("client", PLACE) is None
    assert up.wire_layer("upstream", PLACE) is not None


def test_associated_data_tells_direction_service_and_reply_operation_apart():
    seen = {
        About("client", direction, Place(service)).aad() for direction in ("request", "reply") for service in ("A", "B")
    }
    assert len(seen) == 4
    assert About("client", "request", Place("AB")).aad() == About("upstream", "request", Place("AB")).aad()


def test_wire_cipher_wants_its_two_functions():
    cipher = WireCipher(CipherSettings())
    with pytest.raises(NotImplementedError):
        cipher.protect(Wire({}, b""), About("client", "reply", PLACE))
    with pytest.raises(NotImplementedError):
        cipher.unprotect(Wire({}, b""), About("client", "reply", PLACE))


@pytest.mark.parametrize(
    ("settings", "bad", "good"),
    [
        ({"failures_by": "identity"}, {"identity": "eve"}, {"identity": "anna"}),
        (
            {"failures_by": "forwarded", "proxies": ["10.0.0.5"]},
            {"x-forwarded-for": "203.0.113.7"},
            {"x-forwarded-for": "203.0.113.8"},
        ),
    ],
)
async def test_behind_a_proxy_each_caller_fails_for_itself(settings, bad, good):
    host = FakeHost()
    rot = await started(Rot, {"failures_per_minute": 2, **settings}, host)
    send = rot.wire_layer("client", PLACE)(ok)

    def message(who, body):
        headers = {"content-protection": "rot", **{n: v for n, v in who.items() if n != "identity"}}
        facts = {"peer": "10.0.0.5", **{n: v for n, v in who.items() if n == "identity"}}
        return Wire(headers, body, method="POST", facts=facts)

    for _ in range(3):
        with pytest.raises(Problem):
            await send(message(bad, b"!x"))
    assert (host.counts["refused"], host.counts["throttled"]) == (2, 1)
    assert (await send(message(good, b"x"))).status == 200


@pytest.mark.parametrize("wrong", [{"failures_by": "forwarded"}, {"proxies": ["10.0.0.5"]},
                                   {"failures_by": "forwarded", "proxies": ["proxy"]}])  # fmt: skip
async def test_who_is_a_proxy_must_be_said(wrong):
    with pytest.raises(ValidationError):
        await started(Rot, wrong)
