"""The reference Projector over a real socket: every answer valid by the delivered schema, every lock rule seen."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import zeep
import zeep.exceptions
from lxml import etree

CODE = "P002001-001"
PROJECT = f"<sch:ProjectIdentity><com:ProjectCode>{CODE}</com:ProjectCode></sch:ProjectIdentity>"
RATE = "<com:DefaultProjectRateTypeIdentity><com:ProjectRateTypeId>701</com:ProjectRateTypeId></com:DefaultProjectRateTypeIdentity>"
STANDARD = "<com:StandardTaskTypeIdentity><com:StandardTaskTypeName>Build</com:StandardTaskTypeName></com:StandardTaskTypeIdentity>"
SAVE = "PwsSaveProjectTaskType"
LOCK = (
    "<req:Locks><com:PwsProjectorLockRequest><com:EntityIdentity><com:EntityCode>{0}</com:EntityCode>"
    "<com:LockType>{1}</com:LockType></com:EntityIdentity></com:PwsProjectorLockRequest></req:Locks>"
)


def task(name="Drafting", more="", order=f"{RATE}{{0}}{STANDARD}"):
    inside = f"<com:ProjectTaskTypeName>{name}</com:ProjectTaskTypeName>" + order.format(more)
    return f"<sch:ProjectTaskType>{inside}</sch:ProjectTaskType>"


def save(name="Drafting", before="", after="", **more):
    return f"{before}{PROJECT}{task(name, **more)}{after}"


def echo(told, prefix="sch"):
    """LockHolders as LocksToSteal: only the wrapper's name changes."""
    holders = told.nodes("com:LockHolders")[0]
    inner = "".join(etree.tostring(child).decode() for child in holders)
    return f"<{prefix}:LocksToSteal>{inner}</{prefix}:LocksToSteal>"


def acquire(kind="RT", seconds=60, set_id=None, steal="", code=CODE):
    mine = f"<req:ProjectorLockSetId>{set_id}</req:ProjectorLockSetId>" if set_id else ""
    return f"<req:LockDurationSeconds>{seconds}</req:LockDurationSeconds>{LOCK.format(code, kind)}{steal}{mine}"


def by_set(number, namespace="sch"):
    return f"<{namespace}:ProjectorLockSetId>{number}</{namespace}:ProjectorLockSetId>"


# -- sessions and limits


async def test_an_insert_is_answered_with_identity_and_a_new_token(call, projector):
    before = projector.state.projects[0].rate_token()
    told = await call(SAVE, "<req:RequestId>7</req:RequestId>" + save())
    assert (told.status, told.ok, told.numbers) == (200, "Ok", [136])
    assert int(told.text("com:ProjectTaskTypeUid")) > 2**53
    assert told.text("sch:RateTaskTimestamp") not in (before, None)
    assert told.nodes("sch:StolenLocks")[0].get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"
    assert projector.saved == [(None, "Drafting")]  # RequestId came after SessionTicket, too late to be read


async def test_wrong_credentials_missing_members_and_redirects(call, projector):
    assert (await call.login("bea", password="x")).numbers == [136, -100]
    assert (await call("PwsAuthenticate", "<req:AccountCode>A</req:AccountCode>", ticket=None)).numbers == [136, 10111]
    projector.state.redirects["DEMO"] = "https://app2.invalid/"
    told = await call.login()
    assert told.text("rsp:RedirectUrl") == "https://app2.invalid/"
    assert not told.text("rsp:SessionTicket")
    projector.state.rules = replace(projector.state.rules, wrong_instance=True)
    assert (await call(SAVE, save())).numbers == [136, 10004]


async def test_a_session_ends_by_time_by_call_and_by_control(call, projector, clock):
    clock.advance(3600)
    told = await call(SAVE, save())
    assert (told.status, told.ok, told.numbers) == (200, "FailSessionInvalid", [136, -101])
    projector.state.rules = replace(projector.state.rules, session_errors="fault")
    assert (await call(SAVE, save())).status == 500
    call.ticket = await call.ticket_of("gateway")
    assert (await call("PwsUnauthenticate")).ok == "Ok"
    assert (await call(SAVE, save())).numbers == [136, -101]
    call.ticket = await call.ticket_of("gateway")
    await call.control("expire", user="gateway")
    assert (await call(SAVE, save())).numbers == [136, -101]
    assert projector.executed[SAVE] == 0


