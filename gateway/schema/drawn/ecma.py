"""The law of ECMA patterns: an ECMA-262 expression as the XSD pattern that takes the same texts, or None.

ECMA searches, XSD matches the whole: what is not anchored is wrapped. Classes are written out, since `\\d`, `\\w`,
`\\s` and `.` mean other sets in XSD. Look-around, word borders, references back and anchors in the midst have no
twin; lazy quantifiers take the same texts as greedy ones. ECMA-262 §22.2, XSD 1.0 Part 2 Appendix F.
"""

from __future__ import annotations

import re
from typing import Final

ANYTHING: Final = r"[\s\S]*"
_DIGIT: Final = "0-9"
_WORD: Final = "A-Za-z0-9_"
_SPACE: Final = "\\t\\n\\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_CLASSES: Final = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS: Final = {"t": "\\t", "n": "\\n", "r": "\\r"}
_META: Final = frozenset("\\|.?*+(){}[]^-")  # of XSD, in a class or out of it
_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/-")
_COUNT: Final = re.compile(r"\{([0-9]{1,6})(,([0-9]{0,6}))?\}", re.ASCII)
_CODE: Final = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}", re.ASCII)
DEPTH: Final = 100


class _None(ValueError):
    """There is no XSD pattern that says this."""


def to_xsd(pattern: str) -> str | None:
    """The XSD pattern, None where there is none that takes the same texts."""
    try:
        parser = _Parser(pattern)
        branches = parser.top()
    except _None:
        return None
    return "|".join(branches)


def _literal(char: str) -> str:
    code = ord(char)
    if not (code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF):
        raise _None  # XML has no such character
    if code in (9, 10, 13):
        return {9: "\\t", 10: "\\n", 13: "\\r"}[code]
    return "\\" + char if char in _META else char


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def top(self) -> list[str]:
        """The alternatives of the whole, each anchored or opened at its ends."""
        branches = [self.outer()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.outer())
        if self.at < len(self.pattern):
            raise _None
        return branches

    def outer(self) -> str:
        begins = self.peek() == "^"
        self.at += begins
        inner = self.sequence()
        ends = self.peek() == "$"
        self.at += ends
        if self.peek() not in ("", "|"):
            raise _None
        return ("" if begins else ANYTHING) + inner + ("" if ends else ANYTHING)

    def sequence(self) -> str:
        pieces = []
        while (char := self.peek()) and char not in "|)":
            if char == "$" and self.depth == 0 and self.pattern[self.at + 1 : self.at + 2] in ("", "|"):
                break
            pieces.append(self.piece())
        return "".join(pieces)

    def piece(self) -> str:
        atom = self.atom()
        char = self.peek()
        quantifier = ""
        if char and char in "*+?":
            quantifier = char
            self.at += 1
        elif char == "{":
            found = _COUNT.match(self.pattern, self.at)
            if found is None:
                raise _None
            low, high = int(found[1]), found[3]
            if max(low, int(high or 0)) > 1000 or (high and int(high) < low):
                raise _None
            quantifier = found[0]
            self.at = found.end()
        if quantifier and self.peek() == "?":
            self.at += 1
        if self.peek() and self.peek() in "*+?{":
            raise _None
        return atom + quantifier

    def atom(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char == "(":
            return self.group()
        if char == "[":
            return self.char_class()
        if char == ".":
            return "[^\\n\\r\u2028\u2029]"
        if char == "\\":
            text, many = self.escape()
            return f"[{text}]" if many else text
        if char in "^$*+?{})]":
            raise _None
        return _literal(char)

    def group(self) -> str:
        if self.peek() == "?":
            named = re.compile(r"\?<[A-Za-z_][A-Za-z0-9_]*>").match(self.pattern, self.at)
            if self.pattern.startswith("?:", self.at):
                self.at += 2
            elif named is not None:
                self.at = named.end()
            else:
                raise _None
        self.depth += 1
        if self.depth > DEPTH:
            raise _None
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        if self.peek() != ")":
            raise _None
        self.at += 1
        self.depth -= 1
        return "(" + "|".join(branches) + ")"

    def escape(self) -> tuple[str, bool]:
        """After a backslash: what it is in XSD, and whether it is a set's inside."""
        char = self.peek()
        if not char:
            raise _None
        if char in "xu":
            found = _CODE.match(self.pattern, self.at)
            if found is None:
                raise _None
            code = int(found[1] or found[2] or found[3], 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise _None
            self.at = found.end()
            return _literal(chr(code)), False
        self.at += 1
        if char in _CLASSES:
            return _CLASSES[char], True
        if char.lower() in _CLASSES and char.isupper():
            return "^" + _CLASSES[char.lower()], True
        if char in _CONTROLS:
            return _CONTROLS[char], False
        if char in _SYNTAX or not (char.isalnum() or char == "_"):
            return _literal(char), False
        raise _None

    def char_class(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        parts = []
        while (char := self.peek()) != "]":
            if not char:
                raise _None
            parts.append(self.member())
        self.at += 1
        if not parts:
            raise _None
        return "[" + ("^" if negated else "") + "".join(parts) + "]"

    def member(self) -> str:
        low, many = self.one()
        if many or self.peek() != "-" or self.pattern[self.at + 1 : self.at + 2] in ("]", ""):
            return low
        self.at += 1
        high, set_too = self.one()
        if set_too or ord(_plain(high)) < ord(_plain(low)):
            raise _None
        return f"{low}-{high}"

    def one(self) -> tuple[str, bool]:
        char = self.pattern[self.at : self.at + 1]
        self.at += 1
        if char == "\\":
            text, many = self.escape()
            if text.startswith("^") and many:
                raise _None  # a negated set inside a class
            return text, many
        if not char:
            raise _None
        return _literal(char), False


def _plain(text: str) -> str:
    return {"\\t": "\t", "\\n": "\n", "\\r": "\r"}.get(text, text[-1])
