"""Single values: digits, floats and octets by the type's own lexical space."""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import lexical
from gateway.codec.lexical import Unfit


@pytest.mark.parametrize(
    ("text", "plain"),
    [("007.50", "7.50"), ("+5", "5"), ("-0", "-0"), (".5", "0.5"), ("5.", "5"), ("-.50", "-0.50"), ("00", "0")],
)
def test_plain(text: str, plain: str) -> None:
    assert lexical.plain(text) == plain


@pytest.mark.parametrize("digits", [17, 18, 19])
@pytest.mark.parametrize("sign", ["", "-"])
def test_eighteen_digits_are_an_int(digits: int, sign: str) -> None:
    assert isinstance(lexical.exact(sign + "9" * digits), int if digits <= 18 else Decimal)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_decimals_keep_their_digits(number: Decimal) -> None:
    text = format(number, "f")
    assert lexical.digits_of(lexical.exact(lexical.plain(text)), False, "") == lexical.plain(text)


@pytest.mark.parametrize(
    ("value", "whole", "digits"),
    [
        (5, True, "5"), (Decimal("5.0"), True, "5"), (Decimal("1E+3"), True, "1000"), ("+05", True, "5"),
        (Decimal("5.0"), False, "5.0"), (7.5, False, "7.5"), (3.0, True, "3"), (Decimal("1E-7"), False, "0.0000001"),
        (10**30, True, "1" + "0" * 30), (Decimal("1E+128"), True, "1" + "0" * 128), (Decimal("-0"), False, "-0"),
    ],
)  # fmt: skip
def test_digits(value: int | float | Decimal | str, whole: bool, digits: str) -> None:
    assert lexical.digits_of(value, whole, "") == digits


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (True, True), (None, True), (1.5, True), (Decimal("1.5"), True), ("1.0", True), ("1e3", False), (" 1", False),
        (Decimal("1E+129"), True), (Decimal("1E-65537"), False), (0.1 + 0.2, False), (float("nan"), False),
        (Decimal("Infinity"), False), ([], False), ("", False),
    ],
)  # fmt: skip
def test_digits_refused(value: object, whole: bool) -> None:
    with pytest.raises(Unfit):
        lexical.digits_of(value, whole, "")  # type: ignore[arg-type]


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_singles_read_back(value: float) -> None:
    text = lexical.shortest(value, single=True)
    assert struct.pack("<f", lexical.to_float(text, True, "")) == struct.pack("<f", value)
    json = lexical.floating(value, True)
    assert isinstance(json, float)
    assert lexical.shortest(json, single=True) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_read_back(value: float) -> None:
    text = lexical.shortest(value, single=False)
    assert struct.pack("<d", lexical.to_float(text, False, "")) == struct.pack("<d", value)


@given(st.integers(2**24, 2**26 - 8), st.integers(-3, 3))
def test_singles_are_rounded_once(base: int, away: int) -> None:
    """A text just beside the middle of two singles: by way of a double it would fall to even."""
    step = 2 if base < 2**25 else 4
    low = base // step * step
    text = f"{low + step // 2}.{'0' * 30}{away}" if away >= 0 else f"{low + step // 2 - 1}.{'9' * 30}{-away}"
    exact = Fraction(text) - low
    nearest = low if exact < Fraction(step, 2) else low + step
    if exact == Fraction(step, 2):
        nearest = low if low // step % 2 == 0 else low + step
    assert lexical.to_float(text, True, "") == nearest


def test_float_specials() -> None:
    assert lexical.to_float("INF", True, "") == math.inf
    assert math.isnan(lexical.to_float("NaN", False, ""))
    assert [lexical.shortest(value, True) for value in (math.inf, -math.inf, math.nan, -0.0)] == [
        "INF",
        "-INF",
        "NaN",
        "-0",
    ]
    assert lexical.float_text("INF", "") == "INF"
    for bad in ("+INF", "inf", True, None, Decimal("NaN"), "1"):
        with pytest.raises(Unfit):
            lexical.float_text(bad, "")


@given(st.binary(max_size=40))
def test_base64(octets: bytes) -> None:
    import base64

    text = base64.b64encode(octets).decode()
    assert lexical.base64_canonical(" ".join(text)) == text
    assert lexical.base64_octets(text) == len(octets)


@pytest.mark.parametrize("text", ["A", "AA", "AAA", "=", "AA=", "AB==", "AAB=", "AA==AAAA", "A_==", "AA==\n"])
def test_not_base64(text: str) -> None:
    assert lexical.base64_canonical(text) is None


def test_hex() -> None:
    assert lexical.hex_canonical("0aFf") == "0AFF"
    assert lexical.hex_canonical("") == ""
    assert lexical.hex_canonical("0a\n") is None
    assert lexical.hex_canonical("abc") is None


def test_unfit_says_both() -> None:
    assert str(Unfit("not so", "a thing")) == "not so; expected a thing"
    assert Unfit("", "", (3,)).path == (3,)
