"""The law of the drawn XSD: kinds as types of XSD 1.0, so that the mapping's JSON is the service's wherever it can be.

An array is a wrapper with `item`s (the mapping collapses it), a map a list of `entry` with key and value, one of
several a choice of elements, null is nil. A type without a name whose element has the name of one around it gets a
name of its own: stacks make nested classes of such types, and in Java none stands in one of its name (JLS §8.1). Text
out; the same kinds give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.schema.drawn.kinds import Any_, Array, Choice, Kind, Member, Place, Record, Ref, Scalar, Table, Types
from gateway.schema.drawn.naming import Names, fold, pascal
from gateway.xml.escape import escape_attribute, escape_text, illegal_at

ANY_VALUE: Final = "AnyValue"
XS: Final = "http://www.w3.org/2001/XMLSchema"


class XsdWriter:
    """Draws the types of one namespace; `any_used` tells whether the type of any JSON is needed."""

    def __init__(self, types: Types, names: Names) -> None:
        self.types = types
        self.any_used = False
        self._names = names
        self._around: list[str] = []  # names of the types and elements that the line stands in
        self._apart: list[tuple[str, Kind]] = []  # types that could not stand in their place

    def element(self, name: str, place: Place, *, least: int = 1, most: str = "1", indent: str = "") -> Iterator[str]:
        """A local element of a place."""
        occurs = ("" if least == 1 else f' minOccurs="{least}"') + ("" if most == "1" else f' maxOccurs="{most}"')
        null = place.nullable or isinstance(self.types.resolve(place.kind), Any_)
        nillable = ' nillable="true"' if null else ""
        named = self._type(place.kind) or self._named_apart(name, place.kind)
        head = f'{indent}<xs:element name="{name}"'
        words = list(documented(place.words, indent + "  "))
        if named:
            if words:
                yield f'{head} type="{named}"{occurs}{nillable}>'
                yield from words
                yield f"{indent}</xs:element>"
            else:
                yield f'{head} type="{named}"{occurs}{nillable}/>'
            return
        yield f"{head}{occurs}{nillable}>"
        yield from words
        yield from self.within(name, self._definition(place.kind, "", indent + "  "))
        yield f"{indent}</xs:element>"

    def within(self, name: str, lines: Iterator[str]) -> Iterator[str]:
        """Lines, drawn as they are asked for, that stand in the type or element `name`."""
        self._around.append(name)
        yield from lines
        self._around.pop()

    def named(self, name: str, place: Place) -> Iterator[str]:
        """A global type."""
        yield from self.within(name, self._definition(place.kind, name, "  ", place.words))

    def apart(self) -> Iterator[str]:
        """The types that got a name because they could not stand in their place; asked for when all else is drawn."""
        while self._apart:
            name, kind = self._apart.pop(0)
            yield from self.named(name, Place(kind))

    def any_value(self) -> Iterator[str]:
        """The type of any JSON: null is nil."""
        yield f'  <xs:complexType name="{ANY_VALUE}">'
        yield "    <xs:annotation><xs:documentation>Any JSON; null is nil.</xs:documentation></xs:annotation>"
        yield "    <xs:choice>"
        for kind in ("string", "number", "boolean"):
            base = "decimal" if kind == "number" else kind
            yield f'      <xs:element name="{kind}" type="xs:{base}"/>'
        any_place = Place(Any_(), nullable=True)
        yield from self.element("array", Place(Array(any_place)), indent="      ")
        yield from self.element("object", Place(Table(any_place)), indent="      ")
        yield "    </xs:choice>"
        yield "  </xs:complexType>"

    def _named_apart(self, element: str, kind: Kind) -> str:
        """The name of a type that cannot stand in its place, empty where it can."""
        if isinstance(kind, Scalar) or fold(element) not in map(fold, self._around):
            return ""
        name = self._names.give(pascal(f"{self._around[-1]} {element}"))
        self._apart.append((name, kind))
        return f"tns:{name}"

    def _type(self, kind: Kind) -> str:
        """The name of a type that needs no definition of its own, empty without one."""
        if isinstance(kind, Ref) and isinstance(self.types.resolve(kind), Any_):
            kind = Any_()
        if isinstance(kind, Any_):
            self.any_used = True
            return f"tns:{ANY_VALUE}"
        if isinstance(kind, Ref):
            return f"tns:{self.types.target(kind).name}"
        if isinstance(kind, Scalar) and kind.facets == Scalar(kind.base).facets:
            return f"xs:{kind.base}"
        return ""

    def _definition(self, kind: Kind, name: str, indent: str, words: str = "") -> Iterator[str]:
        called = f' name="{name}"' if name else ""
        if isinstance(kind, Scalar):
            yield f"{indent}<xs:simpleType{called}>"
            yield from documented(words, indent + "  ")
            yield from _restriction(kind, list(kind.facets.patterns), indent + "  ")
            yield f"{indent}</xs:simpleType>"
            return
        yield f"{indent}<xs:complexType{called}>"
        yield from documented(words, indent + "  ")
        model = "choice" if isinstance(kind, Choice) else "sequence"
        inside = list(self._content(kind, indent + "    "))
        if inside:
            yield f"{indent}  <xs:{model}>"
            yield from inside
            yield f"{indent}  </xs:{model}>"
        else:
            yield f"{indent}  <xs:sequence/>"
        yield f"{indent}</xs:complexType>"

    def _content(self, kind: Kind, indent: str) -> Iterator[str]:
        if isinstance(kind, Array):
            most = "unbounded" if kind.most is None else str(kind.most)
            yield from self.element("item", kind.item, least=kind.least, most=most, indent=indent)
        elif isinstance(kind, Table):
            yield from self.element("entry", Place(_entry(kind)), least=0, most="unbounded", indent=indent)
        elif isinstance(kind, Record):
            for member in kind.members:
                yield from self.element(member.xml, member.place, least=int(member.required), indent=indent)
            if kind.rest is not None:
                yield from self.element(kind.rest_xml, Place(Table(kind.rest)), least=0, indent=indent)
        elif isinstance(kind, Choice):
            for branch in kind.branches:
                yield from self.element(branch.xml, branch.place, indent=indent)


def _entry(table: Table) -> Record:
    """One member of a map."""
    return Record((Member("key", "key", Place(Scalar("string")), True), Member("value", "value", table.value, True)))


def _restriction(kind: Scalar, patterns: list[str], indent: str) -> Iterator[str]:
    """Patterns that all hold are a derivation each (XSD 1.0 Part 2 §4.3.4.3)."""
    if len(patterns) > 1:
        yield f"{indent}<xs:restriction>"
        yield f"{indent}  <xs:simpleType>"
        yield from _restriction(Scalar(kind.base), patterns[:-1], indent + "    ")
        yield f"{indent}  </xs:simpleType>"
    else:
        yield f'{indent}<xs:restriction base="xs:{kind.base}">'
    for pattern in patterns[-1:]:
        yield f'{indent}  <xs:pattern value="{escape_attribute(pattern)}"/>'
    for facet, value in kind.facets.bounds:
        yield f'{indent}  <xs:{facet} value="{value}"/>'
    for value in kind.facets.enumeration:
        yield f'{indent}  <xs:enumeration value="{escape_attribute(value)}"/>'
    yield f"{indent}</xs:restriction>"


def documented(words: str, indent: str) -> Iterator[str]:
    """An annotation, nothing without words."""
    if words and illegal_at(words) < 0:
        yield f"{indent}<xs:annotation><xs:documentation>{escape_text(words)}</xs:documentation></xs:annotation>"


def schema_text(namespace: str, lines: Iterator[str] | list[str]) -> str:
    """A whole schema document."""
    target = escape_attribute(namespace)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xs:schema xmlns:xs="{XS}" xmlns:tns="{target}" targetNamespace="{target}" elementFormDefault="qualified">\n'
    )
    return head + "".join(line + "\n" for line in lines) + "</xs:schema>\n"
