"""The law of packaging at build: which services are sent MTOM, and where their messages hold binary values.

By `upstream.mtom`, else as the contract's policy demands (WS-MTOMPolicy). What a service answers, and what clients
send, may be a package in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

from ..codec.binaries import Binaries
from ..core.layers import WireLayer
from ..core.limits import Limits
from ..core.message import Wire
from ..core.operation import Operation
from ..dialect.attachments import OCTETS, Attachments, Carried
from ..dialect.blame import blamed
from ..dialect.packages import attach, is_package, make_package, open_package
from ..layers.package import opened, packed
from ..schema.contract import BoundMessage, Port
from ..schema.ir import Complex, Model
from ..schema.passes import elements_of
from ..schema.policies import MTOM
from ..schema.swaref import NAME as SWA_REF
from .book import BuiltService

_MEDIA_TYPE: Final = re.compile(r"[!#$&^_.+\-0-9A-Za-z]+/[!#$&^_.+\-0-9A-Za-z]+")  # without a wild card
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


def attachments_of(service: BuiltService) -> Attachments:
    """What the service's messages have as attachments: parts that mime:content binds, elements of type swaRef."""
    model = service.bench.model
    carried: dict[tuple[bool, str], Carried] = {}
    for each in service.operations:
        for reply, message in ((False, each.bound.input), (True, each.bound.output)):
            if message is None or not message.attachments:
                continue
            parts = tuple((one.part, _type(one.types)) for one in message.attachments)
            first = message.wire if message.on_wire else message.elements[0]
            body = "" if first in {name for name, _ in parts} else first
            for name in (body, *((first,) if not body else ())):
                carried[reply, name] = Carried(parts, message.on_wire)
    return Attachments(frozenset(_references(model)), carried)


def _type(types: tuple[str, ...]) -> str:
    """The media type that is sent: the first that says one."""
    return next((each for each in types if _MEDIA_TYPE.fullmatch(each)), OCTETS)


def _references(model: Model) -> Iterator[str]:
    """The names of the elements whose type is swaRef or restricts it."""
    mine = {SWA_REF, *model.derived.get(SWA_REF, ())} if SWA_REF in model.types else set()
    declared = list(model.elements.values()) if mine else []
    for kind in model.types.values() if mine else ():
        if isinstance(kind, Complex) and kind.particle is not None:
            declared += elements_of(kind.particle).values()
    yield from (element.name for element in declared if element.type in mine)


def client_edge(places: Places, attachments: Attachments, limits: Limits) -> WireLayer:
    """The layer of one address that opens clients' packages and answers them in kind."""

    def make(wire: Wire) -> Wire:
        assert wire.exchange is not None
        return make_package(wire, wire.exchange.operation, True, places, USUAL)

    def attached(wire: Wire) -> Wire:
        return attach(wire, True, attachments) or wire

    read = partial(open_package, limits=limits, attachments=attachments)
    return opened(is_package, read, make, attached if attachments else None, limits.offload)


def service_edge(service: BuiltService, limits: Limits) -> WireLayer | None:
    """The layer before a SOAP service, None before one that speaks JSON or has an HTTP binding."""
    if service.behind is not None or service.port.http_verb:
        return None
    over, places, attachments = threshold(service), Places(service), attachments_of(service)

    def make(wire: Wire) -> Wire:
        made = attach(wire, False, attachments)
        if made is not None or over is None or wire.operation is None:
            return made or wire
        return make_package(wire, wire.operation, False, places, over)

    read = partial(open_package, limits=limits, response=True, attachments=attachments)
    return packed(is_package, read, make if attachments or over is not None else None, blamed, limits.offload)


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
