"""The law of single values: one reader and one writer for each kind of built-in type, no facets.

A reader takes text whose white-space facet was applied and gives a JSON value; a writer takes a JSON value
and gives text, unescaped. The type's own lexical space decides (XSD 1.0 Part 2), never what Python's
`int()` or `float()` would take. Both raise `Unfit`, whose words never hold the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, Protocol, TypeAlias

from ..core.floats import nearest, short_single, shortest
from ..core.lexical import DECIMAL, FLOAT, INTEGER
from ..core.value import Value

Namespaces: TypeAlias = "Mapping[str | None, str]"
EXPONENT: Final = 128  # of a JSON number for an exact type: 1E100000000 would be 100 MB of zeros
DECIMALS: Final = 65_536  # digits behind the point that are written


class Unfit(ValueError):
    """A text or value that a type does not take. Both strings are for a person and never hold the value."""

    def __init__(self, detail: str, expected: str, path: tuple[int, ...] = (), others: tuple[Unfit, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.expected = expected
        self.path = path  # the item of a list that it was
        self.others = others  # what else is wrong with the same text: further items of a list

    def __str__(self) -> str:
        return f"{self.detail}; expected {self.expected}"


class Prefixes(Protocol):
    """What a writer of QNames is given: the prefixes of the element that is being written."""

    def prefix(self, namespace: str) -> str:
        """A prefix bound to `namespace` where the text will stand, declared if there was none."""
        ...


Read: TypeAlias = "Callable[[str, Namespaces], Value]"
Write: TypeAlias = "Callable[[Value, Prefixes], str]"
KeyOf: TypeAlias = "Callable[[str, Namespaces], Hashable]"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A simple type, compiled. All of its functions raise `Unfit` and nothing else.

    `read(text, namespaces)`: XML text (raw; the white-space facet is applied here) to a JSON value.
    `write(value, prefixes)`: a JSON value to text, not escaped. A writer without QNames may get any `prefixes`.
    `key(text, namespaces)`: a hashable that is equal for equal values (key, unique, keyref, fixed).
    `literal(text)`: the same key of a literal as it stands in the IR (Clark names for QNames).
    """

    read: Read
    write: Write
    key: KeyOf
    literal: Callable[[str], Hashable]
    expected: str
    shape: Literal["scalar", "list"] = "scalar"
    qnames: bool = False  # whether its texts may hold prefixes

    def equal(self, one: str, other: str, namespaces: Namespaces) -> bool:
        """Whether two texts are the same value; a text that is unfit equals none."""
        try:
            return self.key(one, namespaces) == self.key(other, namespaces)
        except Unfit:
            return False


# ---------------------------------------------------------------- exact numbers

_WHOLE: Final = re.compile(INTEGER).fullmatch
_NUMBER: Final = re.compile(DECIMAL).fullmatch
is_plain: Final = re.compile(r"-?[1-9][0-9]*(?:\.[0-9]+)?|-?0\.[0-9]+|0").fullmatch  # what `plain` leaves as it is
NOT_WHOLE: Final = "not a whole number"
NOT_NUMBER: Final = "not a number"
_SHORT: Final = 18  # digits that an int keeps; longer ones are Decimals (gateway.core.value)
_LONG: Final = 10**4000  # Python refuses to print longer integers
WITHIN: Final = 15  # digits that survive a double


def plain(text: str) -> str:
    """A valid decimal or integer less its plus sign, leading zeros and bare point; digits else as written."""
    sign = "-" if text[0] == "-" else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole = whole.lstrip("0") or "0"
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def exact(text: str) -> int | Decimal:
    """The number of a text that `plain` gave."""
    if "." in text or text == "-0" or len(text) > _SHORT + (text[0] == "-"):
        return Decimal(text)
    return int(text)


def is_integer(text: str) -> bool:
    """Whether a text is in the lexical space of xs:integer."""
    return (text.isdigit() and text.isascii()) or _WHOLE(text) is not None


def is_decimal(text: str) -> bool:
    """Whether a text is in the lexical space of xs:decimal."""
    return (text.isdigit() and text.isascii()) or _NUMBER(text) is not None


