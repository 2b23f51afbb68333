"""The law of SOAP encoding in messages: what came encoded is made literal before the codec sees it, and back.

Reads SOAP 1.1 §5 (`href`, `id`, multiRef, soapenc:Array) and SOAP 1.2 Part 2 §3 (`enc:ref`, `enc:id`, `enc:itemType`);
writes what the binding asks for: `xsi:type` on every accessor, typed arrays, no references. The literal form is
that of the schema `gateway.schema.encoded` makes plain. New trees are built, foreign ones not changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from lxml import etree

from gateway.core.limits import Limits
from gateway.core.problem import Kind, Problem
from gateway.schema.ir import Complex, Element, ElementUse, Group, Model, Particle
from gateway.xml import element_text, parse

from . import encoded_arrays as arrays

XS: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
ENC: Final[Mapping[str, str]] = {
    "1.1": "http://schemas.xmlsoap.org/soap/encoding/",
    "1.2": "http://www.w3.org/2003/05/soap-encoding",
}
_ENV: Final = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
_RPC: Final = "http://www.w3.org/2003/05/soap-rpc"
_OLD_XSI: Final = ("http://www.w3.org/1999/XMLSchema-instance", "http://www.w3.org/2000/10/XMLSchema-instance")
_OLD_XS: Final = ("http://www.w3.org/1999/XMLSchema", "http://www.w3.org/2000/10/XMLSchema", *ENC.values())
_TYPE: Final = f"{{{XSI}}}type"
_NIL: Final = f"{{{XSI}}}nil"
_ANY: Final = f"{{{XS}}}anyType"
_PLAIN: Final = {"base64": "base64Binary"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of one element's messages. `arrays`: array type -> its item's type."""

    model: Model
    element: str
    arrays: Mapping[str, str]
    limits: Limits
    wire: str = ""  # the element's name in the Body, where it differs

    def literal(self, root: Any, others: tuple[Any, ...] = ()) -> Any:
        """The body element in literal form. `others` are the Body's further children, the multiRefs.

        Raises Problem INVALID_MESSAGE for a reference that leads nowhere or round in circles, XML_LIMIT_EXCEEDED
        when following references makes more of it than a message may have.
        """
        return _Reading(self, (root, *others)).read(root)

    def encoded(self, text: str, version: Literal["1.1", "1.2"]) -> str:
        """The literal element's text in encoded form."""
        root = parse(text.encode(), self.limits, response=True)
        made: str = element_text(_Writing(self, version).write(root))
        return made

    def children(self, type_id: str) -> dict[str, Element]:
        """The elements that a type's content declares, in order, by Clark name."""
        kind = self.model.types.get(type_id)
        found: dict[str, Element] = {}
        todo: list[Particle] = [kind.particle] if isinstance(kind, Complex) and kind.particle else []
        while todo:
            particle = todo.pop(0)
            if isinstance(particle, Group):
                todo = [*particle.particles, *todo]
            elif isinstance(particle, ElementUse):
                found.setdefault(particle.element.name, particle.element)
        return found


