"""The law of shown calls: what a sample of an operation's request becomes for a service that speaks JSON.

Made by the dialect that `serve` uses; what the configuration adds to every call may be a secret and is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from gateway.build.book import BuiltService
from gateway.build.operations import CANONICAL, Bound
from gateway.build.outward import upstream_dialect
from gateway.core.limits import DEFAULT
from gateway.core.message import Exchange, Message
from gateway.core.problem import Problem
from gateway.schema.samples import sample

MASK = "***"


def calls(service: BuiltService, bound: Bound) -> Iterator[str]:
    """The lines: the operation's calls, then the one that a sample becomes."""
    assert service.behind is not None
    operation = bound.operation
    for call in service.behind.calls[operation.name]:
        yield f"  call         {call.method} {service.settings.upstream.url}{call.path}"
    element = bound.bound.input.element
    value: Any = sample(service.bench.laid(CANONICAL), element, CANONICAL) if element else {}
    request = operation.faces[operation.soap].request
    address = urlsplit(service.settings.upstream.url or "")
    dialect = upstream_dialect(service, address.path or "/", address.query, DEFAULT)
    yield ""
    yield f"a request of {operation.name} becomes"
    try:
        wire = dialect.write_request(Exchange(operation, Message(request, value=value)))
    except Problem as problem:
        yield f"no call: {problem.detail}"
        yield from (f"  {finding.pointer}: {finding.detail}" for finding in problem.findings)
        return
    yield f"{wire.method} {wire.path}{'?' if wire.query else ''}{wire.query}"
    hidden = {name.lower() for name in service.settings.upstream.headers}
    yield from (f"{name}: {MASK if name in hidden else text}" for name, text in wire.headers.items())
    if wire.body:
        yield ""
        yield wire.body.decode()
