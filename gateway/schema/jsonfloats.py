"""The law of floats in JSON Schema: numbers that are rounded to 32 or 64 bits, and three strings.

A single value (enumeration, fixed) is compared after rounding, so all digits that round to it are taken: its
literal stands for people, the span between the halves to its neighbours for machines. A bound is compared with
the digits as they are sent, as the codec does; that an excluded bound is rounded to is `Constraint.ROUNDED`.
"""

from __future__ import annotations

import math
import struct
from decimal import Decimal, localcontext
from typing import Any, Final, TypeAlias

from ..core.floats import MAX_DOUBLE, MAX_SINGLE, bound_digits, nearest
from ..core.lexical import Builtin
from .ir import Facets

Schema: TypeAlias = "dict[str, Any]"

_SPECIALS: Final = ("INF", "-INF", "NaN")
_DIGITS: Final = 1100  # more than the half of the smallest double has


def float_schema(row: Builtin, facets: Facets) -> Schema:
    """The JSON Schema of a float or double, patterns aside."""
    single = row.kind == "float"
    if facets.enumeration is not None:
        return _listed(facets.enumeration, single)
    if "NaN" in (facets.min_exclusive, facets.max_exclusive):
        return {"not": {}}
    if "NaN" in (facets.min_inclusive, facets.max_inclusive):
        return {"type": "string", "enum": ["NaN"]}  # nothing else compares with it (§3.2.4)
    specials, numbers = _specials_within(facets)
    most = MAX_SINGLE if single else MAX_DOUBLE
    rows = (
        ("minimum", bound_digits(facets.min_inclusive, single, min)),
        ("exclusiveMinimum", bound_digits(facets.min_exclusive, single, max)),
        ("maximum", bound_digits(facets.max_inclusive, single, max)),
        ("exclusiveMaximum", bound_digits(facets.max_exclusive, single, min)),
    )
    schema: Schema = {"type": "number"} | {key: _plain(bound) for key, bound in rows if bound is not None}
    if "minimum" not in schema and "exclusiveMinimum" not in schema:
        schema["minimum"] = most.copy_negate()  # minus would round it
    if "maximum" not in schema and "exclusiveMaximum" not in schema:
        schema["maximum"] = most
    if not numbers:
        return {"type": "string", "enum": specials} if specials else {"not": {}}
    return {"anyOf": [schema, {"type": "string", "enum": specials}]} if specials else schema


def _listed(literals: tuple[str, ...], single: bool) -> Schema:
    """Just these values. The literals are the first form, for whoever reads it; a span holds each of them, too."""
    finite = [literal for literal in literals if literal not in _SPECIALS]
    specials = [literal for literal in literals if literal in _SPECIALS]
    forms: list[Schema] = []
    if finite:
        spans = [span for literal in finite if (span := _span(literal, single)) is not None]
        numbers = {"enum": list(dict.fromkeys(_plain(Decimal(literal)) for literal in finite))}
        spans = [span for index, span in enumerate(spans) if span not in spans[:index]]
        forms = [{"type": "number", "anyOf": [numbers, *spans]}]
    if specials:
        forms.append({"type": "string", "enum": specials})
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


def _span(literal: str, single: bool) -> Schema | None:
    """All numbers that are rounded to a literal's value: to the halves on its two sides (IEEE 754 §4.3.1)."""
    value = nearest(literal, single)
    if math.isinf(value):
        return None
    even = not _bits(value, single) & 1  # a half is rounded to the even one of its two
    most = MAX_SINGLE if single else MAX_DOUBLE
    low, high = _half(value, single, -math.inf), _half(value, single, math.inf)
    least = most.copy_negate()  # minus would round it
    span: Schema = {"minimum": least} if low < least else {"minimum" if even else "exclusiveMinimum": low}
    return span | ({"maximum": most} if high > most else {"maximum" if even else "exclusiveMaximum": high})


def _half(value: float, single: bool, towards: float) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return (Decimal(value) + Decimal(_neighbour(value, single, towards))) / 2


def _neighbour(value: float, single: bool, towards: float) -> float | Decimal:
    if not single:
        found = math.nextafter(value, towards)
        return found if math.isfinite(found) else Decimal(2) ** 1024 * (1 if found > 0 else -1)
    if value == 0:
        return math.copysign(2.0**-149, towards)
    away = (value > 0) == (towards > 0)
    bits = _bits(abs(value), True) + (1 if away else -1)
    size = 2.0**128 if bits == 0x7F800000 else struct.unpack("<f", struct.pack("<I", bits))[0]
    return math.copysign(size, value)


def _bits(value: float, single: bool) -> int:
    packed = struct.pack("<f", value) if single else struct.pack("<d", value)
    return int.from_bytes(packed, "little")


def _plain(number: Decimal) -> int | Decimal:
    return int(number) if abs(number) < 10**18 and number == number.to_integral_value() else number


def _specials_within(facets: Facets) -> tuple[list[str], bool]:
    """Which of the three strings are inside the bounds, NaN only where there are none; whether any number is."""
    low, high = facets.min_inclusive or facets.min_exclusive, facets.max_inclusive or facets.max_exclusive
    lowest = low is None or facets.min_inclusive == "-INF"
    highest = high is None or facets.max_inclusive == "INF"
    upper = highest and facets.min_exclusive != "INF"
    lower = lowest and facets.max_exclusive != "-INF"
    specials = (["INF"] if upper else []) + (["-INF"] if lower else []) + ([] if low or high else ["NaN"])
    return specials, low != "INF" and high != "-INF"
