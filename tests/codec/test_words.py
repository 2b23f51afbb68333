"""Expectations in a person's words, bounded."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.codec.words import expected, listing
from gateway.schema.ir import Facets, Simple
from tests.codec.models import model_of, restricted, xs


@pytest.mark.parametrize(
    ("base", "facets", "words"),
    [
        ("int", {}, "a whole number from -2147483648 to 2147483647"),
        ("int", {"min_inclusive": "0", "max_exclusive": "10"}, "a whole number from 0 to 9"),
        ("integer", {}, "a whole number"),
        ("integer", {"max_inclusive": "5"}, "a whole number of at most 5"),
        ("positiveInteger", {}, "a whole number of at least 1"),
        ("short", {"min_inclusive": "7", "max_inclusive": "7"}, "the whole number 7"),
        ("string", {}, "text"),
        ("string", {"max_length": 24}, "text of at most 24 characters"),
        ("string", {"min_length": 1}, "text of at least 1 character"),
        ("string", {"min_length": 2, "max_length": 4}, "text of 2 to 4 characters"),
        ("string", {"length": 4}, "text of 4 characters"),
        ("string", {"enumeration": ("Ready", "Processing")}, "one of: Ready, Processing"),
        ("string", {"enumeration": ("Ready",)}, "Ready"),
        ("hexBinary", {"length": 1}, "octets as pairs of hexadecimal digits of 1 octet"),
        ("decimal", {"fraction_digits": 2, "min_inclusive": "0"}, "a decimal number such as 12.50, at least 0, at most 2 digits after the point"),
        ("decimal", {"total_digits": 5, "fraction_digits": 2}, "a decimal number such as 12.50, at most 5 digits, at most 2 of them after the point"),
        ("dateTime", {}, "a date-time such as 2024-05-17T09:30:00Z"),
        ("boolean", {}, "true or false"),
        ("token", {"patterns": (("[0-9]{5}",),)}, "text without tabs, line breaks, double spaces and spaces at its ends, matching [0-9]{5}"),
    ],
)  # fmt: skip
def test_words(base: str, facets: dict[str, Any], words: str) -> None:
    assert expected(model_of(restricted(base, **facets)), "T") == words


def test_lists_and_unions() -> None:
    model = model_of(
        Simple("L", "list", "", "collapse", Facets(max_length=3), item=xs("byte")),
        Simple("U", "union", "", "collapse", members=(xs("byte"), xs("boolean"))),
    )
    assert expected(model, "L") == "a list of at most 3 items: a whole number from -128 to 127"
    assert expected(model, "U") == "a whole number from -128 to 127; or true or false"


def test_long_listings_are_cut() -> None:
    assert listing(tuple(f"v{n}" for n in range(100))).endswith("v11, … (100 in all)")
    assert len(listing(tuple("x" * 90 + str(n) for n in range(9)))) < 300
    assert listing(("", "a")) == "one of: the empty text, a"