class _Reading:
    """One message on its way from encoded to literal."""

    def __init__(self, encoding: Encoding, roots: tuple[Any, ...]) -> None:
        self.encoding, self.model = encoding, encoding.model
        self.ids: dict[str, Any] = {}
        self.left = encoding.limits.xml_elements_response
        for root in roots:
            for node in root.iter():
                for name in ("id", f"{{{ENC['1.2']}}}id"):
                    if node.get(name):
                        self.ids.setdefault(node.get(name), node)

    def read(self, root: Any) -> Any:
        declared = self.model.elements[self.encoding.element]
        made = etree.Element(self.encoding.element)
        children = [child for child in root if not str(child.tag).startswith(f"{{{_RPC}}}")]
        known = self.encoding.children(declared.type)
        only = len(children) == len(known) == 1  # a lone accessor's name says nothing (SOAP 1.1 §7.1)
        ordered = _in_order(children, known)
        for child in ordered:
            name = next(iter(known)) if only else _named(child.tag, known)
            self._copy(child, made, name, known[name].type if name in known else _ANY, 1)
        return made

    def _copy(self, node: Any, parent: Any, name: str, type_id: str, depth: int) -> None:
        self.left -= 1
        if self.left < 0:
            words = "The references make the message larger than allowed."
            raise Problem(Kind.XML_LIMIT_EXCEEDED, words, limit="xml_elements")
        if depth > self.encoding.limits.xml_depth:
            raise Problem(Kind.INVALID_MESSAGE, "The references lead in a circle, or deeper than allowed.")
        node = self._target(node)
        said = self._said(node)
        kind = said if said and said != type_id and self._derives(said, type_id) else type_id
        kept = kind != type_id and kind not in self.encoding.arrays
        namespace, _, local = kind[1:].rpartition("}") if kind.startswith("{") else ("", "", kind)
        made = etree.SubElement(parent, name, nsmap={"t": namespace} if kept and namespace else None)
        if kept:
            made.set(_TYPE, f"t:{local}" if namespace else local)
        self._attributes(node, made)
        if made.get(_NIL) in ("true", "1"):
            return
        item = self.encoding.arrays.get(kind)
        if item is not None:
            self._items(node, made, item, depth)
            return
        known = self.encoding.children(kind)
        children = list(node)
        if not children:
            made.text = node.text
        for child in _in_order(children, known):
            local = _named(child.tag, known)
            self._copy(child, made, local, known[local].type if local in known else _ANY, depth + 1)

    def _items(self, node: Any, made: Any, item: str, depth: int) -> None:
        """The members of an array, each at its place (`encoded_arrays`)."""
        size = arrays.sizes(node, ENC)
        found = arrays.members(node, ENC["1.1"], size, self.left)
        rank, inner = 1, item
        while arrays.is_row(inner):
            rank, inner = rank + 1, self.encoding.arrays[inner]
        rows = found if rank == 1 else arrays.shaped(found, size, rank, self.left)
        self._rows(rows, made, inner, rank, depth)

    def _rows(self, rows: list[Any], made: Any, item: str, rank: int, depth: int) -> None:
        for row in rows:
            if rank > 1:
                self.left -= 1
                self._rows(row, etree.SubElement(made, "item"), item, rank - 1, depth + 1)
            elif row is None:
                self.left -= 1
                etree.SubElement(made, "item").set(_NIL, "true")
            else:
                self._copy(row, made, "item", item, depth + 1)

    def _target(self, node: Any) -> Any:
        """What a reference refers to; the node itself when it is none."""
        for _ in range(self.encoding.limits.xml_depth):
            href = node.get("href")
            ref = node.get(f"{{{ENC['1.2']}}}ref")
            if href is None and ref is None:
                return node
            if href is not None and not href.startswith("#"):
                if "id" not in node.attrib and (len(node) or node.text):
                    return node
                raise Problem(Kind.INVALID_MESSAGE, "A reference leads outside of the message.")
            found = self.ids.get(href[1:] if href is not None else ref)
            if found is None:
                raise Problem(Kind.INVALID_MESSAGE, "A reference leads nowhere.")
            node = found
        raise Problem(Kind.INVALID_MESSAGE, "The references lead in a circle.")

    def _said(self, node: Any) -> str:
        """The type that xsi:type says, as a Clark name; '' without one or when it is an array's or unknown."""
        value = node.get(_TYPE)
        for old in _OLD_XSI:
            value = value or node.get(f"{{{old}}}type")
        if not value:
            return ""
        prefix, colon, local = value.strip().rpartition(":")
        uri = node.nsmap.get(prefix if colon else None) or ""
        if uri in _OLD_XS:
            if local in ("Array", "Struct"):
                return ""
            uri, local = XS, _PLAIN.get(local, local)
        name = f"{{{uri}}}{local}" if uri else local
        return name if name in self.model.types or uri == XS else ""

    def _derives(self, said: str, declared: str) -> bool:
        """Whether an xsi:type has to be kept: it names a type derived from the declared one, or anything goes there."""
        return declared == _ANY or said in self.model.derived.get(declared, ())

    @staticmethod
    def _attributes(node: Any, made: Any) -> None:
        for name, value in node.attrib.items():
            namespace = name[1:].rpartition("}")[0] if name.startswith("{") else ""
            if namespace in (XSI, *_OLD_XSI):
                if name.endswith(("}nil", "}null")):
                    made.set(_NIL, value)
            elif namespace not in (*ENC.values(), *_ENV) and name not in ("id", "href"):
                made.set(name, value)


