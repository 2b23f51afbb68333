"""The law of legality: what XSD 1.0 forbids in schema documents and xmlschema, which reads them, lets pass.

Each check is one rule of the specification, asked of the documents as they came, before the bundle makes them fit
for poorer processors. Nothing is mended here; a rule that xmlschema asks for itself does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from gateway.schema.errors import ContractError
from gateway.schema.source import XS, XSI, Document, line_of

Finding: TypeAlias = "tuple[Any, str, str]"  # the element, what is wrong, the section

_IMPORT: Final = f"{{{XS}}}import"
_SIMPLE: Final = f"{{{XS}}}simpleType"
_RESTRICTION: Final = f"{{{XS}}}restriction"
_ATTRIBUTE: Final = f"{{{XS}}}attribute"
_LOCATED: Final = {f"{{{XS}}}include": "§4.2.1", f"{{{XS}}}redefine": "§4.2.2"}


def check(documents: Sequence[Document]) -> None:
    """Raises ContractError for the first thing that the standard forbids."""
    known = {document.source.url: document for document in documents}
    for document in documents:
        for rule in _RULES:
            for element, what, section in rule(document, known):
                raise ContractError(
                    what,
                    file=document.source.file,
                    line=document.source.line + line_of(element),
                    section=f"XSD 1.0 Part 1 {section}",
                )


def _locations(document: Document, _: Mapping[str, Document]) -> Iterator[Finding]:
    """An include or redefine says where."""
    for pointer, _url in document.pointers:
        section = _LOCATED.get(pointer.tag)
        if section and pointer.get("schemaLocation") is None:
            yield pointer, f"xs:{pointer.tag.rpartition('}')[2]} has no schemaLocation", section


def _namespaces(document: Document, known: Mapping[str, Document]) -> Iterator[Finding]:
    """An import names the namespace of the document that it brings (src-import 3)."""
    for pointer, url in document.pointers:
        found = known.get(url)
        if pointer.tag != _IMPORT or found is None or pointer.get("schemaLocation") is None:
            continue
        named = (pointer.get("namespace") or "").strip()
        if named not in {found.namespace, document.namespace}:
            ours, theirs = (f"the namespace {each}" if each else "no namespace" for each in (named, found.namespace))
            yield pointer, f"xs:import names {ours}, but {pointer.get('schemaLocation')!r} has {theirs}", "§4.2.3"


def _no_xsi(document: Document, _: Mapping[str, Document]) -> Iterator[Finding]:
    """Nobody declares attributes in the namespace of xsi:type (no-xsi)."""
    if document.namespace != XSI:
        return
    by_default = document.root.get("attributeFormDefault", "unqualified")
    for attribute in document.root.iter(_ATTRIBUTE):
        is_global = attribute.getparent() is document.root
        if attribute.get("name") and (is_global or attribute.get("form", by_default) != "unqualified"):
            yield attribute, f"an attribute may not be declared in the namespace {XSI}", "§3.2.6"


def _restrictions(document: Document, _: Mapping[str, Document]) -> Iterator[Finding]:
    """A simple type restricts one that is named or one that stands in it (src-simple-type 2)."""
    for restriction in document.root.iterfind(f".//{_SIMPLE}/{_RESTRICTION}"):
        named, inside = restriction.get("base") is not None, restriction.find(_SIMPLE) is not None
        if named == inside:
            what = "both a base and an xs:simpleType in it" if named else "neither a base nor an xs:simpleType in it"
            yield restriction, f"xs:restriction has {what}", "§3.14.3"


_RULES: Final[tuple[Callable[[Document, Mapping[str, Document]], Iterator[Finding]], ...]] = (
    _locations,
    _namespaces,
    _no_xsi,
    _restrictions,
)
