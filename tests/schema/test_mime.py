"""MIME bindings: what is carried beside the envelope."""

from __future__ import annotations

from lxml import etree

from gateway.schema.contract import MimePart, Part
from gateway.schema.mime import carried_of, mime_parts, unknown

PARTS = (Part("a", element="{urn:t}a"), Part("b", type="{urn:t}B"), Part("c", element="{urn:t}c"))


def contents(*pairs: tuple[str, str]) -> list[etree._Element]:
    return [etree.Element("content", part=part, type=kind) if kind else etree.Element("content", part=part) for part, kind in pairs]


def test_what_the_body_does_not_take_is_carried_as_base64_in_the_messages_order() -> None:
    bound = contents(("c", "image/png"), ("b", ""), ("c", "image/gif"), ("a", "text/xml"))
    carried = carried_of(PARTS, PARTS[:1], bound)
    assert [(part.name, part.type) for part in carried] == [(name, "{http://www.w3.org/2001/XMLSchema}base64Binary") for name in "bc"]
    assert list(mime_parts(bound, carried)) == [MimePart("b", ("*/*",)), MimePart("c", ("image/png", "image/gif"))]


def test_a_part_that_is_none_is_known_once() -> None:
    assert unknown(PARTS, [*contents(("x", ""), ("x", ""), ("a", "")), etree.Element("content")]) == ["x", ""]
