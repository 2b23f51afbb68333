"""The law of what plug-ins say in the OpenAPI document: header fields, typed problems, paths of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from gateway.core.described import Refused, Served

from .openapi_fields import segment

PROBLEM: Final = "application/problem+json"


def refusals(problems: Mapping[int, Refused], problem: str) -> dict[str, Any]:
    """The answers by status. `problem`: the reference to the schema of every problem."""
    return {str(status): _refusal(each, problem) for status, each in problems.items()}


def _refusal(refused: Refused, problem: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"$ref": problem}
    if refused.members:
        schema = {"allOf": [schema], "properties": dict(refused.members)}
    return {"description": refused.words, "content": {PROBLEM: {"schema": schema}}}


def both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two answers with one status: the words of both, a schema of either."""
    forms: list[Any] = []
    for each in (one, other):
        schema = each.get("content", {}).get(PROBLEM, {}).get("schema")
        forms += (schema.get("anyOf") or [schema]) if schema else []
    words = " ".join(dict.fromkeys(str(each.get("description", "")) for each in (one, other)))
    return {"description": words.strip(), "content": {PROBLEM: {"schema": {"anyOf": forms}}}}


def header(name: str, words: str) -> dict[str, Any]:
    """A header field that need not be sent."""
    return {"name": name, "in": "header", "required": False, "description": words, "schema": {"type": "string"}}


def path_of(
    served: Served, members: Mapping[str, Any], problem: str, usual: Mapping[str, Any], example: Any = None
) -> dict[str, Any]:
    """The operation object of a plug-in's own path.

    `members`: the JSON Schemas of `takes`, `example` a body; `usual`: the answers that every operation has.
    """
    words = re.split(r"[^A-Za-z0-9]+", served.path)
    document: dict[str, Any] = {
        "operationId": "_".join(word for word in (served.method.lower(), *words) if word),
        "summary": served.summary,
    }
    if served.service:
        document["tags"] = [served.service]
    names = re.findall(r"\{([^{}]+)\}", served.path)
    if names:
        document["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": segment({"type": "string"})} for name in names
        ]
    if members:
        body = {"type": "object", "properties": dict(members), "required": list(members)}
        document["requestBody"] = {"required": True, "content": {"application/json": _media(body, example)}}
    answer: dict[str, Any] = {"description": "Done."}
    if served.gives:
        schema = {"type": "object", "properties": dict(served.gives), "required": list(served.gives)}
        answer["content"] = {"application/json": _media(schema, served.example)}
    document["responses"] = {str(served.status): answer, **usual, **refusals(served.problems, problem)}
    return document


def _media(schema: Mapping[str, Any], example: Any) -> dict[str, Any]:
    return {"schema": dict(schema), **({} if example is None else {"example": example})}
