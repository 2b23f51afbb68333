"""Wire to bytes: framing of our own, nothing split."""

from __future__ import annotations

import json

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.net.answer import plain, serialise, shown_name


def head_of(wire: Wire, method: str = "GET", *, keep: bool = True) -> list[str]:
    return serialise(wire, method=method, keep=keep)[0].removesuffix(b"\r\n\r\n").decode().split("\r\n")


def test_framing_is_ours() -> None:
    wire = Wire(
        {"content-length": "99", "transfer-encoding": "chunked", "connection": "x", "server": "s", "etag": '"1"'}, b"hi"
    )
    lines = head_of(wire)
    assert lines[0] == "HTTP/1.1 200 OK"
    assert lines[1:3] == ['Etag: "1"', "Content-Length: 2"]
    assert lines[3].startswith("Date: ")
    assert len(lines) == 4
    assert serialise(wire, method="GET", keep=True)[1] == b"hi"


def test_close_is_said() -> None:
    assert "Connection: close" in head_of(Wire({}, b""), keep=False)


@pytest.mark.parametrize(("status", "method", "body"), [(204, "GET", b""), (304, "GET", b""), (200, "HEAD", b"")])
def test_what_has_no_body(status: int, method: str, body: bytes) -> None:
    assert serialise(Wire({}, b"body", status=status), method=method, keep=True)[1] == body


def test_unknown_statuses() -> None:
    assert head_of(Wire({}, b"", status=599))[0] == "HTTP/1.1 599 "


@pytest.mark.parametrize(
    "headers", [{"a b": ""}, {"a:": ""}, {"": ""}, {"a\r\n": ""}, {"a": "\r"}, {"a": "\n"}, {"a": "\0"}, {"a": "ā"}]
)
def test_what_must_not_go_out(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="header field"):
        serialise(Wire(headers, b""), method="GET", keep=True)


def test_names_are_shown_as_is_usual() -> None:
    assert shown_name("x-request-id") == "X-Request-Id"


def test_a_plain_problem_is_a_document() -> None:
    reply = plain(Problem(Kind.BAD_REQUEST, 'has "quotes"\\\n', headers={"retry-after": "1"}), Wire({}, b""))
    document = json.loads(reply.body)
    assert (document["type"], document["status"], reply.status) == ("/problems/bad-request", 400, 400)
    assert reply.headers == {"content-type": "application/problem+json", "retry-after": "1"}
