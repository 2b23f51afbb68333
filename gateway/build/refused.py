"""The law of what is refused: one operation that cannot be served stops no other, and nobody has to guess why.

It is told at start, by `gateway check` and `gateway routes`; its default address and its body element answer with the
reason. Setting `strict` makes it a mistake of the configuration instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..core.layers import Send
from ..core.message import Wire
from ..core.operation import RefusedOperation
from ..dialect.soap_client import refusal
from ..settings.loader import Loaded
from ..settings.mistakes import Mistake, nearest
from ..settings.service import Service as ServiceSettings
from .operations import Compiled

if TYPE_CHECKING:
    from .book import Built


_STALE: Final = (
    "the compiled contract beside its WSDL is of other documents or another version, or damaged: the schemas are read "
    "(`gateway compile` writes it again)"
)


def objections(loaded: Loaded, name: str, settings: ServiceSettings, compiled: Compiled) -> Iterator[Mistake]:
    """What stops a service: each refused operation where it is strict, or that nothing is left to be served.

    Of several services that one entry stands for, one of which nothing is left stops none of the others.
    """
    names = [each.operation.name for each in compiled.served] + [each.name for each in compiled.refused]
    for operation in settings.operations:
        if operation not in names:
            yield loaded.mistake(("services", name, "operations", operation), missing(operation, compiled))
    place = ("services", name, "wsdl")
    alone = settings is loaded.settings.services.get(name)
    if settings.strict:
        for each in compiled.refused:
            yield loaded.mistake(place, f"{told(each)} (`strict`)")
    elif compiled.refused and not compiled.served and alone:
        more = f" (and {len(compiled.refused) - 1} more)" if len(compiled.refused) > 1 else ""
        yield loaded.mistake(place, f"no operation can be served: {told(compiled.refused[0])}{more}")


def missing(operation: str, compiled: Compiled) -> str:
    """Why a setting has no operation behind it, with the nearest name that there is."""
    for each in compiled.refused:
        if each.name == operation:
            return told(each)
    names = [each.operation.name for each in compiled.served]
    return f"the contract has no operation {operation}{nearest(operation, names)}"


def told(operation: RefusedOperation) -> str:
    """A refused operation in a line, place first as far as it is known."""
    place = f"{operation.place}: " if operation.place else ""
    return f"{place}the operation {operation.name} is not served: {operation.why}"


def warnings(built: Built) -> tuple[str, ...]:
    """A line for each operation that is not served, and for each compiled contract that is not used."""
    lines = [f"services.{service.name}: {told(each)}" for service in built.services for each in service.refused]
    stale: dict[str, str] = {}  # one line a contract, of the first that it serves
    for service in built.services:
        if service.bench.stale:
            stale.setdefault(service.bench.contract.location, service.name)
    return (*lines, *(f"services.{name}: {_STALE}" for name in stale.values()))


def refusing(operation: RefusedOperation) -> Send:
    """What stands at the default address of a refused operation."""

    async def send(_: Wire) -> Wire:
        raise refusal(operation)

    return send
