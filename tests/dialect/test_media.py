"""Media types as real clients write them."""

from __future__ import annotations

import pytest

from gateway.core.problem import Kind, Problem
from gateway.dialect.media import media, quality, require_json_accepted


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("application/json", "json"),
        ("Application/JSON ; charset=UTF-8", "json"),
        ("application/problem+json", "json"),
        ('text/xml; charset="utf-8";', "soap11"),
        ('application/soap+xml; action="urn:a;b"', "soap12"),
        ('multipart/related; type="text/xml"', "multipart"),
        ("text/plain", "other"),
        ("application/jsonx", "other"),
        ("+json", "other"),
        ("", "none"),
    ],
)
def test_the_family(text: str, family: str) -> None:
    assert media(text).family == family


def test_parameters_are_unquoted_and_the_first_counts() -> None:
    found = media('application/soap+xml; Action="urn:a;\\"b\\""; charset=utf-8; charset=latin-1; empty')
    assert found.parameters == {"action": 'urn:a;"b"', "charset": "utf-8"}


@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "utf8", "US-ASCII"])
def test_utf8_is_taken(charset: str) -> None:
    media(f"text/xml; charset={charset}").require_utf8()


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "utf-7", '""', "windows-1252"])
def test_another_charset_is_refused_as_plain_http(charset: str) -> None:
    with pytest.raises(Problem) as caught:
        media(f"text/xml; charset={charset}").require_utf8()
    assert caught.value.kind is Kind.UNSUPPORTED_CHARSET
    assert caught.value.kind.row.plain
    assert caught.value.status == 415


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", 1.0),
        ("*/*", 1.0),
        ("application/*;q=0.5", 0.5),
        ("application/json;q=0, */*", 0.0),  # the more specific range wins
        ("text/html, application/json;q=0.2", 0.2),
        ("text/html", 0.0),
        ("application/json;q=none", 0.0),
        ("application/json;q=7", 1.0),
    ],
)
def test_quality(accept: str, wanted: float) -> None:
    assert quality(accept, "application/json") == wanted


@pytest.mark.parametrize(
    ("accept", "taken"), [("application/problem+json", True), ("text/xml", False), ("*/*;q=0", False)]
)
def test_who_takes_no_json_is_told_so(accept: str, taken: bool) -> None:
    if taken:
        require_json_accepted(accept)
        return
    with pytest.raises(Problem) as caught:
        require_json_accepted(accept)
    assert caught.value.status == 406
