"""The law of the way out at build: which dialect speaks with a service, by its settings."""

from __future__ import annotations

from ..core.limits import Limits
from ..core.ports import UpstreamDialect
from ..dialect.passing import passed
from ..dialect.rest_upstream import RestUpstream
from ..dialect.soap_upstream import SoapUpstream
from ..dialect.untyped import untyped
from .book import BuiltService
from .http_calls import http_upstream


def upstream_dialect(service: BuiltService, path: str, query: str, limits: Limits) -> UpstreamDialect:
    """The half that faces a service whose address has this path and query."""
    settings = service.settings.upstream
    headers = {name.lower(): value for name, value in settings.headers.items()}
    if service.behind is not None:
        answers = passed(settings.answer_headers)
        return RestUpstream(path.rstrip("/"), query, service.behind.calls, headers, answers)
    if service.port.http_verb:
        return http_upstream(service, path, query, limits)
    return SoapUpstream(
        version=service.operations[0].operation.soap if service.operations else "1.1",
        path=path,
        limits=limits,
        untyped=untyped,
        action_headers=settings.action_headers,
        headers=headers,
        addressed=_address(service) if _addressed(service) else "",
        trace_blocks=settings.trace_blocks or "",
    )


def _addressed(service: BuiltService) -> bool:
    """Whether WS-Addressing is filled in: as it is said, else as the contract asks."""
    said = service.settings.upstream.addressing
    return said if said is not None else bool(service.port.addressing) and service.settings.addressing == "answer"


def _address(service: BuiltService) -> str:
    return service.settings.upstream.url or service.port.location