async def test_the_rate_limit_rolls_and_nothing_is_executed_beyond_it(call, projector, clock):
    projector.state.rules = replace(projector.state.rules, rate_limit=2)
    assert (await call(SAVE, save("A"))).ok == "Ok"
    clock.advance(30)
    assert (await call(SAVE, save("B"))).ok == "Ok"
    assert (await call(SAVE, save("C"))).numbers == [136, 10016]
    clock.advance(30)
    assert (await call(SAVE, save("D"))).ok == "Ok"
    assert [name for _, name in projector.saved] == ["A", "B", "D"]


async def test_four_requests_of_a_user_at_once_and_no_more(call, projector):
    projector.delay = 0.2
    other = await call.ticket_of("bea")
    told = await asyncio.gather(
        *(call("PwsGetProject", PROJECT) for _ in range(5)), call("PwsGetProject", PROJECT, ticket=other)
    )
    assert sorted(one.status for one in told) == [200] * 5 + [500]
    assert projector.state.active == {"gateway": 0, "bea": 0}


# -- errors


@pytest.mark.parametrize(
    ("inside", "number"),
    [
        (task(), 15002),
        ("<sch:ProjectIdentity><com:ProjectCode>nope</com:ProjectCode></sch:ProjectIdentity>" + task(), 15001),
        (save("Kick-off"), 54646),
        (PROJECT + task(order=""), 10111),
        (PROJECT + task(order=STANDARD + RATE), 10111),
        (save(order=RATE.replace("701", "1") + STANDARD), 54650),
        (
            save(
                order=RATE
                + STANDARD
                + "<com:InheritPurchaseOrderNumberFlag>true</com:InheritPurchaseOrderNumberFlag><com:PurchaseOrderNumber>P</com:PurchaseOrderNumber>"
            ),
            55069,
        ),
        (save("x" * 51), 10112),
        (save(after="<sch:RateTaskTimestamp>AAAAAAAAAAA=</sch:RateTaskTimestamp>"), 50480),
    ],
)
@pytest.mark.parametrize("way", ["fault", "status"])
async def test_errors_come_as_faults_or_as_fail(call, projector, inside, number, way):
    projector.state.rules = replace(projector.state.rules, errors=way)
    told = await call(SAVE, inside)
    assert told.numbers == [136, number]
    assert told.status == (500 if way == "fault" else 200)
    assert told.ok == (None if way == "fault" else "Fail")
    assert not projector.saved


async def test_what_is_wrongly_ordered_or_named_is_ignored_and_answered_ok(call, projector):
    late = save(
        order=f"{RATE}{STANDARD}<com:SortOrder>9</com:SortOrder>"
        '<InactiveFlag xmlns="urn:other">true</InactiveFlag><com:Madeup>1</com:Madeup>'
    )
    assert (await call(SAVE, late)).ok == "Ok"
    kept = list(projector.state.projects[0].task_types.values())[-1]
    assert "SortOrder" not in kept
    assert "InactiveFlag" not in kept


async def test_an_update_keeps_what_is_not_given(call, projector):
    await call(SAVE, save(order=RATE + "<com:SortOrder>4</com:SortOrder>" + STANDARD))
    uid = list(projector.state.projects[0].task_types)[-1]
    changed = f"<sch:ProjectTaskType><com:ProjectTaskTypeUid>{uid}</com:ProjectTaskTypeUid><com:InactiveFlag>true</com:InactiveFlag></sch:ProjectTaskType>"
    assert (await call(SAVE, PROJECT + changed)).ok == "Ok"
    kept = projector.state.projects[0].task_types[uid]
    assert (kept["SortOrder"], kept["InactiveFlag"], kept["ProjectTaskTypeName"]) == (4, True, "Drafting")


async def test_versions_are_read_and_asserted(call):
    seen = await call("PwsGetProject", PROJECT)
    version = seen.text("sch:RateTaskTimestamp")
    after = f"<sch:RateTaskTimestamp>{version}</sch:RateTaskTimestamp>"
    assert (await call(SAVE, save("One", after=after))).ok == "Ok"
    assert (await call(SAVE, save("Two", after=after))).numbers == [136, 50480]


# -- locks


