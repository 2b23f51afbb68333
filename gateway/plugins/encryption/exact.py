"""The law of JSON that passes through: digits stay as written, a member that stands twice is refused.

For plug-ins that change members and leave the rest alone; what the rest means, the dialect judges.
"""

from __future__ import annotations

import json
from typing import Any

import orjson


class NotExact(ValueError):
    """The text is no JSON that could be written again as it was."""


def loads(raw: bytes) -> Any:
    """The document; numbers are fragments with their own digits. Raises NotExact."""
    try:
        return json.loads(
            raw.decode(), parse_float=_digits, parse_int=_digits, parse_constant=_none, object_pairs_hook=_once
        )
    except (ValueError, RecursionError) as error:
        raise NotExact("no JSON") from error


def dumps(document: Any) -> bytes:
    """The bytes of a document from `loads`. Raises NotExact."""
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError as error:
        raise NotExact("cannot be written") from error


def _digits(text: str) -> orjson.Fragment:
    return orjson.Fragment(text)


def _none(text: str) -> Any:
    raise NotExact(f"{text} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotExact("a member stands twice")
    return found
