"""The law of contracts: what a WSDL says, frozen, in SOAP's own words and nothing more.

Made by `gateway.schema.wsdl` (or `load_xsd`, then without services), read by the SOAP dialect, the codecs'
compiler, the OpenAPI and WSDL writers. No lxml object, no file handle: bytes and Clark names (`{ns}local`).
WSDL 1.1 §2–§3 and its SOAP 1.2 binding extension; names of fields are the specification's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from gateway.schema.source import Source

Style = Literal["document", "rpc"]
Use = Literal["literal", "encoded"]
SoapVersion = Literal["1.1", "1.2", ""]  # '': not a SOAP binding
Kind = Literal["wsdl", "xsd"]
Origin = Literal["file", "bundle", "memory", "fetched"]

HTTP_TRANSPORTS: Final = frozenset(  # of WSDL 1.1 and 2.0, without a last slash; '' says nothing
    (
        "",
        "http://schemas.xmlsoap.org/soap/http",
        "http://www.w3.org/2003/05/soap/bindings/HTTP",
        "http://www.w3.org/2006/01/soap11/bindings/HTTP",
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file something is declared (line 1-based, 0 unknown)."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Note:
    """What the contract holds that is approximated, repaired, kept without effect, not served, or costly to others."""

    kind: Literal["approximated", "repaired", "ignored", "refused", "bundled", "costly"]
    text: str
    place: Place = Place()
    subject: str = ""  # Service/Port/Operation where it concerns only that


@dataclass(frozen=True, slots=True)
class Assertion:
    """One WS-Policy assertion in force, raw: whoever understands it (a plug-in) reads it.

    `name` is its Clark name, `text` its XML standing alone, `alternative` the number of the policy alternative
    that it belongs to, from 1 (0: of all, outside wsp:ExactlyOne or where that has one), `optional` its wsp:Optional.
    """

    name: str
    text: str
    place: Place = Place()
    alternative: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: exactly one of `element`, `type` is a Clark name."""

    name: str
    element: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class HeaderUse:
    """A declared header block: `element` is the block's Clark name, a global element of the sources."""

    element: str
    part: str
    use: Use = "literal"
    required: bool = False  # wsdl:required on soap:header
    faults: tuple[HeaderUse, ...] = ()  # soap:headerfault
    document: str = ""


@dataclass(frozen=True, slots=True)
class MimePart:
    """A part that travels as an attachment (mime:content): its message part and its media types."""

    part: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoundMessage:
    """One direction of an operation, as it stands in the Body.

    `element` is the global element that codec and validator know, '' for an empty Body.
    - `on_wire` True: it is the Body's only child (document/literal with one element part, rpc). Its
      name on the wire is `wire`, which differs from `element` only where a synthetic rpc wrapper would
      clash with a global element of the schemas: then the root is renamed before decoding and after encoding.
    - `on_wire` False: the Body's children themselves are its content (document/literal with several
      parts, or a part with a type): the dialect puts them into `element` before decoding, takes them out after.
    `wrapped`: document/literal wrapped (the element is named after the operation), rpc counts as wrapped.
    `elements`: the Body's first children that select this message ('wire', or each part's element).
    """

    name: str
    element: str
    wire: str
    on_wire: bool = True
    wrapped: bool = False
    style: Style = "document"
    use: Use = "literal"
    elements: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    headers: tuple[HeaderUse, ...] = ()
    attachments: tuple[MimePart, ...] = ()
    action: str = ""  # wsam:Action, wsaw:Action or the default of WS-Addressing Metadata §4.4.4
    action_given: bool = False  # whether the WSDL says it
    encoding: str = ""  # encodingStyle of soap:body
    synthetic: bool = False  # `element` is declared by a synthetic source
    document: str = ""
    assertions: tuple[Assertion, ...] = ()  # on this message alone


