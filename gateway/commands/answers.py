"""The law of refused messages on the command line: the same problem document that HTTP callers get."""

from __future__ import annotations

from typing import Any, Final

from gateway.core.problem import Problem
from gateway.dialect.problem import Speaker

LOCAL: Final = "command-line"  # there is no request; its id says so


def document(problem: Problem, request_id: str = LOCAL, speaker: Speaker | None = None) -> dict[str, Any]:
    """The problem document (RFC 9457)."""
    return (speaker or Speaker()).document(problem, request_id)


def problem_text(problem: Problem) -> str:
    """The problem document as indented JSON."""
    from gateway.codec.json import dumps, indented

    return indented(dumps(document(problem)))
