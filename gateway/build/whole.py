"""The law of whole contracts: an entry that names none of a WSDL's services, and says nothing of one, serves them all.

The first keeps the entry's own name; each other has its own behind it. So is a service whose ports are of several port
types, with other operations each: the first is at /<Service>, another at /<Service>/<Port>. An entry with routes,
operations, a path or a port means the first service and port, as it always did; so does one that a plug-in names, lest
the others go unprotected.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..schema.contract import Contract
from ..settings.loader import Loaded
from ..settings.service import Service as ServiceSettings
from .plugged import named_by_plugins


def services_of(loaded: Loaded, name: str, contract: Contract) -> Iterator[tuple[str, ServiceSettings]]:
    """The services that an entry of the configuration stands for, each with its name and settings."""
    settings = loaded.settings.services[name]
    soap = settings.upstream.soap
    served = [(service, at, port) for service in contract.services for at, port in enumerate(service.faces(soap))]
    if len(served) < 2 or _of_one(settings) or name in named_by_plugins(loaded):
        yield name, settings
        return
    for service, at, port in served:
        update: dict[str, str] = {"service": service.name}
        label = name if service is served[0][0] else f"{name}-{service.name}"
        if at:
            update |= {"port": port.name, "path": f"/{service.name}/{port.name}"}
            label = f"{label}-{port.name}"
        yield label, settings.model_copy(update=update)


def _of_one(settings: ServiceSettings) -> bool:
    """Whether something is said that can be true of one service only."""
    upstream = settings.upstream
    said = (settings.service, settings.port, settings.path, settings.routes, settings.operations, upstream.routes)
    return any(said) or upstream.speaks != "soap"
