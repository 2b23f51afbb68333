"""The law of what is left unprotected: what a contract's policy demands and nobody gives, told at start.

Nothing here refuses: a call that must be protected and is not is refused when it would leave (`layers.require`).
"""

from __future__ import annotations

from collections.abc import Iterator

from ..plugins.api import WireCipher
from .book import Built, BuiltService
from .plugged import plugins_of


def unprotected(built: Built) -> tuple[str, ...]:
    """A line for each demand of a service that nobody meets, with the place of the assertion."""
    plugins = plugins_of(built.loaded)
    lines: list[str] = []
    for service in built.services:
        ciphers = plugins.standing(service.name, WireCipher)
        if not ciphers:
            lines += _messages(service)
        lines += _transport(service)
    return tuple(dict.fromkeys(lines))


def _messages(service: BuiltService) -> Iterator[str]:
    """Operations whose messages must be protected, by no plug-in."""
    for need in ("signature", "encryption", "UsernameToken"):
        found: dict[str, list[str]] = {}
        for each in service.operations:
            security, operation = each.operation.security, each.operation
            if security is None:
                continue
            asked = bool(security.username) if need == "UsernameToken" else getattr(operation, need) == "required"
            if asked:
                found.setdefault(security.place(need) or security.place(), []).append(operation.name)
        for place, names in found.items():
            then = "the service will refuse them" if need == "UsernameToken" else "they are refused here"
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            yield (
                f"services.{service.name}: {place}: the contract demands {need} of {', '.join(names[:3])}{more}, "
                f"and no plug-in gives it: {then}"
            )


def _transport(service: BuiltService) -> Iterator[str]:
    """A contract that demands HTTPS, before an address without it."""
    address = service.settings.upstream.url or service.port.location
    for each in service.operations:
        security = each.operation.security
        if security is not None and security.binding == "transport" and address.startswith("http:"):
            place = security.place("TransportBinding")
            yield f"services.{service.name}: {place}: the contract demands HTTPS, the service's address is plain HTTP"
