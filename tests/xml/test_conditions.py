"""Tests over attributes: what holds, and that one which fails on a value does not."""

from __future__ import annotations

import pytest

from gateway.xml.conditions import holds, own

XS = (("xs", "http://www.w3.org/2001/XMLSchema"), ("u", "urn:u"))


@pytest.mark.parametrize(
    ("test", "attributes", "expected"),
    [
        ("", {}, True),
        ("@k='x'", {"k": "x"}, True),
        ("@k='x'", {"k": "y"}, False),
        ("@k='x'", {}, False),
        ("not(@k)", {}, True),
        ("@u:k", {"{urn:u}k": ""}, True),
        ("@k", {"{urn:u}k": ""}, False),
        ("xs:int(@n) gt 5", {"n": "7"}, True),
        ("xs:int(@n) gt 5", {"n": "many"}, False),  # a cast that cannot be
        ("10 idiv xs:int(@n) = 2", {"n": "0"}, False),
        ("count(*) = 0", {}, True),
        ("@k = ", {"k": "x"}, False),  # no XPath
        ("doc('file:///etc/hostname')", {}, False),
    ],
)
def test_a_test_holds_or_not(test: str, attributes: dict[str, str], expected: bool) -> None:
    assert holds(test, XS, "", attributes) is expected


def test_what_xsi_says_is_no_attribute_of_a_test() -> None:
    xsi = "{http://www.w3.org/2001/XMLSchema-instance}type"
    assert own({xsi: "t", "k": "x"}) == {"k": "x"}
