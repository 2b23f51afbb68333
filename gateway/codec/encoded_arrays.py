"""The law of encoded arrays: where each member of an array stands, by what the message says of size, offset and places.

SOAP 1.1 §5.4.2 (arrayType), §5.4.2.1 (offset), §5.4.2.2 (position), SOAP 1.2 Part 2 §3.1.6 (arraySize). A member that
is not sent is nil. An array of several dimensions is rows in rows, in row-major order on the wire. Nothing is made
larger than a message may be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import Any, Final

from gateway.core.problem import Kind, Problem

ROW: Final = "Row."  # how `gateway.schema.encoded` names the type of a row of several dimensions
_SIZES: Final = re.compile(r"\[([0-9]+(?:,[0-9]+)*)\]\s*$")
_POINT: Final = re.compile(r"\s*\[\s*([0-9]{1,9}(?:\s*,\s*[0-9]{1,9})*)\s*\]\s*")

_BEYOND: Final = "A member of an array has a place beyond its size (SOAP 1.1 §5.4.2)."


def is_row(type_id: str) -> bool:
    """Whether an item's type is a row of an array of several dimensions."""
    return type_id.rpartition("}")[2].startswith(ROW)


def sizes(node: Any, names: Mapping[str, str]) -> tuple[int, ...]:
    """The sizes that a message says of an array, () where it says none; `names` are the encodings by version."""
    said = _SIZES.search(node.get(f"{{{names['1.1']}}}arrayType") or "")
    if said is not None:
        return tuple(int(each[:10]) for each in said[1].split(","))
    words = (node.get(f"{{{names['1.2']}}}arraySize") or "").split()
    return tuple(int(each[:10]) for each in words) if words and all(each.isdecimal() for each in words) else ()


def members(node: Any, enc: str, size: tuple[int, ...], most: int) -> list[Any]:
    """The members in order (row by row), None for one that is not sent; `most`: how many there may be.

    A place has a number for each dimension; one number alone counts the members row by row.
    Raises Problem INVALID_MESSAGE for a place that is none, taken or beyond the size, XML_LIMIT_EXCEEDED.
    """
    offset, places = node.get(f"{{{enc}}}offset"), [child.get(f"{{{enc}}}position") for child in node]
    if offset is None and not any(places):
        return list(node)
    at = _place(offset, size) if offset is not None else 0
    found: dict[int, Any] = {}
    for child, said in zip(node, places, strict=True):
        at = _place(said, size) if said is not None else at
        if at in found:
            raise Problem(Kind.INVALID_MESSAGE, "Two members of an array have one place (SOAP 1.1 §5.4.2.2).")
        found[at] = child
        at += 1
    count = max(found, default=-1) + 1
    if size:
        if count > prod(size):
            raise Problem(Kind.INVALID_MESSAGE, _BEYOND)
        count = prod(size)
    if count > most:
        words = "An array that is sent in part is larger than allowed."
        raise Problem(Kind.XML_LIMIT_EXCEEDED, words, limit="xml_elements")
    return [found.get(place) for place in range(count)]


def _place(text: str, size: tuple[int, ...]) -> int:
    """The place in row-major order of an array of these sizes."""
    said = _POINT.fullmatch(text)
    if said is None:
        words = "An array's offset or position is no `[number]`, with commas for several dimensions (SOAP 1.1 §5.4.2)."
        raise Problem(Kind.INVALID_MESSAGE, words)
    point = [int(each) for each in said[1].split(",")]
    if len(point) == 1:
        return point[0]
    if len(point) != len(size):
        words = f"An array's offset or position has {len(point)} numbers, its sizes are {len(size)} (SOAP 1.1 §5.4.2)."
        raise Problem(Kind.INVALID_MESSAGE, words)
    place = 0
    for at, length in zip(point, size, strict=True):
        if at >= length:
            raise Problem(Kind.INVALID_MESSAGE, _BEYOND)
        place = place * length + at
    return place


def shaped(flat: list[Any], size: tuple[int, ...], rank: int, most: int) -> list[Any]:
    """Members in row-major order as rows in rows. Raises Problem where they do not fill the sizes."""
    if len(size) != rank or prod(size) != len(flat) or prod(size[:-1]) > most:
        raise Problem(
            Kind.INVALID_MESSAGE, f"An array's members do not fill the {rank} sizes that it says (SOAP 1.1 §5.4.2)."
        )
    rows = flat
    for length in reversed(size[1:]):
        count = len(rows) // length if length else prod(size[: size.index(length)])
        rows = [rows[at * length : (at + 1) * length] for at in range(count)]
    return rows


def measured(node: Any, rank: int) -> tuple[tuple[int, ...], list[Any]]:
    """The sizes of rows in rows and their members, row by row. Raises Problem where rows differ in length."""
    rows, size = [node], []
    for _ in range(rank):
        lengths = {len(row) for row in rows}
        if len(lengths) > 1:
            words = "The rows of an array of several dimensions have different lengths (SOAP 1.1 §5.4.2)."
            raise Problem(Kind.INVALID_MESSAGE, words)
        size.append(lengths.pop() if lengths else 0)
        rows = [child for row in rows for child in row]
    return tuple(size), rows
