"""The law of what leaves beside the body: a cipher seals bodies, so no member of a sealed call may stand anywhere else.

Told at start. At the client's edge it is the caller who chooses what stands in a URL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..core.operation import Operation
from ..schema.contract import Port
from ..schema.http_bindings import PATH, QUERY
from .operations import Bound


def exposed(operation: Operation, names: Iterable[str]) -> str:
    """Why a call of this operation may not have these members in its URL or header; "" where it may."""
    found = ", ".join(names)
    if not found or operation.encryption != "required" or operation.clear_allowed:
        return ""
    return (
        f"{operation.name} must be encrypted towards the service, but its path, query or header would hold {found} "
        "in clear: leave it in the body, or let this operation leave in clear with dangerous_allow_clear_text"
    )


def exposed_parts(port: Port, operations: Iterable[Bound]) -> Iterator[tuple[str, str]]:
    """Operations of an HTTP binding whose parts stand in the URL (WSDL 1.1 §4.5, §4.6), each with why they may not."""
    for each in operations:
        if port.http_verb and each.bound.input_media in (PATH, QUERY):
            words = exposed(each.operation, (part.name for part in each.bound.input.parts))
            if words:
                yield each.operation.name, words
