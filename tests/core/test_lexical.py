"""The table of built-in types, and white space."""

from __future__ import annotations

import re

import pytest

from gateway.core import lexical
from gateway.core.lexical import BUILTINS, LISTS, OTHERS, builtin
from gateway.schema.ir import Facets


def test_all_44() -> None:
    assert len(BUILTINS) + len(LISTS) == 44
    assert sum(row.name == row.primitive for row in BUILTINS.values()) == 19


def test_parents_are_there() -> None:
    for row in BUILTINS.values():
        assert row.parent in BUILTINS or row.parent in OTHERS
        above = BUILTINS.get(row.parent)
        if above is not None:
            assert above.primitive == row.primitive
            assert above.lowest is None or (row.lowest is not None and row.lowest >= above.lowest)


@pytest.mark.parametrize("row", [row for row in BUILTINS.values() if row.pattern], ids=lambda row: str(row.name))
def test_patterns_compile_and_are_not_anchored(row: lexical.Builtin) -> None:
    assert re.compile(row.pattern)
    assert not row.pattern.startswith("^")
    assert "(?=" not in row.pattern
    assert "\\d" not in row.pattern


@pytest.mark.parametrize(
    "row", [row for row in BUILTINS.values() if "such as " in row.words], ids=lambda row: str(row.name)
)
def test_the_samples_of_the_words_are_valid(row: lexical.Builtin) -> None:
    sample = row.words.partition("such as ")[2].partition(" or ")[0]
    assert re.fullmatch(row.pattern, sample)


def test_unknown_names_take_any_text() -> None:
    assert builtin("noSuchType").name == "anySimpleType"


@pytest.mark.parametrize(
    ("text", "collapsed", "replaced"),
    [
        (" a \t b\n", "a b", " a   b "),
        ("a\xa0 b", "a\xa0 b", "a\xa0 b"),
        ("\u2003å\u2003", "\u2003å\u2003", "\u2003å\u2003"),
        ("  ", "", "  "),
        ("a\x85b å", "a\x85b å", "a\x85b å"),
    ],
)
def test_white_space_is_xmls(text: str, collapsed: str, replaced: str) -> None:
    assert lexical.normal(text, "collapse") == collapsed
    assert lexical.normal(text, "replace") == replaced
    assert lexical.normal(text, "preserve") == text


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("a\t\n\r", True),
        ("\x00", False),
        ("\x1f", False),
        ("\ud800", False),
        ("\ufffe", False),
        ("\U0001f600\xa0", True),
        ("\x7f", True),
    ],
)
def test_legal_characters(text: str, legal: bool) -> None:
    assert lexical.legal(text) is legal


def test_ranges() -> None:
    assert lexical.whole_range(builtin("int"), Facets(min_inclusive="0")) == (0, 2**31 - 1)
    assert lexical.whole_range(builtin("integer"), Facets(min_exclusive="0", max_exclusive="9.0")) == (1, 8)
    assert lexical.whole_range(builtin("integer"), Facets()) == (None, None)
    assert lexical.whole_range(builtin("byte"), Facets(max_inclusive="1000")) == (-128, 127)
