"""The law of encoding at build: what SOAP encoding says in its own terms is said in plain schema terms.

Arrays (SOAP 1.1 §5.4.2, restrictions of soapenc:Array with wsdl:arrayType) become a sequence of unqualified `item`,
soapenc's simple types the XSD ones they stand for, and every local element may be nil (§5.1.10). What an array
was is kept, for the messages (`gateway.codec.encoded`); the documents that are given back stay as they were.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from gateway.schema.contract import Note, Place
from gateway.schema.source import XS, Source
from gateway.xml.documents import parse_document

ENCODINGS: Final = frozenset({"http://schemas.xmlsoap.org/soap/encoding/", "http://www.w3.org/2003/05/soap-encoding"})
_ARRAY_TYPE: Final = "{http://schemas.xmlsoap.org/wsdl/}arrayType"
_QNAMES: Final = ("type", "base", "itemType")
PLAIN: Final = {"base64": "base64Binary"}  # soapenc's types that XSD names otherwise
_COMPLEX: Final = f"{{{XS}}}complexType"
_ELEMENT: Final = f"{{{XS}}}element"


def plain(sources: MutableMapping[str, Source], roots: MutableMapping[str, Any], notes: list[Note]) -> dict[str, str]:
    """Rewrites the sources in place; array type -> item type, as Clark names. soapenc's own schemas are left alone."""
    arrays: dict[str, str] = {}
    for url, source in list(sources.items()):
        namespace = (roots[url].get("targetNamespace") or "").strip()
        if namespace in ENCODINGS or not _speaks_of(roots[url]):
            continue
        root = _with_prefixes(parse_document(source.text), namespace)
        rewriting = _Rewriting(root, namespace, Place(source.file, source.line), notes)
        arrays |= rewriting.run()
        roots[url] = root
        sources[url] = replace(source, text=etree.tostring(root, encoding="utf-8"))
    return arrays


def _speaks_of(root: Any) -> bool:
    return any(element.get("name") and element.tag == _ELEMENT for element in root.iterdescendants(_ELEMENT)) or any(
        uri in ENCODINGS for element in root.iter() for uri in element.nsmap.values()
    )


class _Rewriting:
    """One schema document."""

    def __init__(self, root: Any, namespace: str, place: Place, notes: list[Note]) -> None:
        self.root, self.namespace, self.place, self.notes = root, namespace, place, notes
        self.arrays: dict[str, str] = {}

    def run(self) -> dict[str, str]:
        """Rewrites the tree; gives its arrays."""
        for complex_type in list(self.root.iter(_COMPLEX)):
            item = self._item_of(complex_type)
            if item:
                self._make_array(complex_type, item)
        for element in self.root.iter(f"{{{XS}}}*"):
            for attribute in _QNAMES:
                self._plain_name(element, attribute)
            local = element.tag == _ELEMENT and element.getparent() is not self.root
            if local and element.get("name") and element.get("nillable") is None and element.get("fixed") is None:
                element.set("nillable", "true")
        return self.arrays

    def _plain_name(self, element: Any, attribute: str) -> None:
        value = element.get(attribute)
        if value is None:
            return
        namespace, local = _resolve(element, value)
        if namespace in ENCODINGS and local not in ("Array", "Struct"):
            element.set(attribute, self._name(element, XS, PLAIN.get(local, local)))

    def _item_of(self, complex_type: Any) -> str:
        """The item's type of an array type, as Clark name; '' when it is no array."""
        for derived in complex_type.iterfind(f"{{{XS}}}complexContent/*"):
            namespace, local = _resolve(derived, derived.get("base") or "")
            if namespace not in ENCODINGS or local != "Array":
                continue
            for attribute in derived.iter(f"{{{XS}}}attribute"):
                declared = attribute.get(_ARRAY_TYPE)
                if declared:
                    return self._array_type(attribute, declared)
            for element in derived.iter(_ELEMENT):
                if element.get("type"):
                    return _clark(*_resolve(element, element.get("type")))
            return f"{{{XS}}}anyType"
        return ""

    def _array_type(self, attribute: Any, declared: str) -> str:
        """The item's type of `p:T[]`; of `p:T[][]` and `p:T[,]` a type made for the inner array or row (§5.4.2)."""
        name, _, dimensions = declared.strip().partition("[")
        item = _clark(*_resolve(attribute, name))
        *inner, last = dimensions.split("]")[:-1] or [""]  # the last dimensions are the outermost
        for kind in ["Array"] * len(inner) + ["Row"] * last.count(","):
            made = f"{kind}.{len(self.arrays) + 1}.of.{item.rpartition('}')[2]}"
            element = etree.SubElement(self.root, _COMPLEX, name=made)
            self._make_array(element, item)
            item = _clark(self.namespace, made)
        return item

    def _make_array(self, complex_type: Any, item: str) -> None:
        name = complex_type.get("name")
        if name is None:  # an anonymous one gets a name, so that messages can be told what it is
            name = f"Array.{len(self.arrays) + 1}"
            above = complex_type.getparent()
            above.remove(complex_type)
            above.set("type", self._name(above, self.namespace, name))
            complex_type = etree.SubElement(self.root, _COMPLEX, name=name)
        self.arrays[_clark(self.namespace, name)] = item
        for child in list(complex_type):
            complex_type.remove(child)
        sequence = etree.SubElement(complex_type, f"{{{XS}}}sequence")
        namespace, _, local = item[1:].rpartition("}") if item.startswith("{") else ("", "", item)
        element = etree.SubElement(
            sequence, _ELEMENT, name="item", minOccurs="0", maxOccurs="unbounded", nillable="true", form="unqualified"
        )
        if namespace in ENCODINGS:
            namespace = XS
            local = PLAIN.get(local, local)
        element.set("type", self._name(element, namespace, local))

    def _name(self, element: Any, namespace: str, local: str) -> str:
        """A QName for this place, with a prefix that is declared there already, or is now on the root."""
        for prefix, uri in element.nsmap.items():
            if uri == namespace:
                return f"{prefix}:{local}" if prefix else local
        if not namespace:
            return local
        raise AssertionError(f"no prefix for {namespace}")  # _with_prefixes declares every one


def _with_prefixes(root: Any, namespace: str) -> Any:
    """The schema with a prefix on its root for every namespace that it may have to name."""
    uris = dict.fromkeys([XS, namespace, *(uri for element in root.iter() for uri in element.nsmap.values())])
    prefixed = {uri for prefix, uri in root.nsmap.items() if prefix}
    extra = {f"enc{number}": uri for number, uri in enumerate(uris) if uri and uri not in prefixed}
    made = etree.Element(root.tag, nsmap={**extra, **root.nsmap})
    made.attrib.update(root.attrib)
    made.extend(list(root))
    return made


def _resolve(element: Any, name: str) -> tuple[str, str]:
    prefix, colon, local = name.strip().rpartition(":")
    return element.nsmap.get(prefix if colon else None) or "", local


def _clark(namespace: str, local: str) -> str:
    return f"{{{namespace}}}{local}" if namespace else local
