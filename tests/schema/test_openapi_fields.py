"""gateway.schema.openapi_fields: what the gateway itself reads of a request."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.problem import Problem
from gateway.dialect.conditions import strong_match
from gateway.net.path import canonical
from gateway.schema import openapi_fields
from gateway.schema.openapi_fields import KEY, SEGMENT, TAG, choosing, idempotency_key, if_match, segment


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


@given(st.text(st.sampled_from("a.~/\\;# %é\x00\x1f\x7f\x85\x9f\xa0\u2028\ufffe\uffff\U0001f600"), max_size=4))
def test_the_pattern_of_a_segment_is_what_is_read(text: str) -> None:
    try:
        read = canonical("/x/" + quote(text, safe="") + "/y") == f"/x/{text}/y"
    except Problem:
        read = False
    assert bool(re.search(SEGMENT[:-1] + r"\Z", text)) is read


def test_what_stands_in_a_path_keeps_what_its_type_says() -> None:
    assert segment({"type": "string", "maxLength": 24}) == {"type": "string", "maxLength": 24, "pattern": SEGMENT}
    assert segment({"type": "integer"}) == {"type": "integer"}
    assert segment({"type": "string", "pattern": "^a"}) == {"type": "string", "pattern": "^a", "allOf": [{"pattern": SEGMENT}]}
    assert segment({"$ref": "#/x"})["$ref"] == "#/x"


def test_a_parameter_that_is_given_is_no_null_and_a_number_one_form() -> None:
    """In a URL all is text: +332162740321235415572 fits the pattern of a long given as a string, and is none."""
    whole = {"type": "integer", "minimum": -5, "maximum": 5}
    text = {"type": "string", "pattern": "^[+-]?[0-9]+$"}
    infinite = {"type": "string", "enum": ["INF"]}
    assert openapi_fields.given({"anyOf": [whole, text, {"type": "null"}]}) == whole
    assert openapi_fields.given({"anyOf": [{"type": "number"}, infinite]}) == {"anyOf": [{"type": "number"}, infinite]}
    assert openapi_fields.given({"anyOf": [text, {"type": "null"}]}) == text
    assert openapi_fields.given({"type": ["string", "null"], "minLength": 1}) == {"type": "string", "minLength": 1}
    assert openapi_fields.given({"type": ["string", "integer", "null"]}) == {"type": ["string", "integer"]}


@pytest.mark.parametrize(
    ("place", "style", "told"),
    [
        ("query", "repeat", {}),
        ("query", "pipe", {"style": "pipeDelimited", "explode": False}),
        ("path", "comma", {}),
        ("header", "pipe", {"schema": {"type": "string"}, "description": "The items, with `|` between them."}),
    ],
)
def test_items_in_one_text_are_told_as_a_style_where_there_is_one(place: str, style: str, told: dict[str, object]) -> None:
    assert openapi_fields.parted(place, style) == told
    assert openapi_fields.parted("path", "space")["schema"]["pattern"] == SEGMENT
