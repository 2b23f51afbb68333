"""The law of the event loop's pulse: how late its timer came is how long a request may have waited for nothing.

The worst of the last seconds is shown, not the last: a scrape every 15 s would miss the rest.
"""

from __future__ import annotations

import asyncio
from collections import deque

from .metrics import Metrics

EVERY = 0.5  # seconds between two beats
KEPT = 40  # beats whose worst is shown: more than one interval of any usual scraper


async def lag(metrics: Metrics, every: float = EVERY) -> None:
    """Measure until cancelled."""
    loop = asyncio.get_running_loop()
    late: deque[float] = deque(maxlen=KEPT)
    while True:
        began = loop.time()
        await asyncio.sleep(every)
        late.append(max(0.0, loop.time() - began - every))
        metrics.loop_lag.set(max(late))
