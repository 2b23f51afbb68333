"""gateway.schema.openapi_answers: every status by its name, with the header fields that it may have."""

from __future__ import annotations

import pytest

from gateway.core.problem import Kind
from gateway.schema.openapi_answers import PROBLEM, USUAL, components, headers, known, problem


def test_only_the_answers_that_are_referred_to_are_components() -> None:
    paths = {"/a": {"get": {"responses": {"429": {"$ref": "#/components/responses/429"}}}}}
    found = components(repr(paths))
    assert list(found) == ["429"]
    assert found["429"]["headers"]["Retry-After"]["schema"] == {"type": "string"}
    assert found["429"]["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize(("status", "words"), [(412, "not the present one"), (418, "I'm a Teapot."), (451, "Unavailable For Legal Reasons.")])
def test_a_rules_status_has_words(status: int, words: str) -> None:
    assert known(status)
    assert words in components(f"'#/components/responses/{status}'")[str(status)]["description"]


def test_a_status_without_a_phrase_is_the_default_answer() -> None:
    assert not known(499)
    assert set(components("".join(f"responses/{status}'" for status in USUAL))) == set(USUAL)


def test_header_fields_have_words_where_they_are_known() -> None:
    assert "If-Match" in headers(["ETag"])["ETag"]["description"]
    assert headers(["X-Total"]) == {"X-Total": {"schema": {"type": "string"}}}


def test_the_problem_names_every_kind() -> None:
    assert all(f"`{kind.slug}`" in problem()["description"] for kind in Kind)
