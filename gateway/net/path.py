"""The law of paths: one canonical path, used by routing, policy and measurement alike.

Percent-decoded once; whatever two readers could read in two ways is refused (RFC 3986 §6, §3.3).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from gateway.core.problem import Kind, Problem

_PLAIN: Final = re.compile(r"(?:/[A-Za-z0-9_~!$&'()*+,=:@-][A-Za-z0-9._~!$&'()*+,=:@-]*)+").fullmatch
_ESCAPE: Final = re.compile(rb"%([0-9A-Fa-f]{2})?")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\\\\\u2028\u2029\ufffe\uffff]").search


def _refuse(words: str) -> Problem:
    return Problem(Kind.BAD_REQUEST, f"The path {words}.", close=True)


@lru_cache(maxsize=1024)
def canonical(path: str) -> str:
    """The decoded path of an origin-form target, without query. Raises Problem(BAD_REQUEST)."""
    if _PLAIN(path) or path == "/":
        return path
    if not path.startswith("/"):
        raise _refuse("is not absolute")
    if "#" in path or ";" in path:
        raise _refuse("holds `#` or `;`")
    try:
        decoded = _ESCAPE.sub(_byte, path.encode("ascii")).decode()
    except UnicodeError:
        raise _refuse("is not UTF-8") from None
    if _CONTROL(decoded):
        raise _refuse("holds a control character or `\\`")
    segments = decoded.split("/")
    if decoded.count("/") != path.count("/"):
        raise _refuse("holds an encoded `/`")
    if "." in segments or ".." in segments:
        raise _refuse("holds a dot segment")
    if "" in segments[1:-1]:
        raise _refuse("holds an empty segment")
    return decoded


def _byte(escape: re.Match[bytes]) -> bytes:
    if escape[1] is None:
        raise _refuse("holds a `%` that is no escape")
    return bytes([int(escape[1], 16)])
