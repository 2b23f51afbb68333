"""One built configuration, live: its addresses by path, opened and closed as a whole."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.build.book import build
from gateway.core.clock import SystemClock
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.observe.log import Log
from gateway.observe.metrics import Metrics
from gateway.serving import Parts, Serving
from gateway.settings import parse
from gateway.state.memory import Memory
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