async def test_a_held_lock_is_a_fault_with_its_holders_and_an_exact_echo_steals_it(call, projector):
    held = projector.locks.plant("bea", projector.state.projects[0])
    told = await call(SAVE, save())
    assert (told.status, told.numbers) == (500, [136, 50469])
    assert told.text("com:AllowLocksToBeStolenFlag") == "true"
    assert told.text("com:LockHolders/com:PwsEntityLockSummary/com:EntityIdentity/com:LockType") == "RT"
    assert told.text("com:MostRecentLockAcquisitionTimestamp") == "2025-03-04T05:06:07.1234567"
    stolen = await call(SAVE, save(after=echo(told)))
    assert stolen.ok == "Ok"
    assert stolen.text("sch:LockStolenFromUserIdentity/com:UserDisplayName") == "Lund, Bea"
    assert len(stolen.nodes("sch:StolenLocks/com:EntityIdentity")) == 1
    assert held.thieves
    assert not projector.locks.live()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("05:06:07.1234567", "05:06:07.123456"),
        (">Lund, Bea<", ">Lund,Bea<"),
        (">RT<", ">P<"),
        (">1</", ">2</"),
        ('<com:UserReferenceSystemId i:nil="true"/>', ""),
    ],
)
async def test_an_echo_that_was_touched_steals_nothing(call, projector, old, new):
    projector.locks.plant("bea", projector.state.projects[0])
    told = await call(SAVE, save())
    exact = echo(told)
    touched = exact.replace(old, new) if old in exact else exact.replace("UserReferenceSystemId", "Madeup")
    assert touched != exact
    again = await call(SAVE, save(after=touched))
    assert again.numbers == [136, 50469]
    assert len(projector.locks.live()) == 1


async def test_changed_holders_fail_with_the_new_state(call, projector, clock):
    projector.locks.plant("bea", projector.state.projects[0])
    told = await call(SAVE, save())
    clock.advance(5)
    projector.locks.plant("carl", projector.state.projects[0])
    again = await call(SAVE, save(after=echo(told)))
    assert again.status == 500
    names = [node.text for node in again.nodes("com:LockHolders//com:UserDisplayName")]
    assert names == ["Lund, Bea", "Mendes, Carl"]
    assert (await call(SAVE, save(after=echo(again)))).ok == "Ok"


async def test_an_unstealable_lock_and_an_old_token_stand_against_a_steal(call, projector):
    planted = projector.locks.plant("bea", projector.state.projects[0], stealable=False)
    told = await call(SAVE, save())
    assert told.text("com:AllowLocksToBeStolenFlag") == "false"
    assert (await call(SAVE, save(after=echo(told)))).status == 500
    next(iter(planted.locks.values())).stealable = True
    old = echo(told) + "<sch:RateTaskTimestamp>AAAAAAAAAAA=</sch:RateTaskTimestamp>"
    assert (await call(SAVE, save(after=old))).numbers == [136, 50480]
    assert projector.locks.live()


async def test_a_steal_of_nothing_is_a_change_too(call, projector, clock):
    projector.locks.plant("bea", projector.state.projects[0], seconds=10)
    told = await call(SAVE, save())
    clock.advance(10)
    assert (await call(SAVE, save(after=echo(told)))).status == 500
    projector.state.rules = replace(projector.state.rules, steal_of_nothing="ok")
    assert (await call(SAVE, save(after=echo(told)))).ok == "Ok"


async def test_a_set_is_held_renewed_asserted_and_released_as_a_unit(call, projector, clock):
    told = await call("PwsAcquireProjectorLocks", acquire())
    number = int(told.text("rsp:ProjectorLockSetId"))
    assert told.text("com:LockStolenFlag") == "false"
    assert (await call(SAVE, save("Own lock blocks"))).numbers == [136, 50469]
    assert (await call(SAVE, save("Asserted", after=by_set(number)))).ok == "Ok"
    clock.advance(50)
    renewal = f"<req:LockDurationSeconds>60</req:LockDurationSeconds>{by_set(number, 'req')}"
    assert (await call("PwsRenewProjectorLocks", renewal)).ok == "Ok"
    clock.advance(50)
    assert projector.locks.live()
    assert (await call("PwsReleaseProjectorLocks", by_set(number, "req"))).ok == "Ok"
    again = await call("PwsReleaseProjectorLocks", by_set(number, "req"))
    assert (again.ok, again.numbers) == ("OkWithWarnings", [136, 50476])
    assert (await call("PwsReleaseProjectorLocks", by_set(99, "req"))).numbers == [136, 50475]
    assert (await call(SAVE, save("Free"))).ok == "Ok"


