"""The laws of shared state can fail: each bug that is planted here is found by a few dozen of their schedules.

A bug is what somebody might write: a write sent again after its answer was lost, a number used twice, a lock taken
over from others than the client was told of. A law that does not see it would be worth nothing.
"""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from gateway.core.problem import Kind, Problem
from gateway.layers import retry
from gateway.plugins import held
from gateway.plugins.locking import leases, locks, tokens
from gateway.plugins.sessions import pool, session
from gateway.plugins.signs import at
from tests.property.test_shared_state import ByClients, Numbered, Resources


def writes_are_sent_again(patch):
    patch.setattr(retry, "repeatable", lambda operation, problem, once=False: problem.kind in retry._READ_AGAIN)


def numbered_calls_are_sent_again(patch):
    honest = retry.repeatable
    patch.setattr(retry, "repeatable", lambda operation, problem, once=False: honest(operation, problem))


def an_unknown_write_is_told_as_not_sent(patch):
    honest = Problem.__init__

    def lying(self, kind, *given, outcome="not-sent", **more):
        honest(self, kind, *given, outcome="not-sent" if kind is Kind.UPSTREAM_CLOSED else outcome, **more)

    patch.setattr(Problem, "__init__", lying)


def a_number_is_used_again_after_a_lost_answer(patch):
    async def given_back(self, pool, session, problem):
        await pool.give_back(session)

    patch.setattr(session.SessionTickets, "_after_problem", given_back)


def numbers_are_blindly_increased(patch):
    async def increased(self, session):
        known = await self._state.get(session.key(self.service))
        session.count = int(known or 0) + 1
        await self._state.put(session.key(self.service), str(session.count).encode(), ttl=60)
        return session.count

    patch.setattr(pool.Pool, "number", increased)


def clients_numbers_are_looked_up_and_then_written(patch):
    async def once(self, exchange, inner):
        value, place = exchange.request.value(), self.settings.counter.place
        key = session.counter_key(exchange.operation.service, at(value, self._place(exchange.operation)))
        known = await self.host.state.get(key)
        if known is None or at(value, place) <= int(known):
            raise Problem(Kind.REPLAYED_CALL, outcome="not-sent")
        await self.host.state.put(key, str(at(value, place)).encode(), ttl=60)
        return await inner(exchange)

    patch.setattr(session.SessionTickets, "_once", once)


def a_lost_store_starts_clients_numbers_again(patch):
    honest = session.SessionTickets._once

    async def once(self, exchange, inner):
        value = exchange.request.value()
        key = session.counter_key(exchange.operation.service, at(value, self._place(exchange.operation)))
        await self.host.state.put(key, b"0", ttl=60, expect=None)
        return await honest(self, exchange, inner)

    patch.setattr(session.SessionTickets, "_once", once)


def holders_are_echoed_without_their_times(patch):
    honest = locks.Call.send

    async def send(self, holders=None):
        return await honest(self, holders and [{**each, "EntityLockSummary": []} for each in holders])

    patch.setattr(locks.Call, "send", send)


def whoever_holds_it_now_is_echoed(patch):
    last = {}
    issue, redeem = tokens.issue, tokens.redeem

    async def issued(store, bound, holders, seconds):
        last["holders"] = holders
        return await issue(store, bound, holders, seconds)

    async def redeemed(store, token, bound):
        return await redeem(store, token, bound) and last["holders"]

    honest = locks.conflict_in

    def seen(rules, reply, entity):
        found = honest(rules, reply, entity)
        last["holders"] = found.holders if found is not None else last.get("holders")
        return found

    patch.setattr(tokens, "issue", issued)
    patch.setattr(tokens, "redeem", redeemed)
    patch.setattr(locks, "conflict_in", seen)


def a_steal_that_was_refused_is_made_with_the_new_holders(patch):
    honest = locks.Locks._after_steal

    async def again(self, call, reply, conflict, holders, *more):
        while conflict is not None and conflict.holders:
            reply = await call.send(conflict.holders)
            conflict = self._conflict(call, reply)
        return await honest(self, call, reply, conflict, holders, *more)

    patch.setattr(locks.Locks, "_after_steal", again)


def a_lease_is_written_after_the_task_was_taken(patch):
    honest = leases.Leases._taking

    async def taking(self, exchange, inner):
        reply = await inner(exchange)

        async def answered(_):
            return reply

        return await honest(self, exchange, answered)

    patch.setattr(leases.Leases, "_taking", taking)


def what_could_not_be_given_up_is_forgotten(patch):
    honest = leases.Leases._given_up

    async def given_up(self, entry, identity):
        return {"failed": "given up"}.get(said := await honest(self, entry, identity), said)

    patch.setattr(leases.Leases, "_given_up", given_up)


def what_is_held_is_renewed_for_ever(patch):
    def kept(state, key, token, seconds):
        renewing = honest(state, key, token, seconds)
        return asyncio.shield(asyncio.ensure_future(renewing))

    honest = held._renewed

    async def forever(state, key, token, seconds):
        await kept(state, key, token, seconds)

    patch.setattr(held, "_renewed", forever)


BUGS = [
    (Resources, writes_are_sent_again),
    (Numbered, numbered_calls_are_sent_again),
    (Resources, an_unknown_write_is_told_as_not_sent),
    (Numbered, a_number_is_used_again_after_a_lost_answer),
    (Numbered, numbers_are_blindly_increased),
    (ByClients, clients_numbers_are_looked_up_and_then_written),
    (ByClients, a_lost_store_starts_clients_numbers_again),
    (Resources, holders_are_echoed_without_their_times),
    (Resources, whoever_holds_it_now_is_echoed),
    (Resources, a_steal_that_was_refused_is_made_with_the_new_holders),
    (Numbered, a_lease_is_written_after_the_task_was_taken),
    (Numbered, what_could_not_be_given_up_is_forgotten),
    (Resources, what_is_held_is_renewed_for_ever),
]


@pytest.mark.slow
@pytest.mark.parametrize(("machine", "bug"), BUGS, ids=[bug.__name__ for _, bug in BUGS])
def test_the_laws_find(machine, bug, monkeypatch):
    bug(monkeypatch)
    few = settings(
        max_examples=200,
        stateful_step_count=20,
        phases=[Phase.generate],
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=few)
