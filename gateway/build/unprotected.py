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
        lines += _answers(service, {how for each in ciphers if isinstance(each, WireCipher) for how in each.answers()})
        lines += _transport(service)
    return tuple(dict.fromkeys(lines))


def _messages(service: BuiltService) -> Iterator[str]:
    """Operations whose messages must be protected, by no plug-in."""
    for need in ("signature", "encryption", "UsernameToken"):
        found: dict[tuple[str, bool], list[str]] = {}
        for each in service.operations:
            security, operation = each.operation.security, each.operation
            if security is None:
                continue
            token = "preferred" if security.username else "none"
            wanted = token if need == "UsernameToken" else getattr(operation, need)
            if wanted != "none":
                place = security.place(need) or security.place()
                found.setdefault((place, wanted == "required"), []).append(operation.name)
        for (place, here), names in found.items():
            then = "they are refused here" if here else "the service will refuse them"
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            yield (
                f"services.{service.name}: {place}: the contract demands {need} of {', '.join(names[:3])}{more}, "
                f"and no plug-in gives it: {then}"
            )


def _answers(service: BuiltService, given: set[str]) -> Iterator[str]:
    """Operations whose callers must protect what they send, and whose answers leave without."""
    for how, verb, need in (("encrypted", "encrypt", "client_encryption"), ("signed", "sign", "client_signature")):
        names = [e.operation.name for e in service.operations if getattr(e.operation, need) == "required"]
        if names and how not in given:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            yield (
                f"services.{service.name}: callers of {', '.join(names[:3])}{more} must {verb} what they send, "
                f"and no plug-in at the client's edge gives the answers back {how}"
            )


def _transport(service: BuiltService) -> Iterator[str]:
    """A contract that demands HTTPS, before an address without it."""
    address = service.settings.upstream.url or service.port.location
    for each in service.operations:
        security = each.operation.security
        if security is not None and security.binding == "transport" and address.startswith("http:"):
            place = security.place("TransportBinding")
            yield f"services.{service.name}: {place}: the contract demands HTTPS, the service's address is plain HTTP"
