"""The law of several processes: what must be agreed on is kept where all of them see it, or is refused at start.

Locks, counters, seen nonces and kept keys in one process's memory would be true for the clients of that process
alone, and nobody would notice before two of them collide.
"""

from __future__ import annotations

from typing import Final

from ..plugins.registry import Plugins
from ..settings.loader import Loaded
from ..settings.mistakes import Mistake

_WAY: Final = "name one that all processes see (state: redis://HOST:PORT/DB), or serve with workers: 1"


def unshared(loaded: Loaded, plugins: Plugins) -> list[Mistake]:
    """What several workers would each have for themselves, each with its place."""
    settings = loaded.settings
    if settings.workers == 1 or settings.state != "memory":
        return []
    found = [
        loaded.mistake(("plugins", label), f"needs a state that {settings.workers} workers share; {_WAY}")
        for label, plugin in plugins
        if not plugin.alone
    ]
    for name, service in settings.services.items():
        for at, route in enumerate(service.routes):
            if route.idempotency != "off":
                place = ("services", name, "routes", at, "idempotency")
                found.append(loaded.mistake(place, f"needs a state that {settings.workers} workers share; {_WAY}"))
    return found
