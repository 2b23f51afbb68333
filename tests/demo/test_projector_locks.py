"""The lock table as a state machine: at most one set holds a lock, thieves are known, nothing outlives its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from gateway.demo.projector_locks import Locks, moment
from gateway.demo.projector_state import ProjectorError, seeded
from gateway.demo.projector_wire import canon_records

LOGINS = st.sampled_from(["gateway", "bea", "carl"])
PLACES = st.sampled_from([0, 1])


class Table(RuleBasedStateMachine):
    sets = Bundle("sets")

    def __init__(self):
        super().__init__()
        self.now = datetime(2025, 1, 1, tzinfo=UTC)
        self.state = seeded(clock=lambda: self.now)
        self.locks = Locks(self.state, canon_records)

    def wanted(self, place):
        project = self.state.projects[place]
        return [{"EntityIdentity": {"EntityCode": project.code, "LockType": "RT"}}]

    @rule(target=sets, login=LOGINS, place=PLACES, steal=st.booleans())
    def acquire(self, login, place, steal):
        user = self.state.users[login]
        free = not any(("RT", str(self.state.projects[place].uid)) in one.locks for one in self.locks.live())
        if free:
            held, taken = self.locks.acquire(user, 60, self.wanted(place), (), None)
            assert taken[0].stolen is None
            return (login, held.id)
        with pytest.raises(ProjectorError) as error:
            self.locks.acquire(user, 60, self.wanted(place), (), None)
        assert error.value.number == 50469
        if not steal:
            return (login, None)
        told = error.value.fault["LockHolders"]
        victims = {one.id for one in self.locks.live()}
        held, taken = self.locks.acquire(user, 60, self.wanted(place), canon_records(told), None)
        assert taken[0].stolen == told[0]
        assert any(self.locks.sets[one].thieves for one in victims)
        return (login, held.id)

    @rule(one=consumes(sets))
    def release(self, one):
        login, number = one
        if number is None:
            return
        self.locks.release(self.state.users[login], number)
        assert not self.locks.sets[number].locks

    @rule(one=sets)
    def renew(self, one):
        login, number = one
        if number is None:
            return
        held = self.locks.sets[number]
        dead = held.released or held.expires <= self.now or held.thieves
        if dead:
            with pytest.raises(ProjectorError):
                self.locks.renew(self.state.users[login], 60, number)
        else:
            assert self.locks.renew(self.state.users[login], 60, number).expires == self.now + timedelta(seconds=60)

    @rule(seconds=st.integers(1, 70))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @invariant()
    def a_lock_is_in_one_live_set(self):
        keys = [key for one in self.locks.live() for key in one.locks]
        assert len(keys) == len(set(keys))


TestTable = Table.TestCase
TestTable.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)


def test_another_users_set_is_not_found():
    state = seeded()
    locks = Locks(state, canon_records)
    planted = locks.plant("bea", state.projects[0])
    for call in (locks.asserted, locks.release):
        with pytest.raises(ProjectorError) as error:
            call(state.users["carl"], planted.id)
        assert error.value.number == 50475


def test_a_moment_has_seven_digits_and_no_zone():
    assert moment(datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2025-01-02T03:04:05.0000007"
