"""The law of JSON: bytes become values exactly and under the limits, and values become bytes exactly.

No number passes through a binary float on its way to a schema type that has digits, no duplicate
key is settled in silence, no character that XML cannot carry gets in (RFC 8259, RFC 7493). Fast
is jiter plus counts that prove the limits; `json_reader` decides whenever something is in doubt.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Literal

import jiter
import orjson

from gateway.core.limits import Limits
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value
from gateway.xml.escape import illegal_at

from .json_reader import EXACT, read

_FOREIGN: Final = (b"\x00", b"\xfe\xff", b"\xff\xfe")  # UTF-16 and UTF-32, with and without a mark
# nineteen digits in a row, or an exponent of three: an int that becomes Decimal, or a limit
_LONG_NUMBER: Final = re.compile(rb"\d(?:\d{18}|[eE][-+]?\d{3})").search
_NEGATIVE_ZERO: Final = re.compile(rb"(?:^|[\[:,\s])-0(?:[\s,\]}]|$)").search
# escapes of what XML cannot carry, seen in bytes; `\\b` may also be an escaped backslash
_ESCAPES: Final = re.compile(rb"\\(?:[bf]|u(?:00[01]|[dD][89a-fA-F]|[fF]{3}[eEfF]))").search
_NONCHARACTER: Final = re.compile(rb"\xef\xbf[\xbe\xbf]").search
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|(-?\d[-+.eE\d]*+)')
_PIECE: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|\{\}|\[\]|[\[\]{},:]|[^\s\[\]{},:"]++')
_LONG: Final = 1024  # items of an array that are written in one piece
_INT: Final = 10**EXACT
_PRECISE: Final = 4 * 1024 * 1024  # bytes up to which a refusal is worth the precise reader (about 1 s)
_DECIMAL_MAX: Final = 10_000  # digits that a Decimal may format to; no codec makes more


def loads(raw: bytes, limits: Limits, *, response: bool = False) -> Value:
    """The value of a JSON text in UTF-8 (a byte order mark is read past, RFC 8259 §8.1).

    Whole numbers of at most 18 digits are int, all others Decimal with the digits as written;
    float only where the exponent is beyond `json_exponent` but a double can hold it. Raises
    Problem with one finding that has the JSON Pointer: PAYLOAD_TOO_LARGE (UPSTREAM_TOO_LARGE with
    `response`), UNSUPPORTED_CHARSET, MALFORMED_JSON, JSON_DUPLICATE_KEY, JSON_LIMIT_EXCEEDED,
    XML_ILLEGAL_CHARACTER.
    """
    if len(raw) > (limits.response if response else limits.body):
        raise _too_large(response)
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw[3:]
    elif raw[:2].startswith(_FOREIGN) or raw[1:2] == b"\x00":
        raise Problem(Kind.UNSUPPORTED_CHARSET, "The body is not encoded in UTF-8.")
    try:
        value: Value = jiter.from_json(
            raw,
            catch_duplicate_keys=True,
            float_mode="decimal",
            allow_inf_nan=False,
            cache_mode="keys",  # no value of a message stays in a cache
        )
    except ValueError as error:
        if len(raw) > _PRECISE:
            raise _coarse(str(error)) from None
        return read(raw, limits)
    odd = _odd_numbers(raw, limits)
    if odd == "refer" or not (_proven(raw, limits) or _fits(value, limits)):
        return read(raw, limits)
    return _exact(value) if odd else value


def _too_large(response: bool) -> Problem:
    if response:
        return Problem(Kind.UPSTREAM_TOO_LARGE, limit="response")
    return Problem(Kind.PAYLOAD_TOO_LARGE, limit="body")


def _coarse(error: str) -> Problem:
    """jiter's own verdict on a text so long that the precise reader would take seconds."""
    words, _, place = error.rpartition(" at ")
    if words.startswith("Detected duplicate key"):
        return Problem(Kind.JSON_DUPLICATE_KEY, f"A key is given twice before {place}.")
    if words.startswith(("recursion limit", "number out of range")):
        told = f"The JSON is too deep or has too long a number at {place}."
        limit = "json_depth" if words.startswith("recursion") else "json_number"
        return Problem(Kind.JSON_LIMIT_EXCEEDED, told, limit=limit)
    if "hex escape" in words or "surrogate" in words:
        return Problem(Kind.XML_ILLEGAL_CHARACTER, f"An escape stands for no character at {place}.")
    return Problem(Kind.MALFORMED_JSON, f"The body is not JSON at {place}.", cause=words[:300])


