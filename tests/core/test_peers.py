"""Who a peer is, and how many of its failures are looked at."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.peers import Failures, Peers

PROXY, HEADER = {"peer": "10.0.0.5"}, "x-forwarded-for"


@pytest.mark.parametrize(
    ("by", "facts", "forwarded", "name"),
    [
        ("address", PROXY, "203.0.113.7", "10.0.0.5"),
        ("address", {}, "203.0.113.7", "svc"),  # a service's answer
        ("identity", {**PROXY, "identity": "anna"}, "", "identity anna"),
        ("identity", PROXY, "203.0.113.7", "10.0.0.5"),
        ("identity", {"peer": "unix"}, "", "unix"),
        ("forwarded", PROXY, "203.0.113.7", "203.0.113.7"),
        ("forwarded", PROXY, "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first was written by the caller
        ("forwarded", PROXY, "203.0.113.7, 10.0.0.9", "203.0.113.7"),  # two proxies
        ("forwarded", PROXY, "10.0.0.9", "10.0.0.5"),
        ("forwarded", PROXY, "", "10.0.0.5"),
        ("forwarded", PROXY, "unknown", "10.0.0.5"),
        ("forwarded", PROXY, "203.0.113.7, x", "10.0.0.5"),
        ("forwarded", PROXY, "203.0.113.7:4711", "203.0.113.7"),
        ("forwarded", PROXY, '"[2001:db8::1]:4711"', "2001:db8::1"),
        ("forwarded", PROXY, "2001:DB8:0::1", "2001:db8::1"),  # one writing of an address
        ("forwarded", {"peer": "::ffff:10.0.0.5"}, "203.0.113.7", "203.0.113.7"),
        ("forwarded", {"peer": "192.0.2.1"}, "203.0.113.7", "192.0.2.1"),  # no proxy of ours: whatever it says
        ("forwarded", {"peer": "unix"}, "203.0.113.7", "unix"),
    ],
)
def test_whose_message_it_is(by: Any, facts: Any, forwarded: str, name: str) -> None:
    headers = {HEADER: forwarded} if forwarded else {}
    assert Peers.of(by, ["10.0.0.0/24"]).name(facts, headers, "svc") == name


def test_a_proxy_is_an_address_or_a_network() -> None:
    assert Peers.of("forwarded", ["10.0.0.5"]).name(PROXY, {HEADER: "203.0.113.7"}, "") == "203.0.113.7"
    with pytest.raises(ValueError, match="proxy"):
        Peers.of("forwarded", ["proxy"])


def test_failures_are_counted_for_a_minute_at_the_bound() -> None:
    failures = Failures(3)
    for at in range(3):
        assert not failures.spent("a", at)
        failures.fail("a", at)
    assert failures.spent("a", 3)
    assert failures.spent("a", 59.9)
    assert not failures.spent("a", 60.0)  # the first is a minute old
    assert not failures.spent("b", 3)


def test_peers_are_bounded() -> None:
    failures = Failures(1)
    for at in range(Failures.MOST + 1):
        failures.fail(str(at), 0.0)
    assert not failures.spent("0", 0.0)
    assert failures.spent("1", 0.0)
    assert failures.spent(str(Failures.MOST), 0.0)
