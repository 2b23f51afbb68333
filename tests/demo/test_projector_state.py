"""The Projector's memory: tickets, the rolling limit, requests at once, refs and tokens."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from gateway.demo.projector_state import ProjectorError, Rules, ShiftedClock, seeded, token


def number_of(call, *args):
    with pytest.raises(ProjectorError) as error:
        call(*args)
    return error.value.number


def test_a_ticket_lives_as_long_as_the_rules_say(clock):
    state = seeded(Rules(ticket_seconds=10), clock)
    ticket = state.authenticate("DEMO", "bea", "demo-bea")
    clock.advance(9.9)
    assert state.user_of(ticket).login == "bea"
    clock.advance(0.1)
    assert number_of(state.user_of, ticket) == -101
    assert number_of(state.user_of, None) == -101
    for wrong in (("X", "bea", "demo-bea"), ("DEMO", "nobody", "x"), ("DEMO", "bea", "demo-carl")):
        assert number_of(state.authenticate, *wrong) == -100


def test_the_window_rolls_by_sixty_seconds(clock):
    state = seeded(Rules(rate_limit=2), clock)
    for _ in range(2):
        state.enter("bea")
        state.leave("bea")
    assert number_of(state.enter, "bea") == 10016
    state.enter("carl")
    clock.advance(59.999)
    assert number_of(state.enter, "bea") == 10016
    clock.advance(0.001)
    state.enter("bea")


def test_a_fifth_request_at_once_is_refused_and_costs_nothing(clock):
    state = seeded(clock=clock)
    for _ in range(4):
        state.enter("bea")
    assert number_of(state.enter, "bea") == 10017
    state.leave("bea")
    state.enter("bea")


def test_a_ref_must_fit_whole(clock):
    state = seeded(clock=clock)
    first, second = state.projects
    assert state.project({"ProjectCode": first.code, "ProjectId": None}) is first
    assert state.project({"ProjectUid": second.uid}) is second
    assert number_of(state.project, {"ProjectCode": first.code, "ProjectId": second.id}) == 15001
    assert number_of(state.project, {}) == 15002
    assert number_of(state.project, None) == 15002
    assert number_of(state.rate_type, {}) == 54650


def test_tokens_are_eight_bytes_and_change_with_the_version():
    assert len(base64.b64decode(token(1152921504601000011, 1))) == 8
    assert token(5, 1) != token(5, 2) != token(6, 2)


def test_a_shifted_clock_lets_time_pass():
    clock = ShiftedClock()
    before = clock()
    clock.advance(3600)
    assert 3600 <= (clock() - before).total_seconds() < 3610


def test_rules_are_values():
    assert replace(Rules(), rate_limit=3).rate_limit == 3