def _odd_numbers(raw: bytes, limits: Limits) -> Literal["", "long", "refer"]:
    """Whether ints are too long to stay ints, or a number needs the reader's verdict."""
    if b"-0" in raw and _NEGATIVE_ZERO(raw):
        return "refer"
    if limits.json_number < 64 or limits.json_exponent < 99:  # the search below is blind to these
        return "refer"
    if _LONG_NUMBER(raw) is None:
        return ""
    odd: Literal["", "long"] = ""
    for token in _TOKEN.finditer(raw):
        number = token[1]
        if number is not None and _LONG_NUMBER(number):
            if len(number) > limits.json_number or b"e" in number or b"E" in number:
                return "refer"
            odd = "long"
    return odd


def _exact(value: Value) -> Value:
    """The value with every int of more than 18 digits as Decimal, changed in place."""
    holder: list[Any] = [value]
    todo: list[Any] = [holder]
    while todo:
        one = todo.pop()
        for key, inner in one.items() if type(one) is dict else enumerate(one):
            kind = type(inner)
            if kind is int and not -_INT < inner < _INT:
                one[key] = Decimal(inner)  # an existing key: no iterator minds
            elif kind is dict or kind is list:
                todo.append(inner)
    result: Value = holder[0]
    return result


def _proven(raw: bytes, limits: Limits) -> bool:
    """Whether counts alone show that every limit holds and every character is legal."""
    size = len(raw)
    return (
        size <= limits.json_tokens  # a token is a byte at least
        and size <= limits.json_string
        and raw.count(b"{") + raw.count(b"[") <= limits.json_depth
        and raw.count(b":") <= limits.json_keys
        and raw.count(b",") < limits.json_items
        and (b"\\" not in raw or _ESCAPES(raw) is None)
        and (raw.isascii() or _NONCHARACTER(raw) is None)
        and (size <= limits.json_key or _long_key(limits.json_key)(raw) is None)
    )


_LONG_KEYS: Final[dict[int, Callable[[bytes], object]]] = {}


def _long_key(limit: int) -> Callable[[bytes], object]:
    search = _LONG_KEYS.get(limit)
    if search is None:
        search = _LONG_KEYS[limit] = re.compile(b'"[^"]{%d}' % (limit + 1)).search
    return search


def _fits(value: Value, limits: Limits) -> bool:
    """The same by looking at each value; about 0.1 µs each."""
    key_limit, string_limit, token_limit = limits.json_key, limits.json_string, limits.json_tokens
    tokens, depth = 0, 0
    level: list[Any] = [value]
    while level:  # one level of nesting after the other
        below: list[Any] = []
        nested = 0
        for one in level:
            if type(one) is dict:
                if len(one) > limits.json_keys:
                    return False
                nested += 2
                tokens += len(one)
                for key in one:
                    if len(key) > key_limit or illegal_at(key) >= 0:
                        return False
                below.extend(one.values())
            elif type(one) is list:
                if len(one) > limits.json_items:
                    return False
                nested += 2
                below.extend(one)
            else:
                tokens += 1
                if type(one) is str and (len(one) > string_limit or illegal_at(one) >= 0):
                    return False
        tokens += nested
        depth += nested > 0
        if tokens > token_limit or depth > limits.json_depth:
            return False
        level = below
    return True


