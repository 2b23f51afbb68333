"""The law of definitions: the named things of WSDL 1.1 as they stand in the files, before any binding is read.

Messages, port types, bindings and services of all imported documents in one table each, by Clark name
(WSDL 1.1 §2.1.1). Knows no SOAP. Holds lxml elements: it lives only while a contract is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.schema.contract import Note, Part, Place
from gateway.schema.errors import ContractError
from gateway.schema.gathering import Schemas
from gateway.schema.loader import WSDL, Loaded, Loader
from gateway.xml.text import text_of

_TABLES: Final = ("message", "portType", "binding", "service")


@dataclass(frozen=True, slots=True)
class Declared:
    """A WSDL component where it stands."""

    name: str  # Clark name
    element: Any
    document: Loaded

    @property
    def place(self) -> Place:
        """Its file and line."""
        return self.document.place(self.element)


@dataclass
class Definitions:
    """All components of a set of WSDL documents, by kind and Clark name."""

    root: Loaded
    documents: list[Loaded] = field(default_factory=list)
    tables: dict[str, dict[str, Declared]] = field(default_factory=lambda: {kind: {} for kind in _TABLES})
    notes: list[Note] = field(default_factory=list)

    def find(self, kind: str, reference: str, element: Any, document: Loaded) -> Declared:
        """What a QName of this kind refers to. Raises ContractError with the place of the reference."""
        name = clark(element, reference, document)
        table = self.tables[kind]
        if name in table:
            return table[name]
        local = name.rpartition("}")[2]
        if ":" not in reference:  # `message="tns-less"`: strictly the default namespace, meant is the target namespace
            own = f"{{{target(document)}}}{local}" if target(document) else local
            if own in table:
                text = f"{kind} {reference!r} has no prefix; read as {own}"
                self.notes.append(Note("repaired", text, document.place(element)))
                return table[own]
        place = document.place(element)
        near = [each for each in table if each.rpartition("}")[2] == local]
        hint = f"; there is {near[0]}" if near else ""
        raise ContractError(
            f"wsdl:{kind} {name} is not declared{hint}",
            file=place.file,
            line=place.line,
            section="WSDL 1.1 §2.1.1",
        )

    def parts(self, message: Declared) -> tuple[Part, ...]:
        """The parts of a message, in order. Raises ContractError for a part without element or type."""
        found: list[Part] = []
        for element in children(message.element, "part"):
            place = message.document.place(element)
            name, refers, typed = element.get("name"), element.get("element"), element.get("type")
            if any(part.name == name for part in found):
                raise ContractError(
                    f"wsdl:part {name}: the message {message.name} has another part of this name",
                    file=place.file,
                    line=place.line,
                    section="WSDL 1.1 §2.3",
                )
            if not name:
                raise ContractError(
                    "wsdl:part: it has no name", file=place.file, line=place.line, section="WSDL 1.1 §2.3"
                )
            if bool(refers) == bool(typed):
                raise ContractError(
                    f"wsdl:part {name}: it needs exactly one of element and type",
                    file=place.file,
                    line=place.line,
                    section="WSDL 1.1 §2.3.1",
                )
            if refers:
                found.append(Part(name, element=clark(element, refers, message.document)))
            else:
                found.append(Part(name, type=clark(element, typed, message.document)))
        return tuple(found)


def read_definitions(loader: Loader, root: Loaded, schemas: Schemas) -> Definitions:
    """Reads a WSDL and all that it imports; inline and imported schemas go to `schemas`."""
    definitions = Definitions(root)
    queue = [root]
    seen = {root.url}
    for document in queue:  # grows while it runs
        definitions.documents.append(document)
        for found in _imported(loader, document, schemas):
            if found.url not in seen:
                seen.add(found.url)
                queue.append(found)
        schemas.take_wsdl(document)
        for kind in _TABLES:
            for element in children(document.root, kind):
                _declare(definitions, kind, element, document)
    return definitions


def _imported(loader: Loader, document: Loaded, schemas: Schemas) -> Iterator[Loaded]:
    for element in children(document.root, "import"):
        location = (element.get("location") or "").strip()
        namespace = (element.get("namespace") or "").strip()
        place = document.place(element)
        if not location:
            loader.notes.append(Note("ignored", f"wsdl:import of {namespace} has no location", place))
            continue
        found = loader.follow(document, element, location, namespace)
        if found is None:
            raise ContractError(
                f"wsdl:import: {location!r} is not found",
                file=place.file,
                line=place.line,
                section="WSDL 1.1 §2.1.1",
            )
        if found.kind == "xsd":
            loader.notes.append(Note("repaired", f"wsdl:import of a schema, {location!r}: read as xs:import", place))
            schemas.take_file(found)
            continue
        if namespace and target(found) != namespace:
            text = f"wsdl:import names {namespace}, the document has {target(found)}"
            loader.notes.append(Note("repaired", text, place))
        yield found


def _declare(definitions: Definitions, kind: str, element: Any, document: Loaded) -> None:
    place = document.place(element)
    local = (element.get("name") or "").strip()
    if not local:
        raise ContractError(f"wsdl:{kind}: it has no name", file=place.file, line=place.line, section="WSDL 1.1 §2.1")
    name = f"{{{target(document)}}}{local}" if target(document) else local
    table = definitions.tables[kind]
    if name in table and table[name].document is not document:
        text = f"wsdl:{kind} {local} is also declared at {table[name].place}; that one is used"
        definitions.notes.append(Note("repaired", text, place))
        return
    if name in table:
        raise ContractError(
            f"wsdl:{kind} {local} is declared twice; first at {table[name].place}",
            file=place.file,
            line=place.line,
            section="WSDL 1.1 §2.1",
        )
    table[name] = Declared(name, element, document)


def target(document: Loaded) -> str:
    """The target namespace of a document, '' without one."""
    return (document.root.get("targetNamespace") or "").strip()


def children(element: Any, local: str) -> Iterator[Any]:
    """The WSDL children of this local name."""
    yield from element.iterchildren(f"{{{WSDL}}}{local}")


def clark(element: Any, reference: str, document: Loaded) -> str:
    """A QName in an attribute as a Clark name, by the prefixes in scope there (WSDL 1.1 §2.1)."""
    prefix, colon, local = reference.strip().rpartition(":")
    uri = element.nsmap.get(prefix if colon else None)
    if uri is None and colon:
        place = document.place(element)
        attribute = next((name for name, text in element.items() if text == reference), "")
        said = f"{attribute}={reference!r}" if attribute else repr(reference)
        what = " ".join(filter(None, (element.tag.rpartition("}")[2], element.get("name"))))
        raise ContractError(
            f"wsdl:{what}: {said}: the prefix {prefix} is not declared here",
            file=place.file,
            line=place.line,
            section="Namespaces in XML §5; WSDL 1.1 §2.1",
        )
    return f"{{{uri}}}{local}" if uri else local


def documentation(element: Any) -> str:
    """The text of wsdl:documentation, white space collapsed; '' without one."""
    if element is None:
        return ""
    for found in children(element, "documentation"):
        return " ".join(text_of(found).split())
    return ""
