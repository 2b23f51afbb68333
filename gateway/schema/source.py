"""The law of schema sources: schema documents as bytes in memory, and how the ones they name are found.

Nothing here knows what a component means. No network: a location is looked up among the given sources,
then asked of `fetch`, which by default reads files only (XSD 1.0 Part 1 §4.2, §4.3.2: a location is a hint).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlsplit

from lxml import etree

from gateway.schema.errors import ContractError
from gateway.schema.versions import prune
from gateway.xml.documents import DocumentError, as_utf8, parse_document

XS: Final = "http://www.w3.org/2001/XMLSchema"
XML: Final = "http://www.w3.org/XML/1998/namespace"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
POINTERS: Final = frozenset({f"{{{XS}}}include", f"{{{XS}}}redefine", f"{{{XS}}}override", f"{{{XS}}}import"})

Fetch: TypeAlias = Callable[[str], "bytes | None"]

# The attributes that every schema may refer to without bringing a document (XML 1.0 §2.12, xml:base, xml:id).
_XML_SCHEMA: Final = (
    f'<xs:schema xmlns:xs="{XS}" targetNamespace="{XML}">'
    '<xs:attribute name="lang"><xs:simpleType><xs:union memberTypes="xs:language">'
    '<xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value=""/></xs:restriction></xs:simpleType>'
    "</xs:union></xs:simpleType></xs:attribute>"
    '<xs:attribute name="space"><xs:simpleType><xs:restriction base="xs:NCName"><xs:enumeration value="default"/>'
    '<xs:enumeration value="preserve"/></xs:restriction></xs:simpleType></xs:attribute>'
    '<xs:attribute name="base" type="xs:anyURI"/><xs:attribute name="id" type="xs:ID"/>'
    '<xs:attributeGroup name="specialAttrs"><xs:attribute ref="xml:base"/><xs:attribute ref="xml:lang"/>'
    '<xs:attribute ref="xml:space"/><xs:attribute ref="xml:id"/></xs:attributeGroup></xs:schema>'
).encode()


@dataclass(frozen=True, slots=True)
class Source:
    """One schema document.

    `url` is what its relative locations resolve against (a path, a file or an http URL, or any name;
    a `#fragment` tells inline schemas of one WSDL apart). `origin` and `line` are shown in errors:
    the file, and the lines before this text in it.
    """

    url: str
    text: bytes
    origin: str = ""
    line: int = 0

    @property
    def inline(self) -> bool:
        """Whether it stands within a WSDL."""
        return "#" in self.url

    @property
    def file(self) -> str:
        """What an error shows as the file."""
        return self.origin or self.url.partition("#")[0]


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed source and the locations that it names: (pointing element, resolved url or '')."""

    source: Source
    root: etree._Element
    pointers: tuple[tuple[etree._Element, str], ...]

    @property
    def namespace(self) -> str:
        """Its target namespace, '' without one."""
        return (self.root.get("targetNamespace") or "").strip()


def read_local(url: str) -> bytes | None:
    """The file at this path or file URL, None when it is no file or not there."""
    parts = urlsplit(url)
    if parts.scheme not in ("", "file"):
        return None
    for name in (unquote(parts.path), parts.path):
        path = Path(name)
        if path.is_file():
            return path.read_bytes()
    return None


def resolve(base: str, location: str) -> str:
    """A location seen from a document, as an absolute name; works for paths and for any scheme."""
    location = location.strip().partition("#")[0].replace("\\", "/")
    base = base.partition("#")[0]
    if not location:
        return base
    if "://" in location or location.startswith(("urn:", "file:")):
        return location
    scheme, sep, rest = base.partition("://")
    prefix = scheme + sep if sep else ""
    path = rest if sep else base
    if location.startswith("/"):
        host = "" if not sep or scheme == "file" else path.partition("/")[0]
        return prefix + host + posixpath.normpath(location)
    return prefix + posixpath.normpath(posixpath.join(posixpath.dirname(path), location))


def parse(source: Source) -> etree._Element:
    """The root of one schema document, without comments."""
    try:
        root: etree._Element = parse_document(as_utf8(source.text))
    except DocumentError as error:
        line = error.line + source.line if error.line else 0
        raise ContractError(str(error), file=source.file, line=line) from None
    if root.tag != f"{{{XS}}}schema":
        raise ContractError(f"not an XML Schema: its root is {root.tag}", file=source.file, line=source.line + 1)
    etree.strip_tags(root, etree.Comment)
    prune(root)
    return root


def line_of(element: Any) -> int:
    """The line of an element, 0 when it is not known."""
    return int(element.sourceline or 0)


def _document(source: Source) -> Document:
    root = parse(source)
    pointers = []
    for child in root:
        if child.tag in POINTERS:
            location = child.get("schemaLocation")
            pointers.append((child, resolve(source.url, location) if location is not None else ""))
    return Document(source, root, tuple(pointers))


def matters(pointer: Any) -> bool:
    """Whether a pointer that finds nothing would be missed: a redefine that redefines nothing would not (§4.2.2)."""
    return pointer.tag == f"{{{XS}}}include" or any(child.tag != f"{{{XS}}}annotation" for child in pointer)


def gather(sources: Sequence[Source], fetch: Fetch = read_local) -> tuple[Document, ...]:
    """The given sources and every one that they name, each once, in the order found.

    An import that finds nothing is left to its namespace alone; an include or redefine that finds
    nothing is a ContractError (XSD 1.0 Part 1 §4.2.1), for what it declares would be missed in silence.
    """
    queue = [_document(source) for source in sources]
    known = {document.source.url for document in queue}
    namespaces = {document.namespace for document in queue}
    for document in queue:  # grows while it runs
        for pointer, url in document.pointers:
            is_import = pointer.tag == f"{{{XS}}}import"
            if not url or url in known:
                continue
            if is_import and pointer.get("namespace") == XS:
                continue
            text = fetch(url)
            if text is None:
                if not is_import and matters(pointer):
                    raise ContractError(
                        f"{etree.QName(pointer).localname} of {pointer.get('schemaLocation')!r} finds no document",
                        file=document.source.file,
                        line=document.source.line + line_of(pointer),
                        section="XSD 1.0 Part 1 §4.2.1",
                    )
                continue
            known.add(url)
            found = _document(Source(url, text))
            namespaces.add(found.namespace)
            queue.append(found)
    return tuple(queue)


def xml_namespace() -> Document:
    """The schema of xml:lang, xml:space, xml:base and xml:id, for a set that brings none."""
    return _document(Source("xml.xsd", _XML_SCHEMA))
