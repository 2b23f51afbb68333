from __future__ import annotations

import asyncio

import pytest
from pydantic import ValidationError

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.demo.portal_state import Rules
from gateway.plugins.encryption.sessionblob import SessionBlobSettings
from tests.plugins.encryption import netid_stack

portal_stack = netid_stack.portal_stack


@pytest.mark.parametrize("compress", [False, True])
async def test_release_task_travels_encrypted_and_the_caller_knows_nothing(compress):
    stack = await portal_stack(compress=compress)
    await stack.call("GetTask", Id=51001)
    sent = len(stack.sent)
    reply = await stack.call("ReleaseTask", Id=51001)
    task = reply.value()["ReleaseTaskResult"]["Task"]
    assert task["Id"] == "51001"
    assert task["Message"]["Code"] == "NPR_TASK_RELEASED"
    assert stack.portal.state.tasks[51001].processor == 0
    assert stack.last.facts["encrypted"] == ("result",)
    (request,), (answer,) = stack.sent[sent:], stack.got[sent:]
    for crossed in (request, answer):
        assert b"Blob>" in crossed
        for clear in (b"51001", b"NPR_", b"<Id", b":Id", b"Mika"):
            assert clear not in crossed
    assert b"SessionId>" in request
    assert b"Count>2<" in request


async def test_one_login_and_counts_in_order_for_many_callers():
    stack = await portal_stack()
    await asyncio.gather(*(stack.call("Search", Type="User", Directive="a") for _ in range(20)))
    assert stack.portal.executed == {"Login": 2, "Search": 20}
    assert stack.host.counts["logins"] == 1
    assert stack.host.counts["protected"] == 20 + 0


async def test_a_pool_of_sessions():
    stack = await portal_stack(pool=3)
    await asyncio.gather(*(stack.call("Search", Type="User", Directive="a") for _ in range(12)))
    assert stack.portal.executed["Search"] == 12
    assert 1 <= stack.host.counts["logins"] <= 3


async def test_application_info_is_never_encrypted_and_a_user_always():
    stack = await portal_stack()
    reply = await stack.call("GetObject", Type="ApplicationInfo")
    assert b"Blob" not in stack.sent[-1]
    assert b"Blob" not in stack.got[-1]
    mode = reply.value()["GetObjectResult"]["ApplicationInfo"]["SecurityMode"]
    assert mode["HashAlgorithm"] == "SHA256-HMAC"
    await stack.call("GetObject", Type="User", Id=22)
    assert b"Blob" in stack.sent[-1]


async def test_a_session_that_the_portal_forgot_is_renewed_once():
    stack = await portal_stack()
    await stack.call("Search", Type="User")
    stack.portal.state.sessions.clear()
    reply = await stack.call("Search", Type="User")
    assert reply.fault is None
    assert stack.host.counts["logins"] == 2
    assert stack.host.counts["sessions-ended"] == 1


async def test_a_refused_call_is_a_fault_and_the_next_number_fits():
    stack = await portal_stack()
    for _ in range(3):
        reply = await stack.call("ReleaseTask", Id=51001)
        assert reply.fault.detail["Code"] == "NPR_TASK_NOT_HELD"
    assert (await stack.call("Search", Type="User")).fault is None
    assert stack.host.counts["logins"] == 1


async def test_failed_calls_that_keep_their_number_are_a_setting():
    rules = Rules(sessions="checked", counts="by-one", failed_call_uses_count=False)
    stack = await portal_stack(rules=rules, failed_call="keeps")
    await stack.call("ReleaseTask", Id=51001)
    assert (await stack.call("Search", Type="User")).fault is None
    assert stack.host.counts["logins"] == 1


