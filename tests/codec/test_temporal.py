"""Dates and durations: calendars and the partial order."""

from __future__ import annotations

import calendar
import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import temporal


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 31))
def test_calendar(year: int, month: int, day: int) -> None:
    real = day <= calendar.monthrange(year, month)[1]
    assert temporal.lexical("date")(f"{year:04}-{month:02}-{day:02}") is real


@given(st.dates(), st.dates())
def test_day_numbers(one: datetime.date, other: datetime.date) -> None:
    def number(date: datetime.date) -> int:
        return temporal.day_number(date.year, date.month, date.day)

    assert number(one) - number(other) == (one - other).days


@pytest.mark.parametrize(
    ("year", "leap"), [("2000", True), ("1900", False), ("-0004", True), ("-0001", False), ("12000", True)]
)
def test_leap_years(year: str, leap: bool) -> None:
    assert (temporal.month_length(year, 2) == 29) is leap
    assert temporal.lexical("dateTime")(f"{year}-02-29T00:00:00") is leap


# XSD 1.0 Part 2 §3.2.7.3 and its example of the partial order
@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("2000-01-15T00:00:00", "2000-02-15T00:00:00", True),
        ("2000-01-15T12:00:00", "2000-01-16T12:00:00Z", True),
        ("2000-01-01T12:00:00", "1999-12-31T23:00:00Z", None),
        ("2000-01-16T12:00:00", "2000-01-16T12:00:00Z", None),
        ("2000-01-16T00:00:00", "2000-01-16T12:00:00Z", None),
        ("2000-03-04T23:00:00-03:00", "2000-03-05T02:00:00Z", False),
        ("2000-01-15T00:00:00Z", "2000-01-16T12:00:00", True),
        ("-0002-01-01T00:00:00Z", "0001-01-01T00:00:00Z", True),
        ("99999999-01-01T00:00:00Z", "2000-01-01T00:00:00Z", False),
    ],
)
def test_order_of_instants(one: str, other: str, verdict: bool | None) -> None:
    a, b = temporal.instant("dateTime", one), temporal.instant("dateTime", other)
    assert temporal.before(a, b) is verdict


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("dateTime", "2024-01-01T24:00:00Z", "2024-01-02T00:00:00+00:00"),
        ("dateTime", "2000-03-04T20:00:00-03:00", "2000-03-04T23:00:00Z"),
        ("date", "2002-10-10+13:00", "2002-10-09-11:00"),
        ("time", "12:00:00.10", "12:00:00.1"),
        ("gDay", "---05Z", "---05-00:00"),
        ("gMonthDay", "--02-29", "--02-29"),
        ("gYearMonth", "2024-05Z", "2024-05+00:00"),
    ],
)
def test_equal_instants(name: str, one: str, other: str) -> None:
    assert temporal.instant(name, one) == temporal.instant(name, other)


# the table of §3.2.6.2
@pytest.mark.parametrize(
    ("one", "shorter_than", "not_comparable", "longer_than"),
    [
        ("P1Y", ["P367D"], ["P365D", "P366D"], ["P364D"]),
        ("P1M", ["P32D"], ["P28D", "P29D", "P30D", "P31D"], ["P27D"]),
        ("P5M", ["P154D"], ["P150D", "P151D", "P152D", "P153D"], ["P149D"]),
    ],
)
def test_order_of_durations(
    one: str, shorter_than: list[str], not_comparable: list[str], longer_than: list[str]
) -> None:
    a = temporal.span(one)
    assert [temporal.shorter(a, temporal.span(text)) for text in shorter_than] == [True] * len(shorter_than)
    assert [temporal.shorter(a, temporal.span(text)) for text in not_comparable] == [None] * len(not_comparable)
    assert [temporal.shorter(a, temporal.span(text)) for text in longer_than] == [False] * len(longer_than)


def test_spans() -> None:
    assert temporal.span("-P1Y2M3DT4H5M6.5S") == temporal.Span(-14, -Fraction("273906.5"))
    assert temporal.span("P1D") == temporal.span("PT24H")
    with pytest.raises(ValueError, match="duration"):
        temporal.span("P")


def test_years_without_end_are_not_compared() -> None:
    year = "9" * 5000
    assert temporal.lexical("gYear")(year)
    with pytest.raises(temporal.TooLong):
        temporal.instant("gYear", year)
    with pytest.raises(temporal.TooLong):
        temporal.span(f"P{year}D")


def test_derived_durations() -> None:
    assert temporal.lexical("yearMonthDuration")("P1Y2M")
    assert not temporal.lexical("yearMonthDuration")("P1D")
    assert temporal.lexical("dayTimeDuration")("P1DT2H")
    assert not temporal.lexical("dayTimeDuration")("P1Y")
    assert not temporal.lexical("dateTimeStamp")("2024-01-01T00:00:00")


def _near(name: str) -> list[str]:
    """Texts around what is usual: every month, day and hour of two digits, zones, and other ways to write them."""
    two = [f"{number:02}" for number in range(100)]
    days = [f"2024-{one}-11" for one in two] + [f"2024-02-{one}" for one in two] + ["0000-01-01", "02024-01-01", "-2024-01-01"]
    clocks = [f"{one}:30:00" for one in two] + [f"09:{one}:00" for one in two] + [f"09:30:{one}" for one in two]
    clocks += ["24:00:00", "09:30:00.5", "09:30:00.", "9:30:00", "09:30"]
    zones = ["", "Z", "z", "+14:00", "+14:01", "-00:00", "+1:00", "+01:60"] + [f"+{one}:59" for one in two]
    if name == "date":
        return [day + zone for day in days for zone in ("", "Z")] + ["2024-05-17" + zone for zone in zones]
    whole = [f"{day}T09:30:00" for day in days] + [f"2024-05-17T{clock}{zone}" for clock in clocks for zone in ("", "Z")]
    return [*whole, *("2024-05-17T09:30:00" + zone for zone in zones), "2024-05-17 09:30:00", "٢٠٢٤-05-17T09:30:00"]


@pytest.mark.parametrize("name", ["dateTime", "date", "dateTimeStamp", "time", "gYear", "gMonthDay", "gDay"])
def test_what_is_usual_is_valid(name: str) -> None:
    usual, valid = temporal.common(name), temporal.lexical(name)
    texts = [*_near("date"), *_near("dateTime"), "09:30:00Z", "2024", "--05-17", "--02-30", "---17", "---31"]
    taken = [text for text in texts if usual(text)]
    assert taken
    assert all(valid(text) for text in taken)
    assert all(not usual(text + "\n") for text in taken)
