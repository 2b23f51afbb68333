"""The law of simple twins: for every built-in type, and every facet that narrows it, texts that it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from gateway.codec.json import loads
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem

_NUMBERS: Final = (
    "float",
    "double",
    "decimal",
    "nteger",
    "long",
    "int",
    "short",
    "byte",
    "Long",
    "Int",
    "Short",
    "Byte",
)


@dataclass(frozen=True)
class Type:
    """A simple type and texts that it refuses; `derivation` is what stands in its xs:simpleType."""

    name: str
    derivation: str
    bad: tuple[str, ...]
    number: bool = False
    array: bool = False

    def twins(self) -> Iterator[tuple[str, Any]]:
        """Each text, and the JSON of the kind that the type has."""
        for text in self.bad:
            yield text, [self._scalar(part) for part in text.split()] if self.array else self._scalar(text)

    def _scalar(self, text: str) -> Any:
        try:
            value = loads(text.encode(), DEFAULT) if self.number else text
        except Problem:
            return text
        return value if isinstance(value, str | bool) or self.number else text


_BARE: Final = {
    "language": ("not a language", ""), "NMTOKEN": ("a b", ""), "Name": ("1a", ""), "NCName": ("a:b", ""), "ID": ("a:b",),
    "IDREF": ("1",), "NMTOKENS": ("",), "IDREFS": ("",), "boolean": ("maybe", "", "TRUE", "2x"),
    "float": ("x", "", "+INF", "1e400", "INFINITY"), "double": ("x", "", "1e400", "nan"), "decimal": ("x", "", "1e5x", "."),
    "integer": ("1.5", "x", ""), "nonPositiveInteger": ("1", "1.5"), "negativeInteger": ("0",),
    "long": ("9223372036854775808", "1.5", "x"), "int": ("2147483648", "1.5", "x", "", "-2147483649"),
    "short": ("32768", "x"), "byte": ("128", "x", "1.5"), "nonNegativeInteger": ("-1",),
    "unsignedLong": ("18446744073709551616", "-1"), "unsignedInt": ("4294967296", "-1"), "unsignedShort": ("65536",),
    "unsignedByte": ("256", "-1"), "positiveInteger": ("0", "x"), "duration": ("P", "x", ""),
    "dateTime": ("2024-01-01", "2024-02-30T00:00:00", "x", "", "2024-01-01T25:00:00"), "date": ("2024-02-30", "x", ""),
    "time": ("25:00:00", "x"), "gYear": ("24",), "gYearMonth": ("2024-13",), "gMonth": ("--13",), "gMonthDay": ("--02-30",),
    "gDay": ("---32",), "hexBinary": ("abc", "xy"), "base64Binary": ("a", "****", "YQ"), "QName": ("a:b:c", "1"),
}  # fmt: skip

_NARROWED: Final = (
    ("string", "maxLength", "3", "abcdef"), ("string", "minLength", "2", "a"), ("string", "length", "2", "a"),
    ("string", "pattern", "[0-9]+", "x"), ("string", "enumeration", "a", "x"), ("normalizedString", "maxLength", "3", "abcdef"),
    ("token", "pattern", "[0-9]+", "x"), ("anyURI", "maxLength", "3", "abcdef"), ("NMTOKENS", "maxLength", "2", "a b c"),
    ("float", "maxInclusive", "4", "5"), ("float", "maxInclusive", "4", "NaN"), ("float", "maxExclusive", "4", "4"),
    ("float", "enumeration", "1", "4"), ("double", "minInclusive", "4", "-5"), ("double", "minExclusive", "4", "4"),
    ("double", "pattern", "[0-9]+", "4.5"), ("decimal", "fractionDigits", "2", "1.234"), ("decimal", "totalDigits", "4", "12345"),
    ("decimal", "maxInclusive", "4", "5.5"), ("decimal", "enumeration", "1.0", "5.5"), ("decimal", "pattern", "[0-9]", "5.5"),
    ("int", "maxInclusive", "4", "5"), ("int", "maxExclusive", "4", "4"), ("int", "minInclusive", "4", "3"),
    ("int", "minExclusive", "4", "4"), ("int", "enumeration", "1", "9"), ("int", "pattern", "[0-9]", "12"),
    ("int", "totalDigits", "4", "12345"), ("long", "maxInclusive", "4", "5"), ("integer", "totalDigits", "4", "12345"),
    ("boolean", "pattern", "false", "true"), ("date", "maxInclusive", "2024-01-01", "2024-01-02"),
    ("dateTime", "minExclusive", "2025-01-01T00:00:00Z", "2024-01-02T00:00:00Z"), ("duration", "maxInclusive", "P1Y", "P2Y"),
    ("date", "enumeration", "2024-01-01", "2024-01-02"), ("date", "pattern", ".*Z", "2024-01-02"),
    ("hexBinary", "length", "1", "ABCD"), ("base64Binary", "maxLength", "1", "YWI="), ("hexBinary", "minLength", "2", "AB"),
    ("base64Binary", "enumeration", "YQ==", "YWI="), ("gYear", "minInclusive", "2024", "2023"),
)  # fmt: skip


def _restriction(base: str, facet: str = "", value: str = "") -> str:
    return f'<xs:restriction base="xs:{base}">{facet and f"<xs:{facet} value={quoteattr(value)}/>"}</xs:restriction>'


def _types() -> Iterator[Type]:
    for base, bad in _BARE.items():
        yield Type(base, _restriction(base), bad, base.endswith(_NUMBERS), base in ("NMTOKENS", "IDREFS"))
    for at, (base, facet, value, bad) in enumerate(_NARROWED):
        number = base.endswith(_NUMBERS) and facet != "pattern"
        yield Type(f"{base}-{facet}-{at}", _restriction(base, facet, value), (bad,), number, base == "NMTOKENS")
    yield Type("union", '<xs:union memberTypes="xs:int xs:date"/>', ("x", "1.5", ""))
    yield Type("union-of-union", '<xs:union memberTypes="t:union xs:boolean"/>', ("x",))
    short = '<xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType><xs:maxLength value="2"/>'
    yield Type("list-of-two", f"<xs:restriction>{short}</xs:restriction>", ("1 2 3",), True, True)
    yield Type("union-of-list", '<xs:union memberTypes="t:list-of-two xs:date"/>', ("x",))


def _with_lists(types: tuple[Type, ...]) -> Iterator[Type]:
    for one in types:
        yield one
        bad = tuple(text for text in one.bad if text and " " not in text)
        if bad and not one.array and not one.name.startswith("union"):
            twice = (bad[0], f"{bad[0]} {bad[-1]}")
            derivation = f"<xs:list><xs:simpleType>{one.derivation}</xs:simpleType></xs:list>"
            yield Type(f"{one.name}-list", derivation, twice, one.number, array=True)


_ALL: Final = tuple(_types())
TYPES: Final = tuple(_with_lists(_ALL))

_WITHIN: Final[dict[str, str]] = {
    "one": "<t:one>{}</t:one>",
    "many": "<t:many>{}</t:many>",
    "nilled": "<t:nilled>{}</t:nilled>",
    "wrap": "<t:wrap><t:in>{}</t:in></t:wrap>",
    "val": "<t:val>{}</t:val>",
    "either": "<t:either>{}</t:either>",
    "k": "<t:k>{}</t:k>",
    "mix": "<t:mix>a<t:m>{}</t:m></t:mix>",
}


def places(name: str, text: str, json: Any) -> Iterator[tuple[str, Any]]:
    """The text and its JSON at each place that a scalar may have."""
    values: dict[str, Any] = {
        "one": json, "many": [json], "nilled": json, "wrap": [json], "val": {"$value": json}, "either": json,
        "mix": {"$mixed": ["a", {"m": json}]},
    }  # fmt: skip
    for place, form in _WITHIN.items():
        value = {"$items": [{"k": json}]} if place == "k" else {place: values[place]}
        yield f"<t:c-{name}>{form.format(escape(text))}</t:c-{name}>", {f"c-{name}": value}
    yield f"<t:c-{name} at={quoteattr(text)}/>", {f"c-{name}": {"@at": json}}
    yield (
        f"<t:c-{name}><t:open><t:g-{name}>{escape(text)}</t:g-{name}></t:open></t:c-{name}>",
        {f"c-{name}": {"open": {"$any": [{f"{{urn:t}}g-{name}": json}]}}},
    )


_COMPLEX: Final = """
<xs:element name="g-{T}" type="t:{T}"/><xs:element name="c-{T}"><xs:complexType><xs:sequence>
<xs:element name="one" type="t:{T}" minOccurs="0"/><xs:element name="many" type="t:{T}" minOccurs="0" maxOccurs="9"/>
<xs:element name="nilled" type="t:{T}" minOccurs="0" nillable="true"/>
<xs:element name="wrap" minOccurs="0"><xs:complexType><xs:sequence>
<xs:element name="in" type="t:{T}" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="val" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="t:{T}">
<xs:attribute name="u"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
<xs:choice minOccurs="0"><xs:element name="either" type="t:{T}"/><xs:element name="or" type="xs:string"/></xs:choice>
<xs:sequence minOccurs="0" maxOccurs="9"><xs:element name="k" type="t:{T}"/>
<xs:element name="l" type="xs:string" minOccurs="0"/></xs:sequence>
<xs:element name="mix" minOccurs="0"><xs:complexType mixed="true"><xs:sequence>
<xs:element name="m" type="t:{T}" minOccurs="0" maxOccurs="2"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="open" minOccurs="0"><xs:complexType><xs:sequence>
<xs:any minOccurs="0" maxOccurs="9" processContents="lax" namespace="##targetNamespace"/></xs:sequence></xs:complexType>
</xs:element></xs:sequence><xs:attribute name="at" type="t:{T}"/></xs:complexType></xs:element>"""


def schema(types: Sequence[Type]) -> str:
    """A schema of these types, each at all its places, below `{urn:t}r`."""
    named = {one.name: one for one in (*_ALL, *types)}
    return (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"'
        ' elementFormDefault="qualified">'
        + "".join(f'<xs:simpleType name="{one.name}">{one.derivation}</xs:simpleType>' for one in named.values())
        + "".join(_COMPLEX.replace("{T}", one.name) for one in types)
        + '<xs:element name="r"><xs:complexType><xs:choice>'
        + "".join(f'<xs:element ref="t:c-{one.name}"/>' for one in types)
        + "</xs:choice></xs:complexType></xs:element></xs:schema>"
    )
