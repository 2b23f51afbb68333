"""The law of example scalars: a value that the type takes, generated from its facets, the same every time.

An enumeration gives its first member, a pattern its shortest match, bounds their nearest value. A type
that no rule here satisfies gives its built-in's own sample: examples help people, they prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from re import _parser  # type: ignore[attr-defined]  # the only reader of regex syntax in the library; build time
from typing import Any, Final

from gateway.core.patterns import PatternError, anchored, translate
from gateway.schema.ir import Facets, Model, Simple, TypeId

SAMPLES: Final[Mapping[str, str]] = {
    "boolean": "true",
    "decimal": "12.50",
    "float": "1.5",
    "double": "1.5",
    "duration": "P1D",
    "dateTime": "2024-05-17T09:30:00Z",
    "dateTimeStamp": "2024-05-17T09:30:00Z",
    "dayTimeDuration": "P1D",
    "yearMonthDuration": "P1Y",
    "date": "2024-05-17",
    "time": "09:30:00",
    "gYearMonth": "2024-05",
    "gYear": "2024",
    "gMonthDay": "--05-17",
    "gDay": "---17",
    "gMonth": "--05",
    "hexBinary": "0AFF",
    "base64Binary": "AAEC",
    "anyURI": "https://example.com/",
    "QName": "name",
    "NOTATION": "name",
    "language": "en",
    "ID": "id1",
    "IDREF": "id1",
    "IDREFS": "id1",
    "Name": "name",
    "NCName": "name",
    "NMTOKEN": "name",
    "NMTOKENS": "name",
    "negativeInteger": "-1",
    "nonPositiveInteger": "0",
}
_NUMBERS: Final = frozenset(
    "decimal float double integer long int short byte nonNegativeInteger positiveInteger "
    "unsignedLong unsignedInt unsignedShort unsignedByte negativeInteger nonPositiveInteger".split()
)


_TEMPORAL: Final = frozenset("dateTime dateTimeStamp date time gYearMonth gYear gMonthDay gDay gMonth".split())


def _sample(name: str) -> str:
    return SAMPLES.get(name, "1" if name in _NUMBERS else "text")


def literal(model: Model, type_id: TypeId) -> str:
    """An example of a simple type's lexical form."""
    kind = model.types[type_id]
    if not isinstance(kind, Simple):
        return "text"
    if kind.facets.enumeration:
        return kind.facets.enumeration[0]
    if kind.variety == "list":
        count = kind.facets.length or kind.facets.min_length or 1
        return " ".join([literal(model, kind.item or "")] * count)
    if kind.variety == "union":
        return literal(model, kind.members[0]) if kind.members else "text"
    if kind.facets.patterns and kind.builtin in _TEMPORAL:
        return _dated(kind.builtin, kind.facets.patterns)
    if kind.facets.patterns:
        return matching(kind.facets.patterns[0]) or _sample(kind.builtin)
    return _atomic(kind)


def _dated(name: str, patterns: tuple[tuple[str, ...], ...]) -> str:
    """A date's sample, with or without a zone as its patterns ask for it."""
    sample = _sample(name)
    forms = (sample, sample.rstrip("Z"), sample.rstrip("Z") + "Z")
    fits = (form for form in forms if all(re.search(anchored(step), form) for step in patterns))
    return next(fits, "") or matching(patterns[0]) or sample


def _atomic(kind: Simple) -> str:
    facets = kind.facets
    sample = _sample(kind.builtin)
    number = _number(sample, facets) if kind.builtin in _NUMBERS else None
    if number is not None:
        return number
    if kind.builtin in ("base64Binary", "hexBinary"):
        return _octets(kind.builtin, facets) or sample
    exact = facets.length
    least, most = facets.min_length, facets.max_length
    if exact is not None:
        return (sample * (exact // max(1, len(sample)) + 1))[:exact]
    if most is not None and len(sample) > most:
        sample = sample[:most]
    if least is not None and len(sample) < least:
        sample = (sample * (least // max(1, len(sample)) + 1))[:least]
    return sample


def _octets(builtin_name: str, facets: Facets) -> str:
    count = facets.length if facets.length is not None else facets.min_length
    if count is None:
        return ""
    if builtin_name == "hexBinary":
        return "00" * count
    full, rest = divmod(count, 3)
    return "AAAA" * full + ("", "AA==", "AAA=")[rest]


def _number(sample: str, facets: Facets) -> str | None:
    low = facets.min_inclusive or facets.min_exclusive
    high = facets.max_inclusive or facets.max_exclusive
    try:
        value = Decimal(sample)
        if low is not None and value <= Decimal(low):
            value = Decimal(low) + (0 if facets.min_inclusive else 1)
        if high is not None and value >= Decimal(high):
            value = Decimal(high) - (0 if facets.max_inclusive else 1)
    except InvalidOperation:
        return None
    return format(value, "f") if value.is_finite() else None


def matching(alternatives: tuple[str, ...]) -> str:
    """A short text that one of a step's patterns takes, '' when none is found."""
    for pattern in alternatives:
        try:
            return "".join(_written(_parser.parse(translate(pattern).text)))
        except (PatternError, ValueError, OverflowError, RecursionError):
            continue
    return ""


def _written(parsed: Any) -> list[str]:
    """The shortest text of a parsed expression; the first of its alternatives."""
    return [_piece(str(op), argument) for op, argument in parsed]


def _piece(op: str, argument: Any) -> str:
    if op == "LITERAL":
        return chr(argument)
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = argument
        return "".join(_written(inner)) * (int(least) or (1 if int(most) and int(least) == 0 and int(most) > 1 else 0))
    if op == "BRANCH":
        return "".join(_written(argument[1][0]))
    if op == "SUBPATTERN":
        return "".join(_written(argument[-1]))
    if op == "IN":
        return _member(argument)
    if op == "ANY":
        return "a"
    if op == "NOT_LITERAL":
        return "a" if argument != ord("a") else "b"
    return ""


def _member(members: Any) -> str:
    """A character of a class, a plain letter or digit where there is one."""
    ranges = [(a, a) if str(op) == "LITERAL" else a for op, a in members if str(op) in ("LITERAL", "RANGE")]
    negated = any(str(op) == "NEGATE" for op, _ in members)
    for wanted in map(ord, "A1a0 ~"):
        if any(low <= wanted <= high for low, high in ranges) != negated:
            return chr(wanted)
    if negated:  # the first code point past the classes of the last one
        return chr(max((high for _, high in ranges), default=ord("A")) + 1)
    return chr(ranges[0][0]) if ranges else "A"
