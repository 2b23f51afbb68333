"""gateway.commands.answers: the problem document on the command line."""

from __future__ import annotations

import json

from gateway.commands.answers import document, problem_text
from gateway.core.problem import Finding, Kind, Problem
from gateway.dialect.problem import Speaker


def test_it_is_the_document_that_http_callers_get() -> None:
    problem = Problem(Kind.INVALID_MESSAGE, findings=[Finding("/a", "/t:a", "no", "yes")], cause="secret")
    found = document(problem, "7", Speaker("https://h"))
    assert found["type"] == "https://h/problems/invalid-message"
    assert found["requestId"] == "7"
    text = problem_text(problem)
    assert json.loads(text)["errors"] == [{"pointer": "/a", "xpath": "/t:a", "detail": "no", "expected": "yes"}]
    assert "secret" not in text
