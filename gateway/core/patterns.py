"""The law of patterns: an XSD regular expression becomes a portable one, or is refused with its place.

Parsed by its own grammar (XSD 1.0 Part 2 Appendix F), never by another dialect's: `^` and `$` are plain
characters, `.` is all but line ends, classes subtract, quantifiers are all greedy. What comes out is common to
ECMA-262 (`u` flag), linear engines and Python, each class written out in ranges. Nothing is matched here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NoReturn

from .charclass import ANY, Range, Ranges, complement, escape, literal, minus, unicode_property, union, written

DEPTH: Final = 200  # of nested parentheses and subtractions


class PatternError(ValueError):
    """A pattern that is none. The message names what is wrong and where (1-based character)."""


@dataclass(frozen=True, slots=True)
class Portable:
    """A translated pattern, not anchored; `risky`: a backtracking engine may take exponential time on it."""

    text: str
    risky: bool
    repeat: tuple[str, int, int | None] | None = None  # the whole is one class, from so many to so many times


@lru_cache(maxsize=4096)
def translate(pattern: str) -> Portable:
    """One XSD pattern. Raises PatternError."""
    return _Parser(pattern).whole()


def anchored(step: tuple[str, ...]) -> str:
    """The patterns of one derivation step as one anchored expression; any of them may match (§4.3.4.3)."""
    return "^(?:" + "|".join(translate(pattern).text for pattern in step) + ")$"


_SINGLE: Final = {
    "n": 10, "r": 13, "t": 9, **{char: ord(char) for char in "\\|.?*+(){}-[]^"},
}  # fmt: skip
_TOLERATED: Final = frozenset(
    "$/\"'#@&%:;,<>=!~_` "
)  # not in the grammar, but meant as themselves by all who write them
_QUANTIFIERS: Final = frozenset("?*+{")
_META: Final = frozenset("?*+{}()|]")


class _Parser:
    """One recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0
        self.risky = False
        self.repeat: tuple[str, int, int | None] | None = None

    def whole(self) -> Portable:
        text, _ = self.alternatives()
        if self.at < len(self.pattern):
            self.refuse("a ) without its (")
        return Portable(text, self.risky, self.repeat)

    def refuse(self, what: str) -> NoReturn:
        shown = self.pattern if len(self.pattern) <= 200 else self.pattern[:200] + "…"
        raise PatternError(f"the pattern {shown!r} has {what} at character {self.at + 1} (XSD 1.0 Part 2 Appendix F)")

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self, what: str) -> str:
        char = self.peek()
        if not char:
            self.refuse(f"an end where {what} is due")
        self.at += 1
        return char

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            self.refuse(f"more than {DEPTH} levels")

    # ------------------------------------------------------------ expressions; the bool: repeats without bound inside

    def alternatives(self) -> tuple[str, bool]:
        branches, loops = [], False
        while True:
            text, loop = self.branch()
            branches.append(text)
            loops = loops or loop
            if self.peek() != "|":
                return "|".join(branches), loops
            self.at += 1

    def branch(self) -> tuple[str, bool]:
        pieces, loops = [], False
        while (char := self.peek()) and char not in "|)":
            text, loop = self.piece()
            pieces.append(text)
            loops = loops or loop
        return "".join(pieces), loops

    def piece(self) -> tuple[str, bool]:
        start = self.at
        text, loops = self.atom()
        if self.peek() not in _QUANTIFIERS or not self.peek():
            return text, loops
        quantifier, unbounded = self.quantifier()
        if unbounded and loops:
            self.risky = True
        if start == 0 and self.at == len(self.pattern) and quantifier[0] == "{" and self.pattern[0] != "(":
            low, comma, high = quantifier[1:-1].partition(",")
            self.repeat = (text, int(low), int(high or low) if high or not comma else None)
        if self.peek() and self.peek() in _QUANTIFIERS:
            self.refuse("two quantifiers in a row")
        return text + quantifier, loops or unbounded

    def atom(self) -> tuple[str, bool]:
        char = self.take("a character")
        if char == "(":
            self.deeper()
            text, loops = self.alternatives()
            if self.peek() != ")":
                self.refuse("a ( without its )")
            self.at += 1
            self.depth -= 1
            return f"(?:{text})", loops
        if char == "[":
            return written(self.char_class()), False
        if char == ".":
            return written(ANY), False
        if char == "\\":
            ranges = self.escaped()
            return written(ranges), False
        if char in _META:
            self.at -= 1
            self.refuse(f"a bare {char}")
        return literal(ord(char)), False

    def quantifier(self) -> tuple[str, bool]:
        char = self.take("a quantifier")
        if char != "{":
            return char, char != "?"
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at : end].partition(",") if end >= 0 else ("", "", "")
        if not _number(low) or (high and not _number(high)):
            self.refuse("a quantifier that is not {n}, {n,} or {n,m}")
        if len(low) > 9 or len(high) > 9:
            self.refuse("a quantifier that is too large")
        if high and int(high) < int(low):
            self.refuse("a quantifier whose upper bound is below its lower one")
        self.at = end + 1
        return f"{{{int(low)}{comma}{int(high) if high else ''}}}", bool(comma) and not high

    # ------------------------------------------------------------ characters

    def escaped(self) -> Ranges:
        """After a backslash."""
        char = self.take("an escape")
        if char in _SINGLE:
            return ((_SINGLE[char], _SINGLE[char]),)
        if char in "pP":
            return self.category(char == "P")
        ranges = escape(char) if char.isascii() and char.isalpha() else None
        if ranges is None and char in _TOLERATED:
            ranges = ((ord(char), ord(char)),)
        if ranges is None:
            self.at -= 1
            self.refuse(f"an unknown escape \\{char}")
        return ranges

    def category(self, negated: bool) -> Ranges:
        end = self.pattern.find("}", self.at)
        if self.peek() != "{" or end < 0:
            self.refuse("a \\p without its {name}")
        name = self.pattern[self.at + 1 : end]
        ranges = unicode_property(name)
        if ranges is None:
            self.refuse("an unknown category or block")
        self.at = end + 1
        return complement(ranges) if negated else ranges

    def char_class(self) -> Ranges:
        """After `[`: a group, perhaps negated, perhaps less another class."""
        self.deeper()
        negated = self.peek() == "^"
        self.at += negated
        found: list[Range] = []
        empty, taken_away = True, None
        while (char := self.take("a ]")) != "]":
            if char == "-" and self.peek() == "[" and not empty:
                self.at += 1
                taken_away = self.char_class()
                if self.take("a ]") != "]":
                    self.refuse("something after a subtraction")
                break
            found += self.member(char, empty)
            empty = False
        if empty:
            self.refuse("an empty class")
        self.depth -= 1
        ranges = complement(union(found)) if negated else union(found)
        return ranges if taken_away is None else minus(ranges, taken_away)

    def member(self, char: str, first: bool) -> Ranges:
        """A character, an escape or a range."""
        low = self.one(char, first)
        if len(low) != 1 or low[0][0] != low[0][1]:
            return low  # a set: no range begins with it
        if self.peek() != "-" or self.pattern[self.at + 1 : self.at + 2] in ("]", "["):
            return low
        self.at += 1
        high = self.one(self.take("a character"), False)
        if len(high) != 1 or high[0][0] != high[0][1]:
            self.refuse("a range that ends in a set")
        if high[0][0] < low[0][0]:
            self.refuse("a range that runs backwards")
        return ((low[0][0], high[0][0]),)

    def one(self, char: str, first: bool) -> Ranges:
        if char == "\\":
            return self.escaped()
        if char == "[":
            self.at -= 1
            self.refuse("a bare [ in a class")
        if char == "-" and not first and self.peek() not in ("]", "-"):
            self.at -= 1
            self.refuse("a bare - inside a class")
        return ((ord(char), ord(char)),)


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit()
