"""Names that came in a message become markup only when they are names."""

from __future__ import annotations

import pytest

from gateway.codec.names import braced, checked, checked_attribute, local, short, split


@pytest.mark.parametrize("key", ["{urn:u}a", "{}a", "{urn:u}å-1.b"])
def test_good(key: str) -> None:
    assert checked(key) is not None


@pytest.mark.parametrize(
    "key",
    [
        "a",
        "{urn:u",
        "{urn:u}",
        "{urn:u}a b",
        "{urn:u}a:b",
        "{urn:u}1a",
        "{urn:u}" + "a" * 257,
        "{urn:\x00}a",
        "{urn: u}a",
        "{" + "x" * 3000 + "}a",
        "{http://www.w3.org/2000/xmlns/}a",
        "{http://www.w3.org/2001/XMLSchema-instance}type",
    ],
)
def test_bad(key: str) -> None:
    assert checked(key) is None


def test_xmlns_is_no_attribute() -> None:
    assert checked_attribute("{}xmlns") is None
    assert checked_attribute("{urn:u}xmlns") == ("urn:u", "xmlns")


def test_parts() -> None:
    assert split("{urn:u}a") == ("urn:u", "a")
    assert split("a") == ("", "a")
    assert local("{urn:u}a") == "a"
    assert braced("a") == "{}a"
    assert short("{urn:u}a", {"urn:u": "u"}) == "u:a"
    assert short("{urn:v}a", {"urn:u": "u"}) == "a"
