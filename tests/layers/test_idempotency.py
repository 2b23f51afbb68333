"""One key, one execution; what was not carried out frees its key; without the store nothing is done."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.layers.idempotency import idempotency
from gateway.state.memory import Memory


class Clock:
    at = 0.0

    def monotonic(self):
        return self.at

    def now(self):
        return self.at


class Service:
    def __init__(self):
        self.executed = 0
        self.problem = None
        self.gate = None

    async def send(self, wire):
        if self.gate is not None:
            await self.gate.wait()
        if self.problem is not None:
            reply = Wire({}, b"{}", status=self.problem.status)
            reply.facts["problem"] = self.problem
            return reply
        self.executed += 1
        return Wire({"content-type": "application/json", "etag": '"1"'}, b'{"n":%d}' % self.executed, status=201)


def wire(key='"k1"', body=b"{}", **headers):
    return Wire({"idempotency-key": key, **headers} if key is not None else dict(headers), body, method="POST", path="/x")


@pytest.fixture
def made():
    service = Service()
    return service, idempotency(Memory(Clock()), "POST /x", "optional")(service.send)


async def test_the_same_key_gives_the_same_answer_and_runs_once(made):
    service, send = made
    first = await send(wire())
    again = await send(wire())
    assert (again.status, again.body, again.headers["etag"]) == (201, first.body, '"1"')
    assert again.headers["idempotency-replayed"] == "true"
    assert service.executed == 1


async def test_another_body_with_the_same_key_is_refused(made):
    _, send = made
    await send(wire())
    with pytest.raises(Problem) as refused:
        await send(wire(body=b'{"a":1}'))
    assert refused.value.kind is Kind.IDEMPOTENCY_KEY_REUSED


async def test_keys_belong_to_callers(made):
    service, send = made
    await send(wire(authorization="a"))
    await send(wire(authorization="b"))
    assert service.executed == 2


async def test_keys_belong_to_the_connections_certificate(made):
    service, send = made
    for subject in ("anna", "omar"):
        asked = wire()
        asked.facts["certificate"] = {"subject": subject}
        await send(asked)
    assert service.executed == 2


async def test_while_the_first_runs_others_are_told_to_wait_and_its_caller_may_go(made):
    service, send = made
    service.gate = asyncio.Event()
    first = asyncio.ensure_future(send(wire()))
    await asyncio.sleep(0.01)
    with pytest.raises(Problem) as refused:
        await send(wire())
    assert refused.value.kind is Kind.IDEMPOTENCY_IN_PROGRESS
    first.cancel()
    service.gate.set()
    await asyncio.sleep(0.01)
    assert service.executed == 1
    assert (await send(wire())).headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(("outcome", "kept"), [(None, False), ("not-sent", False), ("unknown", True), ("rejected", True)])
async def test_a_failure_is_kept_only_when_something_may_have_been_done(made, outcome, kept):
    service, send = made
    service.problem = Problem(Kind.UPSTREAM_TIMEOUT, outcome=outcome)
    await send(wire())
    service.problem = None
    reply = await send(wire())
    assert ("idempotency-replayed" in reply.headers) is kept
    assert service.executed == (0 if kept else 1)


async def test_a_key_may_be_required_and_must_be_one(made):
    service, _ = made
    send = idempotency(Memory(Clock()), "POST /x", "required")(service.send)
    for key, kind in ((None, Kind.IDEMPOTENCY_KEY_REQUIRED), ("", Kind.PARAMETER_INVALID), ('"', Kind.PARAMETER_INVALID), ("a b", Kind.PARAMETER_INVALID)):
        with pytest.raises(Problem) as refused:
            await send(wire(key))
        assert refused.value.kind is kind
    assert service.executed == 0


async def test_without_the_store_nothing_is_carried_out():
    class Down:
        async def get(self, key):
            raise Problem(Kind.STATE_UNAVAILABLE)

        async def put(self, key, value, *, ttl, expect=...):
            raise Problem(Kind.STATE_UNAVAILABLE)

        async def delete(self, key, *, expect=None):
            raise Problem(Kind.STATE_UNAVAILABLE)

    service = Service()
    with pytest.raises(Problem) as refused:
        await idempotency(Down(), "s", "optional")(service.send)(wire())
    assert refused.value.kind is Kind.STATE_UNAVAILABLE
    assert service.executed == 0


@pytest.mark.parametrize(("running", "kind"), [(600.0, Kind.IDEMPOTENCY_IN_PROGRESS), (120.0, None)])
async def test_a_key_is_held_for_as_long_as_a_call_may_take(running, kind):
    """Else the same request would be carried out beside the first one, which only takes long."""
    clock, service = Clock(), Service()
    send = idempotency(Memory(clock), "POST /x", "optional", running=running)(service.send)
    service.gate = asyncio.Event()
    first = asyncio.create_task(send(wire()))
    await asyncio.sleep(0)
    clock.at = 200.0
    second = asyncio.create_task(send(wire()))
    await asyncio.sleep(0)
    service.gate.set()
    told = await asyncio.gather(first, second, return_exceptions=True)
    assert [getattr(each, "kind", None) for each in told] == [None, kind]
    assert service.executed == (1 if kind else 2)
