"""The law of numbers: readers and writers of the numeric kinds and of boolean, bounds folded in.

Exact types keep their digits (`gateway.core.value`); floats are the shortest digits that read back. Each
reader has a short way for plain digits and takes the long one for signs, zeros and white space only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from math import isfinite
from typing import Final, TypeAlias

from ..core.floats import MAX_DOUBLE, MAX_SINGLE, bound_digits, shortest
from ..core.lexical import SPACES, Builtin, whole_range
from ..core.value import Value
from ..schema.ir import Facets, Settings
from . import facets as checks
from .lexical import (
    NOT_NUMBER,
    NOT_WHOLE,
    Namespaces,
    Prefixes,
    Read,
    Unfit,
    Write,
    digits_of,
    exact,
    float_text,
    floating,
    is_decimal,
    is_integer,
    is_plain,
    plain,
    to_float,
)

Functions: TypeAlias = "tuple[Read, Write, Callable[[str, Namespaces], Hashable], Callable[[str], Hashable]]"

_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
_RANGE: Final = "outside its range"
_SPECIALS: Final = ("INF", "-INF", "NaN")
_LONG: Final = 19  # digits of the longest small number, and more


def boolean(words: str) -> Functions:
    """xs:boolean (§3.2.2): true, false, 1, 0."""

    def read(text: str, namespaces: Namespaces) -> Value:
        value = _BOOLEANS.get(text)
        if value is None:
            value = _BOOLEANS.get(text.strip(SPACES))
            if value is None:
                raise Unfit("not true or false", words)
        return value

    def write(value: Value, prefixes: Prefixes) -> str:
        if value is True:
            return "true"
        if value is False:
            return "false"
        raise Unfit("not true or false", words)

    def key(text: str, namespaces: Namespaces) -> Hashable:
        return ("boolean", read(text, namespaces))

    return read, write, key, lambda text: ("boolean", _BOOLEANS[text])


def number(row: Builtin, facets: Facets, settings: Settings, words: str) -> Functions:
    """A numeric built-in with its facets, patterns left to the caller."""
    if row.kind in ("float", "double"):
        return _float(row, facets, words)
    found = checks.digit_checks(facets, words)
    found += checks.enumeration_checks(facets, Decimal, Decimal, words)
    if row.kind == "small":
        return _small(row, facets, checks.joined(found), words)
    as_text = settings.numbers == "string"
    if row.kind == "integer":
        return _integer(row, facets, checks.joined(found), words, as_text)
    found += checks.decimal_checks(facets, words)
    return _decimal(checks.joined(found), words, as_text)


def _small(row: Builtin, facets: Facets, check: checks.Check | None, words: str) -> Functions:
    """byte to int and their unsigned twins: always an int."""
    low, high = whole_range(row, facets)
    assert low is not None
    assert high is not None

    def read(text: str, namespaces: Namespaces) -> Value:
        if not (text.isdigit() and text.isascii()):
            text = text.strip(SPACES)
            if not is_integer(text):
                raise Unfit(NOT_WHOLE, words)
        if len(text) > _LONG and len(text := plain(text)) > _LONG:
            raise Unfit(_RANGE, words)
        value = int(text)
        if not low <= value <= high:
            raise Unfit(_RANGE, words)
        if check is not None:
            check(text)
        return value

    def write(value: Value, prefixes: Prefixes) -> str:
        if type(value) is not int:
            if isinstance(value, str):
                read(value, {})  # said as of the same text in XML, where that is wrong as well
                raise Unfit("a string where a number is due", words)
            text = digits_of(value, True, words)
            if len(text) > _LONG:
                raise Unfit(_RANGE, words)
            value = int(text)
        if not low <= value <= high:
            raise Unfit(_RANGE, words)
        text = str(value)
        if check is not None:
            check(text)
        return text

    return read, write, _keyed(read), _literal


def _integer(row: Builtin, facets: Facets, check: checks.Check | None, words: str, as_text: bool) -> Functions:
    """long, unsignedLong and the integers without bounds: digits kept."""
    low, high = whole_range(row, facets)

    def take(text: str) -> int | Decimal:
        """Digits that `plain` gave, checked."""
        value = exact(text)
        if (low is not None and value < low) or (high is not None and value > high):
            raise Unfit(_RANGE, words)
        if check is not None:
            check(text)
        return value

    def read(text: str, namespaces: Namespaces) -> Value:
        if not (text.isdigit() and text.isascii()):
            text = text.strip(SPACES)
            if not is_integer(text):
                raise Unfit(NOT_WHOLE, words)
        if text[0] in "0+-":
            text = plain(text)
        value = take(text)
        return text if as_text else value

    def write(value: Value, prefixes: Prefixes) -> str:
        text = str(value) if type(value) is int and -_WORD < value < _WORD else digits_of(value, True, words)
        take(text)
        return text

    return read, write, _keyed(read), _literal


_WORD: Final = 2**64


def _decimal(check: checks.Check | None, words: str, as_text: bool) -> Functions:
    """xs:decimal: digits kept, also behind the point."""

    def read(text: str, namespaces: Namespaces) -> Value:
        if not is_plain(text):
            text = text.strip(SPACES)
            if not is_decimal(text):
                raise Unfit(NOT_NUMBER, words)
            text = plain(text)
        if check is not None:
            check(text)
        return text if as_text else exact(text)

    def write(value: Value, prefixes: Prefixes) -> str:
        if type(value) is not Decimal or not is_plain(text := str(value)):
            text = digits_of(value, False, words)
        if check is not None:
            check(text)
        return text

    return read, write, _keyed(read), _literal


def _keyed(read: Read) -> Callable[[str, Namespaces], Hashable]:
    def key(text: str, namespaces: Namespaces) -> Hashable:
        read(text, namespaces)
        return _literal(text.strip(SPACES))

    return key


def _literal(text: str) -> Hashable:
    return ("decimal", Decimal(text))


# ---------------------------------------------------------------- float and double


def _float(row: Builtin, facets: Facets, words: str) -> Functions:
    single = row.kind == "float"
    most = MAX_SINGLE if single else MAX_DOUBLE

    def value_of(text: str) -> Hashable:
        value = to_float(text, single, words)
        return "NaN" if value != value else value  # noqa: PLR0124 - NaN equals itself here (§3.2.4)

    found = checks.float_checks(facets, single, words)
    found += checks.enumeration_checks(facets, value_of, value_of, words)
    check = checks.joined(found)

    direct = check is None and not single
    low = bound_digits(facets.min_inclusive, single, min)
    high = bound_digits(facets.max_inclusive, single, max)

    def read(text: str, namespaces: Namespaces) -> Value:
        text = text.strip(SPACES)
        value = to_float(text, single, words)
        if check is not None:
            check(text)
        return floating(value, single)

    def write(value: Value, prefixes: Prefixes) -> str:
        if direct and isinstance(value, float) and isfinite(value):
            return shortest(value, single)
        if isinstance(value, str):
            to_float(value, single, words)  # said as of the same text in XML, where that is wrong as well
        text = float_text(value, words)
        if isinstance(value, int | Decimal):
            if not -most <= value <= most:
                raise Unfit("a number too large for its type", words)
            if direct:
                return shortest(float(value), single)  # rounded to nearest, from a Decimal too
        if check is not None:
            check(text)
            # a bound is for the digits as they are sent, as the JSON Schema has it: none are rounded to it from outside
            if text not in _SPECIALS and (
                (low is not None and Decimal(text) < low) or (high is not None and Decimal(text) > high)
            ):
                raise Unfit(_RANGE, words)
        return shortest(to_float(text, single, words), single)

    def key(text: str, namespaces: Namespaces) -> Hashable:
        return (row.primitive, value_of(text.strip(SPACES)))

    return read, write, key, lambda text: (row.primitive, value_of(text))
