"""`gateway demo`: the whole tour over real sockets, what a taken port says, what a broken configuration says."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
import socket
import sys
import types

import aiohttp
import pytest

from gateway.demo import portal, projector, tour, tour_encrypted, tour_netid, tour_projector


def free():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def places():
    return tour.Places(*(free() for _ in range(9)))


def test_the_services_are_where_the_tour_says():
    assert tour.PORTAL_PATH == portal.PATH
    assert tour.PROJECTOR_PATH == projector.PATH


def test_once_ends_with_0_and_every_step_is_shown(places):
    out = io.StringIO()
    assert tour.run(once=True, places=places, out=out) == 0, out.getvalue()
    shown = out.getvalue()
    assert "steps came out as they must" in shown
    assert shown.count("$ curl -i") >= 10
    assert places.taken() == []


def iter_nothing():
    yield "nothing"


def test_a_wrong_step_makes_it_1(places, monkeypatch):
    @contextlib.asynccontextmanager
    async def none(config, data, admin, env):
        yield types.SimpleNamespace(ready=lambda: asyncio.sleep(0))

    def steps(data, admin):
        yield next(tour_netid.papers(data, admin))

    monkeypatch.setattr(tour, "gateway", none)
    monkeypatch.setattr(tour_netid, "steps", steps)
    monkeypatch.setattr(tour_projector, "steps", lambda data, control: iter_nothing())
    monkeypatch.setattr(tour_encrypted, "steps", lambda data, service: iter_nothing())
    out = io.StringIO()
    assert tour.run(once=True, places=places, out=out) == 1
    assert "1 of 1 steps did not come out" in out.getvalue()


def test_a_taken_port_is_told_before_anything_starts(places, capsys):
    host, port = tour._split(places.admin)
    with socket.socket() as taken:
        taken.bind((host, port))
        taken.listen()
        assert tour.run(once=True, places=places) == 1
    assert f"something listens already at {places.admin}" in capsys.readouterr().err


async def test_a_gateway_that_does_not_start_says_why(places, tmp_path):
    config = tmp_path / "bad.yaml"
    config.write_text("services: {}\nlisten: 1\n")
    with pytest.raises(tour.NotStarted, match=r"bad\.yaml"):
        async with tour.gateway(str(config), places.data, places.admin, {}) as starting:
            await starting.ready()


@pytest.mark.slow  # the tour itself is told above
async def test_it_serves_on_until_a_signal(places):
    code = f"from gateway.demo import tour\nraise SystemExit(tour.run(places=tour.{places!r}))"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    try:
        async with asyncio.timeout(60):
            async for line in process.stdout:
                if b"Serving on" in line:
                    break
            async with aiohttp.ClientSession() as client, client.get(f"http://{places.data}/openapi.json") as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGINT)
            await process.stdout.read()
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
    assert places.taken() == []
