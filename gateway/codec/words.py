"""The law of expectations: what a type takes, in a person's words, the same for XML and for JSON.

Pure functions of the IR. Words name the type's bounds and lists, never a value that came; they are bounded in
length, for they stand in problem documents.
"""

from __future__ import annotations

from typing import Final

from ..core.lexical import Builtin, builtin, whole_range
from ..schema.ir import Facets, Model, Simple, TypeId

LISTED: Final = 12  # values of an enumeration that are named
LENGTH: Final = 200  # characters of the listing, or of a pattern
MEMBERS: Final = 5

_UNITS: Final = {"base64": ("octet", "octets"), "hex": ("octet", "octets")}


def expected(model: Model, type_id: TypeId) -> str:
    """What a simple type takes: `a whole number from 0 to 9`, `one of: Ready, Done`."""
    simple = model.types[type_id]
    assert isinstance(simple, Simple)
    facets = simple.facets
    if facets.enumeration is not None:
        return listing(facets.enumeration)
    if simple.variety == "list":
        assert simple.item is not None
        return f"a list of{_lengths(facets, 'item', 'items', ' ')}: {expected(model, simple.item)}" + _shape(facets)
    if simple.variety == "union":
        named = [expected(model, member) for member in simple.members[:MEMBERS]]
        rest = ["…"] if len(simple.members) > MEMBERS else []
        return "; or ".join(dict.fromkeys(named + rest)) + _shape(facets)
    return _atomic(builtin(simple.builtin), facets)


def listing(values: tuple[str, ...]) -> str:
    """`one of: a, b, …` with as many as fit."""
    shown: list[str] = []
    for value in values:
        if len(shown) == LISTED or sum(map(len, shown)) + len(value) > LENGTH:
            break
        shown.append(value or "the empty text")
    rest = len(values) - len(shown)
    if len(values) == 1 and shown:
        return shown[0]
    return "one of: " + ", ".join(shown) + (f", … ({len(values)} in all)" if rest else "")


def _atomic(row: Builtin, facets: Facets) -> str:
    if row.kind in ("small", "integer"):
        base = _whole(row, facets)
    elif row.kind in ("decimal", "float", "double", "temporal", "duration"):
        base = row.words + _bounds(facets)
    else:
        base = row.words + _lengths(facets, *_UNITS.get(row.kind, ("character", "characters")), " of ")
    return base + _digits(facets) + _shape(facets)


def _whole(row: Builtin, facets: Facets) -> str:
    low, high = whole_range(row, facets)
    if low is not None and high is not None:
        return f"the whole number {low}" if low == high else f"a whole number from {low} to {high}"
    if low is not None:
        return f"a whole number of at least {low}"
    return "a whole number" if high is None else f"a whole number of at most {high}"


def _bounds(facets: Facets) -> str:
    said = [
        f"{word} {bound}"
        for word, bound in (
            ("at least", facets.min_inclusive),
            ("more than", facets.min_exclusive),
            ("at most", facets.max_inclusive),
            ("less than", facets.max_exclusive),
        )
        if bound is not None
    ]
    return ", " + " and ".join(said) if said else ""


def _lengths(facets: Facets, one: str, many: str, before: str) -> str:
    def count(number: int) -> str:
        return f"{number} {one if number == 1 else many}"

    low, high = facets.min_length, facets.max_length
    if facets.length is not None:
        return before + count(facets.length)
    if low and high is not None:
        return before + (count(low) if low == high else f"{low} to {count(high)}")
    if high is not None:
        return f"{before}at most {count(high)}"
    return f"{before}at least {count(low)}" if low else ""


def _digits(facets: Facets) -> str:
    said = ""
    if facets.total_digits is not None:
        said += f", at most {facets.total_digits} digits"
    if facets.fraction_digits is not None:
        said += (
            f", at most {facets.fraction_digits} of them after the point"
            if said
            else (f", at most {facets.fraction_digits} digits after the point")
        )
    return said


def _shape(facets: Facets) -> str:
    if not facets.patterns:
        return ""
    said = " and ".join(" or ".join(step) for step in facets.patterns)
    return f", matching {said if len(said) <= LENGTH else said[:LENGTH] + '…'}"
