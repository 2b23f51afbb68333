"""Layers stand outermost first."""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.layers import stack

Say = Callable[[], str]


def named(name: str) -> Callable[[Say], Say]:
    return lambda inner: lambda: f"{name}({inner()})"


def test_the_first_is_outermost_and_none_is_left_out() -> None:
    assert stack([named("a"), None, named("b")], lambda: "s")() == "a(b(s))"
    assert stack([], lambda: "s")() == "s"
