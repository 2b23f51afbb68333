"""Numbers and booleans: short ways and long ways say the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.lexical import Unfit
from tests.codec.models import Declared, restricted, scalar

INT, LONG, INTEGER, DECIMAL = (scalar(name) for name in ("int", "long", "integer", "decimal"))


@given(st.integers(-(2**31), 2**31 - 1), st.sampled_from(["", " ", "\n"]), st.sampled_from(["", "0", "000"]))
def test_small(number: int, space: str, zeros: str) -> None:
    text = f"{space}{'-' if number < 0 else ''}{zeros}{abs(number)}{space}"
    assert INT.read(text, {}) == number
    for value in (number, Decimal(number), Decimal(f"{number}.0")):
        assert INT.write(value, Declared()) == str(number)


@given(st.integers(-(10**40), 10**40))
def test_whole(number: int) -> None:
    value = INTEGER.read(f"{number:+}", {})
    assert value == number
    assert isinstance(value, int if abs(number) < 10**18 else Decimal)
    assert INTEGER.write(value, Declared()) == INTEGER.write(str(number), Declared()) == str(number)
    assert DECIMAL.read(str(number), {}) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=12))
def test_decimals(number: Decimal) -> None:
    text = format(number, "f")
    value = DECIMAL.read(text, {})
    assert DECIMAL.write(value, Declared()) == text
    assert DECIMAL.equal(text, text + "000", {})


@pytest.mark.parametrize("text", ["1" + "0" * 5000, "-" + "9" * 5000])
def test_huge_numbers_are_exact(text: str) -> None:
    assert INTEGER.write(INTEGER.read(text, {}), Declared()) == text
    for kind in (INT, LONG):
        with pytest.raises(Unfit, match="outside its range"):
            kind.read(text, {})
    with pytest.raises(Unfit):
        INT.write(Decimal(text), Declared())
    with pytest.raises(Unfit):
        LONG.write(text, Declared())
    assert INTEGER.write(10**4500, Declared()) == "1" + "0" * 4500


@pytest.mark.parametrize("name", ["float", "double"])
def test_the_largest_and_the_next(name: str) -> None:
    kind = scalar(name)
    largest = {"float": 3.4028235e38, "double": 1.7976931348623157e308}[name]
    assert kind.write(largest, Declared()) == repr(largest).replace("e+", "E")
    assert kind.read(kind.write(largest, Declared()), {}) == largest
    beyond = {"float": Decimal("3.40282357E+38"), "double": Decimal("1.7976931348623159E+308")}[name]
    with pytest.raises(Unfit, match="too large"):
        kind.write(beyond, Declared())
    with pytest.raises(Unfit, match="too large"):
        kind.read(str(beyond), {})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (150, "150"),
        (Decimal("1.50E+2"), "150"),
        (-0.0, "-0"),
        (0, "0"),
        (Decimal("1E-400"), "0"),
        (2**70, "1.1805916207174113E21"),
    ],
)
def test_any_json_number_is_a_double(value: int | float | Decimal, text: str) -> None:
    assert scalar("double").write(value, Declared()) == text


def test_facets_of_floats() -> None:
    kind = scalar(restricted("float", min_inclusive="0.1", max_exclusive="2"))
    assert kind.write(0.1, Declared()) == "0.1"
    assert kind.read("0.10000000149", {}) == 0.1
    for value in (0.0999, 2, "INF", "NaN"):
        with pytest.raises(Unfit):
            kind.write(value, Declared())


def test_a_floats_own_infinity() -> None:
    assert [scalar("double").write(float(text), Declared()) for text in ("inf", "-inf", "nan")] == [
        "INF",
        "-INF",
        "NaN",
    ]


def test_booleans() -> None:
    kind = scalar("boolean")
    assert [kind.read(text, {}) for text in ("true", "1", " false\n", "0")] == [True, True, False, False]
    assert [kind.write(value, Declared()) for value in (True, False)] == ["true", "false"]
    for value in (1, 0, "true", None):
        with pytest.raises(Unfit, match="true or false"):
            kind.write(value, Declared())
