"""The precise reader against the standard library's: same language, same values."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.codec.json_reader import read
from gateway.core.limits import DEFAULT
from gateway.core.problem import Kind, Problem


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda i: st.lists(i) | st.dictionaries(st.text(), i),
        max_leaves=20,
    )
)
def test_it_reads_what_the_standard_library_writes(value: object) -> None:
    for style in ({}, {"ensure_ascii": False}, {"indent": 2}):
        text = json.dumps(value, **style)  # type: ignore[arg-type]
        try:
            raw = text.encode()
        except UnicodeEncodeError:
            continue
        try:
            got = read(raw, DEFAULT)
        except Problem as problem:
            assert problem.kind is Kind.XML_ILLEGAL_CHARACTER  # noqa: PT017
            continue
        assert got == value


def test_a_negative_zero_keeps_its_sign() -> None:
    assert str(read(b"-0", DEFAULT)) == "-0"
    assert type(read(b"-0", DEFAULT)) is Decimal


def test_the_pointer_is_always_encodable() -> None:
    with pytest.raises(Problem) as info:
        read(rb'{"\ud800": 1}', DEFAULT)
    assert info.value.findings[0].pointer == "/?"


def test_no_value_stands_in_the_words() -> None:
    with pytest.raises(Problem) as info:
        read(b'{"password": "hunter2" hunter3}', DEFAULT)
    assert "hunter" not in info.value.detail + str(info.value.findings)
