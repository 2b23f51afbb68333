"""The law of facets: each facet of a simple type becomes one check, made once (XSD 1.0 Part 2 §4.3).

A check takes the text after its white-space facet (canonical for octets, Clark for QNames) and raises
`Unfit`; a type without facets has none, and nothing is paid. Bounds compare values, lengths count
code points, octets or items, enumerations compare values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from math import isnan
from typing import TypeAlias

from ..core.lexical import Builtin
from ..schema.ir import Facets
from . import temporal
from .lexical import Unfit, base64_octets, plain, to_float
from .patterns import matcher

Check: TypeAlias = "Callable[[str], None]"
Key: TypeAlias = "Callable[[str], Hashable]"


def joined(checks: list[Check]) -> Check | None:
    """One check of several, or None of none."""
    if not checks:
        return None
    if len(checks) == 1:
        return checks[0]
    together = tuple(checks)

    def all_of(text: str) -> None:
        for check in together:
            check(text)

    return all_of


# ---------------------------------------------------------------- patterns and enumerations


def pattern_checks(facets: Facets, expected: str) -> list[Check]:
    """All steps hold; within a step one of its alternatives. Raises PatternError for a pattern that is none."""
    if not facets.patterns:
        return []
    matches = matcher(facets.patterns)

    def check(text: str) -> None:
        if not matches(text):
            raise Unfit("text that does not have the form asked for", expected)

    return [check]


def enumeration_checks(facets: Facets, key: Key, literal: Key, expected: str) -> list[Check]:
    """Equality is of values: 1.0 is 1, one instant is the same in two zones."""
    if facets.enumeration is None:
        return []
    allowed = frozenset(literal(text) for text in facets.enumeration)

    def check(text: str) -> None:
        if key(text) not in allowed:
            raise Unfit("not one of the values listed", expected)

    return [check]


# ---------------------------------------------------------------- lengths


def _counted(number: int, units: str) -> str:
    return f"{number} {units.removesuffix('s') if number == 1 else units}"


def count_checks(facets: Facets, unit: str, expected: str) -> list[Callable[[int], None]]:
    """Checks on a count of `unit`s."""
    low = facets.length if facets.length is not None else facets.min_length
    high = facets.length if facets.length is not None else facets.max_length
    checks: list[Callable[[int], None]] = []
    if low:

        def at_least(count: int, low: int = low) -> None:
            if count < low:
                raise Unfit(f"fewer than {_counted(low, unit)}", expected)

        checks.append(at_least)
    if high is not None:

        def at_most(count: int, high: int = high) -> None:
            if count > high:
                raise Unfit(f"more than {_counted(high, unit)}", expected)

        checks.append(at_most)
    return checks


_OCTETS = {"base64": base64_octets, "hex": lambda text: len(text) // 2}


def length_checks(row: Builtin, facets: Facets, expected: str) -> list[Check]:
    """Of strings, URIs and octets; a QName has no length (erratum to §4.3.1)."""
    if row.kind not in ("string", "uri", "base64", "hex"):
        return []
    measure: Callable[[str], int] = _OCTETS.get(row.kind, len)
    unit = "octets" if row.kind in _OCTETS else "characters"

    def over(check: Callable[[int], None]) -> Check:
        return lambda text: check(measure(text))

    return [over(check) for check in count_checks(facets, unit, expected)]


# ---------------------------------------------------------------- numbers


def digit_checks(facets: Facets, expected: str) -> list[Check]:
    """totalDigits and fractionDigits count the value's digits, not the text's (§4.3.11, §4.3.12)."""
    total, fraction = facets.total_digits, facets.fraction_digits
    if total is None and fraction is None:
        return []

    def check(text: str) -> None:
        whole, _, after = plain(text).lstrip("-").partition(".")
        after = after.rstrip("0")
        if fraction is not None and len(after) > fraction:
            raise Unfit(f"more than {fraction} digits after the point", expected)
        if total is not None and len(whole.lstrip("0")) + len(after) > total:
            raise Unfit(f"more than {total} digits", expected)

    return [check]


def decimal_checks(facets: Facets, expected: str) -> list[Check]:
    """Bounds of xs:decimal; whole numbers have theirs folded into the reader."""
    checks: list[Check] = []
    for bound, outside in _bounds(facets):
        limit = Decimal(bound)

        def check(text: str, limit: Decimal = limit, outside: Callable[[bool | None, bool], bool] = outside) -> None:
            number = Decimal(text)
            if outside(number < limit, number == limit):
                raise Unfit("outside its range", expected)

        checks.append(check)
    return checks


def float_checks(facets: Facets, single: bool, expected: str) -> list[Check]:
    """Bounds of float and double; NaN is equal to itself and to be compared with nothing else (§3.2.4)."""
    checks: list[Check] = []
    for bound, outside in _bounds(facets):
        limit = to_float(bound, single, expected)

        def check(text: str, limit: float = limit, outside: Callable[[bool | None, bool], bool] = outside) -> None:
            number = to_float(text, single, expected)
            lost = isnan(number) or isnan(limit)
            if outside(None if lost else number < limit, number == limit or (isnan(number) and isnan(limit))):
                raise Unfit("outside its range", expected)

        checks.append(check)
    return checks


# (is it below the bound? None: not to be told; is it equal?) -> is it outside?


def _under(below: bool | None, equal: bool) -> bool:
    return below is not False and not equal


def _under_or_at(below: bool | None, equal: bool) -> bool:
    return below is not False or equal


def _over(below: bool | None, equal: bool) -> bool:
    return below is not True and not equal


def _over_or_at(below: bool | None, equal: bool) -> bool:
    return below is not True or equal


def _bounds(facets: Facets) -> list[tuple[str, Callable[[bool | None, bool], bool]]]:
    rows = (
        (facets.min_inclusive, _under),
        (facets.min_exclusive, _under_or_at),
        (facets.max_inclusive, _over),
        (facets.max_exclusive, _over_or_at),
    )
    return [(bound, outside) for bound, outside in rows if bound is not None]


# ---------------------------------------------------------------- time


def temporal_checks(row: Builtin, facets: Facets, expected: str) -> list[Check]:
    """Bounds of dates and durations; what cannot be told apart is outside (§3.2.6.2, §3.2.7.3)."""
    bounds = _bounds(facets)
    if not bounds:
        return []
    if row.kind == "duration":
        return [_span_check(bound, outside, expected) for bound, outside in bounds]
    return [_instant_check(row.name, bound, outside, expected) for bound, outside in bounds]


def _instant_check(name: str, bound: str, outside: Callable[[bool | None, bool], bool], expected: str) -> Check:
    limit = temporal.instant(name, bound)

    def check(text: str) -> None:
        value = temporal.instant(name, text)
        if outside(temporal.before(value, limit), value == limit):
            raise Unfit("outside its range", expected)

    return guarded(check, expected)


def _span_check(bound: str, outside: Callable[[bool | None, bool], bool], expected: str) -> Check:
    limit = temporal.span(bound)

    def check(text: str) -> None:
        value = temporal.span(text)
        if outside(temporal.shorter(value, limit), value == limit):
            raise Unfit("outside its range", expected)

    return guarded(check, expected)


def guarded(check: Check, expected: str) -> Check:
    """A year of thousands of digits is not compared."""

    def safe(text: str) -> None:
        try:
            check(text)
        except temporal.TooLong:
            raise Unfit("more digits than are compared", expected) from None

    return safe
