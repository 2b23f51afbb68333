"""The law of gathering: every schema that a contract needs becomes one Source, found before types are read.

Inline schemas stand alone with the prefixes around them; files are taken once, however they are spelled; a
namespace that is used but nowhere given comes from the catalogue, or the import that failed is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from gateway.schema.contract import Note
from gateway.schema.errors import ContractError
from gateway.schema.loader import KNOWN_TO_ALL, Loaded, Loader, pointers
from gateway.schema.source import XS, Source, matters, resolve
from gateway.schema.twins import drop_twins
from gateway.schema.versions import VERSIONING, prune
from gateway.schema.weight import weigh
from gateway.xml.documents import DocumentError, parse_document, slices

_QNAMES: Final = ("type", "base", "ref", "itemType", "memberTypes", "substitutionGroup", "refer")
_NAMED: Final = {
    f"{{{XS}}}element": "element",
    f"{{{XS}}}simpleType": "type",
    f"{{{XS}}}complexType": "type",
}
_INNER: Final = frozenset({f"{{{XS}}}redefine", f"{{{XS}}}override"})
_IMPORT: Final = f"{{{XS}}}import"


class Schemas:
    """The schema sources of one contract, in the order found, and the global names that they declare."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.sources: dict[str, Source] = {}
        self.roots: dict[str, Any] = {}  # url -> xs:schema element
        self._included: dict[str, list[str]] = {}  # url -> urls of what it includes or redefines
        self._queue: list[Loaded] = []
        self._draining = False
        self._nodes = 0
        self._names: dict[str, set[tuple[str, str]]] | None = None

    # ------------------------------------------------------------ taking

    def take_wsdl(self, loaded: Loaded) -> None:
        """Every schema inside of a WSDL's types; schema elements elsewhere are somebody's documentation."""
        types = f"{{{etree.QName(loaded.root).namespace}}}types"
        elements = [each for each in loaded.root.iter(f"{{{XS}}}schema") if not _inside_schema(each)]
        try:
            pairs = list(zip(elements, slices(loaded.text, XS, "schema"), strict=True))
        except DocumentError as wrong:
            raise ContractError(str(wrong), file=loaded.file, line=wrong.line) from None
        for number, (element, piece) in enumerate(pairs, 1):
            if element.getparent().tag != types:
                continue
            url = f"{loaded.url}#schema-{number}"
            if url in self.sources:
                continue
            text = piece.standing_alone(loaded.text)
            self._take(url, text, element, loaded, piece.line - 1)
        self._drain()

    def take_file(self, loaded: Loaded) -> None:
        """A schema document of its own."""
        if loaded.url not in self.sources:
            self._take(loaded.url, loaded.text, loaded.root, loaded, 0)
        self._drain()

    def add_synthetic(self, source: Source, root: Any) -> None:
        """A schema that the reader itself wrote."""
        self.sources[source.url] = source
        self.roots[source.url] = root

    def _take(self, url: str, text: bytes, element: Any, loaded: Loaded, line: int) -> None:
        if VERSIONING.encode() in text:
            text = _pruned(text, element)
        self.sources[url] = Source(url, text, loaded.file, line)  # at once: imports may be circular
        self.roots[url] = element
        self._nodes = weigh(element, loaded.file, self._nodes)
        renamed: dict[str, str] = {}
        for pointer, location, namespace in pointers(element):
            if not location:
                continue
            if pointer.tag == _IMPORT and namespace == XS:
                continue
            found = self.loader.follow(loaded, pointer, location, namespace)
            if found is None:
                if pointer.tag != _IMPORT and matters(pointer):
                    self._no_include(pointer, location, loaded)
                continue
            self._link(url, pointer, found)
            self._queue.append(found)
            if found.kind == "xsd" and resolve(url, location) != found.url:
                renamed[location] = found.url
        if renamed:
            self.sources[url] = Source(url, _respelled(text, renamed), loaded.file, line)

    def _drain(self) -> None:
        """Takes what was found meanwhile: a queue, since a chain of imports may be longer than Python's stack."""
        if self._draining:
            return
        self._draining = True
        while self._queue:
            found = self._queue.pop(0)
            if found.kind == "wsdl":
                self.take_wsdl(found)
            else:
                self.take_file(found)
        self._draining = False

    def _link(self, url: str, pointer: Any, found: Loaded) -> None:
        if pointer.tag != _IMPORT:
            self._included.setdefault(url, []).append(found.url)

    @staticmethod
    def _no_include(pointer: Any, location: str, loaded: Loaded) -> None:
        place = loaded.place(pointer)
        name = etree.QName(pointer).localname
        raise ContractError(
            f"xs:{name}: {location!r} is not found, and what it declares would be missing",
            file=place.file, line=place.line, section="XSD 1.0 Part 1 §4.2.1",
        )  # fmt: skip

    # ------------------------------------------------------------ settling

    def settle(self, used: frozenset[str] = frozenset()) -> None:
        """Brings in well-known namespaces that are used but not given; refuses imports that matter and failed."""
        while True:
            given = {_namespace(root) for root in self.roots.values()} | KNOWN_TO_ALL
            wanted = (self._namespaces_used() | set(used)) - given
            opened = [found for namespace in sorted(wanted) if (found := self.loader.bundled(namespace))]
            if not opened:
                break
            for found in opened:
                self.take_file(found)
                text = f"{_namespace(found.root)} is used without a schema; the catalogue's is taken"
                self.loader.notes.append(Note("bundled", text))
        drop_twins(self.sources, self.roots, self.loader.notes)
        for missing in self.loader.missing:
            if missing.namespace in wanted:
                raise ContractError(
                    f"{missing.location!r} is not found, and names of {missing.namespace or 'no namespace'} are used; "
                    "put the file there, or let it be fetched (--fetch)",
                    file=missing.place.file, line=missing.place.line,
                    section="XSD 1.0 Part 1 §4.2.3",
                )  # fmt: skip
            note = f"{missing.location!r} is not found; nothing of it is used"
            if missing.namespace in given:
                note = f"{missing.location!r} is not found; {missing.namespace} is given elsewhere"
            self.loader.notes.append(Note("ignored", note, missing.place))

    def _namespaces_used(self) -> set[str]:
        used: set[str] = set()
        for root in self.roots.values():
            for element in root.iter(f"{{{XS}}}*"):
                for attribute in _QNAMES:
                    for name in (element.get(attribute) or "").split():
                        prefix, colon, _ = name.partition(":")
                        uri = element.nsmap.get(prefix if colon else None)
                        if uri is not None:
                            used.add(uri)
        return used

    # ------------------------------------------------------------ names

    def declares(self, kind: str, clark: str) -> bool:
        """Whether a global 'element' or 'type' of this Clark name is declared (built-in types count)."""
        namespace, _, local = clark[1:].rpartition("}") if clark.startswith("{") else ("", "", clark)
        if namespace == XS and kind == "type":
            return True
        return (kind, local) in self.names.get(namespace, set())

    def near(self, kind: str, clark: str) -> str:
        """What may have been meant by the name of an 'element' or 'type' that nobody declares, as more words."""
        other = "type" if kind == "element" else "element"
        if self.declares(other, clark):
            return f"; there is a global {other} of this name"
        local = clark.rpartition("}")[2]
        found = sorted(
            f"{{{space}}}{local}" if space else local for space, names in self.names.items() if (kind, local) in names
        )
        return f"; there is {found[0]}" if found else ""

    @property
    def names(self) -> dict[str, set[tuple[str, str]]]:
        """Namespace -> the (kind, local name) of its global elements and types; chameleons count where included."""
        if self._names is None:
            self._names = {}
            for url, root in self.roots.items():
                into = self._names.setdefault(_namespace(root), set())
                for member in self._with_included(url):
                    into.update(_globals(self.roots[member]))
        return self._names

    def _with_included(self, url: str) -> Iterator[str]:
        todo, seen = [url], set()
        while todo:
            at = todo.pop()
            if at not in seen and at in self.roots:
                seen.add(at)
                yield at
                todo += self._included.get(at, [])


def _pruned(text: bytes, element: Any) -> bytes:
    """The text of a schema less what is for other processors, which goes from the element, too (XSD 1.1 §4.2.2)."""
    prune(element)
    root = parse_document(text)
    return etree.tostring(root, encoding="utf-8") if prune(root) else text


def _namespace(root: Any) -> str:
    return (root.get("targetNamespace") or "").strip()


def _globals(root: Any) -> Iterator[tuple[str, str]]:
    for child in root:
        if child.tag in _INNER:
            yield from _globals(child)
        elif child.tag in _NAMED and child.get("name"):
            yield _NAMED[child.tag], child.get("name").strip()


def _inside_schema(element: Any) -> bool:
    return any(above.tag == f"{{{XS}}}schema" for above in element.iterancestors())


def _respelled(text: bytes, renamed: dict[str, str]) -> bytes:
    """The schema with locations that reach one document by several spellings written in one of them."""
    root = parse_document(text)
    for pointer, location, _ in pointers(root):
        if location in renamed:
            pointer.set("schemaLocation", renamed[location])
    return etree.tostring(root, encoding="utf-8")
