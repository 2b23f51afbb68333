"""The law of operations: all that can be called is frozen before the first request.

An `Operation` is one operation of the contract with its compiled codecs; a `Route` is one REST
door to it; a `Book` is everything one configuration serves, swapped whole on reload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .ports import Codec

Need = Literal["required", "preferred", "none"]


@dataclass(frozen=True, slots=True)
class Face:
    """How one side sees one operation: the codec of each direction.

    `faults` maps the Clark name of a detail element to its codec.
    """

    request: Codec
    reply: Codec | None  # None: one-way
    faults: Mapping[str, Codec] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name, its service, how it goes over SOAP, whether it writes."""

    name: str
    service: str
    action: str  # soapAction, or the action parameter of SOAP 1.2
    soap: Literal["1.1", "1.2"]  # how the service speaks
    element: str  # Clark name of the body's first child
    faces: Mapping[str, Face]  # SOAP version -> codecs; the same object means: untouched bytes may pass
    canonical: Any = None  # the body codec of the contract: request, reply
    writes: bool = True
    one_way: bool = False
    encryption: Need = "none"
    signature: Need = "none"
    clear_allowed: bool = False
    headers: tuple[str, ...] = ()  # Clark names of the header blocks that the contract declares
    document: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """One REST door: verb and path template onto an operation, with its own JSON face."""

    method: str
    path: str  # the template, also the metric's label
    operation: Operation
    json_face: Face
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that one configuration serves: swapped whole on reload."""

    operations: Mapping[tuple[str, str], Operation]  # (service, operation)
    routes: tuple[Route, ...]
    services: Mapping[str, Any]
    version: str = ""
