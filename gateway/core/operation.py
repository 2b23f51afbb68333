"""The law of operations: all that can be called is frozen before the first request.

An `Operation` is one operation of the contract with its compiled codecs; a `Route` is one REST
door to it; a `Door` is how requests come in, an `Address` what stands at a path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .limits import Limits
from .security import Security

if TYPE_CHECKING:
    from .layers import Send, Service
    from .ports import ClientDialect, Codec

Need = Literal["required", "preferred", "none"]


@dataclass(frozen=True, slots=True)
class Face:
    """How one side sees one operation: the codec of each direction.

    `faults` maps the Clark name of a detail element to the codec of that element.
    """

    request: Codec
    reply: Codec | None  # None: one-way
    faults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Actions:
    """The WS-Addressing actions of an operation (Metadata §4.4); `faults` by the Clark name of the detail."""

    request: str = ""
    reply: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    required: bool = False  # the contract demands addressing of its callers


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name, its service, how it goes over SOAP, whether it writes."""

    name: str
    service: str
    action: str  # soapAction, or the action parameter of SOAP 1.2
    soap: Literal["1.1", "1.2"]  # how the service speaks
    element: str  # Clark name of the body's first child
    faces: Mapping[str, Face]  # SOAP version -> codecs; the same object means: untouched bytes may pass
    writes: bool = True
    one_way: bool = False
    encryption: Need = "none"  # towards the service
    signature: Need = "none"
    client_encryption: Need = "none"  # what a client must do
    client_signature: Need = "none"
    clear_allowed: bool = False
    security: Security | None = None  # what the contract's policy demands of its messages
    headers: tuple[str, ...] = ()  # Clark names of the header blocks that the contract declares
    timeout: float | None = None  # seconds for a call; None: the upstream's own
    document: str = ""
    actions: Actions = field(default_factory=Actions)


@dataclass(frozen=True, slots=True)
class RefusedOperation:
    """An operation of the contract that is not served: why, and where the contract says what stands in the way."""

    name: str
    why: str
    file: str = ""
    line: int = 0
    elements: tuple[str, ...] = ()  # the body elements by which SOAP callers would ask for it

    @property
    def place(self) -> str:
        """File and line, as far as they are known."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Route:
    """One REST door: verb and path template onto an operation, with its own JSON face."""

    method: str
    path: str  # the template, also the metric's label
    operation: Operation
    json_face: Face


@dataclass(frozen=True, slots=True)
class Door:
    """One address that a request can come in by: who reads it, what serves it."""

    name: str  # the metric's label: a route's template or a SOAP address
    dialect: ClientDialect
    service: Service
    limits: Limits
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """What stands at a path of the data port: a door behind its protection, or a page of the gateway."""

    name: str  # the metric's label
    send: Send
