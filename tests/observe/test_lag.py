"""The event loop's pulse."""

from __future__ import annotations

import asyncio
import time

from gateway.observe.lag import lag
from gateway.observe.metrics import Metrics


async def test_a_blocked_loop_shows_and_is_not_forgotten_at_the_next_beat() -> None:
    metrics = Metrics()
    beating = asyncio.create_task(lag(metrics, 0.01))
    await asyncio.sleep(0.03)
    time.sleep(0.2)  # noqa: ASYNC251  # what is measured
    await asyncio.sleep(0.05)
    beating.cancel()
    assert metrics.loop_lag._value.get() > 0.1
