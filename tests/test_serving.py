"""One built configuration, live: its addresses by path, opened and closed as a whole."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.build.book import build
from gateway.build.operations import CANONICAL
from gateway.core.clock import SystemClock
from gateway.core.message import Exchange, Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.observe.log import Log
from gateway.observe.metrics import Metrics
from gateway.plugins.encryption import jose_tokens as tokens
from gateway.plugins.keys import Key
from gateway.schema.samples import sample
from gateway.serving import Parts, Serving
from gateway.settings import parse
from gateway.state.memory import Memory
from gateway.testing import FakeClock
from tests.wire.conftest import ROOT

CONFIG = """
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {url: "http://127.0.0.1:1/p"}
    operations: {ReleaseTask: {encryption: required}}
    routes:
      - route: POST /tasks/{id}/release
        operation: ReleaseTask
        unwrap: {request: [Info]}
        parameters: [{in: path, name: id, to: /Id}]
        limits: large
      - route: POST /login
        operation: Login
"""


@pytest.fixture(name="serving")
async def _serving() -> AsyncIterator[Serving]:
    clock = SystemClock()
    parts = Parts(Metrics(), Log(io.StringIO()), clock, Memory(clock))
    serving = Serving(build(parse(CONFIG, base=ROOT, env={})), parts)
    await serving.open()
    try:
        yield serving
    finally:
        await serving.close()


def asked(method: str, path: str, body: bytes = b"", content_type: str = "application/json") -> Wire:
    return Wire({"content-type": content_type, "host": "a.example"}, body, method, path, facts={"request_id": "r1"})


@pytest.mark.parametrize(
    ("method", "path", "name", "variables"),
    [
        ("POST", "/portal", "/portal", {}),
        ("GET", "/portal", "/portal?wsdl", {}),
        ("POST", "/portal/ReleaseTask", "POST /portal/ReleaseTask", {}),
        ("POST", "/tasks/7/release", "POST /tasks/{id}/release", {"id": "7"}),
        ("GET", "/openapi.json", "/openapi.json", {}),
        ("HEAD", "/problems/fault", "/problems/{slug}", {"slug": "fault"}),
        ("OPTIONS", "/tasks/7/release", "OPTIONS", {}),
    ],
)
def test_every_address_has_the_name_of_its_template(
    serving: Serving, method: str, path: str, name: str, variables: Any
) -> None:
    address, found = serving.find(asked(method, path))
    assert (address.name, found) == (name, variables)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/x", 404), ("OPTIONS", "/x", 404), ("GET", "/login", 405)]
)
def test_what_is_not_served(serving: Serving, method: str, path: str, status: int) -> None:
    with pytest.raises(Problem) as caught:
        serving.find(asked(method, path))
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/tasks/7/release", 64),  # below a template, too
        ("POST", "/login", 1),
        ("POST", "/portal", 1),
        ("POST", "/nothing", 1),
        ("GET", "/tasks/7/release", 1),
    ],
)
def test_a_routes_own_size_is_known_before_its_body_is_read(
    serving: Serving, method: str, path: str, limit: int
) -> None:
    assert serving.body_limit(method, path) == limit * 1024 * 1024


async def answer(serving: Serving, wire: Wire) -> tuple[int, bytes]:
    address, wire.facts["path"] = serving.find(wire)
    reply = await address.send(wire)
    return reply.status, reply.body


async def test_what_must_be_encrypted_never_leaves_in_clear(serving: Serving) -> None:
    body = b'{"SessionId": "", "Count": 2}'
    status, told = await answer(serving, asked("POST", "/tasks/7/release", body))
    assert status == 403
    assert f"/problems/{Kind.ENCRYPTION_REQUIRED.slug}".encode() in told
    assert b'"outcome":"not-sent"' in told


async def test_a_service_that_is_not_there_is_502_not_sent(serving: Serving) -> None:
    from gateway.schema.samples import sample

    bench = serving.built.services[0].bench
    face = serving.built.route("POST /login")[1]  # type: ignore[index]
    body = face.route.json_face.request
    from gateway.codec.json import dumps

    value = sample(bench.laid(face.request), face.bound.bound.input.element, face.request)
    assert body.schema.is_valid(value)  # type: ignore[attr-defined]
    status, told = await answer(serving, asked("POST", "/login", dumps(value)))
    assert status == 502
    assert b'"type":"/problems/upstream-unreachable"' in told
    assert b'"outcome":"not-sent"' in told


async def test_the_wsdl_stands_at_the_host_that_was_asked(serving: Serving) -> None:
    status, told = await answer(serving, asked("GET", "/portal"))
    assert status == 200
    assert b"http://a.example/portal" in told


KEPT = """
keyring: {{idp: {{secret: {secret}, form: raw}}}}
plugins: {{jwt: {{keys: [idp], issuer: me, audience: gw}}}}
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {{url: "http://127.0.0.1:1/p"}}
    operations: {operations}
    routes:
      - {{route: GET /version, operation: GetVersion, cache: 600}}
      - {{route: POST /login, operation: Login, idempotency: required}}