def dumps(value: Value) -> bytes:
    """JSON in UTF-8 with every digit of Decimal and of ints of any size; no white space.

    Raises ValueError for what is no Value: a number that is not finite, a lone surrogate.
    """
    raw = written(value)
    return b"".join(_write(value)) if raw is None else raw  # deeper than orjson goes, or an int beyond 64 bits


def written(value: object) -> bytes | None:
    """JSON as orjson alone writes it, None where it cannot; the value may hold fragments. Raises as `dumps`."""
    try:
        return orjson.dumps(value, default=_fragment)
    except orjson.JSONEncodeError:
        return None


def written_off(value: Any, levels: int = 3) -> bytes | None:
    """As `written`, of a value that nobody else has: a long array goes piece by piece, and is given up on the way.

    So no thread waits for all of it to be written, joined or freed: pieces that are all `bytes` are joined without the
    interpreter. Down to so many levels of objects.
    """
    if not _holds_long(value, levels):
        return written(value)
    out: list[bytes] = []
    return b"".join(out) if _off(value, levels, out) else None


def _holds_long(value: Any, levels: int) -> bool:
    if type(value) is list:
        return len(value) > _LONG
    if levels and type(value) is dict:
        for member in value.values():
            kind = type(member)
            if (kind is dict or kind is list) and _holds_long(member, levels - 1):
                return True
    return False


def _off(value: Any, levels: int, out: list[bytes]) -> bool:
    if not _holds_long(value, levels):
        raw = written(value)
        out.append(raw or b"")
        return raw is not None
    if type(value) is list:
        for at in range(0, len(value), _LONG):
            raw = written(value[at : at + _LONG])
            if raw is None:
                return False
            value[at : at + _LONG] = [None] * len(value[at : at + _LONG])
            out += (b"," if at else b"[", raw[1:-1])
        out.append(b"]")
        return True
    for at, (key, member) in enumerate(value.items()):
        out += (b"," if at else b"{", _plain(key), b":")
        if not _off(member, levels - 1, out):
            return False
    out.append(b"}")
    return True


def _fragment(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        text = str(value)  # as `format(value, "f")` has it, unless with an exponent, and in half the time
        return orjson.Fragment(text if "E" not in text and value.is_finite() else _digits(value))
    raise ValueError(f"no JSON for {type(value).__name__}")


def _digits(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > _DECIMAL_MAX:
        raise ValueError("a number is not finite or too long to be written out")
    return format(value, "f")


def _write(value: Value) -> list[bytes]:
    """The slow twin of orjson: no recursion, no bound on depth or ints."""
    out: list[bytes] = []
    todo: list[Any] = [value]
    while todo:
        one = todo.pop()
        if type(one) is bytes:  # punctuation that was put there below
            out.append(one)
        elif isinstance(one, dict):
            todo.append(b"}")
            for index, (key, inner) in reversed(list(enumerate(one.items()))):
                todo += [inner, (b"," if index else b"") + _plain(key) + b":"]
            todo.append(b"{")
        elif isinstance(one, list):
            todo.append(b"]")
            for index in range(len(one) - 1, -1, -1):
                todo += [one[index], b","] if index else [one[index]]
            todo.append(b"[")
        elif isinstance(one, Decimal):
            out.append(_digits(one).encode())
        elif type(one) is int:
            out.append(b"%d" % one)
        else:
            out.append(_plain(one))
    return out


def _plain(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from None


def indented(raw: bytes) -> str:
    """A compact JSON text that `dumps` made, for a person: two spaces a level, every scalar verbatim.

    A value is never read again for it: 12.50 stays 12.50, and forty digits stay forty.
    """
    pieces: list[str] = []
    newline = "\n"
    for piece in _PIECE.findall(raw.decode()):
        if piece in {"{", "["}:
            newline += "  "
            pieces.append(piece + newline)
        elif piece in {"}", "]"}:
            newline = newline[:-2]
            pieces.append(newline + piece)
        else:
            pieces.append({",": "," + newline, ":": ": "}.get(piece, piece))
    return "".join(pieces)
