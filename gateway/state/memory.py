"""The law of state in memory: one process, bounded, with time to live; compare-and-set like any home.

Enough for one worker; a configuration that shares state among several is refused with it.
"""

from __future__ import annotations

from ..core.ports import Clock
from ..core.problem import Kind, Problem

_SWEEP = 1024


class Memory:
    """The port `Store` in this process. `size`: entries at most; past it new keys are refused, none is lost."""

    def __init__(self, clock: Clock, *, size: int = 1_000_000) -> None:
        self._clock = clock
        self._size = size
        self._entries: dict[str, tuple[bytes, float]] = {}
        self._writes = 0

    async def get(self, key: str) -> bytes | None:
        """The value, or None when absent or expired."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[1] <= self._clock.monotonic():
            del self._entries[key]
            return None
        return entry[0]

    async def put(self, key: str, value: bytes, *, ttl: float, expect: bytes | object | None = ...) -> bool:
        """Write for `ttl` seconds; with `expect` (None: absent) only if that stands there."""
        if expect is not ... and await self.get(key) != expect:
            return False
        self._writes += 1
        if self._writes % _SWEEP == 0:
            self._sweep()
        if key not in self._entries and len(self._entries) >= self._size:
            self._sweep()
            if len(self._entries) >= self._size:
                raise Problem(Kind.STATE_UNAVAILABLE, cause="the memory store is full")
        self._entries[key] = (value, self._clock.monotonic() + ttl)
        return True

    async def delete(self, key: str, *, expect: bytes | None = None) -> bool:
        """Remove; with `expect` only if that stands there. Whether something was removed."""
        present = await self.get(key)
        if present is None or (expect is not None and present != expect):
            return False
        del self._entries[key]
        return True

    async def close(self) -> None:
        """Nothing to give back."""

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for key in [key for key, (_, ends) in self._entries.items() if ends <= now]:
            del self._entries[key]
