"""The law of built-in types: what the 44 simple types of XSD 1.0 look like as text, in one table.

Codec and JSON Schema both stand on it, so it lives in `core` (docs/adr/0020). Pure data and the three
functions of white space: no facet, no model, no JSON. The portable patterns are written in the common
part of ECMA-262 (`u` flag), the linear engines and Python, without anchors. They are wider than the
type only where a pattern cannot say more: calendars and ranges of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, Protocol, TypeAlias

from .xmlnames import NAME, NC_NAME, NM_TOKEN

XSD: Final = "http://www.w3.org/2001/XMLSchema"

WhiteSpace: TypeAlias = Literal["preserve", "replace", "collapse"]
Kind: TypeAlias = Literal[
    "string", "uri", "boolean", "small", "integer", "decimal", "float", "double",
    "temporal", "duration", "base64", "hex", "name", "entity",
]  # fmt: skip
"""What a built-in is in JSON: 'small' is always a number, 'integer' and 'decimal' keep their digits
(`numbers:`), 'name' is a QName or NOTATION, 'entity' is refused at compile."""


@dataclass(frozen=True, slots=True)
class Builtin:
    """One built-in type. `lowest` and `highest` are inclusive; `words` is what a person is told."""

    name: str
    primitive: str
    kind: Kind
    words: str
    pattern: str = ""  # the lexical space, portable, not anchored; '' is any text
    white_space: WhiteSpace = "collapse"
    lowest: int | None = None
    highest: int | None = None
    parent: str = "anySimpleType"


# ---------------------------------------------------------------- lexical spaces (XSD 1.0 Part 2 §3.2, §3.3)

INTEGER: Final = "[+-]?[0-9]+"
DECIMAL: Final = "[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)"
FLOAT: Final = f"{DECIMAL}(?:[Ee][+-]?[0-9]+)?|-?INF|NaN"
BOOLEAN: Final = "true|false|1|0"
# no year 0000, no leading zero beyond four digits (§3.2.7.1)
YEAR: Final = "-?(?:[1-9][0-9]{3,}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
MONTH: Final = "(?:0[1-9]|1[0-2])"
DAY: Final = "(?:0[1-9]|[12][0-9]|3[01])"
CLOCK: Final = "(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?|24:00:00(?:\\.0+)?)"
_MUST_ZONE: Final = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
ZONE: Final = f"{_MUST_ZONE}?"
_SECONDS: Final = "[0-9]+(?:\\.[0-9]+)?S"
_YEARS: Final = "[0-9]+Y(?:[0-9]+M)?"
_CLOCK_PART: Final = f"T(?:[0-9]+H(?:[0-9]+M)?(?:{_SECONDS})?|[0-9]+M(?:{_SECONDS})?|{_SECONDS})"
_DAYS: Final = f"(?:[0-9]+D(?:{_CLOCK_PART})?|{_CLOCK_PART})"
DURATION: Final = f"-?P(?:{_YEARS}{_DAYS}?|[0-9]+M{_DAYS}?|{_DAYS})"
# canonical: no white space inside, unused bits are zero (§3.2.16)
_B64: Final = "[A-Za-z0-9+/]"
BASE64: Final = f"(?:{_B64}{{4}})*(?:{_B64}[AQgw]==|{_B64}{{2}}[AEIMQUYcgkosw048]=)?"
HEX: Final = "(?:[0-9A-Fa-f]{2})*"
# RFC 2396 and 2732 after XLink's escaping (§3.2.17): what would be escaped may stand for itself, so only %, #,
# brackets (not in a path) and a colon in the first segment are looked at; reg_name takes any authority
_AWAY: Final = "\\u0000-\\u001F\\uFFFE\\uFFFF%#"
_HEXED: Final = "%[0-9A-Fa-f]{2}"
_ANY: Final = f"(?:[^{_AWAY}]|{_HEXED})*"
_PATH: Final = f"(?:[^{_AWAY}?\\[\\]]|{_HEXED})*"
_SEGMENT: Final = f"(?:[^{_AWAY}?/:\\[\\]]|{_HEXED})+"
_OPAQUE: Final = f"(?:[^{_AWAY}/\\[\\]]|{_HEXED}){_ANY}"
_IPV6: Final = f"//(?:(?:[^{_AWAY}?/@\\[\\]]|{_HEXED})*@)?\\[[0-9A-Fa-f:.]+\\](?::[0-9]*)?(?:/{_PATH})?"
_ROOTED: Final = f"(?:{_IPV6}|/{_PATH})(?:\\?{_ANY})?"
_ABSOLUTE: Final = f"[A-Za-z][A-Za-z0-9+.-]*:(?:{_ROOTED}|{_OPAQUE})"
URI: Final = f"(?:{_ABSOLUTE}|{_ROOTED}|(?:{_SEGMENT}(?:/{_PATH})?)?(?:\\?{_ANY})?)(?:#{_ANY})?"
LANGUAGE: Final = "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"


def _temporal(name: str, pattern: str, sample: str, noun: str) -> Builtin:
    return Builtin(name, name, "temporal", f"{noun} such as {sample}", pattern)


def _whole(name: str, parent: str, lowest: int | None, highest: int | None, words: str = "") -> Builtin:
    small = lowest is not None and highest is not None and abs(lowest) <= 2**31 and highest < 2**32
    words = words or f"a whole number from {lowest} to {highest}"
    return Builtin(
        name, "decimal", "small" if small else "integer", words, INTEGER, "collapse", lowest, highest, parent
    )


def _text(name: str, parent: str, words: str, white_space: WhiteSpace = "collapse", pattern: str = "") -> Builtin:
    return Builtin(name, "string", "string", words, pattern, white_space, parent=parent)


_ROWS: Final = (
    # the 19 primitive types
    Builtin("string", "string", "string", "text", white_space="preserve"),
    Builtin("boolean", "boolean", "boolean", "true or false", BOOLEAN),
    Builtin("decimal", "decimal", "decimal", "a decimal number such as 12.50", DECIMAL),
    Builtin("float", "float", "float", "a number that fits 32-bit floating point, or INF, -INF, NaN", FLOAT),
    Builtin("double", "double", "double", "a number that fits 64-bit floating point, or INF, -INF, NaN", FLOAT),
    Builtin("duration", "duration", "duration", "a duration such as P1Y2M3DT4H5M6S", DURATION),
    _temporal("dateTime", f"{YEAR}-{MONTH}-{DAY}T{CLOCK}{ZONE}", "2024-05-17T09:30:00Z", "a date-time"),
    _temporal("time", f"{CLOCK}{ZONE}", "09:30:00", "a time"),
    _temporal("date", f"{YEAR}-{MONTH}-{DAY}{ZONE}", "2024-05-17", "a date"),
    _temporal("gYearMonth", f"{YEAR}-{MONTH}{ZONE}", "2024-05", "a year and month"),
    _temporal("gYear", f"{YEAR}{ZONE}", "2024", "a year"),
    _temporal("gMonthDay", f"--{MONTH}-{DAY}{ZONE}", "--05-17", "a month and day"),
    _temporal("gDay", f"---{DAY}{ZONE}", "---17", "a day"),
    _temporal("gMonth", f"--{MONTH}{ZONE}", "--05", "a month"),
    Builtin("hexBinary", "hexBinary", "hex", "octets as pairs of hexadecimal digits", HEX),
    Builtin("base64Binary", "base64Binary", "base64", "octets in base64", BASE64),
    Builtin("anyURI", "anyURI", "uri", "a URI", URI),
    Builtin("QName", "QName", "name", "a name as {namespace}local, or local without a namespace"),
    Builtin("NOTATION", "NOTATION", "name", "the name of a notation as {namespace}local"),
    # the 25 derived types
    _text("normalizedString", "string", "text without tabs and line breaks", "replace"),
    _text("token", "normalizedString", "text without tabs, line breaks, double spaces and spaces at its ends"),
    _text("language", "token", "a language tag such as sv or en-GB", pattern=LANGUAGE),
    _text("NMTOKEN", "token", "a word of letters, digits and . - _ :", pattern=NM_TOKEN),
    _text("Name", "token", "an XML name", pattern=NAME),
    _text("NCName", "Name", "an XML name without a colon", pattern=NC_NAME),
    _text("ID", "NCName", "an identifier: an XML name without a colon", pattern=NC_NAME),
    _text("IDREF", "NCName", "a reference to an identifier: an XML name without a colon", pattern=NC_NAME),
    Builtin("ENTITY", "string", "entity", "the name of an unparsed entity", parent="NCName"),
    _whole("integer", "decimal", None, None, "a whole number"),
    _whole("nonPositiveInteger", "integer", None, 0, "a whole number of at most 0"),
    _whole("negativeInteger", "nonPositiveInteger", None, -1, "a whole number below 0"),
    _whole("long", "integer", -(2**63), 2**63 - 1),
    _whole("int", "long", -(2**31), 2**31 - 1),
    _whole("short", "int", -(2**15), 2**15 - 1),
    _whole("byte", "short", -(2**7), 2**7 - 1),
    _whole("nonNegativeInteger", "integer", 0, None, "a whole number of at least 0"),
    _whole("unsignedLong", "nonNegativeInteger", 0, 2**64 - 1),
    _whole("unsignedInt", "unsignedLong", 0, 2**32 - 1),
    _whole("unsignedShort", "unsignedInt", 0, 2**16 - 1),
    _whole("unsignedByte", "unsignedShort", 0, 2**8 - 1),
    _whole("positiveInteger", "nonNegativeInteger", 1, None, "a whole number above 0"),
)
LISTS: Final[Mapping[str, str]] = {"NMTOKENS": "NMTOKEN", "IDREFS": "IDREF", "ENTITIES": "ENTITY"}
"""The three built-ins that are lists, with their item types; at least one item (§3.3.2)."""

BUILTINS: Final[Mapping[str, Builtin]] = {row.name: row for row in _ROWS}

# anySimpleType has every text; the last three are XSD 1.1's, carried for schemas that name them
OTHERS: Final[Mapping[str, Builtin]] = {
    row.name: row
    for row in (
        Builtin("anySimpleType", "anySimpleType", "string", "text", white_space="preserve"),
        Builtin("anyAtomicType", "anySimpleType", "string", "text", white_space="preserve"),
        Builtin(
            "dateTimeStamp",
            "dateTime",
            "temporal",
            "a date-time with its zone such as 2024-05-17T09:30:00Z",
            f"{YEAR}-{MONTH}-{DAY}T{CLOCK}{_MUST_ZONE}",
        ),
        Builtin(
            "yearMonthDuration",
            "duration",
            "duration",
            "a duration such as P1Y2M",
            "-?P(?:[0-9]+Y(?:[0-9]+M)?|[0-9]+M)",
        ),
        Builtin("dayTimeDuration", "duration", "duration", "a duration such as P3DT4H5M6S", f"-?P{_DAYS}"),
    )
}


def builtin(name: str) -> Builtin:
    """The row of a built-in atomic type; an unknown name reads as anySimpleType."""
    return BUILTINS.get(name) or OTHERS.get(name) or OTHERS["anySimpleType"]


def whole_range(row: Builtin, facets: Bounds) -> tuple[int | None, int | None]:
    """The inclusive bounds of an integer type: its own, and those of the facets where they are narrower."""
    lows = [low for low in (row.lowest, _int(facets.min_inclusive), _int(facets.min_exclusive, +1)) if low is not None]
    highs = [
        high for high in (row.highest, _int(facets.max_inclusive), _int(facets.max_exclusive, -1)) if high is not None
    ]
    return max(lows, default=None), min(highs, default=None)


class Bounds(Protocol):
    """The four bounds of a type's facets, as literals (gateway.schema.ir.Facets)."""

    @property
    def min_inclusive(self) -> str | None: ...
    @property
    def min_exclusive(self) -> str | None: ...
    @property
    def max_inclusive(self) -> str | None: ...
    @property
    def max_exclusive(self) -> str | None: ...


