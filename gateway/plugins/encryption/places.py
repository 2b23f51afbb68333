"""The law of places: where a JSON pointer leads in a document, with `*` for every item or member."""

from __future__ import annotations

from typing import Any

from gateway.core.value import steps_of


def places(document: Any, pointer: str) -> list[tuple[Any, Any]]:
    """(holder, name) of what the pointer (RFC 6901) means; what is not there is left out.

    `*` as a step stands for every item of an array and every member of an object.
    """
    found: list[tuple[Any, Any]] = [({"": document}, "")]
    for name in steps_of(pointer):
        deeper: list[tuple[Any, Any]] = []
        for holder, key in found:
            here = holder[key]
            if isinstance(here, dict):
                deeper += [(here, member) for member in (list(here) if name == "*" else [name]) if member in here]
            elif isinstance(here, list):
                deeper += [(here, index) for index in _indexes(here, name)]
        found = deeper
    return found


def _indexes(items: list[Any], name: str) -> list[int]:
    if name == "*":
        return list(range(len(items)))
    fits = name.isascii() and name.isdigit() and len(name) <= 9 and int(name) < len(items)
    return [int(name)] if fits else []
