"""The portal's state alone: who may take, keep and give up a task, as a state machine against its rules."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.demo.portal_state import ANNA, PROCESSING, READY, PortalError, Rules, Session, seeded

USERS = st.sampled_from([21, 22])
TASKS = st.sampled_from([51001, 51002])


class Tasks(RuleBasedStateMachine):
    """The model is one number a task: who holds it."""

    def __init__(self):
        super().__init__()
        self.state = seeded(clock=lambda: datetime(2025, 1, 1))  # noqa: DTZ001 - the portal's dates have no zone
        self.holder = {51001: 0, 51002: 0}

    def attempt(self, allowed, call, *args):
        if allowed:
            return call(*args)
        with pytest.raises(PortalError):
            call(*args)
        return None

    @rule(user=USERS, task=TASKS)
    def take(self, user, task):
        if self.attempt(self.holder[task] in (0, user), self.state.take, user, task):
            self.holder[task] = user

    @rule(user=USERS, task=TASKS)
    def release(self, user, task):
        if self.attempt(self.holder[task] == user, self.state.release, user, task):
            self.holder[task] = 0

    @rule(user=USERS, task=TASKS)
    def save(self, user, task):
        self.attempt(self.holder[task] == user, self.state.save, user, task, "x")

    @invariant()
    def the_task_says_who_holds_it(self):
        for task, holder in self.holder.items():
            assert self.state.tasks[task].processor == holder
            assert self.state.tasks[task].status == (PROCESSING if holder else READY)


TestTasks = Tasks.TestCase
TestTasks.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)


def test_a_failed_check_leaves_the_count_where_it_was():
    state = seeded(Rules(counts="rising"))
    session = state.session(ANNA)
    state.take_count(session, 5)
    for count in (5, 4, -1):
        with pytest.raises(PortalError):
            state.take_count(session, count)
    assert session.count == 5
    state.take_count(session, 9)
    assert session.count == 9


def test_an_unknown_session_is_the_default_users_only_when_open():
    assert seeded().session(b"?") == Session(b"?", 21)
    with pytest.raises(PortalError):
        seeded(Rules(sessions="checked")).session(b"?")


def test_execute_ends_at_the_last_action():
    state = seeded()
    state.take(21, 51001)
    assert state.execute(21, 51001).status == PROCESSING
    done = state.execute(21, 51001)
    assert (done.status[1], done.processor) == ("Completed", 0)
