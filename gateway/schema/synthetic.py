"""The law of synthetic elements: what a binding puts on the wire without a schema gets one, written here.

rpc wrappers with unqualified part accessors (WSDL 1.1 §3.5), document bodies of several parts or of a type,
headers and fault details with a type: each becomes a global element of an extra Source, so that codecs,
validators and JSON Schema see ordinary elements and know nothing of parts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from gateway.schema.contract import Part
from gateway.schema.encoded import ENCODINGS, PLAIN
from gateway.schema.gathering import Schemas
from gateway.schema.source import XS, Source
from gateway.xml.documents import parse_document

PRIVATE: Final = "urn:soapgw:synthetic"


@dataclass(frozen=True, slots=True)
class _Element:
    local: str
    type: str  # '' for a wrapper of parts
    parts: tuple[Part, ...]
    form: str  # what makes two of them the same
    nillable: bool = False


class Synthetics:
    """Collects elements that are asked for, then writes one schema source a namespace."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self._made: dict[str, dict[str, _Element]] = {}  # namespace -> local -> element

    def wrapper(self, namespace: str, local: str, parts: Sequence[Part], *, nillable: bool = False) -> str:
        """An element with one unqualified child a part (a part's own element where it names one).

        Its Clark name is `{namespace}local`, or another where the schemas declare that one already.
        """
        return self._ask(namespace, _Element(local, "", tuple(parts), repr((tuple(parts), nillable)), nillable))

    def typed(self, namespace: str, local: str, type_name: str) -> str:
        """An element of a named type."""
        return self._ask(namespace, _Element(local, type_name, (), type_name))

    def _ask(self, namespace: str, wanted: _Element) -> str:
        if not self.schemas.declares("element", f"{{{namespace}}}{wanted.local}" if namespace else wanted.local):
            found = self._made.setdefault(namespace, {}).setdefault(wanted.local, wanted)
            if found.form == wanted.form:
                return f"{{{namespace}}}{wanted.local}" if namespace else wanted.local
        for number in range(1, 10_000):
            private = f"{PRIVATE}:{number}"
            found = self._made.setdefault(private, {}).setdefault(wanted.local, wanted)
            if found.form == wanted.form:
                return f"{{{private}}}{wanted.local}"
        raise AssertionError("more synthetic elements of one name than operations")

    def write(self) -> None:
        """Adds the sources to the schemas. Called once, when all bindings are read."""
        for number, (namespace, elements) in enumerate(self._made.items(), 1):
            text = _schema(namespace, elements.values())
            url = f"synthetic:/{number}.xsd"
            self.schemas.add_synthetic(Source(url, text, f"(parts in {namespace})"), parse_document(text))


def _schema(namespace: str, elements: Collection[_Element]) -> bytes:
    prefixes: dict[str, str] = {XS: "xs"}
    lines = [_element(element, prefixes) for element in elements]
    declared = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for uri, prefix in prefixes.items())
    imports = "".join(
        f"<xs:import namespace={quoteattr(uri)}/>\n" if uri else "<xs:import/>\n"
        for uri in [*prefixes, *([""] if "" in _bare(elements) else [])]
        if uri not in (XS, namespace)
    )
    target = f" targetNamespace={quoteattr(namespace)}" if namespace else ""
    text = f"<xs:schema{declared}{target}>\n{imports}{''.join(lines)}</xs:schema>\n"
    return text.encode()


def _bare(elements: Collection[_Element]) -> set[str]:
    """'' when a name without a namespace is referred to, else nothing."""
    names = [
        name for each in elements for name in (each.type, *(part.type or part.element for part in each.parts)) if name
    ]
    return {""} if any(not name.startswith("{") for name in names) else set()


def _element(element: _Element, prefixes: dict[str, str]) -> str:
    name = quoteattr(element.local)
    if element.type:
        return f"<xs:element name={name} type={_reference(element.type, prefixes)}/>\n"
    nil = ' nillable="true"' if element.nillable else ""
    children = "".join(
        f"<xs:element ref={_reference(part.element, prefixes)}/>"
        if part.element
        else f"<xs:element name={quoteattr(part.name)} type={_reference(part.type, prefixes)}{nil}/>"
        for part in element.parts
    )
    content = f"<xs:complexType><xs:sequence>{children}</xs:sequence></xs:complexType>"
    return f"<xs:element name={name}>{content}</xs:element>\n"


def _reference(clark: str, prefixes: dict[str, str]) -> str:
    if not clark.startswith("{"):
        return quoteattr(clark)
    namespace, _, local = clark[1:].rpartition("}")
    if namespace in ENCODINGS and local not in ("Array", "Struct"):
        namespace, local = XS, PLAIN.get(local, local)
    prefix = prefixes.setdefault(namespace, f"n{len(prefixes)}")
    return quoteattr(f"{prefix}:{local}")
