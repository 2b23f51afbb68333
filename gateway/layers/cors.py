"""The law of CORS: which web pages may call, by setting and by no other way (Fetch standard §3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..core.layers import Send, WireLayer
from ..core.message import Wire


@dataclass(frozen=True, slots=True)
class Cors:
    """The rule: origins (`*` for all), request headers, exposed headers, credentials, seconds to keep it."""

    origins: tuple[str, ...]
    headers: tuple[str, ...] = ()
    expose: tuple[str, ...] = ()
    credentials: bool = False
    max_age: int = 600


def cors(rule: Cors, allowed: Callable[[str], tuple[str, ...]]) -> WireLayer:
    """The layer. `allowed(path)` gives the methods that are served there."""

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            origin = wire.headers.get("origin", "")
            if not origin or not ("*" in rule.origins or origin in rule.origins):
                return _varied(await inner(wire))
            told = {"access-control-allow-origin": "*" if "*" in rule.origins else origin}
            if rule.credentials:
                told["access-control-allow-credentials"] = "true"
            if wire.method == "OPTIONS" and "access-control-request-method" in wire.headers:
                return Wire({**told, **_preflight(rule, allowed(wire.path)), "vary": "Origin"}, b"", status=204)
            reply = _varied(await inner(wire))
            if rule.expose:
                told["access-control-expose-headers"] = ", ".join(rule.expose)
            reply.headers.update(told)
            return reply

        return send

    return layer


def _varied(reply: Wire) -> Wire:
    """Said whoever asks, so that no store gives one page's answer to another (Fetch §3.3.5)."""
    vary = reply.headers.get("vary", "")
    reply.headers["vary"] = f"{vary}, Origin" if vary else "Origin"
    return reply


def _preflight(rule: Cors, methods: tuple[str, ...]) -> dict[str, str]:
    return {
        "access-control-allow-methods": ", ".join(methods),
        "access-control-allow-headers": ", ".join(rule.headers),
        "access-control-max-age": str(rule.max_age),
    }