"""


@pytest.fixture(name="kept")
async def _kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """A gateway that keeps answers, with a token that ends, and how often the service was asked."""
    secret = tmp_path / "idp.key"
    secret.write_bytes(b"s" * 32)
    secret.chmod(0o600)
    asked_of_it: list[str] = []

    async def end(self: Serving, service: Any) -> Any:
        async def served(exchange: Exchange) -> Message:
            asked_of_it.append(exchange.operation.name)
            bound = service.bound(exchange.operation.name).bound
            value = sample(service.bench.laid(CANONICAL), bound.output.element, CANONICAL)
            return Message(exchange.operation.faces["1.1"].reply, value=value)

        return served

    monkeypatch.setattr(Serving, "_end", end)
    clock = FakeClock(time.time())
    log = io.StringIO()
    config = KEPT.format(secret=secret, operations=getattr(request, "param", "{}"))
    config = config.replace("audience: gw", "audience: gw, algorithms: [HS256]")
    serving = Serving(build(parse(config, base=ROOT, env={})), Parts(Metrics(), Log(log), clock, Memory(clock)))
    await serving.open()
    key = Key("idp", symmetric=b"s" * 32)
    claims = {"iss": "me", "aud": "gw", "sub": "anna", "iat": clock.now(), "exp": clock.now() + 30}
    token = tokens.sign(json.dumps(claims).encode(), key, "HS256")
    try:
        yield serving, token, clock, asked_of_it
    finally:
        await serving.close()


def _question(serving: Serving, route: str, token: str) -> Wire:
    from gateway.codec.json import dumps

    method, path = route.split()
    body = b""
    if method == "POST":
        face = serving.built.route(route)[1]  # type: ignore[index]
        body = dumps(sample(serving.built.services[0].bench.laid(CANONICAL), face.bound.bound.input.element, CANONICAL))
    wire = asked(method, path, body)
    wire.headers |= {"idempotency-key": '"one"'} | ({"authorization": f"Bearer {token}"} if token else {})
    return wire


@pytest.mark.parametrize("route", ["GET /version", "POST /login"])
async def test_a_kept_answer_is_for_who_may_still_ask(kept: Any, route: str) -> None:
    serving, token, clock, asked_of_it = kept
    first = await answer(serving, _question(serving, route, token))
    assert first[0] == 200, first
    assert await answer(serving, _question(serving, route, token)) == first
    assert len(asked_of_it) == 1  # kept
    clock.advance(50)  # the answer is still kept, the token still within its leeway
    assert await answer(serving, _question(serving, route, token)) == first
    clock.advance(45)  # past it: the token has ended
    for bad in (token, "", "a.b.c"):
        status, told = await answer(serving, _question(serving, route, bad))
        assert status == 401
        assert first[1] not in told
    assert len(asked_of_it) == 1


@pytest.mark.parametrize("kept", ["{GetVersion: {client: {encryption: required}}}"], indirect=True)
async def test_a_kept_answer_asks_for_the_protection_that_its_operation_asks_for(kept: Any) -> None:
    serving, token, _, asked_of_it = kept
    sealed = _question(serving, "GET /version", token)
    sealed.facts["encrypted"] = ("body",)
    assert (await answer(serving, sealed))[0] == 200
    status, told = await answer(serving, _question(serving, "GET /version", token))
    assert (status, len(asked_of_it)) == (403, 1)
    assert Kind.ENCRYPTION_REQUIRED.slug.encode() in told


@pytest.mark.parametrize(("breaker", "states"), [("off", ["closed"] * 4), ("{least: 3, share: 1.0}", ["closed", "open", "open", "open"])])
async def test_a_service_has_the_breaker_that_its_settings_say(breaker: str, states: list[str]) -> None:
    """Each read is tried twice: nothing listens there."""
    clock = FakeClock()
    parts = Parts(Metrics(), Log(io.StringIO()), clock, Memory(clock))
    text = CONFIG.replace('1/p"}', f'1/p", breaker: {breaker}}}')
    serving = Serving(build(parse(text, base=ROOT, env={})), parts)
    await serving.open()
    try:
        found = []
        for _ in states:
            wire = asked("POST", "/portal/GetVersion", b"{}")
            address, wire.facts["path"] = serving.find(wire)
            with contextlib.suppress(Problem):
                await address.send(wire)
            found.append(serving._breakers["portal"].own.state)
        assert found == states
    finally:
        await serving.close()


async def test_a_key_waits_for_a_call_that_may_take_long() -> None:
    clock = SystemClock()
    text = CONFIG.replace("encryption: required", "timeout: 300").replace('1/p"}', '1/p", timeout: 10}')
    serving = Serving(build(parse(text, base=ROOT, env={})), Parts(Metrics(), Log(io.StringIO()), clock, Memory(clock)))
    found = {bound.operation.name: serving._running(bound.operation) for bound in serving.built.services[0].operations}
    assert (found["ReleaseTask"], found["Login"]) == (660.0, 120.0)
