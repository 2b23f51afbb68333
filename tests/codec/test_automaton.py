"""Automata against Python's own regular expressions: the same words, counts and nesting exact."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.codec.automaton import Row, automaton, same, way
from gateway.codec.expressions import Alt, Expression, Inter, Leaf, Rep, Seq
from gateway.schema import ir


def takes(start: Row, word: str) -> bool:
    row = start
    for name in word:
        step = row[name]
        if step is None:
            return False
        row = step[0]
    return row.ready().final


def pattern(e: Expression) -> str:
    match e:
        case Leaf(symbol):
            return str(symbol)
        case Seq(parts):
            return "(?:" + "".join(map(pattern, parts)) + ")"
        case Alt(parts):
            return "(?:" + "|".join(map(pattern, parts)) + ")"
        case Rep(part, least, most):
            return f"(?:{pattern(part)}){{{least},{'' if most is None else most}}}"
    raise AssertionError


LEAVES = st.sampled_from("ab").map(Leaf)
COUNTS = st.sampled_from([(0, 1), (0, None), (1, None), (2, 3), (2, 2), (0, 2), (3, None)])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: Seq(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Alt(tuple(parts))),
        st.tuples(inner, COUNTS).map(lambda pair: Rep(pair[0], *pair[1])),
    ),
    max_leaves=5,
)
WORDS = ["".join(letters) for size in range(7) for letters in product("ab", repeat=size)]


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_the_same_words_as_a_regular_expression(e: Expression) -> None:
    start = automaton(e, lambda payload: ())
    known = re.compile(pattern(e))
    for word in WORDS:
        assert takes(start, word) == (known.fullmatch(word) is not None), (pattern(e), word)


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS)
def test_same_is_right_about_words(left: Expression, right: Expression) -> None:
    a, b = automaton(left, lambda payload: ()), automaton(right, lambda payload: ())
    if same(left, right):
        assert all(takes(a, word) == takes(b, word) for word in WORDS)


def test_large_counts_cost_what_is_used() -> None:
    start = automaton(Rep(Leaf("a"), 0, 5000), lambda payload: ())
    assert takes(start, "a" * 5000)
    assert not takes(start, "a" * 5001)


def test_beyond_the_budget_counts_are_let_go() -> None:
    start = automaton(Rep(Seq((Leaf("a"), Leaf("b"))), 0, 100_000), lambda payload: ())
    assert takes(start, "ab" * 3)
    assert not takes(start, "aba")


def test_all() -> None:
    e = Inter(((Leaf("a"), 1, 1), (Leaf("b"), 0, 1), (Leaf("c"), 1, 1)))
    start = automaton(e, lambda payload: ())
    assert [word for word in ("ac", "ca", "cba", "a", "", "aca", "abc") if takes(start, word)] == [
        "ac",
        "ca",
        "cba",
        "abc",
    ]
    assert takes(automaton(Inter(e.parts, optional=True), lambda payload: ()), "")


def test_many_members_of_an_all_are_not_remembered() -> None:
    names = [chr(ord("a") + n) for n in range(20)]
    start = automaton(Inter(tuple((Leaf(name), 0, 1) for name in names)), lambda payload: ())
    assert takes(start, "".join(reversed(names)))


def test_an_all_counts_and_its_wildcards_take_what_no_member_does() -> None:
    wild = ir.Wildcard(ir.NamespaceTest("any"), "lax", frozenset({"z"}))
    start = automaton(Inter(((Leaf("a"), 1, 2), (Leaf("b"), 2, None), (Leaf(wild), 0, None))), lambda payload: ())
    words = ("abb", "babbb", "baba", "xbabx", "ab", "abbz", "bb")
    assert [word for word in words if takes(start, word)] == ["abb", "babbb", "baba", "xbabx"]


def test_open_content_comes_after_another_wildcard() -> None:
    first = ir.Wildcard(ir.NamespaceTest("any"), "lax", open=True)
    own = ir.Wildcard(ir.NamespaceTest("in", frozenset({"urn:u"})), "lax")
    start = automaton(Seq((Rep(Leaf(first, "open"), 0, None), Leaf(own, "own"))), lambda payload: (payload,))
    assert start["{urn:u}x"][1] == "own"
    assert start["x"][1] == "open"


def test_wildcards() -> None:
    wildcard = ir.Wildcard(ir.NamespaceTest("not", frozenset({"", "urn:t"})), "lax")
    start = automaton(Seq((Leaf("{urn:t}a"), Leaf(wildcard, "wild"))), lambda payload: (payload,))
    row = start["{urn:t}a"][0]
    assert row["{urn:u}x"][1] == "wild"
    assert row["{urn:t}x"] is None
    assert row["x"] is None
    assert row[object()] is None


def test_way() -> None:
    start = automaton(Seq((Leaf("a"), Leaf("b"), Leaf("c"))), lambda payload: ())
    found = way(start, lambda row: row.final)
    assert found is not None
    assert [name for _, name in found] == ["a", "b", "c"]
    assert way(start, lambda row: False) is None


def test_an_all_inside_a_group_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="all"):
        automaton(Seq((Inter(()), Leaf("a"))), lambda payload: ())
