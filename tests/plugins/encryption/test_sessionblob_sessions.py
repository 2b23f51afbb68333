from __future__ import annotations

import asyncio

import pytest

from gateway.core.message import Fault, Message
from gateway.core.problem import Kind, Problem
from gateway.plugins.encryption import sessionblob_sessions as sessions
from gateway.plugins.encryption.sessionblob_crypto import BlobKeys, Profile
from gateway.plugins.encryption.sessionblob_sessions import BlobSession, LoginPlan, SessionPool
from gateway.testing import FakeHost


@pytest.fixture
def pool(monkeypatch):
    made = []

    async def log_in(host, profile, plan):
        await asyncio.sleep(0)
        made.append(BlobSession(bytes([len(made)]) * 20, BlobKeys(b"e", b"m")))
        return made[-1]

    monkeypatch.setattr(sessions, "log_in", log_in)
    one = SessionPool(FakeHost(), Profile(), LoginPlan("k"), size=2, first=1)
    one.made = made
    return one


async def test_no_more_sessions_than_allowed_and_one_call_in_each(pool):
    busy = set()

    async def call():
        async with pool.session() as session:
            assert session.id not in busy
            busy.add(session.id)
            await asyncio.sleep(0.001)
            busy.discard(session.id)

    await asyncio.gather(*(call() for _ in range(20)))
    assert len(pool.made) <= 2


async def test_what_happens_to_a_session_whose_call_fails(pool):
    async with pool.session() as session:
        session.count += 1
        sessions.after_problem(pool, session, Problem(Kind.UPSTREAM_UNREACHABLE, outcome="not-sent"))
        assert session.count == 0
        assert session.alive
        session.count += 1
        sessions.after_problem(pool, session, Problem(Kind.UPSTREAM_TIMEOUT, outcome="unknown"))
        assert not session.alive
    assert pool.by_id == {}
    async with pool.session() as other:
        assert other is not session


@pytest.mark.parametrize(("failed", "count"), [("uses", 1), ("keeps", 0)])
async def test_a_fault_and_the_number(pool, failed, count):
    reply = Message(None, fault=Fault("Sender", "no", detail={"PortalFault": {"Code": "NPR_TASK_HELD"}}))
    async with pool.session() as session:
        session.count += 1
        assert not sessions.after_fault(pool, session, reply, failed=failed, ended=("NPR_SECURITY",))
        assert session.count == count
        assert sessions.after_fault(pool, session, reply, failed=failed, ended=("NPR_TASK_HELD",))
        assert not session.alive


def test_codes_stand_in_typed_detail_only():
    detail = {"Code": "A", "More": [{"Code": "B"}, {"Code": {"Code": "C"}}], "Description": "NPR_SECURITY"}
    assert sessions.fault_codes(Message(None, fault=Fault("Sender", "NPR_SECURITY", detail=detail))) == {"A", "B", "C"}
    assert sessions.fault_codes(Message(None, value={})) == set()


async def test_login_without_its_key_says_not_sent():
    with pytest.raises(Problem) as caught:
        await sessions.log_in(FakeHost(), Profile(), LoginPlan("nobody"))
    assert caught.value.kind is Kind.UPSTREAM_AUTH
    assert caught.value.outcome == "not-sent"