@pytest.mark.parametrize("at", [0, 20, -40, -8])
async def test_a_tampered_answer_is_refused_and_the_session_is_given_up(at):
    stack = await portal_stack()
    await stack.call("Search", Type="User")

    def tamper(wire):
        start = wire.body.index(b"Blob>") + 5
        end = wire.body.index(b"</", start)
        spot = start + at + 4 if at >= 0 else end + at
        body = bytearray(wire.body)
        body[spot] = ord("A") if body[spot] != ord("A") else ord("B")
        return Wire(wire.headers, bytes(body), status=wire.status)

    stack.tamper = tamper
    with pytest.raises(Problem) as caught:
        await stack.call("Search", Type="User")
    assert caught.value.kind is Kind.UPSTREAM_PROTECTION
    assert caught.value.outcome == "unknown"
    stack.tamper = lambda wire: wire
    assert (await stack.call("Search", Type="User")).fault is None
    assert stack.host.counts["logins"] == 2


async def test_an_answer_in_clear_to_an_encrypted_call_is_refused():
    stack = await portal_stack()
    await stack.call("Search", Type="User")
    envelope = netid_stack.write("SearchResponse", {"SearchResult": {"ObjectList": ""}})
    stack.tamper = lambda wire: Wire(wire.headers, envelope, status=200)
    with pytest.raises(Problem) as caught:
        await stack.call("Search", Type="User")
    assert caught.value.kind is Kind.UPSTREAM_PROTECTION


async def test_an_answer_of_an_earlier_call_is_refused():
    stack = await portal_stack()
    await stack.call("Search", Type="User")
    old = stack.got[-1]
    stack.tamper = lambda wire: Wire(wire.headers, old, status=200)
    with pytest.raises(Problem) as caught:
        await stack.call("Search", Type="User")
    assert caught.value.kind is Kind.UPSTREAM_PROTECTION


async def test_a_service_with_another_certificate_is_not_logged_in_to():
    stack = await portal_stack()
    stack.host.keys.keys["portal"] = stack.host.keys.keys["gw"]
    with pytest.raises(Problem) as caught:
        await stack.call("Search", Type="User")
    assert caught.value.kind is Kind.UPSTREAM_AUTH
    assert caught.value.outcome == "not-sent"
    assert stack.portal.executed["Search"] == 0


async def test_a_session_that_is_not_ours_cannot_be_sealed_and_nothing_leaves():
    stack = await portal_stack(sessions="client")
    assert stack.plugin.layer(netid_stack.operation("Search")) is None
    with pytest.raises(Problem) as caught:
        await stack.call("Search", SessionId="AAAA", Type="User", Count=1)
    assert caught.value.kind is Kind.SESSION_EXPIRED
    assert stack.sent == []


async def test_it_logs_out_at_the_end():
    stack = await portal_stack()
    await stack.call("Search", Type="User")
    held = set(stack.portal.state.sessions)
    await stack.plugin.stop()
    await stack.plugin.stop()
    assert stack.portal.executed["Logout"] == 1
    assert len(held - set(stack.portal.state.sessions)) == 1
    assert stack.host.counts["logouts"] == 1


async def test_a_service_that_is_gone_does_not_keep_it_from_stopping():
    stack = await portal_stack()
    await stack.call("Search", Type="User")

    async def gone(operation, value):
        raise Problem(Kind.UPSTREAM_UNREACHABLE)

    stack.host._calls = gone
    await stack.plugin.stop()
    assert stack.host.logs[0][0] == "logout-failed"


async def test_what_it_fills_in():
    stack = await portal_stack()
    assert stack.plugin.fills(netid_stack.operation("Search")) == ("/Info/SessionId", "/Info/Count")
    assert stack.plugin.fills(netid_stack.operation("Login")) == ()
    assert stack.plugin.wire_layer("client", netid_stack.Place("Portal")) is None


def test_settings_want_somebody_to_trust():
    with pytest.raises(ValidationError, match="service_certificate"):
        SessionBlobSettings(key="gw")
    with pytest.raises(ValidationError, match="clients"):
        SessionBlobSettings(key="gw", edges=("client",))
    with pytest.raises(ValidationError):
        SessionBlobSettings(key="gw", trust_transport=True, scheme={"modus": "gcm"})
    assert SessionBlobSettings(key="gw", trust_transport=True, scheme={"mode": "gcm"}).scheme.mode == "gcm"
