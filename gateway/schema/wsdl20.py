"""The law of the WSDL 2.0 reader: the same Contract from a description as from WSDL 1.1's definitions.

WSDL 2.0 Part 1 (§2 components, §4 include and import) and Part 2 (§5 the SOAP binding, SOAP 1.1 and 1.2). Message
content is one element, nothing, or anything; patterns are in-out, in-only, robust-in-only. The HTTP binding and
other patterns load, and say that they are not served.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.schema.bindings import read_action
from gateway.schema.contract import (
    BoundMessage,
    BoundOperation,
    FaultUse,
    HeaderUse,
    Note,
    Part,
    Port,
    Service,
    SoapVersion,
)
from gateway.schema.definitions import Declared, clark, target
from gateway.schema.errors import ContractError
from gateway.schema.gathering import Schemas
from gateway.schema.loader import WSDL20, Loaded, Loader
from gateway.schema.policies import Policies, addressing_of
from gateway.xml.text import text_of

_SOAP_TYPES: Final = ("http://www.w3.org/ns/wsdl/soap", "http://www.w3.org/2006/01/wsdl/soap",
                      "http://www.w3.org/2004/08/wsdl/soap12")  # fmt: skip
_WSOAP: Final = ("http://www.w3.org/ns/wsdl/soap", "http://www.w3.org/2006/01/wsdl/soap")
_HTTP: Final = "http://www.w3.org/ns/wsdl/http"
_SERVED: Final = frozenset({"in-out", "in-only", "robust-in-only"})
_KINDS: Final = ("interface", "binding", "service")
_VERSIONS: Final[dict[str, SoapVersion]] = {"1.1": "1.1", "1.2": "1.2", "": "1.2"}


@dataclass
class Descriptions:
    """The components of a set of WSDL 2.0 documents, by kind and Clark name."""

    documents: list[Loaded] = field(default_factory=list)
    tables: dict[str, dict[str, Declared]] = field(default_factory=lambda: {kind: {} for kind in _KINDS})
    notes: list[Note] = field(default_factory=list)

    def find(self, kind: str, reference: str, element: Any, document: Loaded) -> Declared:
        """What a QName refers to. Raises ContractError with the place of the reference."""
        name = clark(element, reference, document)
        if name not in self.tables[kind]:
            place = document.place(element)
            raise ContractError(
                f"{kind} {name or '(unnamed)'} is not declared",
                file=place.file,
                line=place.line,
                section="WSDL 2.0 §2.17",
            )
        return self.tables[kind][name]


def read_descriptions(loader: Loader, root: Loaded, schemas: Schemas) -> Descriptions:
    """Reads a description and all that it imports or includes; schemas go to `schemas`."""
    found = Descriptions()
    queue, seen = [root], {root.url}
    for document in queue:  # grows while it runs
        found.documents.append(document)
        for element in document.root.iterchildren(f"{{{WSDL20}}}import", f"{{{WSDL20}}}include"):
            location = (element.get("location") or "").strip()
            if not location:
                continue  # WSDL 2.0 §4.2: an import may leave the location away
            other = loader.follow(document, element, location, element.get("namespace") or "")
            if other is None:
                place = document.place(element)
                raise ContractError(
                    f"{location!r} is not found", file=place.file, line=place.line, section="WSDL 2.0 §4"
                )
            if other.url not in seen:
                seen.add(other.url)
                queue.append(other)
        schemas.take_wsdl(document)
        _imported_schemas(loader, document, schemas)
        for kind in _KINDS:
            for element in document.root.iterchildren(f"{{{WSDL20}}}{kind}"):
                _declare(found, kind, element, document)
    return found


def _imported_schemas(loader: Loader, document: Loaded, schemas: Schemas) -> None:
    """xs:import directly inside of types (WSDL 2.0 §3.1.1)."""
    for element in document.root.iterfind(f"{{{WSDL20}}}types/{{http://www.w3.org/2001/XMLSchema}}import"):
        location = (element.get("schemaLocation") or "").strip()
        other = loader.follow(document, element, location, element.get("namespace") or "") if location else None
        if other is not None and other.kind == "xsd":
            schemas.take_file(other)


def _declare(found: Descriptions, kind: str, element: Any, document: Loaded) -> None:
    local = (element.get("name") or "").strip()
    name = f"{{{target(document)}}}{local}" if target(document) else local
    table = found.tables[kind]
    if name in table:
        text = f"{kind} {local} is also declared at {table[name].place}; that one is used"
        found.notes.append(Note("repaired", text, document.place(element)))
        return
    table[name] = Declared(name, element, document)


class Reader20:
    """Makes services of descriptions."""

    def __init__(self, found: Descriptions, schemas: Schemas) -> None:
        self.found, self.schemas = found, schemas
        self.policies = Policies(found.documents)
        self.notes = found.notes

    def services(self) -> tuple[Service, ...]:
        """Every service with its endpoints as ports."""
        made = []
        for declared in self.found.tables["service"].values():
            endpoints = declared.element.iterchildren(f"{{{WSDL20}}}endpoint")
            ports = tuple(self._port(declared, endpoint) for endpoint in endpoints)
            namespace, _, local = declared.name[1:].rpartition("}") if "}" in declared.name else ("", "", declared.name)
            made.append(Service(local, namespace, ports, documentation(declared.element), declared.place))
        return tuple(service for service in made if service.ports)

    def _port(self, service: Declared, endpoint: Any) -> Port:
        document = service.document
        binding = self.found.find("binding", endpoint.get("binding") or "", endpoint, document)
        reference = binding.element.get("interface") or service.element.get("interface") or ""
        holder = binding if binding.element.get("interface") else service
        interface = self.found.find("interface", reference, holder.element, holder.document)
        soap: SoapVersion = ""
        refused = "its binding is HTTP (WSDL 2.0 Part 2 §6), not SOAP"
        if binding.element.get("type") in _SOAP_TYPES:
            said = _wsoap(binding.element, "version")
            soap, refused = _VERSIONS.get(said, ""), "" if said in _VERSIONS else f"its SOAP version is {said!r}"
        elif binding.element.get("type") != _HTTP:
            refused = f"its binding type is {binding.element.get('type')}"
        place = document.place(endpoint)
        name = (endpoint.get("name") or "").strip()
        if refused:
            self.notes.append(Note("refused", f"the endpoint {name} is not served: {refused}", place))
        assertions = (*self.policies.of(endpoint, document), *self.policies.of(binding.element, binding.document))
        return Port(
            name=name,
            binding=binding.name,
            port_type=interface.name,
            soap=soap,
            location=(endpoint.get("address") or "").strip(),
            operations=tuple(self._operations(binding, interface)) if soap else (),
            transport=_wsoap(binding.element, "protocol"),
            assertions=assertions,
            addressing=addressing_of([endpoint, binding.element], assertions),
            document=documentation(endpoint),
            place=place,
            refused=refused,
        )

    def _operations(self, binding: Declared, interface: Declared) -> Iterator[BoundOperation]:
        bound = {
            clark(each, each.get("ref") or "", binding.document): each
            for each in binding.element.iterchildren(f"{{{WSDL20}}}operation")
        }
        for owner, element in self._members(interface, "operation", set()):
            name = (element.get("name") or "").strip()
            qualified = f"{{{target(owner.document)}}}{name}" if target(owner.document) else name
            yield self._operation(owner, element, bound.get(qualified), binding)

    def _members(self, interface: Declared, kind: str, seen: set[str]) -> Iterator[tuple[Declared, Any]]:
        """The operations or faults of an interface and of those that it extends (WSDL 2.0 §2.2.1)."""
        if interface.name in seen:
            return
        seen.add(interface.name)
        for element in interface.element.iterchildren(f"{{{WSDL20}}}{kind}"):
            yield interface, element
        for reference in (interface.element.get("extends") or "").split():
            base = self.found.find("interface", reference, interface.element, interface.document)
            yield from self._members(base, kind, seen)

    def _operation(self, owner: Declared, element: Any, bound: Any, binding: Declared) -> BoundOperation:
        document = owner.document
        pattern = (element.get("pattern") or "in-out").rstrip("/").rpartition("/")[2]
        refused = "" if pattern in _SERVED else f"its message exchange pattern is {pattern}"
        source = self._message(owner, element, "input", bound)
        reply = self._message(owner, element, "output", bound)
        if source is None:
            source = BoundMessage(element.get("name") or "", "", "")
        for content in (self._content(element, "input"), self._content(element, "output")):
            if content in ("#any", "#other"):
                refused = f"its content is {content}: no schema says what the Body holds"
        return BoundOperation(
            name=(element.get("name") or "").strip(),
            input=source,
            output=reply,
            faults=tuple(self._faults(owner, element)),
            action=_wsoap(bound, "action") if bound is not None else "",
            document=documentation(element),
            assertions=self.policies.of(element, document),
            place=document.place(element),
            refused=refused,
        )

    @staticmethod
    def _content(element: Any, direction: str) -> str:
        found = element.find(f"{{{WSDL20}}}{direction}")
        return "" if found is None else (found.get("element") or "#other").strip()

    def _message(self, owner: Declared, operation: Any, direction: str, bound: Any) -> BoundMessage | None:
        found = operation.find(f"{{{WSDL20}}}{direction}")
        if found is None:
            return None
        name = (found.get("messageLabel") or direction).strip()
        headers = tuple(self._headers(bound, direction)) if bound is not None else ()
        action, given = read_action(found)
        content = self._content(operation, direction)
        if not given:  # WS-Addressing Metadata §4.4.4 for WSDL 2.0
            space = target(owner.document)
            tail = "Request" if direction == "input" else "Response"
            interface = owner.name.rpartition("}")[2]
            separator = ":" if space.startswith("urn:") else "/"
            action = f"{space.rstrip('/')}{separator}{interface}{separator}{operation.get('name')}{tail}"
        if content.startswith("#"):
            return BoundMessage(name, "", "", headers=headers, action=action, action_given=given)
        content = self._element(found, content, owner.document)
        local, own = content.rpartition("}")[2], (operation.get("name") or "").strip()
        wrapped = local == (own if direction == "input" else f"{own}Response")
        return BoundMessage(
            name, content, content, wrapped=wrapped, elements=(content,), parts=(Part("body", element=content),),
            headers=headers, action=action, action_given=given, document=documentation(found),
        )  # fmt: skip

    def _element(self, element: Any, reference: str, document: Loaded) -> str:
        name = clark(element, reference, document)
        if not self.schemas.declares("element", name):
            place = document.place(element)
            raise ContractError(
                f"no schema declares the element {name}", file=place.file, line=place.line, section="WSDL 2.0 §2.5.1"
            )
        return name

    def _headers(self, bound: Any, direction: str) -> Iterator[HeaderUse]:
        document = next(each for each in self.found.documents if each.root is bound.getroottree().getroot())
        for message in bound.iterchildren(f"{{{WSDL20}}}{direction}"):
            for namespace in _WSOAP:
                for header in message.iterchildren(f"{{{namespace}}}header"):
                    name = self._element(header, header.get("element") or "", document)
                    yield HeaderUse(name, name.rpartition("}")[2], required=header.get("required") in ("true", "1"))

    def _faults(self, owner: Declared, operation: Any) -> Iterator[FaultUse]:
        faults: dict[str, tuple[Declared, Any]] = {}
        for holder, element in self._members(owner, "fault", set()):
            faults[f"{{{target(holder.document)}}}{(element.get('name') or '').strip()}"] = (holder, element)
        for use in operation.iterchildren(f"{{{WSDL20}}}outfault"):
            name = clark(use, use.get("ref") or "", owner.document)
            if name not in faults:
                place = owner.document.place(use)
                raise ContractError(
                    f"the fault {name} is not declared", file=place.file, line=place.line, section="WSDL 2.0 §2.6.1"
                )
            holder, element = faults[name]
            content = (element.get("element") or "#other").strip()
            if content.startswith("#"):
                continue
            yield FaultUse(
                name.rpartition("}")[2],
                self._element(element, content, holder.document),
                document=documentation(element),
            )


def _wsoap(element: Any, local: str) -> str:
    for namespace in _WSOAP:
        if element.get(f"{{{namespace}}}{local}"):
            return str(element.get(f"{{{namespace}}}{local}")).strip()
    return ""


def documentation(element: Any) -> str:
    """The text of documentation, white space collapsed; '' without one."""
    found = element.find(f"{{{WSDL20}}}documentation")
    return "" if found is None else " ".join(text_of(found).split())
