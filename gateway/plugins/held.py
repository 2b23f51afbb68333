"""The law of what is held: an entry of the state, taken by compare-and-set, renewed while in use, over by itself.

Its owner alone gives it back; when its owner dies it is free within `seconds`. A store that is away or has lost the
entry does not end what is under way: what is held here keeps callers in order, it protects nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.core.ports import Store
from gateway.core.problem import Problem

SECONDS = 5.0  # a gateway that is killed keeps others out for no longer


async def taken(state: Store, key: str, token: bytes, seconds: float) -> bool:
    """Whether it was free and is ours now. Raises Problem STATE_UNAVAILABLE; what was perhaps written is taken back."""
    try:
        return await state.put(key, token, ttl=seconds, expect=None)
    except Problem:
        with contextlib.suppress(Problem):
            await state.delete(key, expect=token)
        raise


@asynccontextmanager
async def holding(state: Store, key: str, token: bytes, seconds: float) -> AsyncIterator[None]:
    """Keep what was `taken` for as long as the block runs, then give it back."""
    renewing = asyncio.get_running_loop().create_task(_renewed(state, key, token, seconds), name="held")
    try:
        yield
    finally:
        renewing.cancel()
        with contextlib.suppress(Problem):  # a store that is away: it ends by itself
            await state.delete(key, expect=token)


async def _renewed(state: Store, key: str, token: bytes, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds / 3)
        with contextlib.suppress(Problem):
            if not await state.put(key, token, ttl=seconds, expect=token):
                await state.put(key, token, ttl=seconds, expect=None)  # lost by the store, and nobody else's
