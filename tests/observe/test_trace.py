"""Trace Context in and out, and an id that is always there."""

from __future__ import annotations

import re

import pytest

from gateway.observe.trace import child, request_id, trace_id

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize("given", ["a", "A.b_c-9", "x" * 128])
def test_a_fit_id_is_kept(given: str) -> None:
    assert request_id(given) == given


@pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", "a\nb", "a\n", "ä", "a/b"])
def test_another_is_replaced_by_a_new_one(given: str | None) -> None:
    assert re.fullmatch("[0-9a-f]{24}", request_id(given))
    assert request_id(given) != request_id(given)


def test_the_trace_goes_on_with_a_new_span() -> None:
    told = child(f"00-{TRACE}-{SPAN}-01")
    assert re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-01", told)
    assert SPAN not in told
    assert trace_id(told) == TRACE


def test_a_later_version_is_read_by_what_is_known_of_it() -> None:
    assert trace_id(child(f"01-{TRACE}-{SPAN}-01-more")) == TRACE


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_another_begins_a_new_trace(given: str | None) -> None:
    told = child(given)
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", told)
    assert trace_id(told) != TRACE