@dataclass(frozen=True, slots=True)
class FaultUse:
    """A declared fault: `element` is the detail's child, a global element of the sources."""

    name: str
    element: str
    part: str = ""
    use: Use = "literal"
    action: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class BoundOperation:
    """One operation of one port. `refused` says why it cannot be served ('' when it can)."""

    name: str
    input: BoundMessage
    output: BoundMessage | None  # None: one-way
    faults: tuple[FaultUse, ...] = ()
    action: str = ""  # soapAction
    action_required: bool = True  # SOAP 1.2's soapActionRequired
    style: Style = "document"
    use: Use = "literal"
    document: str = ""
    assertions: tuple[Assertion, ...] = ()
    place: Place = Place()
    refused: str = ""
    http_location: str = ""  # HTTP bindings: http:operation/@location
    input_media: str = ""  # HTTP bindings: 'urlEncoded', 'urlReplacement' or a media type

    @property
    def one_way(self) -> bool:
        """Whether no reply envelope is declared."""
        return self.output is None


@dataclass(frozen=True, slots=True)
class Port:
    """One port: a binding of a port type at an address."""

    name: str
    binding: str  # Clark name
    port_type: str  # Clark name
    soap: SoapVersion
    location: str
    operations: tuple[BoundOperation, ...]
    transport: str = ""
    http_verb: str = ""  # HTTP bindings: GET or POST
    assertions: tuple[Assertion, ...] = ()
    addressing: Literal["", "allowed", "required"] = ""  # wsaw:UsingAddressing, wsam:Addressing
    document: str = ""
    place: Place = Place()
    refused: str = ""

    @property
    def over_http(self) -> bool:
        """Whether the messages go over HTTP; JMS and its like do not."""
        return self.transport.rstrip("/") in HTTP_TRANSPORTS

    def operation(self, name: str) -> BoundOperation | None:
        """The operation of this name, None without one."""
        return next((each for each in self.operations if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Service:
    """One wsdl:service and its ports, in the order of the file."""

    name: str
    namespace: str
    ports: tuple[Port, ...]
    document: str = ""
    place: Place = Place()

    def port(self, soap: SoapVersion | None = None) -> Port | None:
        """The first port of this SOAP version; without one asked for the first SOAP port, else the first HTTP one.

        Ports that are refused are passed over; one over another transport than HTTP comes after all that are over it.
        """
        served = sorted((each for each in self.ports if not each.refused), key=lambda each: not each.over_http)
        for each in served:
            if each.soap and (soap is None or each.soap == soap):
                return each
        return next((each for each in served if each.http_verb), None) if soap is None else None

    def faces(self, soap: SoapVersion | None = None) -> tuple[Port, ...]:
        """The port that `port` gives (any, where none speaks `soap`), and a SOAP port for each other port type."""
        first = self.port(soap) or self.port()
        found = {} if first is None else {first.port_type: first}
        for each in self.ports:
            if each.soap and not each.refused and each.over_http:
                found.setdefault(each.port_type, each)
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Document:
    """One file as it was read (UTF-8, no byte order mark): what `?wsdl` gives back is made of these."""

    url: str
    text: bytes
    kind: Kind
    origin: Origin = "file"
    file: str = ""
    links: Mapping[str, str] = field(default_factory=dict)  # location as written -> url of the document
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything that one WSDL (or a set of XSDs) declares, with all that it imports."""

    location: str  # url of the document that was named
    name: str = ""
    namespace: str = ""
    version: Literal["1.1", "2.0", ""] = ""  # of WSDL; '' for a set of XSDs
    services: tuple[Service, ...] = ()
    sources: tuple[Source, ...] = ()
    documents: tuple[Document, ...] = ()
    notes: tuple[Note, ...] = ()
    document: str = ""
    arrays: Mapping[str, str] = field(default_factory=dict)  # SOAP encoding: array type -> its item's type

    def service(self, name: str) -> Service | None:
        """The service of this local name, None without one."""
        return next((each for each in self.services if each.name == name), None)

    def bound(self) -> Iterator[tuple[Service, Port, BoundOperation]]:
        """Every operation of every port of every service, in the order of the file."""
        for service in self.services:
            for port in service.ports:
                for operation in port.operations:
                    yield service, port, operation
