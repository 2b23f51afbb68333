"""Text to markup and back: nothing lost, nothing injected, nothing illegal let through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.limits import DEFAULT
from gateway.core.problem import Kind, Problem
from gateway.xml import escape_attribute, escape_text, illegal_at, parse, text_of

LEGAL = st.text(
    st.characters(exclude_categories=("Cs",)).filter(lambda c: illegal_at(c) < 0)
    | st.sampled_from(list("\t\n\r&<>\"']-\x85\u2028\U0001f600"))
)


@given(LEGAL)
def test_text_survives(text: str) -> None:
    assert text_of(parse(f"<a>{escape_text(text)}</a>".encode(), DEFAULT)) == text


@given(LEGAL)
def test_attributes_survive(text: str) -> None:
    assert parse(f'<a b="{escape_attribute(text)}"/>'.encode(), DEFAULT).get("b") == text


@given(LEGAL)
def test_a_long_text_is_escaped_as_a_short_one(text: str) -> None:
    for long in ("x" * 101, "é" * 101):
        assert escape_text(long + text) == long + "".join(map(escape_text, text))


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_carry(bad: str) -> None:
    assert illegal_at("ab" + bad) == 2
    for long in ("x" * 101, "é" * 101, '"' * 101):
        assert illegal_at(long + bad) == 101
        with pytest.raises(Problem):
            escape_text(long + bad)
    for escape in (escape_text, escape_attribute):
        with pytest.raises(Problem) as info:
            escape("ab" + bad)
        assert info.value.kind is Kind.XML_ILLEGAL_CHARACTER
        assert f"U+{ord(bad):04X}" in info.value.detail


@pytest.mark.parametrize("good", ["", "\t\n\r", "\x7f\x85", "\ud7ff\ue000\ufffd", "\U00010000\U0010ffff"])
def test_what_xml_can_carry(good: str) -> None:
    assert illegal_at(good) == -1


def test_plain_text_is_the_same_object() -> None:
    text = "plain"
    assert escape_text(text * 100) == text * 100
    assert escape_text(text) is text
    assert escape_attribute(text) is text
