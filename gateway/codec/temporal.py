"""The law of dates and durations: calendars, and the partial order that bounds and keys need.

Texts stay verbatim in JSON; this file only says whether one is a real date, and which of two is earlier
(XSD 1.0 Part 2 §3.2.6.2, §3.2.7.3, Appendix E). Years are proleptic Gregorian as the text numbers
them (there is no year 0000); arithmetic is exact, without Python's datetime, which knows 9999 years only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from ..core.lexical import DAY, DURATION, builtin

# `_YEAR` alone takes 0000 as well: the pattern of the type has refused it by then
_YEAR: Final = r"(?P<year>-?\d{4,})"
_MONTH, _DAY = r"(?P<month>\d\d)", r"(?P<day>\d\d)"
_CLOCK: Final = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d(?:\.\d+)?)"
_ZONE: Final = r"(?P<zone>Z|[+-]\d\d:\d\d)?"
_PARTS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern + _ZONE, re.ASCII)
    for name, pattern in {
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}",
        "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}",
        "time": _CLOCK,
        "date": f"{_YEAR}-{_MONTH}-{_DAY}",
        "gYearMonth": f"{_YEAR}-{_MONTH}",
        "gYear": _YEAR,
        "gMonthDay": f"--{_MONTH}-{_DAY}",
        "gDay": f"---{_DAY}",
        "gMonth": f"--{_MONTH}",
    }.items()
}
_DURATION: Final = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_SECONDS: Final = 86_400
_FOURTEEN: Final = 14 * 3600
DIGITS: Final = 4000  # of a year or a field that is compared; int() itself stops at 4300


class TooLong(ValueError):
    """A year or field of more digits than are compared here."""


# ---------------------------------------------------------------- calendars


def lexical(name: str) -> Callable[[str], bool]:
    """Whether a text (white space collapsed) is in the lexical space of a temporal type and a real date."""
    shape = re.compile(builtin(name).pattern).fullmatch
    parts = _PARTS.get(name)
    if parts is None or "day" not in parts.groupindex or name == "gDay":
        return lambda text: shape(text) is not None
    split = parts.fullmatch
    dated = name != "gMonthDay"

    def check(text: str) -> bool:
        if shape(text) is None:
            return False
        if dated and text[4] == "-" and text[8:10] < "29":  # any month has it, and years have mostly four digits
            return True
        found = split(text)
        if found is None:  # pragma: no cover - the shape is the narrower of the two
            return False
        day = found["day"]
        if day < "29":  # any month has it
            return True
        year = found["year"] if name != "gMonthDay" else "2000"  # a leap year: --02-29 is valid
        return int(day) <= month_length(year, int(found["month"]))

    return check


_USUAL_DAY: Final = r"[1-9]\d\d\d-(?:0[1-9]|1[0-2])-(?:[01][1-9]|[12]0|2[1-8])"
_USUAL_ZONE: Final = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)?"
# what most messages have, a fifth faster to look at than all that the type allows: a year of four digits, no 24:00
_USUAL: Final = {
    "dateTime": rf"{_USUAL_DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?{_USUAL_ZONE}",
    "date": _USUAL_DAY + _USUAL_ZONE,
}


@lru_cache(maxsize=32)
def common(name: str) -> Callable[[str], object]:
    """A test in C that holds for most valid texts and for no other: a day up to the 28th, which any month has."""
    usual = _USUAL.get(name)
    if usual is not None:
        return re.compile(usual, re.ASCII).fullmatch
    return re.compile(builtin(name).pattern.replace(DAY, "(?:0[1-9]|1[0-9]|2[0-8])")).fullmatch


def month_length(year: str, month: int) -> int:
    """Days of a month; the year as text, for four digits decide (Appendix E, maximumDayInMonthFor)."""
    return 28 if month == 2 and not _leap(year) else _LENGTHS[month - 1]


def _leap(year: str) -> bool:
    last = int(year[-4:])  # 400 divides 10,000, and a sign changes no remainder of zero
    return last % 4 == 0 and (last % 100 != 0 or last % 400 == 0)


# ---------------------------------------------------------------- points in time


@dataclass(frozen=True, slots=True)
class Instant:
    """Seconds from the start of year 0 of the counting; `zoned`: in UTC, else local and only so comparable."""

    seconds: Fraction
    zoned: bool


def instant(name: str, text: str) -> Instant:
    """The value of a valid text, missing fields filled alike for all (§3.2.7.3). Raises TooLong."""
    found = _PARTS[name].fullmatch(text)
    if found is None:
        raise ValueError(name)
    field = found.groupdict()
    year = field.get("year") or "1972"  # a leap year with 31 days in its first month
    if len(year) > DIGITS:
        raise TooLong
    days = day_number(int(year), int(field.get("month") or 1), int(field.get("day") or 1))
    seconds = Fraction(days * _DAY_SECONDS)
    if field.get("hour"):
        seconds += int(field["hour"]) * 3600 + int(field["minute"]) * 60 + Fraction(field["second"])
    zone = field["zone"]
    if zone and zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        seconds += offset if zone[0] == "-" else -offset
    return Instant(seconds, zone is not None)


def day_number(year: int, month: int, day: int) -> int:
    """Days since 0000-03-01 of the proleptic Gregorian calendar."""
    year -= month < 3
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1


def before(one: Instant, other: Instant) -> bool | None:
    """Whether `one` is earlier; None where a zone is missing and 14 hours either way could change it."""
    if one.zoned == other.zoned:
        return one.seconds < other.seconds
    apart = one.seconds - other.seconds
    if abs(apart) <= _FOURTEEN:
        return None
    return apart < 0


# ---------------------------------------------------------------- durations


@dataclass(frozen=True, slots=True)
class Span:
    """A duration: months and seconds, both with the duration's sign."""

    months: int
    seconds: Fraction


# the four points at which two durations are compared (§3.2.6.2), as (year, month)
_REFERENCES: Final = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))
_IS_DURATION: Final = re.compile(DURATION).fullmatch


def span(text: str) -> Span:
    """The value of a valid duration. Raises TooLong."""
    found = _DURATION.fullmatch(text)
    if found is None or _IS_DURATION(text) is None:
        raise ValueError("duration")
    sign, *fields = found.groups()
    if any(len(field or "") > DIGITS for field in fields):
        raise TooLong
    years, months, days, hours, minutes = (int(field or 0) for field in fields[:5])
    seconds = Fraction(fields[5] or 0) + minutes * 60 + hours * 3600 + days * _DAY_SECONDS
    return Span(-(12 * years + months), -seconds) if sign else Span(12 * years + months, seconds)


def shorter(one: Span, other: Span) -> bool | None:
    """Whether `one` is shorter than `other`; None where it depends on when they start."""
    verdicts = {_added(one, at) < _added(other, at) for at in _REFERENCES}
    equal = {_added(one, at) == _added(other, at) for at in _REFERENCES}
    if len(verdicts) > 1 or len(equal) > 1:
        return None
    return verdicts.pop()


def _added(length: Span, at: tuple[int, int]) -> Fraction:
    """A first of a month plus the duration, in seconds (Appendix E; a first day is never clipped)."""
    month = at[0] * 12 + at[1] - 1 + length.months
    return day_number(month // 12, month % 12 + 1, 1) * _DAY_SECONDS + length.seconds
