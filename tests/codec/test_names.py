"""Names that came in a message become markup only when they are names."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.codec.names import (
    attribute_step,
    braced,
    checked,
    checked_attribute,
    home_of,
    key_step,
    local,
    short,
    split,
    step_of,
)


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
        "{urn:<u}a",
        "{urn:u]}a",
        "{%zz}a",
    ],
)
def test_bad(key: str) -> None:
    assert checked(key) is None


def test_xmlns_is_no_attribute() -> None:
    assert checked_attribute("{}xmlns") is None
    assert checked_attribute("{urn:u}xmlns") == ("urn:u", "xmlns")
    assert checked_attribute("{http://www.w3.org/2001/XMLSchema-instance}type") is None


def test_steps_select_what_they_name() -> None:
    prefixes = {"urn:u": "u"}
    assert step_of("{urn:u}a", prefixes) == "u:a"
    assert step_of("a", prefixes) == "a"
    assert attribute_step("{http://www.w3.org/XML/1998/namespace}lang", prefixes) == "@xml:lang"
    root = etree.XML('<r xmlns:v="urn:\'v" v:b="1"><v:a/><a/></r>')
    found = root.xpath("/r/" + step_of("{urn:'v}a", prefixes))
    assert [one.tag for one in found] == ["{urn:'v}a"]
    assert root.xpath("/r/" + attribute_step("{urn:'v}b", prefixes)) == ["1"]


@pytest.mark.parametrize(
    ("key", "step"),
    [
        ("a", "u:a"),
        ("u:a", "u:a"),
        ("z:a", ""),
        ("$any", ""),
        ("a b", ""),
        ("@a", "@a"),
        ("@u:a", "@u:a"),
        ("@{urn:u}a", "@u:a"),
        ("@{urn:u}a b", ""),
        ("{urn:u}a", "u:a"),
    ],
)
def test_the_step_of_a_key_that_nobody_knows(key: str, step: str) -> None:
    assert key_step(key, {"urn:u": "u"}, "u") == step


def test_the_home_of_elements() -> None:
    assert home_of({"urn:u": "u"}, ["{urn:u}a", "{urn:u}b"]) == "u"
    assert home_of({"urn:u": "u"}, ["{urn:u}a", "b"]) == home_of({"urn:u": "u"}, []) == ""


def test_parts() -> None:
    assert split("{urn:u}a") == ("urn:u", "a")
    assert split("a") == ("", "a")
    assert local("{urn:u}a") == "a"
    assert braced("a") == "{}a"
    assert short("{urn:u}a", {"urn:u": "u"}) == "u:a"
    assert short("{urn:v}a", {"urn:u": "u"}) == "a"
