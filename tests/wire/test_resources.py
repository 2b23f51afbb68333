"""The Net iD portal's second face over the wire: resources, verbs, statuses, ETags, and no session that a client sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.demo import portal
from gateway.demo.portal_state import OMAR, Rules, seeded
from tests.wire.conftest import ROOT, gateway_of_file


@pytest.fixture
async def service() -> AsyncIterator[tuple[portal.Portal, str]]:
    """A portal that counts calls, as the vendor's does, and its address."""
    reference = portal.Portal(seeded(Rules(counts="by-one")))
    running = await portal.start(portal=reference)
    yield reference, running.url
    await running.stop()


@pytest.fixture
async def client(service: tuple[portal.Portal, str]) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of the gateway before it."""
    file = ROOT / "config/netid.yaml"
    async with (
        gateway_of_file(file, {"NETID_PORTAL": service[1]}) as gateway,
        aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as session,
    ):
        yield session


async def ask(
    client: aiohttp.ClientSession, verb: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any, Any]:
    """Status, header and body."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    async with client.request(verb, path, json=body, headers=named) as reply:
        text = await reply.text()
        return reply.status, reply.headers, await reply.json(content_type=None) if text else None


async def test_a_task_is_read_changed_and_given_up(client: aiohttp.ClientSession) -> None:
    status, fields, task = await ask(client, "GET", "/tasks/51001")
    assert (status, task["id"], task["holderId"]) == (200, 51001, 0)  # a mere look
    assert (await ask(client, "GET", "/tasks/51001", if_none_match=fields["etag"]))[0] == 304
    assert (await ask(client, "PUT", "/tasks/51001/hold"))[2]["holderId"] == 21
    changed = {**task, "entityDescription": "M. Berg"}
    assert (await ask(client, "PUT", "/tasks/51001", changed))[0] == 428
    stale = await ask(client, "PUT", "/tasks/51001", changed, if_match=fields["etag"])
    assert stale[0] == 412
    present = (await ask(client, "HEAD", "/tasks/51001"))[1]["etag"]
    assert stale[1]["etag"] == present
    status, _, told = await ask(client, "PUT", "/tasks/51001", changed, if_match=present)
    assert (status, told["entityDescription"]) == (200, "M. Berg")
    assert (await ask(client, "DELETE", "/tasks/51001/hold"))[0] == 204
    status, _, told = await ask(client, "DELETE", "/tasks/51001/hold")
    assert (status, told["fault"]["detail"]["Code"]) == (409, "NPR_TASK_NOT_HELD")


async def test_a_new_task_has_a_location_and_a_key_makes_it_once(client: aiohttp.ClientSession) -> None:
    new = {"type": "123", "entityId": 61}
    status, fields, task = await ask(client, "POST", "/tasks", new, idempotency_key='"k1"')
    assert (status, fields["location"]) == (201, f"/tasks/{task['id']}")
    again = await ask(client, "POST", "/tasks", new, idempotency_key='"k1"')
    assert (again[0], again[1]["location"]) == (201, fields["location"])
    status, fields, told = await ask(client, "POST", "/tasks", new, prefer="return=minimal")
    assert (status, told, fields["preference-applied"]) == (201, None, "return=minimal")
    assert fields["location"] == f"/tasks/{task['id'] + 1}"
    assert (await ask(client, "GET", fields["location"]))[0] == 200
    assert (await ask(client, "DELETE", fields["location"]))[0] == 204
    assert (await ask(client, "GET", fields["location"]))[0] == 404


async def test_two_operations_behind_one_address(client: aiohttp.ClientSession) -> None:
    task = (await ask(client, "PUT", "/tasks/51002/hold"))[2]
    done = await ask(client, "POST", "/tasks/51002/actions", {"action": "complete", "task": task})
    assert (done[0], done[2]["actionIndex"]) == (200, 1)
    back = await ask(client, "POST", "/tasks/51002/actions", {"action": "back"})
    assert (back[0], back[2]["actionIndex"]) == (200, 0)
    other = await ask(client, "POST", "/tasks/51002/actions", {"action": "burn"})
    assert (other[0], other[2]["errors"][0]["pointer"]) == (422, "/action")
    assert (await ask(client, "POST", "/tasks/51002/actions"))[0] in (415, 422)


async def test_what_somebody_else_holds_is_423(
    client: aiohttp.ClientSession, service: tuple[portal.Portal, str]
) -> None:
    service[0].state.take(22, 51003)
    assert service[0].state.session(OMAR).user == 22
    assert (await ask(client, "PUT", "/tasks/51003/hold"))[0] == 423
    assert (await ask(client, "GET", "/tasks/51003"))[2]["holderId"] == 22


async def test_verbs_forms_and_the_other_face(client: aiohttp.ClientSession) -> None:
    status, fields, _ = await ask(client, "OPTIONS", "/tasks/51001")
    assert (status, fields["allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PUT")
    assert (await ask(client, "PATCH", "/tasks/51001"))[0] == 405
    assert (await ask(client, "GET", "/tasks/51001", accept="text/html"))[0] == 406
    assert (await ask(client, "GET", "/tasks/many"))[0] == 400
    assert (await ask(client, "GET", "/tasks/51001?x=1"))[0] == 400
    first, second = [await ask(client, "GET", "/application") for _ in range(2)]
    assert first[2]["securityMode"] == {"isEnabled": False}
    assert "age" in second[1]
    documented = {"SessionId": "c2Vzc2lvbi1vZi1hbm5hLTIxISE=", "Id": "51001", "Count": "1"}
    status, _, told = await ask(client, "POST", "/api/task/get", documented)
    assert (status, told["Task"]["ProcessorId"]) == (200, "21")


async def test_findings_are_told_in_the_routes_own_words(client: aiohttp.ClientSession) -> None:
    status, _, told = await ask(client, "PUT", "/tasks/51001", {"holderId": "x"}, if_match="*")
    assert status == 422
    pointers = {error["pointer"] for error in told["errors"]}
    assert {"/holderId", "/entityId"} <= pointers
