"""The law of large messages: their work leaves the event loop, and what is left of it there hardly waits for it.

The interpreter runs one thread at a time. While a large message is worked on, the thread gives way within half a
millisecond in place of five, and no garbage is looked for: a pass over the message's own half a million objects
would stop every request. Very large ones go one after the other, so that the loop never waits for more than one.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

from ..core.limits import VERY_LARGE as VERY

T = TypeVar("T")

_INTERVAL: Final = 0.0005  # seconds; CPython's own is 0.005
_LONGEST: Final = 10.0  # seconds without a look for garbage, however many large messages follow each other
_lane: Final = ThreadPoolExecutor(1, "very-large")


class Courtesy:
    """What holds of the interpreter while large messages are worked on, and ends with the last of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = 0
        self._since = 0.0
        self._before = 0.0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Around the work of one message."""
        with self._lock:
            self._busy += 1
            if self._busy == 1:
                self._before, self._since = sys.getswitchinterval(), time.monotonic()
                sys.setswitchinterval(min(self._before, _INTERVAL))
                gc.disable()
            elif time.monotonic() - self._since > _LONGEST:
                gc.enable()
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                if not self._busy:
                    sys.setswitchinterval(self._before)
                    gc.enable()


_courtesy: Final = Courtesy()


async def offload(size: int, bound: int, work: Callable[[], T]) -> T:
    """Do the work here, or in a thread when the message is larger than the bound (bytes)."""
    if size <= bound:
        return work()
    if size < VERY:
        return await asyncio.to_thread(work)
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(_lane, context.run, _aside, work)


def _aside(work: Callable[[], T]) -> T:
    with _courtesy():
        return work()
