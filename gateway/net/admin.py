"""The law of the operators' pages: a table of paths, served by the same strict server on its own socket.

Nothing here knows what a page shows; who may reach the socket is decided by where it listens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.core.layers import Send
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem

EXPLAIN: Final = "explain"  # in the query of any path: what would become of this very request


def admin(pages: Mapping[str, Send]) -> Send:
    """A `Send` over `"/path"` (GET and HEAD) and `"VERB /path"`. Raises Problem NOT_FOUND, METHOD_NOT_ALLOWED."""
    table: dict[str, dict[str, Send]] = {}
    explain = pages.get(EXPLAIN)
    for key, page in pages.items():
        verb, _, path = key.rpartition(" ")
        table.setdefault(path, {})[verb or "GET"] = page

    async def send(wire: Wire) -> Wire:
        if explain is not None and EXPLAIN in [part.partition("=")[0] for part in wire.query.split("&")]:
            return await explain(wire)
        verbs = table.get(wire.path)
        if verbs is None:
            raise Problem(Kind.NOT_FOUND)
        page = verbs.get("GET" if wire.method == "HEAD" else wire.method)
        if page is None:
            shown = sorted(verbs) + (["HEAD"] if "GET" in verbs else [])
            raise Problem(Kind.METHOD_NOT_ALLOWED, headers={"allow": ", ".join(shown)})
        return await page(wire)

    return send


def page(body: bytes | str, content_type: str = "application/json", status: int = 200) -> Wire:
    """An answer that is not to be cached."""
    raw = body.encode() if isinstance(body, str) else body
    return Wire({"content-type": content_type, "cache-control": "no-store"}, raw, status=status)
