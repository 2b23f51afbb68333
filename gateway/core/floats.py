"""The law of binary floating point: digits to 32 or 64 bits and back (XSD 1.0 Part 2 §3.2.4, §3.2.5; IEEE 754).

Rounding is once, from the digits to the type's own bits; the way back is the shortest digits that read to the same
value. Codec and JSON Schema both stand on it. No facet's meaning, no XML, no JSON.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

MAX_SINGLE: Final = Decimal("3.4028235E+38")  # the shortest digits of the largest, a little above it
MAX_DOUBLE: Final = Decimal("1.79769313486231571E+308")  # likewise: the shortest ones are below it
_COMPARED: Final = 65_536  # digits of a text that is told from a half


def nearest(text: str, single: bool) -> float:
    """The value of digits, a half to the even one; infinite past the largest. `text` is a number or INF, -INF, NaN."""
    value = float(text)
    if not single or not value or not math.isfinite(value):
        return value
    if _is_half(value):  # the digits behind it settle that
        difference = Decimal(text).compare(Decimal(value)) if len(text) <= _COMPARED else Decimal(0)
        if difference:
            value = math.nextafter(value, math.inf if difference > 0 else -math.inf)
    try:
        rounded: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return rounded


def _is_half(value: float) -> bool:
    """Whether a double stands just between two singles."""
    unit = max(math.frexp(value)[1] - 24, -149)  # the exponent of a single's last bit there
    return abs(math.fmod(math.ldexp(value, -unit), 1.0)) == 0.5


def shortest(value: float, single: bool) -> str:
    """The shortest digits that read back to the value: `150`, `-0`, `1.5E-7`, `INF`."""
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    if math.isnan(value):
        return "NaN"
    text = repr(short_single(value)) if single else repr(value)
    mantissa, e, power = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}E{int(power)}" if e else mantissa


def short_single(value: float) -> float:
    """The double whose digits are the shortest that read back to a single."""
    packed = struct.pack("<f", value)
    for digits in (6, 7, 8):  # any six digits survive 32 bits, nine always tell them
        text = f"{value:.{digits}g}"
        if struct.pack("<f", float(text)) == packed:
            return float(text)
    return float(f"{value:.9g}")


def bound_digits(literal: str | None, single: bool, pick: Callable[[Iterable[Decimal]], Decimal]) -> Decimal | None:
    """A bound for numbers as they are sent: its own digits, or those its value is read to, as `pick` has it.

    None for no bound, and for INF, -INF and NaN.
    """
    if literal is None or not math.isfinite(value := nearest(literal, single)):
        return None
    return pick((Decimal(literal), Decimal(shortest(value, single))))
