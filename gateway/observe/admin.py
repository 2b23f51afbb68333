"""The law of the admin port's pages: what operators, probes and Prometheus ask, and nothing that a client may see.

Health endpoints tell no more than their word; `/metrics` is made in a thread, since a large page takes
milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, Protocol

from ..core.layers import Send
from ..core.message import Wire
from .metrics import Metrics

_TEXT: Final = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}


class Health(Protocol):
    """What the probes ask."""

    ready: bool
    draining: bool


def admin_pages(metrics: Metrics, health: Health) -> Mapping[str, Send]:
    """The pages by path."""

    async def page(wire: Wire) -> Wire:
        body, content_type = await asyncio.to_thread(metrics.page, wire.headers.get("accept", ""))
        return Wire({"content-type": content_type}, body, status=200)

    async def live(_: Wire) -> Wire:
        return Wire(dict(_TEXT), b"ok\n", status=200)

    async def ready(_: Wire) -> Wire:
        if health.ready:
            return Wire(dict(_TEXT), b"ok\n", status=200)
        word = b"draining\n" if health.draining else b"starting\n"
        return Wire(dict(_TEXT), word, status=503)

    return {"/metrics": page, "/livez": live, "/readyz": ready, "/healthz": ready}
