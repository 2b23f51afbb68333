"""Locks as HTTP, over real sockets: config/projector.yaml before the reference service, whose test control plays others."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager

import aiohttp

from gateway.demo import portal as portal_demo
from gateway.demo import portal_state
from gateway.demo import projector as projector_demo
from tests.wire.conftest import ROOT, gateway_of

PROJECT = "P002001-001"
UID = 1152921504607000061
PATH = f"/projects/{PROJECT}/task-types"


def draft(name):
    return {
        "ProjectTaskType": {
            "ProjectTaskTypeName": name,
            "DefaultProjectRateTypeIdentity": {"ProjectRateTypeId": 702},
            "StandardTaskTypeIdentity": {"StandardTaskTypeName": "Design"},
        }
    }


@asynccontextmanager
async def before(service=None, change=lambda text: text):
    service = service or projector_demo.Projector()
    running = await projector_demo.start(projector=service)
    text = (ROOT / "config" / "projector.yaml").read_text()
    text = change(re.sub(r"\$\{PROJECTOR_URL:-[^}]*\}", running.url, text))
    try:
        async with (
            gateway_of(text, ROOT / "config") as gateway,
            aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client,
        ):
            yield service, client, gateway
    finally:
        await running.stop()


async def save(client, body, method="POST", path=PATH, **headers):
    async with client.request(
        method, path, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    ) as a:
        return a.status, (await a.json() if a.content_length else None), a.headers


def plant(service, login, **how):
    project = service.state.project({"ProjectCode": PROJECT})
    return service.locks.plant(login, project, "RT", **how)


async def test_l01_l02_a_conflict_is_423_with_holders_and_a_token_and_the_token_takes_the_lock_over():
    async with before() as (service, client, _):
        plant(service, "bea")
        status, body, headers = await save(client, draft("A"))
        assert (status, body["type"]) == (423, "/problems/lock-conflict")
        assert body["holders"][0]["EntityLockSummary"][0]["LockHolderUserIdentity"]["UserDisplayName"] == "Lund, Bea"
        assert (body["conflict"], body["stealable"], body["outcome"]) == ("held", True, "rejected")
        assert headers["retry-after"]
        echoed = body["holders"]
        status, body, headers = await save(client, draft("A"), Steal_Token=body["token"])
        assert status == 201, body
        assert body["LockStolenFromUserIdentity"]["UserDisplayName"] == "Lund, Bea"
        assert headers["location"].startswith(PATH + "/115292150")
        assert headers["etag"]
        sent = service.log[-1].decode()
        assert echoed[0]["EntityLockSummary"][0]["MostRecentLockAcquisitionTimestamp"] in sent


async def test_changed_holders_are_412_with_the_new_ones_and_no_second_steal():
    async with before() as (service, client, _):
        plant(service, "bea")
        _, body, _ = await save(client, draft("A"))
        plant(service, "carl", steal=True)
        received = service.received["PwsSaveProjectTaskType"]
        status, after, _ = await save(client, draft("A"), Steal_Token=body["token"])
        assert (status, after["type"]) == (412, "/problems/lock-changed")
        assert "Mendes, Carl" in json.dumps(after["holders"])
        assert service.received["PwsSaveProjectTaskType"] == received + 1
        assert (await save(client, draft("A"), Steal_Token=body["token"]))[0] == 412  # used up
        assert service.received["PwsSaveProjectTaskType"] == received + 1
        assert (await save(client, draft("A"), Steal_Token=after["token"]))[0] == 201


async def test_a_lock_that_cannot_be_stolen_gives_no_token_and_a_made_up_one_is_refused():
    async with before() as (service, client, _):
        plant(service, "bea", stealable=False)
        status, body, _ = await save(client, draft("A"))
        assert (status, body["stealable"], "token" in body) == (423, False, False)
        for token in ("x" * 43, "1"):
            assert (await save(client, draft("A"), Steal_Token=token))[0] == 412


async def test_a_token_belongs_to_its_entity_and_caller():
    async with before() as (service, client, _):
        plant(service, "bea")
        _, body, _ = await save(client, draft("A"))
        assert (await save(client, draft("A"), path="/projects/P002002-001/task-types", Steal_Token=body["token"]))[
            0
        ] == 412
        assert (await save(client, draft("A"), Steal_Token=body["token"], Authorization="Bearer x"))[0] == 412


async def test_where_stealing_is_never_allowed_nothing_is_sent():
    def never(text):
        return text.replace("steal: on-request", "steal: never")

    async with before(change=never) as (service, client, _):
        plant(service, "bea")
        _, body, _ = await save(client, draft("A"))
        assert "token" not in body
        received = service.received["PwsSaveProjectTaskType"]
        assert (await save(client, draft("A"), Steal_Token="x" * 43))[0] == 403
        assert (await save(client, {**draft("A"), "LocksToSteal": body["holders"]}))[0] == 403
        assert service.received["PwsSaveProjectTaskType"] == received


async def test_a_rule_takes_over_what_our_own_account_has_left_behind():
    def own(text):
        return text.replace("steal: on-request", "steal: never\n        when: [{own: true, reason: ours}]")

    async with before(change=own) as (service, client, _):
        plant(service, "gateway")
        assert (await save(client, draft("A")))[0] == 201
        plant(service, "bea")
        assert (await save(client, draft("B")))[0] == 423


async def test_l05_a_lock_that_is_released_soon_is_waited_for():
    def patient(text):
        return text.replace("retry: {tries: 2, seconds: 1}", "retry: {tries: 5, seconds: 10}")

    async with before(change=patient) as (service, client, _):
        held = plant(service, "bea")
        asyncio.get_running_loop().call_later(0.12, lambda: service.locks.release(held.user, held.id))
        assert (await save(client, draft("A")))[0] == 201
        plant(service, "bea")
        service.received.clear()
        assert (await save(client, draft("B")))[0] == 423
        assert 2 <= service.received["PwsSaveProjectTaskType"] <= 5


async def test_l04_versions_are_etag_and_if_match():
    async with before() as (_service, client, _):
        async with client.get(f"/projects/{PROJECT}") as answer:
            assert answer.status == 200
            tag = answer.headers["etag"]
            assert (await answer.json())["RateTaskTimestamp"] in tag
        path = f"{PATH}/{UID}"
        assert (await save(client, draft("K"), "PUT", path))[0] == 428
        status, body, headers = await save(client, draft("K"), "PUT", path, If_Match=tag)
        assert status == 200, body
        assert headers["etag"] != tag
        status, body, _ = await save(client, draft("L"), "PUT", path, If_Match=tag)
        assert (status, body["type"], body["conflict"]) == (412, "/problems/precondition-failed", "stale")


async def test_l07_a_fault_that_only_speaks_of_a_lock_is_none():
    async with before() as (_, client, _gateway):
        body = draft("A")
        body["ProjectTaskType"]["DefaultProjectRateTypeIdentity"] = {"ProjectRateTypeId": 1}
        status, told, _ = await save(client, body)
        assert status not in (423, 412)
        assert "holders" not in told


async def test_lock_sets_are_a_resource_and_asserted_by_header():
    async with before() as (service, client, _):
        locks = [{"EntityIdentity": {"EntityCode": PROJECT, "LockType": "RT"}}]
        status, made, headers = await save(client, {"locks": locks}, path="/locks")
        assert status == 201
        assert headers["location"] == f"/locks/{made['id']}"
        assert (await save(client, draft("A")))[0] == 423  # without its set our own lock blocks us
        assert (await save(client, draft("A"), Lock_Set=made["id"]))[0] == 201
        status, body, _ = await save(client, {"locks": locks}, path="/locks")
        assert (status, body["conflict"]) == (423, "held")
        async with client.put(headers["location"]) as answer:
            assert answer.status == 200
        thief = plant(service, "carl", steal=True)
        status, body, _ = await save(client, draft("B"), Lock_Set=made["id"])
        assert (status, body["conflict"], body["holders"]["UserDisplayName"]) == (423, "stolen", "Mendes, Carl")
        service.locks.release(thief.user, thief.id)
        async with client.delete(headers["location"]) as answer:
            assert answer.status == 204
        assert (await save(client, draft("B"), Lock_Set=made["id"]))[0] == 412
        assert not service.locks.live()


async def test_the_face_hides_what_is_filled_in_and_soap_callers_get_the_fault_itself():
    async with before() as (service, client, _):
        async with client.get("/openapi.json") as answer:
            paths = (await answer.json())["paths"]
        shown = json.dumps(paths["/projects/{code}/task-types"])
        assert not any(name in shown for name in ("SessionTicket", "LocksToSteal", "ProjectorLockSetId"))
        plant(service, "bea")
        envelope = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            '<PwsSaveProjectTaskType xmlns="http://projectorpsa.com/PwsProjectorServices/"><serviceRequest '
            'xmlns:c="http://projectorpsa.com/DataContracts/Shared/Common/" '
            'xmlns:h="http://projectorpsa.com/DataContracts/Shared/Scheduling/">'
            f"<h:ProjectIdentity><c:ProjectCode>{PROJECT}</c:ProjectCode></h:ProjectIdentity><h:ProjectTaskType>"
            "<c:ProjectTaskTypeName>S</c:ProjectTaskTypeName><c:DefaultProjectRateTypeIdentity>"
            "<c:ProjectRateTypeId>702</c:ProjectRateTypeId></c:DefaultProjectRateTypeIdentity>"
            "<c:StandardTaskTypeIdentity><c:StandardTaskTypeName>Design</c:StandardTaskTypeName>"
            "</c:StandardTaskTypeIdentity></h:ProjectTaskType></serviceRequest></PwsSaveProjectTaskType>"
            "</s:Body></s:Envelope>"
        )
        action = "http://projectorpsa.com/PwsProjectorServices/IPwsProjectorServices/PwsSaveProjectTaskType"
        fields = {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action}"'}
        async with client.post("/projector", data=envelope, headers=fields) as answer:
            text = await answer.text()
            assert answer.status == 500
            assert "LockHolders" in text


async def test_own_callers_take_turns_so_that_none_collides_at_the_service():
    service = projector_demo.Projector(delay=0.005)
    async with before(service) as (_, client, _gateway):
        answers = await asyncio.gather(*(save(client, draft(f"T{n}")) for n in range(30)))
        assert [status for status, _, _ in answers] == [201] * 30
        assert service.executed["PwsSaveProjectTaskType"] == 30


NETID = """
plugins:
  locks:
    lease:
      take: [GetTask, SaveTask]
      give: [ReleaseTask, CancelTask]
      entity: {GetTask: /Info/Id, SaveTask: /Info/Task/Id, ReleaseTask: /Info/Id, CancelTask: /Info/Id}
      seconds: 0.4
      every: 0.05
      operation: ReleaseTask
      request: {Info: {SessionId: "", Count: 0}}
      place: /Info/Id
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {url: "URL", soap: "1.1"}
    mapping: {scalars: string, empties: null}
    routes:
      - {route: POST /get, operation: GetTask, unwrap: {request: [Info], response: [GetTaskResult]}}
      - {route: POST /release, operation: ReleaseTask, unwrap: {request: [Info], response: [ReleaseTaskResult]}}
"""


async def test_a_task_that_was_taken_is_released_when_its_lease_ends():
    service = portal_demo.Portal(portal_state.seeded(portal_state.Rules()))
    running = await portal_demo.start(portal=service)
    try:
        async with (
            gateway_of(NETID.replace("URL", running.url)) as gateway,
            aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client,
        ):
            number = str(next(iter(service.state.tasks)))
            ask = {"SessionId": None, "Id": number, "Count": "0"}
            async with client.post("/get", json=ask) as answer:
                assert answer.status == 200, await answer.text()
            assert service.state.tasks[int(number)].processor != 0
            for _ in range(40):
                await asyncio.sleep(0.05)
                if service.executed["ReleaseTask"]:
                    break
            assert service.state.tasks[int(number)].processor == 0
            async with client.post("/get", json=ask) as answer:
                assert answer.status == 200
            async with client.post("/release", json=ask) as answer:
                assert answer.status == 200
            await asyncio.sleep(0.7)
            assert service.executed["ReleaseTask"] == 2, "given up by the client: not once more by the lease"
    finally:
        await running.stop()
