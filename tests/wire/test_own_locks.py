"""Locks of a service that the plug-in has never seen (`ledger`): every policy, each by configuration alone."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from tests.wire.conftest import gateway_of
from tests.wire.ledger import service as ledger
from tests.wire.ledger.service import Ledger, holder

TEXT = """
plugins:
  locks:
    own_names: [robot]
    STATUS
    conflicts:
      - kind: held
        when: [{at: fault, name: "{urn:ledger}AccountBusy"}]
        holders: /Holder
        names: /Holder/*/Who
        since: /Holder/*/Since
      - kind: held
        when: [{at: reply, path: /Code, equals: BUSY}]
        holders: /Busy/Holder
        names: /Busy/Holder/*/Who
        since: /Busy/Holder/*/Since
      - {kind: stale, when: [{at: fault, name: Outdated}, {at: reply, path: /Code, equals: OLD}]}
    operations:
      Book: {entity: /Account, echo: /Displace, MORE}
services:
  ledger:
    wsdl: tests/wire/ledger/ledger.wsdl
    path: /ledger
    upstream: {url: "URL", soap: "1.1"}
    routes:
      - {route: POST /book, operation: Book}
"""
BOTH = pytest.mark.parametrize("shape", ["fault", "status"])


@asynccontextmanager
async def before(service, more="steal: on-request", status=""):
    running = await ledger.start(service)
    text = TEXT.replace("URL", running.url).replace("MORE", more).replace("STATUS", status)
    try:
        async with gateway_of(text) as gateway, aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client:
            yield client
    finally:
        await running.stop()


async def book(client, account="a", amount="1.10", **headers):
    raw = f'{{"Account": "{account}", "Amount": {amount}}}'.encode()
    told = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with client.post("/book", data=raw, headers=told) as answer:
        return answer.status, json.loads(await answer.text(), parse_float=str), answer.headers


@BOTH
async def test_a_conflict_is_423_and_its_token_brings_the_holders_back_digit_for_digit(shape):
    service = Ledger(shape=shape)
    nil = '<Slot xsi:nil="true"/>'
    service.holders = [
        holder("bea & <co>", "2026-11-22T10:00:00.1234567+01:00"),
        holder("carl", "2026-11-22T10:00:00Z", nil, "0.10"),
    ]
    async with before(service) as client:
        status, told, headers = await book(client)
        assert (status, told["type"], told["outcome"]) == (423, "/problems/lock-conflict", "rejected"), told
        assert [each["Who"] for each in told["holders"]] == ["bea & <co>", "carl"]
        assert told["entity"] == "a"
        assert headers["retry-after"]
        status, after, _ = await book(client, Steal_Token=told["token"])
        assert (status, after["Code"], after["Balance"]) == (200, "DONE", "1.10")
        assert service.booked == ["1.10"]
        assert [[member[1] for member in each] for each in service.echoes[-1]] == [
            ["bea & <co>", "2026-11-22T10:00:00.1234567+01:00", "9007199254740993", "1.50"],
            ["carl", "2026-11-22T10:00:00Z", None, "0.10"],
        ]
        assert (await book(client, Steal_Token=told["token"]))[0] == 412, "it is good once"


@BOTH
async def test_changed_holders_are_412_with_the_new_ones_and_nothing_is_tried_again(shape):
    service = Ledger(shape=shape)
    service.holders = [holder("bea")]
    async with before(service) as client:
        _, told, _ = await book(client)
        service.holders = [holder("bea", weight="1.5")]  # the same number, other digits: the service compares text
        status, after, _ = await book(client, Steal_Token=told["token"])
        assert (status, after["type"]) == (412, "/problems/lock-changed"), after
        assert after["token"] != told["token"]
        assert service.received == 2
        assert (await book(client, Steal_Token=after["token"]))[0] == 200


@BOTH
async def test_a_hundred_holders_fit_in_a_token(shape):
    service = Ledger(shape=shape)
    service.holders = [holder(f"user {n} of a long department name") for n in range(100)]
    async with before(service) as client:
        _, told, _ = await book(client)
        assert len(told["holders"]) == 100
        assert len(told["token"]) < 100
        assert (await book(client, Steal_Token=told["token"]))[0] == 200


@BOTH
async def test_an_old_version_is_412(shape):
    async with before(Ledger(shape=shape)) as client:
        status, told, _ = await book(client, "old")
        assert (status, told["type"], told["conflict"]) == (412, "/problems/precondition-failed", "stale")


@BOTH
async def test_409_by_setting(shape):
    service = Ledger(shape=shape)
    service.holders = [holder("bea")]
    async with before(service, status="status: 409") as client:
        assert (await book(client))[0] == 409


OLD = (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
NEW = (datetime.now(UTC) + timedelta(seconds=60)).strftime("%Y-%m-%dT%H:%M:%SZ")


@BOTH
@pytest.mark.parametrize(
    ("rule", "holders", "taken"),
    [
        ("own: true", [holder("robot")], True),
        ("own: true", [holder("robot"), holder("bea")], False),
        ("own: true", [holder("Robot")], False),
        ("older: 3600", [holder("bea", OLD)], True),
        ("older: 3600", [holder("bea", OLD), holder("carl", NEW)], False),
        ("older: 10800", [holder("bea", OLD)], False),
        ("names: [bea, carl]", [holder("bea"), holder("carl")], True),
        ("names: [bea, carl]", [holder("dana")], False),
        ("names: [bea], older: 3600", [holder("bea", NEW)], False),
        ("names: [bea], older: 3600", [holder("bea", OLD)], True),
    ],
)
async def test_rules_take_over_once_and_are_audited(shape, rule, holders, taken, capsys):
    service = Ledger(shape=shape)
    service.holders = holders
    async with before(service, f"when: [{{{rule}, reason: said so}}]") as client:
        status, told, _ = await book(client)
    assert status == (200 if taken else 423), told
    assert service.received == 1 + taken
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"audit"' in line]
    stolen = [line for line in lines if line["event"] == "lock-stolen"]
    assert len(stolen) == taken
    if taken:
        assert stolen[0]["reason"] == "said so"
        assert stolen[0]["victims"] == "; ".join(ledger.parsed(each)[0].text for each in holders)
        assert stolen[0]["entity"] == "a"


@BOTH
async def test_a_rule_that_meets_a_new_holder_does_not_try_again(shape):
    service = Ledger(shape=shape)
    count = iter(range(100))
    service.before = lambda: setattr(service, "holders", [holder("bea", slot=f"<Slot>{next(count)}</Slot>")])
    async with before(service, "when: [{names: [bea], reason: x}], retry: {tries: 5, seconds: 5}") as client:
        status, told, _ = await book(client)
        assert (status, told["type"]) == (412, "/problems/lock-changed")
        assert service.received == 2


@BOTH
async def test_policies_together_wait_then_report_then_take_over(shape):
    service = Ledger(shape=shape)
    service.holders = [holder("bea")]
    more = "steal: on-request, retry: {tries: 3, seconds: 5, pause: 0.02}, when: [{own: true, reason: x}], guard: {wait: 5}"
    async with before(service, more) as client:
        status, told, _ = await book(client)
        assert (status, service.received) == (423, 3)
        assert (await book(client, Steal_Token=told["token"]))[0] == 200
        assert service.received == 4
        service.holders = [holder("robot")]
        assert (await book(client))[0] == 200
        assert service.received == 6
        service.holders = [holder("bea")]

        async def goes():
            await asyncio.sleep(0.03)
            service.holders = []

        gone = asyncio.create_task(goes())
        assert (await book(client))[0] == 200
        await gone


@BOTH
async def test_deprecated_members_pass_with_a_note_or_are_refused(shape):
    service = Ledger(shape=shape)
    body = {"Account": "a", "Amount": 1, "Force": True}
    async with before(service, "deprecated: {/Force: pass}") as client:
        async with client.post("/book", json=body) as answer:
            assert answer.status == 200
            assert answer.headers["deprecation"].startswith("@")
        assert "deprecation" not in (await book(client))[2]
    async with before(service, "deprecated: {/Force: refuse}") as client, client.post("/book", json=body) as answer:
        assert (answer.status, (await answer.json())["outcome"]) == (422, "not-sent")


@BOTH
async def test_a_token_is_nobody_elses_and_ends(shape):
    service = Ledger(shape=shape)
    service.holders = [holder("bea")]
    async with before(service, status="token_seconds: 0.2") as client:
        _, told, _ = await book(client, Authorization="Bearer one")
        for wrong in ({"Steal_Token": told["token"], "Authorization": "Bearer two"}, {"Steal_Token": told["token"]}):
            assert (await book(client, **wrong))[0] == 412
        assert (await book(client, "b", Steal_Token=told["token"], Authorization="Bearer one"))[0] == 412
        forged = told["token"][:-2] + ("AA" if told["token"][-2:] != "AA" else "BB")
        assert (await book(client, Steal_Token=forged, Authorization="Bearer one"))[0] == 412
        await asyncio.sleep(0.3)
        assert (await book(client, Steal_Token=told["token"], Authorization="Bearer one"))[0] == 412
        assert service.received == 1


@BOTH
async def test_a_firm_lock_has_no_token(shape):
    service = Ledger(shape=shape)
    service.holders, service.firm = [holder("bea")], True
    async with before(service) as client:
        status, told, _ = await book(client)
        assert status == 423
        assert told["token"], "nothing was said of it: the settings name no place"
        assert (await book(client, Steal_Token=told["token"]))[0] == 423
