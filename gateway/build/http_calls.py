"""The law of HTTP bindings at build: the operations of such a port as calls, each part with its place and its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

from ..codec.scalars import scalar_for
from ..core.limits import Limits
from ..dialect.binding import Binding, Parameter
from ..dialect.http_upstream import Encoding, HttpCall, HttpUpstream
from ..schema.contract import Port
from ..schema.errors import ContractError
from ..schema.http_bindings import FORM, PATH, QUERY, XML
from ..settings.service import Upstream
from .bindings import member
from .operations import CANONICAL, Bound
from .shaped import json_codec
from .workbench import Workbench

if TYPE_CHECKING:
    from .book import BuiltService

_ENCODINGS: Final[dict[str, Encoding]] = {PATH: "path", QUERY: "query", FORM: "form", XML: "xml"}
_SOAP: Final = ("soap", "action_headers", "addressing", "trace_blocks", "mtom")


def http_upstream(service: BuiltService, path: str, query: str, limits: Limits) -> HttpUpstream:
    """The half that faces the HTTP binding of a service whose address has this path and query."""
    calls = {each.operation.name: _call(service.bench, service.port, each, limits) for each in service.operations}
    headers = {name.lower(): value for name, value in service.settings.upstream.headers.items()}
    return HttpUpstream(path, query, calls, limits, headers)


def idle(port: Port, upstream: Upstream) -> Iterator[tuple[str, str]]:
    """Settings of the upstream that have no effect before an HTTP binding, each with why."""
    if port.http_verb and upstream.speaks == "soap":
        for key in _SOAP:
            if key in upstream.model_fields_set:
                yield key, f"the port {port.name} has an HTTP binding: this is of a service that speaks SOAP"


def _call(bench: Workbench, port: Port, bound: Bound, limits: Limits) -> HttpCall:
    asked = bound.bound.input
    encoding = _ENCODINGS.get(bound.bound.input_media, "none") if asked.element else "none"
    request = json_codec(bench, asked, CANONICAL, (), limits)
    if encoding in ("xml", "none"):
        return HttpCall(port.http_verb, bound.bound.http_location, encoding, request)
    place: Literal["path", "query"] = "path" if encoding == "path" else "query"
    model = bench.laid(CANONICAL)
    parameters = []
    for part in asked.parts:
        simple = member(model, asked.element, (), (part.name,)).simple
        if simple is None:
            raise ContractError(f"the part {part.name} is no scalar", file=port.place.file, line=port.place.line)
        parameters.append(Parameter(place, part.name, (part.name,), scalar_for(model, simple, CANONICAL)))
    return HttpCall(port.http_verb, bound.bound.http_location, encoding, request, Binding(tuple(parameters)))