class _Writing:
    """One message on its way from literal to encoded."""

    def __init__(self, encoding: Encoding, version: Literal["1.1", "1.2"]) -> None:
        self.encoding, self.model, self.version = encoding, encoding.model, version
        self.enc = ENC[version]

    def write(self, root: Any) -> Any:
        nsmap = {"xsi": XSI, "xsd": XS, "enc": self.enc, "env": _ENV[0] if self.version == "1.1" else _ENV[1]}
        made = etree.Element(
            self.encoding.wire or root.tag, nsmap={**nsmap, **{k: v for k, v in root.nsmap.items() if k not in nsmap}}
        )
        made.set(f"{{{nsmap['env']}}}encodingStyle", self.enc)
        known = self.encoding.children(self.model.elements[self.encoding.element].type)
        for child in root:
            self._copy(child, made, known[child.tag].type if child.tag in known else _ANY)
        return made

    def _copy(self, node: Any, parent: Any, type_id: str) -> None:
        said = node.get(_TYPE)
        kind = self._resolved(node, said) if said else type_id
        made = etree.SubElement(parent, node.tag, nsmap=node.nsmap)
        made.attrib.update(node.attrib)
        made.text = node.text
        item = self.encoding.arrays.get(kind)
        if made.get(_NIL) in ("true", "1"):
            return
        if item is not None:
            self._array(node, made, item)
            return
        if not said and "#" not in kind and kind not in (_ANY, ""):
            made.set(_TYPE, self._name(made, kind))
        known = self.encoding.children(kind)
        for child in node:
            self._copy(child, made, known[child.tag].type if child.tag in known else _ANY)

    def _array(self, node: Any, made: Any, item: str) -> None:
        made.set(_TYPE, "enc:Array")
        rank = 1
        while arrays.is_row(item):
            rank, item = rank + 1, self.encoding.arrays[item]
        size, members = arrays.measured(node, rank)
        inner, dimensions = item, ""
        while inner in self.encoding.arrays:
            inner, dimensions = self.encoding.arrays[inner], dimensions + "[]"
        if self.version == "1.1":
            said = ",".join(map(str, size))
            made.set(f"{{{self.enc}}}arrayType", f"{self._name(made, inner)}{dimensions}[{said}]")
        else:
            made.set(f"{{{self.enc}}}itemType", "enc:Array" if dimensions else self._name(made, inner))
            made.set(f"{{{self.enc}}}arraySize", " ".join(map(str, size)))
        for child in members:
            self._copy(child, made, item)

    def _name(self, made: Any, clark: str) -> str:
        """A type as a QName: a prefix in scope, or one that a child attribute's declaration brings."""
        namespace, _, local = clark[1:].rpartition("}") if clark.startswith("{") else ("", "", clark)
        if not namespace:
            return local
        for prefix, uri in made.nsmap.items():
            if uri == namespace and prefix:
                return f"{prefix}:{local}"
        return f"{self._declared(made, namespace)}:{local}"

    @staticmethod
    def _declared(made: Any, namespace: str) -> str:
        """lxml declares a prefix for an attribute's namespace and keeps it: one is set and taken away again."""
        made.set(f"{{{namespace}}}x", "")
        del made.attrib[f"{{{namespace}}}x"]
        return str(next(prefix for prefix, uri in made.nsmap.items() if uri == namespace and prefix))

    @staticmethod
    def _resolved(node: Any, name: str) -> str:
        prefix, colon, local = name.strip().rpartition(":")
        uri = node.nsmap.get(prefix if colon else None)
        return f"{{{uri}}}{local}" if uri else local


def _named(tag: str, known: Mapping[str, Element]) -> str:
    """The declared name that an accessor means: its own, or the only one with its local name."""
    if tag in known:
        return tag
    local = tag.rpartition("}")[2]
    alike = [name for name in known if name.rpartition("}")[2] == local]
    return alike[0] if len(alike) == 1 else tag


def _in_order(children: list[Any], known: Mapping[str, Element]) -> list[Any]:
    """Accessors of a struct are told by name, not by place (SOAP 1.1 §5.1): put in the schema's order."""
    places = {name: place for place, name in enumerate(known)}
    return sorted(children, key=lambda child: places.get(_named(child.tag, known), len(places)))
