"""Echo tokens: holders come back value for value, once, to their owner, for a while."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gateway.plugins.locking.tokens import issue, packed, redeem, unpacked
from gateway.testing import FakeHost

HOLDERS = [{"At": "2026-11-22T02:00:00.1234567", "Uid": 1152921504607351596, "Rate": Decimal("1.10"), "Nil": None}]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_packed_comes_back_with_every_digit(value):
    again = unpacked(packed(value))
    assert again == value
    assert str(again) == str(value)


async def test_a_token_is_good_once_for_whom_it_was_made():
    state = FakeHost().state
    token = await issue(state, "bea|P1", HOLDERS, 60)
    assert len(token) == 43
    assert not any("Nil" in key or token in key for key in state.values), "the store has no token, only its digest"
    assert await redeem(state, token, "carl|P1") is None
    assert await redeem(state, token, "bea|P1") == HOLDERS
    assert await redeem(state, token, "bea|P1") is None


async def test_it_ends_by_itself_and_guesses_are_none():
    host = FakeHost()
    token = await issue(host.state, "b", HOLDERS, 60)
    host.clock.advance(61)
    for guess in (token, "", "x" * 43, "../../x", "a" * 10_000):
        assert await redeem(host.state, guess, "b") is None


async def test_a_hundred_holders_fit_and_a_flood_does_not():
    state = FakeHost().state
    assert await issue(state, "b", HOLDERS * 100, 60)
    assert await issue(state, "b", ["x" * 300_000], 60) == ""
