"""The law of time: who needs it gets a `Clock`; this is the real one."""

from __future__ import annotations

import time


class SystemClock:
    """The machine's clocks (port `Clock`)."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()
