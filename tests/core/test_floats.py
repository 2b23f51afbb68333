from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.floats import bound_digits, nearest, short_single, shortest


def exactly(text: str) -> Fraction:
    """The nearest 32-bit number by counting in units of its last bit, without any float."""
    number = Fraction(text)
    unit = Fraction(1, 2**149)
    while abs(number) / unit >= 2**24:
        unit *= 2
    return round(number / unit) * unit  # Python rounds a half to even; a carry is a number of the next unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16777217", 16777216.0),
        ("16777217.0000000000000000001", 16777218.0),
        ("16777216.9999999999999999999", 16777216.0),
        (f"{5**150}E-150", 0.0),  # 2**-150, just between zero and the least
        ("7.0064923216240853546186479164495806565e-46", 2.0**-149),
        ("-7.0064923216240853546186479164495806565e-46", -(2.0**-149)),
        ("3.4028235677973366163e38", 2.0**128 - 2.0**104),
        ("3.4028235677973366164e38", math.inf),
        ("-1e39", -math.inf),
    ],
)
def test_singles_are_rounded_once(text: str, value: float) -> None:
    assert nearest(text, True) == value


@given(st.floats(2.0**-149, 2.0**127, allow_nan=False, width=32), st.integers(-1, 1), st.integers(20, 200))
def test_halves_and_what_is_beside_them(value: float, side: int, place: int) -> None:
    unit = Fraction(2) ** max(math.frexp(value)[1] - 24, -149)
    middle = Fraction(value) + unit / 2
    text = f"{Decimal(middle.numerator)}"
    if middle.denominator != 1:  # a power of two: its digits end
        power = middle.denominator.bit_length() - 1
        text = f"{middle.numerator * 5**power}e-{power}"
        place += power
    number = Fraction(text) + side * Fraction(1, 10**place)
    digits = f"{int(number * 10 ** (place + 1))}e-{place + 1}"
    assert Fraction(nearest(digits, True)) == exactly(digits)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_the_shortest_digits_read_back(value: float) -> None:
    assert nearest(shortest(value, True), True) == value
    assert nearest(repr(short_single(value)), True) == value
    assert nearest(shortest(value, False), False) == value


def test_shortest_digits() -> None:
    assert [shortest(one, False) for one in (150.0, -0.0, 1.5e-7, math.inf, -math.inf, math.nan)] == [
        "150", "-0", "1.5E-7", "INF", "-INF", "NaN",
    ]  # fmt: skip


def test_bounds_as_numbers_are_sent() -> None:
    assert bound_digits("1.278656273654", True, max) == Decimal("1.278656273654")  # its value is read as 1.2786562
    assert bound_digits("1.278656273654", True, min) == Decimal("1.2786562")
    assert bound_digits("1.27865619", True, max) == Decimal("1.2786562")
    assert bound_digits("1.27865619", True, min) == Decimal("1.27865619")
    assert bound_digits("INF", False, min) is None
    assert bound_digits(None, False, min) is None