def _int(literal: str | None, step: int = 0) -> int | None:
    """A bound's literal; it may be written as a decimal (`9.0`), and one of huge size is beyond any message."""
    return None if literal is None else int(Decimal(literal)) + step


# ---------------------------------------------------------------- white space and characters

SPACES: Final = " \t\n\r"  # XML's, and no others: str.split() and str.strip() know more
_TO_SPACE: Final = str.maketrans("\t\n\r", "   ")
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").search


def collapse(text: str) -> str:
    """The white-space facet `collapse` (XSD 1.0 Part 2 §4.3.6)."""
    if text.isascii():  # of XML's own characters, str.split() knows only these four there
        return " ".join(text.split())
    return " ".join(words(text))


def replace(text: str) -> str:
    """The white-space facet `replace`."""
    return text.translate(_TO_SPACE)


def words(text: str) -> list[str]:
    """The items of a list: split at XML's white space only."""
    if text.isascii():  # of XML's own characters, str.split() knows only these four there
        return text.split()
    return [word for word in text.translate(_TO_SPACE).split(" ") if word]


def legal(text: str) -> bool:
    """Whether XML 1.0 can carry every character (§2.2)."""
    return text.isprintable() or _ILLEGAL(text) is None


def normal(text: str, white_space: WhiteSpace) -> str:
    """The text after its white-space facet."""
    if white_space == "preserve":
        return text
    return replace(text) if white_space == "replace" else collapse(text)