async def test_a_set_expires(call, projector, clock):
    number = (await call("PwsAcquireProjectorLocks", acquire(seconds=30))).text("rsp:ProjectorLockSetId")
    clock.advance(30)
    assert not projector.locks.live()
    assert (await call(SAVE, save(after=by_set(number)))).numbers == [136, 50475]
    assert (await call("PwsReleaseProjectorLocks", by_set(number, "req"))).ok == "OkWithWarnings"


async def test_a_stolen_set_fails_the_save_and_is_told_at_release(call):
    number = (await call("PwsAcquireProjectorLocks", acquire())).text("rsp:ProjectorLockSetId")
    thief = await call.ticket_of("carl")
    told = await call("PwsAcquireProjectorLocks", acquire(), ticket=thief)
    assert told.status == 500
    taken = await call("PwsAcquireProjectorLocks", acquire(steal=echo(told, "req")), ticket=thief)
    assert taken.text("com:LockStolenFlag") == "true"
    assert taken.text("com:StolenLocks//com:UserDisplayName") == "Gateway, Service"
    failed = await call(SAVE, save(after=by_set(number)))
    assert failed.text("com:LockTaker/com:UserDisplayName") == "Mendes, Carl"
    released = await call("PwsReleaseProjectorLocks", by_set(number, "req"))
    assert released.ok == "Ok" or released.ok == "OkWithWarnings"
    assert released.text("rsp:StolenLock/com:LockStolenByUser/com:LastName") == "Mendes"


async def test_check_takes_nothing(call, projector):
    assert (await call("PwsCheckProjectorLocks", LOCK.format(CODE, "RT"))).ok == "Ok"
    assert not projector.locks.live()
    projector.locks.plant("bea", projector.state.projects[0])
    assert (await call("PwsCheckProjectorLocks", LOCK.format(CODE, "RT"))).numbers == [136, 50469]


@pytest.mark.parametrize(
    ("inside", "number"),
    [
        (acquire("ZZ"), 10126),
        (acquire(seconds=0), 10112),
        (acquire(seconds=86401), 10112),
        ("<req:LockDurationSeconds>60</req:LockDurationSeconds>", 10111),
        (acquire(set_id=4), 50475),
        (
            "<req:LockDurationSeconds>60</req:LockDurationSeconds><req:Locks>"
            + LOCK.format(CODE, "P")[11:-12] * 101
            + "</req:Locks>",
            10112,
        ),
    ],
)
async def test_acquire_refuses(call, projector, inside, number):
    assert (await call("PwsAcquireProjectorLocks", inside)).numbers == [136, number]
    assert not projector.locks.live()


async def test_the_deprecated_flag_steals_only_where_the_rules_say_so(call, projector):
    flag = "<sch:StealLockFlag>true</sch:StealLockFlag>"
    projector.locks.plant("bea", projector.state.projects[0])
    assert (await call(SAVE, save(after=flag))).status == 500
    projector.state.rules = replace(projector.state.rules, steal_flag_honoured=True)
    assert (await call(SAVE, save(after=flag))).ok == "Ok"


# -- strangers


async def test_zeep_reads_the_contract_and_the_fault(call, projector):
    projector.locks.plant("bea", projector.state.projects[0])

    def work():
        client = zeep.Client(call.url + "?wsdl")
        ticket = client.service.PwsAuthenticate(
            serviceRequest={"AccountCode": "DEMO", "Password": "demo-carl", "UserName": "carl"}
        ).SessionTicket
        seen = client.service.PwsGetProject(
            serviceRequest={"SessionTicket": ticket, "ProjectIdentity": {"ProjectCode": CODE}}
        )
        assert seen.ProjectTaskTypes.PwsProjectTaskTypeDetail[0].ProjectTaskTypeName == "Kick-off"
        with pytest.raises(zeep.exceptions.Fault) as fault:
            client.service.PwsSaveProjectTaskType(
                serviceRequest={
                    "SessionTicket": ticket,
                    "ProjectIdentity": {"ProjectCode": CODE},
                    "ProjectTaskType": {
                        "ProjectTaskTypeName": "Z",
                        "DefaultProjectRateTypeIdentity": {"ProjectRateTypeId": 701},
                        "StandardTaskTypeIdentity": {"StandardTaskTypeName": "Test"},
                    },
                }
            )
        return fault.value

    fault = await asyncio.to_thread(work)
    assert b"EntityAlreadyLocked" in etree.tostring(fault.detail)
