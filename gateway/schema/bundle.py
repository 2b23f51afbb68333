"""The law of the bundle: one namespace, one document. Schema sources made fit for processors that are poorer
than the specification, without changing what they say.

libxml2 follows only the first import of a namespace, and xmlschema only locations that it can open. So each
document gets a flat name, an include or redefine points to that name, and an import points to the one facade of its
namespace, which includes the documents that no other of them includes. Imports that an inline schema uses but
forgot are added: XSD 1.0 Part 1 §4.2.3 asks for them, toolkits do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway.schema import absent, legality
from gateway.schema.annotations import lift
from gateway.schema.errors import ContractError
from gateway.schema.source import XML, XS, XSI, Document, Fetch, Source, gather, line_of, read_local, xml_namespace
from gateway.schema.versions import VERSIONING

MAIN: Final = "main.xsd"
_QNAMES: Final = ("type", "base", "ref", "itemType", "memberTypes", "substitutionGroup", "refer")
_IMPORT: Final = f"{{{XS}}}import"
_ANNOTATION: Final = f"{{{XS}}}annotation"
_NEWER: Final = frozenset(
    f"{{{XS}}}{name}"
    for name in (
        "assert",
        "assertion",
        "alternative",
        "openContent",
        "defaultOpenContent",
        "override",
        "explicitTimezone",
    )
)
_NEWER_ATTRIBUTES: Final = ("notQName", "notNamespace", "defaultAttributes", "xpathDefaultNamespace")
_NEWER_TYPES: Final = frozenset({"dateTimeStamp", "yearMonthDuration", "dayTimeDuration", "anyAtomicType"})
_TYPED: Final = ("type", "base", "itemType", "memberTypes")
# The global elements of the schema for schemas (XSD 1.0 Part 1, appendix A; Part 2, appendix A).
_OF_SCHEMAS: Final = frozenset(
    "all annotation any anyAttribute appinfo attribute attributeGroup choice complexContent complexType documentation "
    "element enumeration field fractionDigits group import include key keyref length list maxExclusive maxInclusive "
    "maxLength minExclusive minInclusive minLength notation pattern redefine restriction schema selector sequence "
    "simpleContent simpleType totalDigits union unique whiteSpace".split()
)
# One of these stands in the text of every document that needs XSD 1.1 (in UTF-8, as sources are kept).
NEWER_WORDS: Final = tuple(
    word.rpartition("}")[2].encode()
    for word in (*sorted(_NEWER), *_NEWER_ATTRIBUTES, *sorted(_NEWER_TYPES), "XMLSchema-versioning")
)


@dataclass(frozen=True, slots=True)
class Part:
    """One document of the bundle as it is named there, with where it came from.

    `root` has lost its annotations; `documentation` is what they said, by the place of the annotated
    element in document order.
    """

    name: str
    source: Source
    root: etree._Element
    documentation: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """All schema documents under flat names; `texts[MAIN]` imports every namespace.

    `parts` are the real documents in order; `version` is '1.1' when one of them needs XSD 1.1.
    """

    texts: Mapping[str, bytes]
    parts: tuple[Part, ...]
    namespaces: tuple[str, ...]
    version: str


def bundle(sources: Sequence[Source], fetch: Fetch = read_local, version: str = "") -> Bundle:
    """Ties the sources and all that they name together; `version` overrules what the documents seem to need."""
    documents = list(gather(sources, fetch))
    legality.check(documents)
    absent.drop(document.root for document in documents)
    if not any(document.namespace == XML for document in documents):
        documents.append(xml_namespace())
    documents = [d for d in documents if d.namespace not in (XS, XSI)]
    borrowed = dict.fromkeys(name for document in documents for name in _borrowed(document.root))
    names = {document.source.url: f"s{index}.xsd" for index, document in enumerate(documents)}
    heads = _heads(documents, names)
    facades: dict[str, str] = {}
    texts: dict[str, bytes] = {}
    for index, (namespace, members) in enumerate(heads.items()):
        if len(members) == 1:
            facades[namespace] = members[0]
        else:
            facades[namespace] = f"n{index}.xsd"
            texts[facades[namespace]] = _facade(namespace, members)
    if borrowed:
        facades[XS] = "xs.xsd"
        texts["xs.xsd"] = _schema_for_schemas(borrowed)
    hosts = _hosts(documents)
    for document in documents:
        _tie(document, names, facades, hosts[document.source.url])
    parts = tuple(Part(names[d.source.url], d.source, d.root, lift(d.root)) for d in documents)
    texts |= {part.name: etree.tostring(part.root, encoding="utf-8") for part in parts}
    texts[MAIN] = _main(facades)
    newer = version or ("1.0" if all(newer_at(part.root) is None for part in parts) else "1.1")
    return Bundle(texts, parts, tuple(name for name in facades if name != XS), newer)


def _hosts(documents: Sequence[Document]) -> dict[str, set[str]]:
    """Document -> the namespaces its components come to stand in: its own, or those of who includes it (§4.2.1)."""
    hosts = {d.source.url: {d.namespace} for d in documents}
    chameleons = {d.source.url for d in documents if not d.namespace}
    todo = [d for d in documents if d.namespace]
    by_url = {d.source.url: d for d in documents}
    while todo:
        document = todo.pop()
        for pointer, url in document.pointers:
            if pointer.tag != _IMPORT and url in chameleons and not hosts[document.source.url] <= hosts[url]:
                hosts[url] |= hosts[document.source.url]
                todo.append(by_url[url])
    return hosts


def _heads(documents: Sequence[Document], names: Mapping[str, str]) -> dict[str, list[str]]:
    """Namespace -> the documents its facade includes: those that no other document brings in."""
    included: dict[str, list[str]] = {}
    for document in documents:
        urls = [url for pointer, url in document.pointers if pointer.tag != _IMPORT and url in names]
        included[document.source.url] = [url for url in urls if url != document.source.url]
    imported = {
        url for d in documents for pointer, url in d.pointers if pointer.tag == _IMPORT and not pointer.get("namespace")
    }
    reached = {url for urls in included.values() for url in urls}
    heads: dict[str, list[str]] = {}
    covered: set[str] = set()

    def cover(url: str) -> None:
        todo = [url]
        while todo:
            if (at := todo.pop()) not in covered:
                covered.add(at)
                todo += included[at]

    for only_unreached in (True, False):  # second round: circles, of which one must be the head
        for document in documents:
            url = document.source.url
            chameleon = not document.namespace and url in imported
            if (url not in reached if only_unreached else url not in covered) or (only_unreached and chameleon):
                heads.setdefault(document.namespace, []).append(names[url])
                cover(url)
    return heads


def _facade(namespace: str, members: Sequence[str]) -> bytes:
    root = etree.Element(f"{{{XS}}}schema", nsmap={"xs": XS})
    if namespace:
        root.set("targetNamespace", namespace)
    for member in members:
        etree.SubElement(root, f"{{{XS}}}include", schemaLocation=member)
    return etree.tostring(root)


def _borrowed(root: etree._Element) -> Iterator[str]:
    """Elements of the schema for schemas that a document refers to (`ref="xs:schema"`, as .NET's DataSet does)."""
    for element in root.iter(f"{{{XS}}}element"):
        prefix, _, name = (element.get("ref") or "").rpartition(":")
        if name in _OF_SCHEMAS and element.nsmap.get(prefix or None) == XS:
            yield name


def _schema_for_schemas(borrowed: Mapping[str, None]) -> bytes:
    root = etree.Element(f"{{{XS}}}schema", nsmap={"xs": XS}, targetNamespace=XS)
    for name in borrowed:
        etree.SubElement(root, f"{{{XS}}}element", name=name, type="xs:anyType")
    return etree.tostring(root)


def _main(facades: Mapping[str, str]) -> bytes:
    root = etree.Element(f"{{{XS}}}schema", nsmap={"xs": XS}, targetNamespace="urn:gateway:main")
    for namespace, name in facades.items():
        attributes = {"namespace": namespace} if namespace else {}
        etree.SubElement(root, _IMPORT, attributes, schemaLocation=name)
    return etree.tostring(root)


def _tie(document: Document, names: Mapping[str, str], facades: Mapping[str, str], hosts: Iterable[str]) -> None:
    """Points every include to its flat name and every import to its facade; adds forgotten imports."""
    imported = {*hosts}
    for pointer, url in document.pointers:
        if pointer.tag != _IMPORT:
            if url == document.source.url and pointer.tag == f"{{{XS}}}include":
                document.root.remove(pointer)  # of itself: legal, and libxml2 refuses it
            elif url in names:
                pointer.set("schemaLocation", names[url])
            elif not any(child.tag != f"{{{XS}}}annotation" for child in pointer):
                document.root.remove(pointer)  # found nothing and redefines nothing
            continue
        namespace = (pointer.get("namespace") or "").strip()
        if namespace == document.namespace:
            pointer.attrib.pop("schemaLocation", "")  # not allowed (§4.2.3): left for the processor to say so
            continue
        if namespace in imported:
            document.root.remove(pointer)
            continue
        imported.add(namespace)
        if namespace in facades:
            pointer.set("schemaLocation", facades[namespace])
        else:
            pointer.attrib.pop("schemaLocation", "")
    _import_forgotten(document, imported, facades)


def _import_forgotten(document: Document, imported: set[str], facades: Mapping[str, str]) -> None:
    """Adds the imports that an inline schema needs and lacks. Only it may: a file is a schema of its own."""
    used = {namespace: at for namespace, at in _namespaces_used(document.root) if namespace not in imported}
    for namespace, at in used.items():
        if not document.source.inline:
            raise _not_imported(namespace, at, document.source)
    if XS not in imported and any(True for _ in _borrowed(document.root)):
        used[XS] = document.root
    for namespace in reversed(used):
        if namespace in facades:
            pointer = etree.Element(_IMPORT, namespace=namespace, schemaLocation=facades[namespace])
            document.root.insert(0, pointer)


def _not_imported(namespace: str, at: etree._Element, source: Source) -> ContractError:
    return ContractError(
        f"a component of {namespace} is referred to, but the namespace is not imported",
        file=source.file,
        line=source.line + line_of(at),
        section="XSD 1.0 Part 1 §4.2.3",
    )


def _namespaces_used(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The namespaces of the components that a document refers to, and where, in document order."""
    for element in root.iter(f"{{{XS}}}*"):
        for attribute in _QNAMES:
            for name in (element.get(attribute) or "").split():
                prefix, colon, _ = name.partition(":")
                uri = element.nsmap.get(prefix if colon else None)
                if prefix == "xml" and colon:
                    uri = XML
                if uri is not None and uri != XS and next(element.iterancestors(_ANNOTATION), None) is None:
                    yield uri, element


def newer_at(root: etree._Element) -> tuple[etree._Element, str] | None:
    """The first element that needs XSD 1.1 and what it is that does; None where all is XSD 1.0."""
    if root.get(f"{{{VERSIONING}}}minVersion") is not None:
        return root, "vc:minVersion"
    for element in root.iter(f"{{{XS}}}*"):
        if element.tag in _NEWER:
            return element, f"xs:{etree.QName(element).localname}"
        for name in _NEWER_ATTRIBUTES:
            if name in element.attrib:
                return element, name
        for name in (name for at in _TYPED for name in (element.get(at) or "").split()):
            if _is_newer_type(element, name):
                return element, f"xs:{name.rpartition(':')[2]}"
    return None


def _is_newer_type(element: etree._Element, name: str) -> bool:
    prefix, colon, local = name.rpartition(":")
    return local in _NEWER_TYPES and element.nsmap.get(prefix if colon else None) == XS
