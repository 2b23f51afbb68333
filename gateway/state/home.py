"""The law of homes: the setting `state` names one; what a home needs is imported only where it is asked for."""

from __future__ import annotations

from typing import Protocol

from ..core.ports import Clock, Store
from .memory import Memory


class Home(Store, Protocol):
    """A store that is closed when the gateway ends."""

    async def close(self) -> None:
        """Give connections back."""


def home(state: str, clock: Clock) -> Home:
    """The store that `state` names: memory, or the server at a redis://, rediss:// or unix:// URL."""
    if state == "memory":
        return Memory(clock)
    from .valkey import Valkey

    return Valkey(state, clock=clock)
