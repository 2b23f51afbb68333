"""Lock sets belong to who proved to be their owner; over real sockets, with a plug-in that proves identities outside."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager

import aiohttp
import pytest

from gateway.demo import projector as projector_demo
from tests.wire.conftest import ROOT, gateway_of

PROOF = """
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import Plugin, around


class Proof(Plugin):
    name = "proof"

    def layer(self, operation):
        async def proven(exchange, inner):
            who = exchange.headers.get("x-proof", "")
            if not who:
                raise Problem(Kind.UNAUTHENTICATED, outcome="not-sent")
            exchange.facts["identity"] = who
            return await inner(exchange)

        return around(proven)
"""
LOCKS = {"locks": [{"EntityIdentity": {"EntityCode": "P002001-001", "LockType": "RT"}}]}


async def test_only_who_is_proven_takes_prolongs_asserts_and_gives_up(tmp_path):
    (tmp_path / "proof.py").write_text(PROOF)
    service = projector_demo.Projector()
    running = await projector_demo.start(projector=service)
    text = (ROOT / "config" / "projector.yaml").read_text().replace("../schemas", str(ROOT / "schemas"))
    text = re.sub(r"\$\{PROJECTOR_URL:-[^}]*\}", running.url, text)
    text = text.replace("plugins:\n", "plugins:\n  proof: {use: 'proof.py:Proof'}\n", 1)
    draft = {
        "ProjectTaskType": {
            "ProjectTaskTypeName": "T",
            "DefaultProjectRateTypeIdentity": {"ProjectRateTypeId": 702},
            "StandardTaskTypeIdentity": {"StandardTaskTypeName": "Design"},
        }
    }
    try:
        async with (
            gateway_of(text, tmp_path) as gateway,
            aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client,
        ):

            async def ask(method, path, who="", body=None, **headers):
                fields = {**({"X-Proof": who} if who else {}), **{k.replace("_", "-"): v for k, v in headers.items()}}
                async with client.request(method, path, json=body, headers=fields) as answer:
                    return answer.status, (await answer.json() if answer.content_length else {})

            assert (await ask("POST", "/locks", body=LOCKS))[0] == 401
            assert service.received["PwsAcquireProjectorLocks"] == 0
            status, made = await ask("POST", "/locks", "bea", LOCKS)
            assert status == 201
            path, types = f"/locks/{made['id']}", "/projects/P002001-001/task-types"
            assert (await ask("DELETE", path))[0] == 401
            assert (await ask("DELETE", path, "carl"))[0] == 412
            assert (await ask("PUT", path, "carl"))[0] == 412
            assert (await ask("POST", types, "carl", draft, Lock_Set=made["id"]))[0] == 412
            assert service.locks.live()
            assert (await ask("PUT", path, "bea"))[0] == 200
            assert (await ask("POST", types, "bea", draft, Lock_Set=made["id"]))[0] == 200 + 1
            assert (await ask("DELETE", path, "bea"))[0] == 204
            assert not service.locks.live()
            assert (await ask("POST", "/locks", "bea", {"nothing": 1}))[0] == 422
            assert (await ask("POST", "/locks", "bea", {"locks": [{"Wrong": 1}]}))[0] == 422
    finally:
        await running.stop()


@asynccontextmanager
async def before():
    service = projector_demo.Projector()
    running = await projector_demo.start(projector=service)
    text = (ROOT / "config" / "projector.yaml").read_text()
    text = re.sub(r"\$\{PROJECTOR_URL:-[^}]*\}", running.url, text)
    try:
        async with (
            gateway_of(text, ROOT / "config") as gateway,
            aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client,
        ):
            yield service, client
    finally:
        await running.stop()


DEEP = '{"locks": ' + "[" * 50_000 + "]" * 50_000 + "}"


@pytest.mark.parametrize(
    ("body", "status", "places"),
    [
        ('{"locks": [], "locks": []}', 400, None),
        ('{"locks": [{"EntityTimestamp": "a", "EntityTimestamp": "b"}]}', 400, None),
        ('{"locks": NaN}', 400, None),
        (DEEP, 400, None),
        ("\xff", 400, None),
        ("[]", 422, [""]),
        ("{}", 422, ["/locks"]),
        ('{"locks": [], "lock/s": 1}', 422, ["/lock~1s"]),
        ('{"locks": "x"}', 422, ["/locks"]),
        ('{"locks": [{"EntityIdentity": {"EntityId": 1.5}}]}', 422, ["/locks/0/EntityIdentity/EntityId"]),
        ('{"locks": [{"Wrong": 1}]}', 422, ["/locks/0/Wrong"]),
    ],
)
async def test_what_a_client_sends_is_read_strictly_and_its_mistakes_have_the_places_of_its_own(body, status, places):
    async with before() as (service, client):
        headers = {"content-type": "application/json"}
        async with client.post("/locks", data=body.encode("latin-1"), headers=headers) as answer:
            told = await answer.json()
        assert (answer.status, told["outcome"]) == (status, "not-sent"), told
        if places is not None:
            assert [each["pointer"] for each in told["errors"]] == places
        assert service.received["PwsAcquireProjectorLocks"] == 0
        async with client.post("/locks", data=json.dumps(LOCKS), headers={"content-type": "text/plain"}) as answer:
            assert answer.status == 415


async def test_a_set_that_the_service_has_forgotten_is_gone_for_its_client_too():
    async with before() as (service, client):

        async def made():
            async with client.post("/locks", json=LOCKS) as answer:
                assert answer.status == 201
                return (await answer.json())["id"]

        name = await made()
        service.locks.sets.clear()
        async with client.put(f"/locks/{name}") as answer:
            assert (answer.status, (await answer.json())["type"]) == (412, "/problems/precondition-failed")
        async with client.delete(f"/locks/{name}") as answer:
            assert answer.status == 412
        name = await made()
        service.locks.sets.clear()
        for status in (204, 412):
            async with client.delete(f"/locks/{name}") as answer:
                assert answer.status == status
