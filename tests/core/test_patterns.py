"""Translation: what is refused, with its place; what comes out is portable."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.patterns import PatternError, anchored, translate


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("a{2}{3}", "two quantifiers in a row at character 5"),
        ("a+?", "two quantifiers in a row at character 3"),
        ("*a", "a bare * at character 1"),
        ("a|?", "a bare ? at character 3"),
        ("(", "a ( without its )"),
        ("a)", "a ) without its ( at character 2"),
        ("]", "a bare ]"),
        ("[]", "an empty class"),
        ("[^]", "an empty class"),
        ("[a", "an end where a ] is due"),
        ("[b-a]", "a range that runs backwards"),
        ("[a-\\d]", "a range that ends in a set"),
        ("[a[b]", "a bare [ in a class"),
        ("[a-z-[b]c]", "something after a subtraction"),
        ("\\p{Foo}", "an unknown category or block"),
        ("\\p{IsKlingon}", "an unknown category or block"),
        ("\\pL", "a \\p without its {name}"),
        ("\\b", "an unknown escape \\b"),
        ("\\1", "an unknown escape \\1"),
        ("\\u0041", "an unknown escape \\u"),
        ("\\", "an end where an escape is due"),
        ("{2}", "a bare {"),
        ("a{", "a quantifier that is not"),
        ("a{,2}", "a quantifier that is not"),
        ("a{x}", "a quantifier that is not"),
        ("a{3,2}", "upper bound is below"),
        ("a{9999999999}", "too large"),
        ("(" * 201 + ")" * 201, "more than 200 levels"),
    ],
)
def test_refused_with_its_place(pattern: str, what: str) -> None:
    with pytest.raises(PatternError) as caught:
        translate(pattern)
    assert what in str(caught.value)
    assert "Appendix F" in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("[0-9]{5}", "[0-9]{5}"),
        ("a.b", "a[^\\u0000-\\u0008\\n-\\u001F\\uFFFE\\uFFFF]b"),
        ("^$", "\\^\\$"),
        ("(a|b)+", "(?:a|b)+"),
        ("[a-z-[aeiou]]", "[b-df-hj-np-tv-z]"),
        ("å", "å"),
        ("\U0001f600", "\U0001f600"),
        ("\x85", "\\u0085"),
        ("[&~]", "[\\u0026\\u007E]"),
        ("[\\[\\]^\\-]", "[\\-\\[\\]\\^]"),
        ("\\$\\/", "\\$/"),
        ("a{02,03}", "a{2,3}"),
        ("[a]", "a"),
    ],
)
def test_portable(pattern: str, text: str) -> None:
    assert translate(pattern).text == text


def test_anchored() -> None:
    assert anchored(("a", "b|c")) == "^(?:a|b|c)$"


@pytest.mark.parametrize(
    ("pattern", "risky"),
    [("(a+)+b", True), ("(x+x+)+y", True), ("(a*){2,}", True), ("a+b+", False), ("(a{1,3})+", False)],
)
def test_risky_for_backtrackers(pattern: str, risky: bool) -> None:
    assert translate(pattern).risky is risky


@pytest.mark.parametrize(
    ("pattern", "repeat"),
    [(".{1,5}", (1, 5)), ("[a-c]{3}", (3, 3)), ("\\w{2,}", (2, None)), ("(ab){2}", None), ("a{2}b", None), ("a", None)],
)
def test_a_single_repeated_class_is_told(pattern: str, repeat: tuple[int, int | None] | None) -> None:
    found = translate(pattern).repeat
    assert (found and found[1:]) == repeat


@given(st.text(st.sampled_from("ab[]()^-\\{}1,|?*+.pdisL$"), max_size=12))
def test_any_text_is_translated_or_refused(pattern: str) -> None:
    with contextlib.suppress(PatternError):
        assert isinstance(translate(pattern).text, str)
