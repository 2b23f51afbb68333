"""The law of roots: JSON Schemas alone become operations by their files' names, or by what the caller says.

In a folder `NAME.request.json` and `NAME.response.json` are the two halves of operation NAME (`.schema.json`, `.yaml`
likewise); any other schema is a request and an answer of its own kind. `NAME=REQUEST[:ANSWER]` says it outright. Each
operation is `POST /NAME`. What comes out is an OpenAPI document that refers to the files, so that all its rules hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from gateway.schema.drawn.texts import Library, Text
from gateway.schema.errors import ContractError

_ENDINGS: Final = (".json", ".yaml", ".yml")
_HALVES: Final = ("request", "response")


def of_schemas(library: Library, given: Path, said: Sequence[str] = ()) -> Text:
    """The document of a file or folder of schemas. Raises ContractError where there is none."""
    folder = given if given.is_dir() else given.parent
    halves = _said(said) if said else _found(given)
    if not halves:
        raise ContractError("there is no JSON Schema here", file=str(given))
    paths = {f"/{quote(name)}": {"post": _operation(name, told)} for name, told in halves.items()}
    title = given.resolve().name if given.is_dir() else _stem(given.name)
    value = {"openapi": "3.1.0", "info": {"title": title}, "paths": paths}
    first = next(file for told in halves.values() for file in told.values())
    library.named(str(folder / first))  # the folder bounds what may be opened
    return Text(folder.absolute() / "gateway-import.json", value)


def _operation(name: str, told: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": name}
    if "request" in told:
        found["requestBody"] = {"required": True, **_content(told["request"])}
    answer = _content(told["response"]) if "response" in told else {}
    found["responses"] = {"200" if answer else "204": {"description": "The answer.", **answer}}
    return found


def _content(file: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": quote(file)}}}}


def _said(said: Sequence[str]) -> dict[str, dict[str, str]]:
    halves: dict[str, dict[str, str]] = {}
    for each in said:
        name, equals, files = each.partition("=")
        request, _, response = files.partition(":")
        if not name or not equals or not (request or response):
            raise ContractError(f"NAME=REQUEST or NAME=REQUEST:ANSWER is expected, not {each!r}")
        halves[name] = {half: file for half, file in zip(_HALVES, (request, response), strict=True) if file}
    return halves


def _found(given: Path) -> dict[str, dict[str, str]]:
    files = sorted(each.name for each in given.iterdir()) if given.is_dir() else [given.name]
    halves: dict[str, dict[str, str]] = {}
    for file in files:
        stem = _stem(file)
        if not file.endswith(_ENDINGS) or not stem:
            continue
        name, dot, half = stem.rpartition(".")
        if dot and half in _HALVES:
            halves.setdefault(name, {})[half] = file
        else:
            halves.setdefault(stem, {}).update(request=file, response=file)
    return halves


def _stem(file: str) -> str:
    """The file's name without its ending, and without `.schema`."""
    for ending in _ENDINGS:
        file = file.removesuffix(ending)
    return file.removesuffix(".schema")
