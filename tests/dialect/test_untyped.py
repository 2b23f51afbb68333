"""The schema-less form."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from gateway.dialect.untyped import untyped


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("<a/>", {}),
        ("<a> </a>", {"$value": " "}),
        ("<a>x</a>", {"$value": "x"}),
        ('<a b="1" xmlns:n="urn:n" n:c="2">x</a>', {"@{}b": "1", "@{urn:n}c": "2", "$value": "x"}),
        ('<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x"/>', {}),
        ("<a> <b/> <c>1</c> </a>", {"$items": [{"{}b": {}}, {"{}c": {"$value": "1"}}]}),
        ("<a>x<b/>y</a>", {"$mixed": ["x", {"{}b": {}}, "y"]}),
        ("<a><b/>y</a>", {"$mixed": [{"{}b": {}}, "y"]}),
        ('<a xmlns="urn:n"><b/></a>', {"$items": [{"{urn:n}b": {}}]}),
    ],
)
def test_the_form(text: str, form: Any) -> None:
    assert untyped(etree.fromstring(text)) == form
