"""Declared details, as the contract has them and as real stacks spell them."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from gateway.core.problem import Kind, Problem
from gateway.dialect.detail import typed_by
from gateway.dialect.envelope import NS


class Codec:
    """Takes an element whose only member has this name, and gives its text."""

    def __init__(self, name: str, member: str) -> None:
        self.name, self.member = name, member

    def decode(self, element: Any) -> Any:
        if element.tag != self.name or [child.tag for child in element] != [self.member]:
            raise Problem(Kind.INVALID_MESSAGE)
        return element[0].text


QUALIFIED = {"{urn:t}E": Codec("{urn:t}E", "{urn:t}m"), "{urn:t}F": Codec("{urn:t}F", "{urn:t}m")}
UNQUALIFIED = {"{urn:t}E": Codec("{urn:t}E", "m")}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('<E xmlns="urn:t"><m>1</m></E>', QUALIFIED),
        ('<t:E xmlns:t="urn:t"><m>1</m></t:E>', UNQUALIFIED),
        ("<E><m>1</m></E>", QUALIFIED),  # node-soap, SOAP 1.1
        ("<E><m>1</m></E>", UNQUALIFIED),
        (f'<E xmlns="{NS["1.2"]}"><m>1</m></E>', QUALIFIED),  # node-soap, SOAP 1.2
        (f'<E xmlns="{NS["1.2"]}"><m>1</m></E>', UNQUALIFIED),
    ],
)
def test_a_declared_detail_is_found(text: str, faults: dict[str, Any]) -> None:
    found = typed_by(faults)(etree.fromstring(text))
    assert found is not None
    name, value, element = found
    assert (name, value, element.tag) == ("{urn:t}E", "1", "{urn:t}E")


@pytest.mark.parametrize(
    "text",
    [
        "<G><m>1</m></G>",  # nobody declared it
        '<E xmlns="urn:other"><m>1</m></E>',  # somebody else's E
        "<E><n>1</n></E>",  # it breaks its schema in every spelling
        '<E xmlns="urn:t"><m xmlns="">1</m></E>',  # a name that is whole is not respelled
    ],
)
def test_any_other_is_not(text: str) -> None:
    assert typed_by(QUALIFIED)(etree.fromstring(text)) is None
