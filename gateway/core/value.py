"""The law of values: what a message body is between the dialects.

A `Value` is plain data: `dict` with string keys in schema order, `list`, `str`, `bool`, `None`,
`int`, `float` (xs:float and xs:double only) and `Decimal` (every other number that is not a
whole number of at most 18 digits; its digits are kept as written). Nothing here knows XML or JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, TypeAlias

Value: TypeAlias = "dict[str, Value] | list[Value] | str | bool | int | float | Decimal | None"

_INDEX: Final = re.compile("0|[1-9][0-9]{0,8}").fullmatch  # RFC 6901 §4


def said(value: Value) -> str | None:
    """A scalar as a configuration or a header field names it, None for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or isinstance(value, dict | list) else str(value)


def pointer(parts: Iterable[str | int]) -> str:
    """JSON Pointer (RFC 6901) of a path of keys and indexes; the root is the empty string."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)


def steps_of(text: str) -> tuple[str, ...]:
    """The steps of a JSON Pointer, as they are; `#/a` and `/a` are alike, and the empty string has none."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


def at(value: Any, steps: Iterable[str], absent: Any = None) -> Any:
    """What stands at a JSON Pointer's steps, `absent` where nothing does; a step into an array is its index."""
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and _INDEX(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            return absent
    return value
