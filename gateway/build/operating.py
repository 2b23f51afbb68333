"""The law of operating pages: what an operator may ask and do on the admin port, beside probes and metrics.

Reading changes nothing but `/drain`, which is a GET as well since a kubelet's hook can do nothing else. A web page
that an operator has open must not act: whatever comes from another site is refused by what browsers send along.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

from ..core.layers import Send
from ..core.message import Wire
from ..core.problem import Kind, Problem
from ..net.admin import EXPLAIN, page
from ..observe.log import LEVELS, Log
from ..observe.metrics import Metrics
from ..observe.seen import Seen
from .book import Built
from .explained import pasted, told
from .listing import masked, routes
from .overview import POLICY, overview

_LONGEST: Final = 3600.0  # seconds that /drain waits at most
_BEAT: Final = 0.05


class Operated(Protocol):
    """The running gateway, as far as these pages know it."""

    built: Built
    health: Any

    def drain(self) -> None:
        """Readiness off."""

    def under_way(self) -> int:
        """Requests not yet answered."""


def operating_pages(
    gateway: Operated, log: Log, metrics: Metrics, seen: Seen, reload: Callable[[str], Awaitable[Any]] | None
) -> Mapping[str, Send]:
    """The pages by path, or by verb and path."""

    async def list_routes(_: Wire) -> Wire:
        return page(json.dumps(routes(gateway.built), indent=1))

    async def config(_: Wire) -> Wire:
        return page(json.dumps(masked(gateway.built.loaded), indent=1))

    async def front(_: Wire) -> Wire:
        text = await asyncio.to_thread(overview, gateway.built, gateway.health, metrics, seen)
        reply = page(text, "text/html; charset=utf-8")
        reply.headers["content-security-policy"] = POLICY
        return reply

    async def last(_: Wire) -> Wire:
        return page(json.dumps([asdict(line) for line in seen.lines], indent=1))

    async def drain(wire: Wire) -> Wire:
        _own(wire)
        wait = _seconds(wire.query)
        gateway.drain()
        log.audit("drain", cause=f"asked on the admin port, wait={wait:g}")
        return page(await _drained(gateway, wait), "text/plain; charset=utf-8")

    async def level(_: Wire) -> Wire:
        return page(log.level + "\n", "text/plain; charset=utf-8")

    async def set_level(wire: Wire) -> Wire:
        _own(wire)
        word = wire.body.decode("ascii", "replace").strip().lower()
        if word not in LEVELS:
            raise Problem(Kind.BAD_REQUEST, f"One of {', '.join(LEVELS)} is expected as the body.")
        log.audit("log-level", before=log.level, after=word)
        log.level = word
        return page(word + "\n", "text/plain; charset=utf-8")

    async def again(wire: Wire) -> Wire:
        _own(wire)
        if reload is None:
            raise Problem(Kind.NOT_FOUND)
        outcome = await reload("admin port")
        told = {"result": outcome.result, "lines": list(outcome.lines)}
        return page(json.dumps(told, indent=1) + "\n", status=422 if outcome.result == "refused" else 200)

    return {
        **explaining_pages(gateway),
        "/": front,
        "/routes": list_routes,
        "/seen": last,
        "/config": config,
        "/drain": drain,
        "POST /drain": drain,
        "/log-level": level,
        "PUT /log-level": set_level,
        "POST /reload": again,
    }


def explaining_pages(gateway: Operated) -> Mapping[str, Send]:
    """What becomes of a request: one that is pasted, or the very one that asks with `?explain`."""

    async def explain(wire: Wire) -> Wire:
        _own(wire)
        try:
            return _plain(told(gateway.built, pasted(wire.body.decode("utf-8", "replace"))))
        except ValueError as error:
            raise Problem(Kind.BAD_REQUEST, f"{error}.") from None

    async def explain_this(wire: Wire) -> Wire:
        _own(wire)
        query = "&".join(part for part in wire.query.split("&") if part.partition("=")[0] != EXPLAIN)
        try:
            return _plain(told(gateway.built, replace(wire, query=query, facts={})))
        except ValueError as error:
            raise Problem(Kind.NOT_FOUND, f"{error}.") from None

    return {"POST /explain": explain, EXPLAIN: explain_this}


def _plain(text: str) -> Wire:
    return page(text, "text/plain; charset=utf-8")


async def _drained(gateway: Operated, wait: float) -> str:
    """Wait the drain's delay (balancers still send), then until nothing is under way; `wait` seconds at most."""
    loop = asyncio.get_running_loop()
    end = loop.time() + wait
    await asyncio.sleep(min(wait, gateway.built.loaded.settings.drain.delay))
    while gateway.under_way() and loop.time() < end:  # noqa: ASYNC110  # a drain is rare, a count is on every request
        await asyncio.sleep(_BEAT)
    left = gateway.under_way()
    return f"{left} under way\n" if left else "drained\n"


def _seconds(query: str) -> float:
    given = parse_qs(query).get("wait", ["0"])[-1].removesuffix("s")
    try:
        wait = float(given)
    except ValueError:
        wait = -1.0
    if not 0 <= wait <= _LONGEST:
        raise Problem(Kind.BAD_REQUEST, f"wait: seconds from 0 to {_LONGEST:g} are expected.")
    return wait


def _own(wire: Wire) -> None:
    """Refuse what a browser sends on behalf of another site's page (Fetch Metadata, Origin)."""
    site = wire.headers.get("sec-fetch-site", "none")
    if site not in ("none", "same-origin") or "origin" in wire.headers:
        raise Problem(Kind.FORBIDDEN)
