"""Judging heads; what needs a socket to be seen stands in test_server."""

from __future__ import annotations

import pytest

from gateway.core.limits import DEFAULT
from gateway.core.problem import Kind, Problem
from gateway.net.head import Head, field_name, judge


def head(
    method: str = "POST", target: str = "/x", version: str = "1.1", hosts: tuple[str, ...] = (), **fields: str
) -> Head:
    rows = [
        (name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in ({"Host": "a"} | fields).items()
    ]
    return judge(method, version, target, rows, limits=DEFAULT, hosts=hosts)


def test_a_plain_head() -> None:
    got = head(target="/a%20b?q=%20", Content_Length="3", X_A=" é\t")
    assert (got.method, got.path, got.query, got.length, got.expect) == ("POST", "/a b", "q=%20", 3, False)
    assert got.headers == {"host": "a", "content-length": "3", "x-a": "é"}


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        ({}, 0),
        ({"Content_Length": "0"}, 0),
        ({"Transfer_Encoding": "Chunked"}, -1),
        ({"Content_Length": "9" * 18}, 10**18 - 1),
    ],
)
def test_framing(fields: dict[str, str], length: int) -> None:
    assert head(**fields).length == length


@pytest.mark.parametrize("host", ["a", "a.b-c", "127.0.0.1:8080", "[::1]", "[::1]:80", "under_score"])
def test_hosts_that_are_read(host: str) -> None:
    assert head(Host=host).headers["host"] == host


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "a/b", "a:b", "a:123456", "a,b", "[::1", "u@a", "ä", "a?b", "-a", "a\tb"]
)
def test_hosts_that_are_refused(host: str) -> None:
    with pytest.raises(Problem) as info:
        head(Host=host)
    assert info.value.kind is Kind.BAD_REQUEST


@pytest.mark.parametrize(
    ("target", "path"), [("http://a/x?y", "/x"), ("HTTP://A/x", "/x"), ("https://a", "/"), ("http://a?y", "/")]
)
def test_absolute_targets(target: str, path: str) -> None:
    assert head(target=target).path == path


def test_an_asterisk_is_for_options() -> None:
    assert head(method="OPTIONS", target="*").path == "*"


def test_names_with_underscores_are_dropped() -> None:
    assert field_name(b"X_Real_IP") == ""
    got = judge("GET", "1.1", "/", [(b"Host", b"a"), (b"Content_Length", b"5"), (b"X_A", b"1")], limits=DEFAULT)
    assert (got.headers, got.length) == ({"host": "a"}, 0)


@pytest.mark.parametrize(
    "name", ["Content-Type", "Authorization", "Expect", "SOAPAction", "If-Match", "Idempotency-Key"]
)
def test_what_may_be_given_once(name: str) -> None:
    rows = [(b"Host", b"a"), (name.encode(), b"x"), (name.lower().encode(), b"x")]
    with pytest.raises(Problem) as info:
        judge("GET", "1.1", "/", rows, limits=DEFAULT)
    assert info.value.kind is Kind.BAD_REQUEST


def test_identity_is_no_coding() -> None:
    assert head(Content_Encoding="identity").method == "POST"


def test_every_refusal_closes() -> None:
    for wrong in (
        {"method": "FOO"},
        {"version": "0.9"},
        {"target": "x"},
        {"Content_Encoding": "gzip"},
        {"Expect": "x"},
        {"hosts": ("b",)},
    ):
        with pytest.raises(Problem) as info:
            head(**wrong)  # type: ignore[arg-type]
        assert info.value.close
