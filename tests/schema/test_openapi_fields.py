"""gateway.schema.openapi_fields: what the gateway itself reads of a request."""

from __future__ import annotations

import re

import pytest

from gateway.core.problem import Problem
from gateway.dialect.conditions import strong_match
from gateway.schema.openapi_fields import KEY, TAG, choosing, idempotency_key, if_match


@pytest.mark.parametrize(
    ("text", "good"), [('"a"', True), ('W/"a", "b"', True), ("*", True), ("a", False), ('"a', False), ('"a" "b"', False)]
)
def test_the_pattern_of_a_tag_is_what_is_read(text: str, good: bool) -> None:
    assert bool(re.search(TAG, text)) is good
    if text == "*":
        return
    if good:
        strong_match(text, '"x"')
    else:
        with pytest.raises(Problem):
            strong_match(text, '"x"')


def test_the_fields() -> None:
    assert if_match(True)["required"] is True
    assert idempotency_key(False)["name"] == "Idempotency-Key"
    assert re.search(KEY, '"a key"')
    assert not re.search(KEY, "a key")
    assert choosing("query", "do", "go")["schema"]["enum"] == ["go"]
