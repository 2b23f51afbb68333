"""The law of the precise reader: one small JSON reader that says where and why, and is never fast.

It runs only after `json.loads` refused or doubted a text, so its verdict is the final one: the
grammar is RFC 8259's, the limits are `Limits`, the place is line, column and JSON Pointer.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NoReturn

from gateway.core.limits import Limits
from gateway.core.problem import Finding, Kind, Problem
from gateway.core.value import Value, pointer
from gateway.xml.escape import illegal_at

EXACT: Final = 18  # digits that a whole number may have and be an int; with more it is a Decimal

_SPACE: Final = re.compile(r"[ \t\n\r]*+")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?(?:[eE]([-+]?[0-9]++))?")
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]*+')
_HEX: Final = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: Final[tuple[tuple[str, Value], ...]] = (("true", True), ("false", False), ("null", None))
_CUT: Final = 128  # characters of a member's name that a pointer may show


def read(raw: bytes, limits: Limits) -> Value:
    """The value, or a Problem that names the first place where the text breaks a rule."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Problem(Kind.MALFORMED_JSON, f"The body is not UTF-8 at byte {error.start}.") from None
    return _Reader(text, limits).whole()


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self.at = 0
        self.tokens = 0
        self.path: list[str | int] = []

    def whole(self) -> Value:
        value = self.value(0)
        self.space()
        if self.at < len(self.text):
            self.malformed("something follows the value")
        return value

    # -- refusals

    def refuse(self, kind: Kind, words: str, at: int | None = None, limit: str = "") -> NoReturn:
        at = self.at if at is None else at
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        where = pointer(tuple(p if isinstance(p, int) else _shown(p) for p in self.path))
        told = f"Line {line}, column {column}: {words}."
        raise Problem(kind, told, findings=[Finding(where, "", words)], limit=limit)

    def malformed(self, words: str) -> NoReturn:
        self.refuse(Kind.MALFORMED_JSON, "the text ends too early" if self.at >= len(self.text) else words)

    def beyond(self, what: str, limit: str, at: int | None = None) -> NoReturn:
        """`limit`: the field of `Limits`."""
        most = getattr(self.limits, limit)
        self.refuse(Kind.JSON_LIMIT_EXCEEDED, f"more than {most} {what}", at, limit)

    # -- grammar

    def space(self) -> str:
        """Skip white space; the next character, empty at the end."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def token(self, count: int = 1) -> None:
        self.tokens += count
        if self.tokens > self.limits.json_tokens:
            self.beyond("tokens", "json_tokens")

    def value(self, depth: int) -> Value:
        char = self.space()
        if char == "{":
            return self.object(depth + 1)
        if char == "[":
            return self.array(depth + 1)
        self.token()
        if char == '"':
            start = self.at
            text = self.string()
            self.check(text, "json_string", "characters in a string", start)
            return text
        if char and (char == "-" or char in "0123456789"):
            return self.number()
        for word, value in _WORDS:
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        return self.malformed("a value is expected")

    def enter(self, depth: int) -> None:
        if depth > self.limits.json_depth:
            self.beyond("levels", "json_depth")
        self.token(2)
        self.at += 1

    def object(self, depth: int) -> dict[str, Value]:
        self.enter(depth)
        result: dict[str, Value] = {}
        if self.space() == "}":
            self.at += 1
            return result
        while True:
            if self.space() != '"':
                self.malformed("a key in double quotes is expected")
            start = self.at
            self.token()
            key = self.string()
            self.path.append(key)
            self.check(key, "json_key", "characters in a key", start)
            if key in result:
                self.refuse(Kind.JSON_DUPLICATE_KEY, "a key is given twice", start)
            if len(result) >= self.limits.json_keys:
                self.beyond("keys in an object", "json_keys", start)
            if self.space() != ":":
                self.malformed("`:` is expected after a key")
            self.at += 1
            result[key] = self.value(depth)
            self.path.pop()
            if self.more("}"):
                return result

    def array(self, depth: int) -> list[Value]:
        self.enter(depth)
        result: list[Value] = []
        if self.space() == "]":
            self.at += 1
            return result
        while True:
            if len(result) >= self.limits.json_items:
                self.beyond("items in an array", "json_items")
            self.path.append(len(result))
            result.append(self.value(depth))
            self.path.pop()
            if self.more("]"):
                return result

    def more(self, end: str) -> bool:
        """Read `,` or the end; whether it was the end."""
        char = self.space()
        if char not in {",", end}:
            self.malformed(f"`,` or `{end}` is expected")
        self.at += 1
        return char == end

    def number(self) -> Value:
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            return self.malformed("a number is not complete")
        token, start = found[0], self.at
        if len(token) > self.limits.json_number:
            self.beyond("characters in a number", "json_number")
        self.at = found.end()
        if found[1] is None and found[2] is None:
            exact = len(token.lstrip("-")) > EXACT or token.startswith("-0")
            return Decimal(token) if exact else int(token)
        if found[2] is None or abs(int(found[2])) <= self.limits.json_exponent:
            return Decimal(token)
        number = float(token)  # only xs:double has use for such an exponent: its reach decides
        if number in {float("inf"), float("-inf")} or (number == 0 and re.search("[1-9]", token.lower().split("e")[0])):
            words = f"an exponent beyond {self.limits.json_exponent}"
            self.refuse(Kind.JSON_LIMIT_EXCEEDED, words, start, "json_exponent")
        return number

    # -- strings

    def string(self) -> str:
        """A string behind its quote, escapes resolved; lone surrogates are kept for `check`."""
        start = self.at
        parts: list[str] = []
        self.at += 1
        while True:
            plain = _PLAIN.match(self.text, self.at)
            if plain and plain.end() > self.at:
                parts.append(plain[0])
                self.at = plain.end()
            char = self.text[self.at : self.at + 1]
            if char == '"':
                self.at += 1
                return "".join(parts)
            if char == "\\":
                parts.append(self.escape())
            elif char and illegal_at(char) >= 0:
                self.refuse(Kind.XML_ILLEGAL_CHARACTER, "a control character, which XML cannot carry")
            elif char:
                self.malformed("a control character is not escaped")
            else:
                self.refuse(Kind.MALFORMED_JSON, "a string does not end", start)

    def escape(self) -> str:
        char = self.text[self.at + 1 : self.at + 2]
        if char in _ESCAPES:
            self.at += 2
            return _ESCAPES[char]
        if char != "u":
            self.malformed("an escape is not known")
        code = self.unit(self.at + 2)
        self.at += 6
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", self.at):
            low = self.unit(self.at + 2)
            if 0xDC00 <= low < 0xE000:
                self.at += 6
                return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))
        return chr(code)

    def unit(self, at: int) -> int:
        found = _HEX.match(self.text, at)
        if found is None:
            self.malformed("`\\u` needs four hexadecimal digits")
        return int(found[0], 16)

    def check(self, text: str, limit: str, what: str, start: int) -> None:
        if len(text) > getattr(self.limits, limit):
            self.beyond(what, limit, start)
        if illegal_at(text) >= 0:
            self.refuse(Kind.XML_ILLEGAL_CHARACTER, "a character that XML cannot carry", start)


def _shown(key: str) -> str:
    """A member's name as a pointer may show it: short, and always encodable."""
    return key[:_CUT].encode("utf-8", "replace").decode()
