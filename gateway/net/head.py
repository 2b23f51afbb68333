"""The law of the head: what llhttp lets pass and a gateway must not, judged before the body is read.

One framing, one Host, one meaning (RFC 9112 §3.2, §6.3; RFC 9110 §8.6). A refusal closes the
connection, since where the next request begins is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NoReturn

from gateway.core.limits import Limits
from gateway.core.problem import Kind, Problem

from .path import canonical

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LENGTH: Final = re.compile(r"0|[1-9][0-9]{0,17}").fullmatch
_HOST: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?").fullmatch
_ABSOLUTE: Final = re.compile(r"https?://([^/?#]*)([^#]*)", re.IGNORECASE).fullmatch
_SINGLE: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "content-type", "expect", "authorization", "content-encoding"}
    | {"soapaction", "if-match", "idempotency-key", "x-request-id", "traceparent"}
)


@dataclass(slots=True)
class Head:
    """A request's head after judgement. `length` is -1 for a chunked body, 0 without one."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    length: int
    expect: bool = False  # 100-continue is waited for


@lru_cache(maxsize=512)
def field_name(raw: bytes) -> str:
    """A field's name in lower case; empty for one with `_`, which some readers take for `-`."""
    name = raw.decode("latin-1").lower()
    return "" if "_" in name else name


def judge(
    method: str,
    version: str,
    target: str,
    fields: Sequence[tuple[bytes, bytes]],
    *,
    limits: Limits,
    hosts: Collection[str] = (),
) -> Head:
    """The head of a request. Raises Problem with `close`."""
    if version not in {"1.1", "1.0"}:
        raise Problem(Kind.BAD_REQUEST, "Only HTTP/1.1 is spoken here.", close=True)
    if method not in METHODS:
        # known to HTTP or not: no address here has it (RFC 9110 §15.5.6 asks for Allow)
        raise Problem(Kind.METHOD_NOT_ALLOWED, close=True, headers={"allow": ", ".join(sorted(METHODS))})
    if len(method) + len(target) + 10 > limits.line:
        raise Problem(Kind.URI_TOO_LONG, close=True, limit="line")
    headers = _fields(fields, limits)
    host = headers.get("host", "")
    if not _HOST(host):
        _bad("One valid Host is needed")
    if hosts and host.lower() not in hosts and host.lower().rpartition(":")[0] not in hosts:
        raise Problem(Kind.MISDIRECTED, close=True)
    length = _framing(version, headers)
    path, query = _target(method, target, host)
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(Kind.UNSUPPORTED_CONTENT_ENCODING, close=True)
    expect = headers.get("expect")
    if expect is not None and (expect.lower() != "100-continue" or version == "1.0"):
        raise Problem(Kind.EXPECTATION_FAILED, close=True)
    return Head(method, path, query, headers, length, expect is not None)


def _bad(words: str) -> NoReturn:
    raise Problem(Kind.BAD_REQUEST, words + ".", close=True)


def _large(words: str, limit: str) -> Problem:
    return Problem(Kind.HEADERS_TOO_LARGE, words, close=True, limit=limit)


def _fields(fields: Sequence[tuple[bytes, bytes]], limits: Limits) -> dict[str, str]:
    """Fields by lower-case name, repeated ones joined (RFC 9110 §5.3), bounded."""
    if len(fields) > limits.fields:
        raise _large(f"There are more than {limits.fields} header fields.", "fields")
    headers: dict[str, str] = {}
    total = 0
    for raw, value in fields:
        size = len(raw) + len(value)
        total += size + 4  # ": " and CRLF
        if size > limits.field:
            raise _large("A header field is too long.", "field")
        name = field_name(raw)
        if not name:
            continue
        text = value.decode("latin-1").strip(" \t")
        if name in headers:
            if name in _SINGLE:
                _bad("A header field is given twice that may be given once")
            headers[name] = f"{headers[name]}, {text}"
        else:
            headers[name] = text
    if total > limits.head:
        raise _large("The header fields are too long together.", "head")
    return headers


def _framing(version: str, headers: dict[str, str]) -> int:
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None:
        if length is not None or version != "1.1" or coding.lower() != "chunked":
            _bad("The body's framing is not plain: one Content-Length, or `Transfer-Encoding: chunked`")
        return -1
    if length is None:
        return 0
    if not _LENGTH(length):
        _bad("Content-Length is not a plain decimal number")
    return int(length)


def _target(method: str, target: str, host: str) -> tuple[str, str]:
    """Canonical path and raw query (RFC 9112 §3.2)."""
    if target == "*" and method == "OPTIONS":
        return "*", ""
    if not target.startswith("/"):
        absolute = _ABSOLUTE(target)
        if absolute is None or absolute[1].lower() != host.lower():
            _bad("The request target is not a path, or names another host than Host")
        target = absolute[2] if absolute[2].startswith("/") else "/" + absolute[2]
    path, _, query = target.partition("?")
    if "#" in query:
        _bad("The query holds `#`")
    return canonical(path), query
