"""Row F-14 over real sockets: whatever is wrong with the store, what needs it fails closed and soon, all else goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import aiohttp
import pytest
from redis import Redis

from gateway.demo import portal as portal_demo
from gateway.demo import portal_state
from tests.wire.conftest import gateway_of
from tests.wire.processes import store
from tests.wire.test_replicas import COUNTED, post

VERSION = "      - {route: POST /version, operation: GetVersion, unwrap: {response: [GetVersionResult]}}\n"


@pytest.fixture
def valkey():
    with store() as server:
        yield server


def admin(server, *command):
    with Redis(port=server.port) as client:
        return client.execute_command(*command)


def pid(server):
    with Redis(port=server.port) as client:
        return client.info("server")["process_id"]


class Wrong:
    """Keys that hold something else than they should."""

    def __init__(self, server):
        self.server = server

    def begin(self):
        with Redis(port=self.server.port) as client:
            self.kept = {key: client.get(key) for key in client.keys("soapgw:*")}
            for key in self.kept:
                client.delete(key)
                client.lpush(key, "x")

    def end(self):
        with Redis(port=self.server.port) as client:
            for key, value in self.kept.items():
                client.delete(key)
                client.set(key, value)


def fault(name, server):
    """(begin, end) of what is wrong."""
    number = pid(server)
    wrong = Wrong(server)
    return {
        "stopped": (lambda: os.kill(number, signal.SIGSTOP), lambda: os.kill(number, signal.SIGCONT)),
        "read-only": (lambda: admin(server, "REPLICAOF", "127.0.0.1", "1"), lambda: admin(server, "REPLICAOF", "NO", "ONE")),
        "full": (lambda: admin(server, "CONFIG", "SET", "maxmemory", "1"), lambda: admin(server, "CONFIG", "SET", "maxmemory", "0")),
        "wrong-type": (wrong.begin, wrong.end),
    }[name]  # fmt: skip


@pytest.mark.parametrize("name", ["stopped", "read-only", "full", "wrong-type"])
async def test_f14_what_needs_the_store_fails_closed_and_all_else_goes_on(valkey, name, monkeypatch):
    monkeypatch.setattr("gateway.state.valkey.PAUSE", 1.0)  # seconds, in place of five
    service = portal_demo.Portal(portal_state.seeded(portal_state.Rules(counts="rising")))
    running = await portal_demo.start(portal=service)
    text = COUNTED.replace("PORT", str(valkey.port)).replace("URL", running.url) + VERSION
    begin, end = fault(name, valkey)
    try:
        async with gateway_of(text) as gateway, aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client:
            status, body = await post(client, "/login", {"Certificate": "Y2VydA==", "DateTime": "2026-11-22T00:00:00Z"})
            assert status == 200, body
            call = {"SessionId": body["SessionId"], "Count": 1}
            assert (await post(client, "/status", call))[0] == 200
            begin()
            try:
                for count in range(2, 10):
                    began = time.monotonic()
                    status, told = await post(client, "/status", {**call, "Count": count})
                    assert (status, told["type"]) == (503, "/problems/state-unavailable"), told
                    assert told["outcome"] == "not-sent"
                    assert time.monotonic() - began < 2, "0.25 s, and what a busy machine adds"
                    assert (await post(client, "/version", {}))[0] == 200
                assert service.received["GetLoginStatus"] == 1
            finally:
                end()
            for _ in range(40):
                status, told = await post(client, "/status", {**call, "Count": 10})
                if status == 200:
                    break
                await asyncio.sleep(0.25)
            assert status == 200, told
            assert service.received["GetLoginStatus"] == 2
    finally:
        await running.stop()
