"""The law of packaging at build: which services are sent MTOM, and where their messages hold binary values.

By `upstream.mtom`, else as the contract's policy demands (WS-MTOMPolicy). What a service answers, and what clients
send, may be a package in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

from ..codec.binaries import Binaries
from ..core.layers import WireLayer
from ..core.limits import Limits
from ..core.message import Wire
from ..core.operation import Operation
from ..dialect.blame import blamed
from ..dialect.packages import is_package, make_package, open_package
from ..layers.package import opened, packed
from ..schema.contract import BoundMessage, Port
from ..schema.policies import MTOM
from .book import BuiltService

USUAL: Final = 1024  # bytes from which on a value is a part, where nobody says otherwise


class Places:
    """Where the messages of a service hold binary values."""

    def __init__(self, service: BuiltService) -> None:
        self._binaries = Binaries(service.bench.model)
        self._messages = {each.operation.name: (each.bound.input, each.bound.output) for each in service.operations}

    def __call__(self, operation: Operation, reply: bool, children: list[Any]) -> Iterable[Any]:
        """The base64Binary elements of a Body's children."""
        message = self._messages.get(operation.name, (None, None))[reply]
        if message is None or not message.element or message.use == "encoded":
            return ()
        if not message.on_wire:
            return self._binaries.within(children, message.element)
        return self._whole(children, message)

    def _whole(self, children: list[Any], message: BoundMessage) -> Iterator[Any]:
        for child in children[:1]:
            if child.tag in (message.wire, message.element):  # no Fault, no EncryptedData
                yield from self._binaries.of(child, message.element)


def client_edge(places: Places, limits: Limits) -> WireLayer:
    """The layer of one address that opens clients' packages and answers them in kind."""

    def make(wire: Wire) -> Wire:
        assert wire.exchange is not None
        return make_package(wire, wire.exchange.operation, True, places, USUAL)

    return opened(is_package, partial(open_package, limits=limits), make, limits.offload)


def service_edge(service: BuiltService, limits: Limits) -> WireLayer | None:
    """The layer before a SOAP service, None before one that speaks JSON or has an HTTP binding."""
    if service.behind is not None or service.port.http_verb:
        return None
    over, places = threshold(service), Places(service)

    def make(wire: Wire) -> Wire:
        return wire if wire.operation is None else make_package(wire, wire.operation, False, places, over or 0)

    read = partial(open_package, limits=limits, response=True)
    return packed(is_package, read, None if over is None else make, blamed, limits.offload)


def threshold(service: BuiltService) -> int | None:
    """Bytes from which on a value goes to the service as a part; None: nothing does, and no package is made."""
    said = service.settings.upstream.mtom
    if said is not None:
        return None if said is False else said
    return USUAL if demands(service.port) else None


def demands(port: Port) -> bool:
    """Whether every alternative of the port's policy asks for MTOM."""
    asked = {each.alternative for each in port.assertions if each.name in MTOM and not each.optional}
    return 0 in asked or (bool(asked) and asked >= {each.alternative for each in port.assertions if each.alternative})
