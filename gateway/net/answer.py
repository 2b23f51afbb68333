"""The law of answers: a `Wire` becomes bytes here, framing always our own, nothing smuggled in.

Hop-by-hop fields and lengths of whoever made the Wire are dropped; a field that could split the
answer is a defect and refused (RFC 9110 §5.5, §7.6.1).
"""

from __future__ import annotations

import re
import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from gateway.core.message import Wire
from gateway.core.problem import Problem

HOP: Final = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
    | {"content-length", "date", "server", "host"}
)
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
_UNSAFE: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f\x85\u0100-\U0010ffff]").search
_date = (0, b"")


@lru_cache(maxsize=512)
def shown_name(name: str) -> str:
    """A field's name as it goes out. Raises ValueError for what is no token."""
    if not _NAME(name):
        raise ValueError("a header field's name is no token")
    return "-".join(part.capitalize() for part in name.split("-"))


def lines(headers: dict[str, str]) -> list[str]:
    """Header lines without those that belong to the connection. Raises ValueError."""
    out = []
    for name, value in headers.items():
        if name in HOP:
            continue
        if _UNSAFE(value):
            raise ValueError(f"the value of header field {name[:64]!r} cannot be sent")
        out.append(f"{shown_name(name)}: {value}\r\n")
    return out


@lru_cache(maxsize=64)
def _status(status: int) -> str:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n"


def _now() -> bytes:
    """The Date field, made once a second."""
    global _date  # noqa: PLW0603  # a cache of one row
    second = int(time.time())
    if _date[0] != second:
        _date = (second, f"Date: {formatdate(second, usegmt=True)}\r\n".encode())
    return _date[1]


def serialise(reply: Wire, *, method: str, keep: bool) -> tuple[bytes, bytes]:
    """The answer's head and body as they go out. Raises ValueError for a header field that must not go out."""
    status = reply.status or 200
    head = [_status(status), *lines(reply.headers)]
    bodyless = status in {204, 304} or status < 200
    if not bodyless:
        head.append(f"Content-Length: {len(reply.body)}\r\n")
    if not keep:
        head.append("Connection: close\r\n")
    raw = "".join(head).encode("latin-1") + _now() + b"\r\n"
    return raw, b"" if bodyless or method == "HEAD" else reply.body


def plain(problem: Problem, request: Wire) -> Wire:
    """A problem document without knowledge of dialects: what a server says that was given nothing better."""
    row = problem.kind.row
    text = (
        f'{{"type":"/problems/{row.slug}","title":"{row.title}","status":{problem.status},'
        f'"detail":"{_quote(problem.detail)}"}}'
    )
    headers = {"content-type": "application/problem+json", **problem.headers}
    return Wire(headers, text.encode(), status=problem.status, facts={"problem": problem})


def _quote(text: str) -> str:
    return "".join(c if c >= " " and c not in '"\\' else " " for c in text)
