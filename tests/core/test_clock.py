"""The real clock."""

from __future__ import annotations

import time

from gateway.core.clock import SystemClock


def test_both_hands_move() -> None:
    clock = SystemClock()
    assert abs(clock.now() - time.time()) < 5
    assert clock.monotonic() <= clock.monotonic()
