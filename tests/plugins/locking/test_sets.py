"""Lock sets belong to who proved to be their owner; over real sockets, with a plug-in that proves identities outside."""

from __future__ import annotations

import re

import aiohttp

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
            assert (await ask("POST", "/locks", "bea", {"nothing": 1}))[0] == 400
            assert (await ask("POST", "/locks", "bea", {"locks": [{"Wrong": 1}]}))[0] == 422
    finally:
        await running.stop()
