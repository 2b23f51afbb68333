"""gateway.core.value: pointers, and scalars as header fields and configurations name them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway.core.value import at, pointer, said, steps_of


def test_a_pointer_escapes_its_steps() -> None:
    assert (pointer(()), pointer(("a/b", 0, "c~d"))) == ("", "/a~1b/0/c~0d")


@pytest.mark.parametrize("steps", [(), ("",), ("a/b", "0", "c~d"), ("~1", "~01")])
def test_a_pointer_is_read_as_it_was_written(steps: tuple[str, ...]) -> None:
    assert steps_of(pointer(steps)) == steps


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (7, "7"), (Decimal("1.10"), "1.10"), ("", ""), (None, None), ({}, None), ([1], None)],
)
def test_a_scalar_is_said_and_nothing_else_is(value: Any, text: str | None) -> None:
    assert said(value) == text


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ({"a": [1, {"b": 2}]}, "/a/1/b", 2),
        ({"a": [1]}, "", {"a": [1]}),
        ({"a": None}, "/a", None),
        ({"0": "x"}, "/0", "x"),
        *((value, text, ...) for value, text in [({"a": [1]}, "/a/9"), ({"a": [1]}, "/a/01"), ({"a": [1]}, "/a/\u00b2"),
                                                 ({"a": [1]}, "/a/-1"), ("text", "/0"), ({"a": None}, "/a/b"), ({}, "/")]),
    ],
)  # fmt: skip
def test_what_stands_at_a_pointer(value: Any, text: str, found: Any) -> None:
    assert at(value, steps_of(text), ...) == found
