"""The law of loading: from one named document to the closed set of all that it imports, offline.

Follows wsdl:import (WSDL 1.1 §2.1.1), xs:import, xs:include and xs:redefine (XSD 1.0 Part 1 §4.2) and knows
nothing of what they mean. Order for a location: the operator's catalogue, a local file under the root, an
allowed fetch, the bundle by namespace. Whoever reads the result opens nothing any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from lxml import etree

from gateway.schema.catalog import Catalog, Entry
from gateway.schema.contract import Document, Kind, Note, Origin, Place
from gateway.schema.errors import ContractError
from gateway.schema.paths import Root, is_remote, shown
from gateway.schema.source import XML, XS, XSI, resolve
from gateway.xml.documents import DocumentError, as_utf8, parse_document

WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
WSDL20: Final = "http://www.w3.org/ns/wsdl"
MAX_DOCUMENTS: Final = 1000  # of one contract; xmlschema's own limit
MAX_TOTAL: Final = 64 * 1024 * 1024

#: gives the bytes at an allowed address, raises OSError or ContractError otherwise
FetchBytes: TypeAlias = Callable[[str], bytes]

_KINDS: Final[dict[str, Kind]] = {
    f"{{{WSDL}}}definitions": "wsdl",
    f"{{{WSDL20}}}description": "wsdl",
    f"{{{XS}}}schema": "xsd",
}
_WILDCARDS: Final = frozenset({f"{{{XS}}}any", f"{{{XS}}}anyAttribute"})  # their namespace is a list
_POINTERS: Final = frozenset(f"{{{XS}}}{name}" for name in ("import", "include", "redefine", "override"))


@dataclass
class Loaded:
    """A document while it is read: text in UTF-8, tree, and where its locations led."""

    url: str
    text: bytes
    root: Any
    kind: Kind
    origin: Origin
    file: str
    links: dict[str, str] = field(default_factory=dict)

    def place(self, element: Any) -> Place:
        """Where an element of this document stands."""
        return Place(self.file, element.sourceline or 0)

    def frozen(self) -> Document:
        """The record that the contract keeps."""
        digest = hashlib.sha256(self.text).hexdigest()
        return Document(self.url, self.text, self.kind, self.origin, self.file, dict(self.links), digest)


@dataclass(frozen=True, slots=True)
class Missing:
    """An import that led nowhere; whether that matters is known when all is read."""

    namespace: str
    location: str
    place: Place


class Loader:
    """Opens documents, each once. State of one load; not shared."""

    def __init__(self, catalog: Catalog, *, root: Path | None = None, fetch: FetchBytes | None = None) -> None:
        self.catalog = catalog
        self.given_root = root
        self.root: Root | None = None
        self.fetch = fetch
        self.documents: dict[str, Loaded] = {}
        self.notes: list[Note] = []
        self.missing: list[Missing] = []
        self._real: dict[Path, str] = {}  # a file by its real path -> the url it was first reached by
        self._total = 0

    # ------------------------------------------------------------ opening

    def open_named(self, location: str) -> Loaded:
        """The document that the operator names: a path, a file URL, or an http(s) address if fetching is allowed."""
        entry = self.catalog.by_url(location)
        if entry is not None and not entry.bundled:
            return self._add(location, entry.text, "memory", entry.url)
        if is_remote(location):
            return self._fetched(location, Place(location))
        parts = urlsplit(location)
        path = Path(parts.path if parts.scheme == "file" else location)
        if not path.is_file():
            raise ContractError("there is no such file", file=str(location))
        absolute = path.absolute()
        self.root = self.root or Root.of(absolute, self.given_root)
        return self._local(absolute, Place(shown(absolute)))

    def drawn(self, url: str, text: bytes, file: str) -> Loaded:
        """A document that was made here, as if it stood at `url`; `file` is what it was made of."""
        return self._add(url, text, "memory", file)

    def follow(self, base: Loaded, element: Any, location: str, namespace: str) -> Loaded | None:
        """The document that a location names from `base`; None when none is found (see `missing`)."""
        place = base.place(element)
        try:
            url = resolve(base.url, location)
            urlsplit(url)
        except ValueError:
            raise ContractError(f"{location[:200]!r} is no location", file=place.file, line=place.line) from None
        if url in self.documents:
            base.links[location] = self.documents[url].url
            return self.documents[url]
        found = (
            self._from_operator(url, location)
            or self._from_bundle(url, base, namespace)
            or self._from_file(url, base, location, place)
            or self._from_network(url, base, place)
            or self._from_namespace(namespace, location, place)
        )
        if found is None:
            self.missing.append(Missing(namespace, location, place))
            return None
        base.links[location] = found.url
        return found

    def bundled(self, namespace: str) -> Loaded | None:
        """The catalogue's document of a namespace, opened."""
        entry = self.catalog.by_namespace(namespace)
        return self._entry(entry, entry.url) if entry else None

    def _from_operator(self, url: str, location: str) -> Loaded | None:
        for address in (url, location):
            entry = self.catalog.by_url(address)
            if entry is not None and not entry.bundled:
                return self._entry(entry, url)
        return None

    def _from_bundle(self, url: str, base: Loaded, namespace: str) -> Loaded | None:
        """A well-known address is never fetched, and a bundled document refers to bundled ones only."""
        if is_remote(url):
            entry = self.catalog.by_url(url)
            return self._entry(entry, entry.url) if entry else None
        return self.bundled(namespace) if base.origin == "bundle" else None

    def _from_file(self, url: str, base: Loaded, location: str, place: Place) -> Loaded | None:
        scheme = urlsplit(url).scheme
        if base.origin in ("fetched", "bundle") or (len(scheme) > 1 and scheme != "file"):
            return None
        if location.startswith("//") or scheme == "file":
            raise ContractError(
                f"{location!r} is an absolute location; write it relative to this file",
                file=place.file,
                line=place.line,
            )
        assert self.root is not None or base.origin == "memory"
        if self.root is None:
            return None
        found = self.root.file(url, named_in=place.file, line=place.line, location=location)
        return self._local(found, place, url) if found else None

    def _from_network(self, url: str, base: Loaded, place: Place) -> Loaded | None:
        if not is_remote(url) or self.fetch is None:
            return None
        if base.origin == "fetched" and urlsplit(base.url)[:2] != urlsplit(url)[:2]:
            raise ContractError(
                f"a fetched document may import from its own origin only, not {url}", file=place.file, line=place.line
            )
        return self._fetched(url, place)

    def _from_namespace(self, namespace: str, location: str, place: Place) -> Loaded | None:
        entry = self.catalog.by_namespace(namespace)
        if entry is None:
            return None
        self.notes.append(Note("bundled", f"{location!r} is not here; the catalogue's {namespace} is used", place))
        return self._entry(entry, entry.url)

    # ------------------------------------------------------------ reading

    def _entry(self, entry: Entry, url: str) -> Loaded:
        if url in self.documents:
            return self.documents[url]
        return self._add(url, entry.text, "bundle" if entry.bundled else "memory", entry.url)

    def _local(self, path: Path, place: Place, url: str = "") -> Loaded:
        real = path.resolve()
        if real in self._real:
            return self.documents[self._real[real]]
        size = real.stat().st_size
        if self._total + size > MAX_TOTAL:
            raise ContractError(f"the documents of this contract have more than {MAX_TOTAL} bytes", file=place.file)
        url = url or path.as_posix()
        self._real[real] = url
        try:
            return self._add(url, real.read_bytes(), "file", shown(path))
        except ContractError as wrong:
            replaced = self._instead(wrong, real, url)
            if replaced is None:
                raise
            return replaced

    def _instead(self, wrong: ContractError, real: Path, url: str) -> Loaded | None:
        """The catalogue's own document in place of a well-known one that comes with a DTD, as W3C's do."""
        if not isinstance(wrong.__cause__, DocumentError) or not wrong.__cause__.doctype:
            return None
        head = real.read_bytes()[:8192].decode("latin-1")
        for entry in self.catalog.entries:
            if entry.bundled and entry.namespace and f'targetNamespace="{entry.namespace}"' in head:
                self.notes.append(Note("bundled", "it has a DTD; the catalogue's document is used", Place(wrong.file)))
                return self._add(url, entry.text, "bundle", entry.url)
        return None

    def _fetched(self, url: str, place: Place) -> Loaded:
        if self.fetch is None:
            raise ContractError(
                "nothing is fetched from the network without an allowance (--fetch)", file=place.file, line=place.line
            )
        try:
            raw = self.fetch(url)
        except OSError as wrong:
            raise ContractError(f"{url} cannot be fetched: {wrong}", file=place.file, line=place.line) from wrong
        return self._add(url, raw, "fetched", url)

    def _add(self, url: str, raw: bytes, origin: Origin, file: str) -> Loaded:
        if len(self.documents) >= MAX_DOCUMENTS:
            raise ContractError(f"a contract has at most {MAX_DOCUMENTS} documents", file=file)
        self._total += len(raw)
        if self._total > MAX_TOTAL:
            raise ContractError(f"the documents of this contract have more than {MAX_TOTAL} bytes", file=file)
        try:
            text = as_utf8(raw)
            root = parse_document(text)
        except DocumentError as wrong:
            raise ContractError(str(wrong), file=file, line=wrong.line) from wrong
        kind = _KINDS.get(root.tag)
        if kind is None:
            raise ContractError(f"neither WSDL nor XML Schema: its root is {root.tag}", file=file, line=root.sourceline)
        _check_names(root, file)
        self.documents[url] = loaded = Loaded(url, text, root, kind, origin, file)
        return loaded


def _check_names(root: Any, file: str) -> None:
    """Raises ContractError for a namespace that no message could have: the parser holds xmlns alone to be URIs."""
    for element in root.iter("{*}*"):
        names = [element.get("targetNamespace")]
        if element.tag not in _WILDCARDS:
            names.append(element.get("namespace"))
        for name in filter(None, names):
            try:
                etree.Element(f"{{{name.strip()}}}x")
            except ValueError:
                raise ContractError(
                    f"{name!r} is no URI, so it names no namespace",
                    file=file,
                    line=element.sourceline or 0,
                    section="Namespaces in XML 1.0 §2.1",
                ) from None


def pointers(schema: Any) -> Iterator[tuple[Any, str, str]]:
    """The imports, includes and redefines of a schema element: (element, location or '', namespace or '')."""
    for child in schema:
        if child.tag in _POINTERS:
            yield child, (child.get("schemaLocation") or "").strip(), (child.get("namespace") or "").strip()


KNOWN_TO_ALL: Final = frozenset({XS, XSI, XML})
