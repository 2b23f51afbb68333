"""Matching: XSD's dialect, in linear time, with libxml2 and xmlschema as oracles."""

from __future__ import annotations

import time

import pytest
import xmlschema
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.codec.patterns import matcher
from gateway.core.lexical import XSD
from gateway.core.patterns import PatternError, translate


def matches(pattern: str, text: str) -> bool:
    return matcher(((pattern,),))(text)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[a-z-[aeiou]]\\i\\d?$", ["bx7$", "bx$"], ["ax7$", "bx7", "bx7$ "]),
        ("\\p{IsGreek}+", ["αβγ"], ["abc", ""]),
        ("^a$", ["^a$"], ["a"]),
        ("a|", ["a", ""], ["b"]),
        (".", ["a", "\t", "\U0001f600"], ["\n", "\r", "", "ab"]),
        ("[^a-c]", ["d", "\n", "\U0001f600"], ["a"]),
        ("[-a]+", ["-", "a-"], ["b"]),
        ("[a-]", ["-", "a"], ["b"]),
        ("[a\\-z]", ["a", "-", "z"], ["b"]),
        ("[^\\s,]{1,3}", ["a", "abc"], ["", "a,", "abcd", " "]),
        ("\\w+", ["aå1", "日本"], ["a-b", "a b", "."]),
        ("[\\i-[:]][\\c-[:]]*", ["a1", "_å"], [":a", "1a"]),
        ("\\S\\s\\D\\d", ["a b1"], ["a  1 ", "  b1"]),
        ("\\P{L}", ["1", " "], ["a", "å"]),
        ("[a-z-[b-y-[m]]]", ["a", "m", "z"], ["b", "n"]),
        ("[&&~~]", ["&", "~"], ["a"]),
        ("(a{2,3}b?){2}", ["aaaa", "aabaab"], ["aa", "ab"]),
        ("a{2,}", ["aa", "a" * 50], ["a"]),
        ("a{0}", [""], ["a"]),
        ("\\n\\t\\\\\\|\\.\\?\\*\\+\\(\\)\\{\\}\\-\\[\\]\\^", ["\n\t\\|.?*+(){}-[]^"], ["x"]),
        ("/#'\"", ["/#'\""], [""]),
        ("", [""], ["a"]),
    ],
)
def test_dialect(pattern: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not matches(pattern, text)] == []
    assert [text for text in bad if matches(pattern, text)] == []


def test_steps_and_alternatives() -> None:
    both = matcher((("a+", "b+"), (".{2}",)))
    assert [both(text) for text in ("aa", "bb", "ab", "aaa")] == [True, True, False, False]


def test_libxml2_is_wrong_here() -> None:
    """Held so that docs/lexical.md stays true."""
    theirs = etree.XMLSchema(etree.XML(schema_of("([^a-c]?[^\\s])")))
    element = etree.Element("r")
    element.text = "0"
    assert matches("([^a-c]?[^\\s])", "0")
    assert not theirs.validate(element)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(x+x+)+y", "(a|a)*b", "([a-z]+)*1", "(.*,){20}P", "(a?){40}a{40}"])
def test_time_is_linear(pattern: str) -> None:
    accepts = matcher(((pattern,),))
    accepts("a")
    start = time.perf_counter()
    accepts("a" * 200_000)
    accepts("x" * 200_000)
    assert time.perf_counter() - start < 2


def test_large_counts() -> None:
    assert matches("[\\w\\s]{0,2000}", "å " * 1000)
    assert not matches("[\\w\\s]{0,2000}", "å " * 1001)
    assert not matches("[\\w\\s]{5000,}", "a" * 4999)
    assert matches("[0-9A-Za-z]{1,100000}", "a" * 100_000)
    with pytest.raises(PatternError, match="64 MiB"):
        matcher((("([\\w\\s]{1,500}x){1,500}",),))


# ---------------------------------------------------------------- oracles

_CHARS = st.sampled_from("abc019 -^$.,:åΩ\n")
_ATOMS = st.one_of(
    st.sampled_from(
        ["a", "b", "1", "-", "^", "$", ",", ":", " ", ".", "\\d", "\\s", "\\w", "\\S", "\\D", "\\p{L}", "\\P{Lu}"]
    ),
    st.sampled_from(
        ["[a-c]", "[^a-c]", "[a-z-[b]]", "[^a-[1]]", "[-a]", "[\\d.]", "[^\\s]", "\\.", "\\-", "\\i", "\\c", "[\\p{N}]"]
    ),
)
_QUANTIFIERS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{0,1}", "{2,}"])
_PIECES = st.tuples(_ATOMS, _QUANTIFIERS).map("".join)
_BRANCHES = st.lists(_PIECES, min_size=1, max_size=4).map("".join)
_PATTERNS = st.recursive(
    _BRANCHES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("|".join), st.tuples(inner, _QUANTIFIERS).map(lambda pair: f"({pair[0]}){pair[1]}")
    ),
    max_leaves=4,
)


def schema_of(pattern: str) -> str:
    escaped = pattern.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<xs:schema xmlns:xs="{XSD}"><xs:element name="r"><xs:simpleType><xs:restriction base="xs:string">'
        f'<xs:pattern value="{escaped}"/></xs:restriction></xs:simpleType></xs:element></xs:schema>'
    )


@settings(max_examples=150, deadline=None)
@given(_PATTERNS, st.lists(st.text(_CHARS, max_size=6), min_size=1, max_size=6))
def test_libxml2_agrees_or_is_alone(pattern: str, texts: list[str]) -> None:
    try:
        theirs = etree.XMLSchema(etree.XML(schema_of(pattern)))
    except etree.XMLSchemaParseError:
        assume(False)
    for text in texts:
        element = etree.Element("r")
        element.text = text
        ours = matches(pattern, text)
        if ours is not theirs.validate(element):  # libxml2 loses its way in some: `([^a-c]?[^\\s])` on `0`
            third = xmlschema.XMLSchema10(schema_of(pattern)).elements["r"].type
            assert ours is third.is_valid(text), (pattern, text)


@settings(max_examples=25, deadline=None)
@given(_PATTERNS, st.text(_CHARS, max_size=6))
def test_xmlschema_agrees(pattern: str, text: str) -> None:
    theirs = xmlschema.XMLSchema10(schema_of(pattern)).elements["r"].type
    assert matches(pattern, text) is theirs.is_valid(text), (pattern, text)


@settings(max_examples=150)
@given(_PATTERNS, st.text(_CHARS, max_size=6))
def test_the_portable_form_is_the_same_in_python(pattern: str, text: str) -> None:
    import re  # short texts of the test's own: nothing foreign meets a backtracking engine here

    assert matches(pattern, text) is (re.fullmatch(translate(pattern).text, text) is not None)
