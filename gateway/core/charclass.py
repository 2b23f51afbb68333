"""The law of character classes: sets of characters as sorted ranges, and how they are written.

Range algebra, Unicode's categories and the multi-character escapes of XSD's patterns (Part 2 Appendix F.1.1).
What XML has no character for is in no set. Used at build time only; categories are scanned once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final, TypeAlias

from .unicode_blocks import BLOCKS
from .xmlnames import NAME_CHARS, NAME_START

Range: TypeAlias = tuple[int, int]
Ranges: TypeAlias = tuple[Range, ...]

LAST: Final = 0x10FFFF
ALL: Final[Ranges] = ((0x9, 0xA), (0xD, 0xD), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, LAST))  # XML 1.0 §2.2


def merged(ranges: Iterable[Range]) -> Ranges:
    """Sorted, disjoint, not touching."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def union(ranges: Iterable[Range]) -> Ranges:
    """Merged, and only what XML has as a character."""
    parts = ((max(low, first), min(high, last)) for low, high in merged(ranges) for first, last in ALL)
    return tuple(part for part in parts if part[0] <= part[1])


def gaps(ranges: Ranges) -> Ranges:
    """Every code point that is not in `ranges` (merged)."""
    rest: list[Range] = []
    at = 0
    for low, high in ranges:
        if at < low:
            rest.append((at, low - 1))
        at = high + 1
    if at <= LAST:
        rest.append((at, LAST))
    return tuple(rest)


def complement(ranges: Ranges) -> Ranges:
    """Every character that is not in `ranges`."""
    return union(gaps(merged(ranges)))


def minus(ranges: Ranges, other: Ranges) -> Ranges:
    """XSD's class subtraction."""
    return complement(union((*complement(ranges), *other)))


# ---------------------------------------------------------------- Unicode


@cache
def _categories() -> dict[str, Ranges]:
    """Each two-letter general category; the empty planes 4 to 13 and the private ones are not scanned."""
    found: dict[str, list[Range]] = {}
    category = unicodedata.category
    for first, last in ((0, 0xD7FF), (0xE000, 0x3FFFF), (0xE0000, 0xE0FFF)):
        start, kind = first, category(chr(first))
        for code in range(first + 1, last + 1):
            here = category(chr(code))
            if here != kind:
                found.setdefault(kind, []).append((start, code - 1))
                start, kind = code, here
        found.setdefault(kind, []).append((start, last))
    found.setdefault("Cn", []).extend([(0x40000, 0xDFFFF), (0xE1000, 0xEFFFF), (0xFFFFE, 0xFFFFF), (0x10FFFE, LAST)])
    found.setdefault("Co", []).extend([(0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)])
    found["Cs"] = []
    return {name: union(ranges) for name, ranges in found.items()}


@cache
def unicode_property(name: str) -> Ranges | None:
    """The set of `\\p{name}`: a category (`Lu`), a group of them (`L`) or a block (`IsGreek`); None if unknown."""
    if name.startswith("Is"):
        block = BLOCKS.get(name[2:])
        return None if block is None else union(block)
    if name not in _NAMES:
        return None
    return union(part for key, ranges in _categories().items() if key.startswith(name) for part in ranges)


_GROUPS: Final = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfson"}
_NAMES: Final = frozenset(_GROUPS) | {group + letter for group, letters in _GROUPS.items() for letter in letters}


@cache
def escape(letter: str) -> Ranges | None:
    """The set of `\\d`, `\\w`, `\\i`, `\\c`, `\\s` and their capitals; None for another letter."""
    if letter.isupper():
        small = escape(letter.lower())
        return None if small is None else complement(small)
    if letter == "s":
        return union(((9, 10), (13, 13), (32, 32)))
    if letter == "d":
        return unicode_property("Nd")
    if letter == "i":
        return union(NAME_START)
    if letter == "c":
        return union(NAME_CHARS)
    if letter == "w":
        away = [part for name in "PZC" for part in unicode_property(name) or ()]
        return complement(union(away))
    return None


ANY: Final[Ranges] = complement(((10, 10), (13, 13)))  # the dot

# ---------------------------------------------------------------- writing


def written(ranges: Ranges) -> str:
    """A class in the part that ECMA-262 (`u`), the linear engines and Python have in common."""
    if not ranges:
        return "[^\\u0000-\U0010ffff]"  # no character at all
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return literal(ranges[0][0])
    if ranges[-1][1] == LAST:  # a large one: what it lacks is shorter; surrogates, which it lacks too, match nothing
        rest = merged((*gaps(ranges), (0xD800, 0xDFFF)))
        away = "".join(map(_range, (part for part in rest if part != (0xD800, 0xDFFF))))
        if away and not any(low <= 0xDFFF and high >= 0xD800 for low, high in rest if (low, high) != (0xD800, 0xDFFF)):
            return f"[^{away}]"
    return "[" + "".join(map(_range, ranges)) + "]"


def _range(ends: Range) -> str:
    low, high = ends
    if low == high:
        return _inside(low)
    return _inside(low) + ("-" if high > low + 1 else "") + _inside(high)


_CONTROLS: Final = {9: "\\t", 10: "\\n", 13: "\\r"}


def _inside(code: int) -> str:
    char = chr(code)
    if char in "\\]^-[":
        return "\\" + char
    if char in "&~" or not 0x20 <= code < 0x7F:  # && and ~~ are operators of some engines
        return _coded(code)
    return char


def literal(code: int) -> str:
    """One character outside a class."""
    char = chr(code)
    if char in "^$\\.*+?()[]{}|":
        return "\\" + char
    return char if 0x20 <= code < 0x7F or (char.isalpha() and code <= 0xFFFF) else _coded(code)


def _coded(code: int) -> str:
    if code in _CONTROLS:
        return _CONTROLS[code]
    return f"\\u{code:04X}" if code <= 0xFFFF else chr(code)  # \u{…} is not Python's, the character is everyone's
