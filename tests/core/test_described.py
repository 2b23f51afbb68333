"""Descriptions are data: equal by what they say, and nothing to say is the default."""

from __future__ import annotations

from gateway.core.described import Described, Refused, Served


def test_nothing_to_say_is_the_default():
    assert Described() == Described({}, {})
    assert Served("PUT", "/x", "Words").problems == {}
    assert Refused("Words").members == {}
