"""The law of bases: a service that lives at more than one address; who calls says which, a plug-in's settings allow.

`facts["base"]` of an exchange is set by a plug-in only (a session that was redirected at its login), never by a
client. A base without a path has the service's own path. Bounded: the one unused for longest is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from ..core.message import Wire
from ..net.upstream import Upstream

_MOST = 16


class Bases:
    """A `Send` to the service's own upstream, or to that of the exchange's base."""

    def __init__(self, own: Upstream, make: Callable[[str], Upstream]) -> None:
        self._own = own
        self._make = make
        self._others: dict[str, Upstream] = {}

    async def send(self, wire: Wire) -> Wire:
        """Send to where the exchange belongs. Raises Problem UPSTREAM_…"""
        base = wire.exchange.facts.get("base") if wire.exchange is not None else None
        if not base:
            return await self._own.send(wire)
        upstream = await self._other(str(base))
        below = wire.path.removeprefix(self._own.path.rstrip("/")) if wire.path != self._own.path else ""
        return await upstream.send(replace(wire, path=upstream.path.rstrip("/") + below if below else upstream.path))

    async def _other(self, base: str) -> Upstream:
        upstream = self._others.pop(base, None)
        if upstream is None:
            if len(self._others) >= _MOST:
                await self._others.pop(next(iter(self._others))).close()
            whole = base if urlsplit(base).path.strip("/") else base.rstrip("/") + self._own.path
            upstream = self._make(whole)
            await upstream.start()
        self._others[base] = upstream  # the last one used stands last
        return upstream

    async def close(self) -> None:
        """Close the other addresses' connections; the own upstream belongs to who gave it."""
        for upstream in self._others.values():
            await upstream.close()
        self._others.clear()
