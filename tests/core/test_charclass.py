"""Sets of characters: algebra, Unicode, writing."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import charclass
from gateway.core.charclass import ALL, Ranges

_RANGES = st.lists(
    st.tuples(st.integers(0, 0x10FFFF), st.integers(0, 3000)).map(lambda pair: (pair[0], min(sum(pair), 0x10FFFF))),
    max_size=5,
).map(charclass.union)
_CODES = st.one_of(st.integers(0x20, 0xD7FF), st.integers(0xE000, 0xFFFD), st.integers(0x10000, 0x10FFFF))


def holds(ranges: Ranges, code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)


@given(_RANGES, _RANGES, _CODES)
def test_algebra(one: Ranges, other: Ranges, code: int) -> None:
    a, b = holds(one, code), holds(other, code)
    assert holds(charclass.union((*one, *other)), code) is (a or b)
    assert holds(charclass.complement(one), code) is not a
    assert holds(charclass.minus(one, other), code) is (a and not b)


@given(_RANGES, _CODES)
def test_written(ranges: Ranges, code: int) -> None:
    assert (re.fullmatch(charclass.written(ranges), chr(code)) is not None) is holds(ranges, code)


@given(_CODES)
def test_categories_are_unicodes(code: int) -> None:
    category = unicodedata.category(chr(code))
    for name in (category, category[0]):
        found = charclass.unicode_property(name)
        assert found is not None
        assert holds(found, code)
    other = charclass.unicode_property("Nd" if category != "Nd" else "Lu")
    assert other is not None
    assert not holds(other, code)


def test_no_surrogates_and_no_controls() -> None:
    assert charclass.union([(0, 0x10FFFF)]) == ALL
    assert charclass.complement(ALL) == ()
    assert charclass.unicode_property("Cs") == ()
    assert charclass.unicode_property("IsHighSurrogates") == ()
    for letter in "sSdDiIcCwW":
        found = charclass.escape(letter)
        assert found is not None
        assert not holds(found, 0)
        assert not holds(found, 0xD800)


def test_unknown() -> None:
    assert charclass.unicode_property("Xx") is None
    assert charclass.unicode_property("IsNowhere") is None
    assert charclass.escape("z") is None
    assert charclass.escape("Z") is None


def test_nothing_matches_nothing() -> None:
    assert re.search(charclass.written(()), "anything\n\U0010ffff") is None


@pytest.mark.parametrize(
    ("code", "text"), [(0x24, "\\$"), (0x2D, "-"), (0x61, "a"), (9, "\\t"), (0xA0, "\\u00A0"), (0xE5, "å")]
)
def test_literal(code: int, text: str) -> None:
    assert charclass.literal(code) == text
