"""gateway.dialect.heads: fields and `$headers`, in and out, by what a route maps."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from gateway.codec.json import dumps
from gateway.core.message import HeaderBlock
from gateway.core.problem import Kind, Problem
from gateway.dialect.heads import Head, Heads


class Plain:
    """A codec of one text."""

    def decode(self, element: Any) -> Any:
        return element.text

    decode_valid = decode

    def json_valid(self, element: Any) -> bytes:
        return dumps(element.text)

    def encode(self, value: Any) -> str:
        return f"<a>{value}</a>"


class Verbatim:
    expected = "text"

    def read(self, text: str, _: object) -> str:
        return text

    def write(self, value: str, _: object) -> str:
        return value


INSIDE = Head("{u}a", "a", Plain())
FIELD = Head("{u}b", "b", Plain(), "x-b", Verbatim())  # type: ignore[arg-type]


def block(name: str, text: str) -> HeaderBlock:
    element = etree.Element(name)
    element.text = text
    return HeaderBlock(name, element=element)


def test_nothing_mapped_takes_and_gives_nothing() -> None:
    parsed = {"$headers": 1}
    assert Heads().take(parsed, {"x-b": "1"}) == ()
    assert parsed == {"$headers": 1}
    assert Heads().give([block("{u}a", "x")]) == ({}, {})


def test_both_places_are_taken_in_order() -> None:
    parsed: dict[str, Any] = {"$headers": {"a": "1"}, "c": 2}
    blocks = Heads((INSIDE, FIELD)).take(parsed, {"x-b": "2"})
    assert [(each.name, each.value) for each in blocks] == [("{u}a", "<a>1</a>"), ("{u}b", "<a>2</a>")]
    assert parsed == {"c": 2}


def test_what_is_not_given_is_no_block_unless_demanded() -> None:
    assert Heads((INSIDE, FIELD)).take({}, {}) == ()
    with pytest.raises(Problem) as caught:
        Heads((Head("{u}b", "b", Plain(), "x-b", None, required=True),)).take({}, {})
    assert caught.value.findings[0].pointer == "header:x-b"


def test_both_places_are_given() -> None:
    blocks = [block("{u}b", " 7 "), block("{u}a", "x"), block("{u}other", "y")]
    assert Heads(reply=(INSIDE, FIELD)).give(blocks) == ({"x-b": "7"}, {"a": "x"})


@pytest.mark.parametrize("text", ["a\r\nb: c", "ü", "\x7f"])
def test_what_no_field_may_hold_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        Heads(reply=(FIELD,)).give([_raw(text)])
    assert caught.value.kind is Kind.UPSTREAM_SCHEMA_VIOLATION


def _raw(text: str) -> HeaderBlock:
    element = etree.fromstring(f"<b xmlns='u'>{''.join(f'&#{ord(c)};' for c in text)}</b>")
    return HeaderBlock("{u}b", element=element)