def digits_of(value: Value, whole: bool, expected: str) -> str:
    """The digits of a JSON number or string for an exact type. Raises Unfit."""
    if isinstance(value, bool):
        raise Unfit("not a number", expected)
    if isinstance(value, int):
        return str(value) if -_LONG < value < _LONG else format(Decimal(value), "f")
    if isinstance(value, str):
        if not (is_integer(value) if whole else is_decimal(value)):
            raise Unfit(NOT_WHOLE if whole else NOT_NUMBER, expected)
        return plain(value)
    if isinstance(value, float):
        value = _from_float(value, expected)
    if isinstance(value, Decimal):
        return _digits(value, whole, expected)
    raise Unfit("not a number", expected)


def _from_float(value: float, expected: str) -> Decimal:
    """A Python float whose digits can not have been lost: at most 15, as code written by hand has them."""
    if not math.isfinite(value):
        raise Unfit("not a finite number", expected)
    number = Decimal(repr(value))
    if len(number.normalize().as_tuple().digits) > WITHIN:
        raise Unfit("a binary floating-point number that may have lost digits", expected)
    return number.quantize(Decimal(1)) if value.is_integer() and abs(value) < 10**WITHIN else number


def _digits(value: Decimal, whole: bool, expected: str) -> str:
    if not value.is_finite():
        raise Unfit("not a finite number", expected)
    text = str(value)
    if "E" not in text and (not whole or "." not in text):
        return text
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent > EXPONENT or exponent < -DECIMALS:
        raise Unfit("an exponent that is too large", expected)
    text = format(value, "f")
    if not whole:
        return text
    number, _, fraction = text.partition(".")
    if fraction.strip("0"):
        raise Unfit(NOT_WHOLE, expected)
    return number


# ---------------------------------------------------------------- floating point

_FLOAT: Final = re.compile(FLOAT).fullmatch
_SPECIAL: Final = {"INF": math.inf, "-INF": -math.inf, "NaN": math.nan}


def to_float(text: str, single: bool, expected: str) -> float:
    """The value of a float or double (§3.2.4, §3.2.5), rounded to nearest; overflow is unfit."""
    if _FLOAT(text) is None:
        raise Unfit("not a floating-point number", expected)
    special = _SPECIAL.get(text)
    if special is not None:
        return special
    value = nearest(text, single)
    if math.isinf(value):
        raise Unfit("a number too large for its type", expected)
    return value


def floating(value: float, single: bool) -> Value:
    """The JSON form of a float: the shortest number, or one of three strings."""
    if not math.isfinite(value):
        return shortest(value, single)
    return short_single(value) if single else value


def float_text(value: Value, expected: str) -> str:
    """The digits of a JSON number for a float type; strings are only INF, -INF and NaN. Raises Unfit."""
    if isinstance(value, str):
        if value in _SPECIAL:
            return value
        raise Unfit("a string where a number is due", expected)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit("not a number", expected)
    if isinstance(value, float):
        return shortest(value, single=False)
    if isinstance(value, int):
        return str(Decimal(value))
    if not value.is_finite():
        raise Unfit("not a finite number", expected)
    return str(value)


# ---------------------------------------------------------------- octets

_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=)?").fullmatch
_HEX: Final = re.compile(r"[0-9A-Fa-f]*").fullmatch


def base64_canonical(text: str) -> str | None:
    """Canonical base64 of a collapsed text, or None: blanks may stand between any two (§3.2.16)."""
    if " " in text:
        text = text.replace(" ", "")
    return text if len(text) % 4 == 0 and _BASE64(text) is not None else None


def base64_octets(text: str) -> int:
    """How many octets canonical base64 stands for."""
    return len(text) // 4 * 3 - text.count("=", -2) if text else 0


def hex_canonical(text: str) -> str | None:
    """Upper-case hexadecimal digits, or None (§3.2.15.2)."""
    return text.upper() if len(text) % 2 == 0 and _HEX(text) is not None else None
