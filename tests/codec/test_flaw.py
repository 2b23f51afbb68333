"""Flaws: places are put together on the way out, findings are bounded, words hold names only."""

from __future__ import annotations

import pytest

from gateway.codec.flaw import Flaw, Flaws, Found, listed, missing, problem, unfit, unknown
from gateway.codec.lexical import Unfit
from gateway.core.problem import Kind


def test_places_grow_outwards() -> None:
    flaws = Flaws(missing("b/~", "t:b")).within(("a", 2), "t:a[3]").within((), "t:r")
    (finding,) = problem(flaws).findings
    assert finding.pointer == "/a/2/b~1~0"
    assert finding.xpath == "/t:r/t:a[3]/t:b"
    assert problem(flaws, 2).findings[0].pointer == "/b~1~0"


def test_the_limit_raises_at_once() -> None:
    found = Found(2)
    found.add(Flaw("one"))
    with pytest.raises(Flaws) as caught:
        found.add(Flaw("two"), Flaw("three"))
    assert [flaw.detail for flaw in caught.value.flaws] == ["one", "two"]


def test_done_raises_only_what_was_found() -> None:
    Found(2).done()
    found = Found(5)
    found.take(Flaws(Flaw("one")))
    with pytest.raises(Flaws):
        found.done()


def test_the_kind() -> None:
    illegal = Flaw("x", kind=Kind.XML_ILLEGAL_CHARACTER)
    assert problem(Flaws(illegal)).kind is Kind.XML_ILLEGAL_CHARACTER
    assert problem(Flaws(illegal, Flaw("y"))).kind is Kind.INVALID_MESSAGE


def test_words() -> None:
    assert listed("cab") == "`a`, `b`, `c`"
    assert listed(f"n{n:02}" for n in range(20)).endswith("`n07`, …")
    assert len(unknown("x" * 500, "").detail) < 120
    assert unfit(Unfit("not a number", "a number")).flaws[0].detail == "Not a number."
