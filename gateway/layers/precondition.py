"""The law of preconditions that the gateway judges: If-Match against the present ETag, where a service compares none.

The resource is read first, by its own GET route; only a strong match lets the write through (RFC 9110 §13.1.1). What
cannot be read is answered as the read was (§13.2.1). Between the two calls somebody else may write: a service's own
version, or a lock, is better where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..core.layers import Send, WireLayer
from ..core.message import Wire
from ..core.problem import Kind, Problem

Path = Callable[[Mapping[str, str]], str]
Matches = Callable[[str, str], bool]
_LEFT_OUT = frozenset({"content-type", "content-length", "if-match", "if-none-match", "prefer", "idempotency-key"})


def precondition(read: Send, path: Path, matches: Matches, *, required: bool) -> WireLayer:
    """The layer of a writing route. `read` serves the GET route, `path` fills its template from the variables."""

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            given = wire.headers.get("if-match")
            if given is None:
                if required:
                    raise Problem(Kind.PRECONDITION_REQUIRED, outcome="not-sent")
                return await inner(wire)
            if given.strip() != "*":
                matches(given, "")  # what is no condition is refused before anything is asked
            present = await read(_asked(wire, path))
            if not 200 <= present.status < 300:
                present.exchange = None  # the write has not been entered
                return present
            tag = present.headers.get("etag", "")
            if given.strip() != "*" and not matches(given, tag):
                raise Problem(Kind.PRECONDITION_FAILED, headers={"etag": tag} if tag else {}, outcome="not-sent")
            return await inner(wire)

        return send

    return layer


def _asked(wire: Wire, path: Path) -> Wire:
    """The read of the same resource by the same caller, past any kept answer."""
    headers = {name: text for name, text in wire.headers.items() if name not in _LEFT_OUT}
    facts = dict(wire.facts)
    return Wire(
        {**headers, "cache-control": "no-cache"}, b"", method="GET", path=path(facts.get("path", {})), facts=facts
    )
