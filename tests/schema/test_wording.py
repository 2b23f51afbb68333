from collections.abc import Callable
from typing import Any

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.wording import OTHERWISE, plain, section_of

UPA = '<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" minOccurs="0"/><xs:any/></xs:sequence></xs:complexType></xs:element>'


@pytest.mark.parametrize(
    ("body", "words", "section"),
    [
        (UPA, "element t:a and xs:any", "Unique Particle Attribution"),
        ('<xs:element name="r" type="t:Nope"/>', "unknown type 't:Nope'", "§3.15.3"),
        (
            '<xs:simpleType name="T"><xs:restriction base="xs:int"><xs:maxLength value="1"/></xs:restriction></xs:simpleType>',
            "facet",
            "Part 2 §4.3",
        ),
        ('<xs:element nome="r"/>', "attribute 'name'", "Appendix A"),
        (
            '<xs:complexType name="T"><xs:simpleContent><xs:restriction base="xs:string"/></xs:simpleContent></xs:complexType>',
            "complexType",
            "§3.4.3",
        ),
    ],
)
def test_a_refusal_names_the_construct_and_its_rule(
    schema: Callable[..., Any], body: str, words: str, section: str
) -> None:
    with pytest.raises(ContractError) as caught:
        _ = schema(body).model
    assert words in caught.value.message
    assert section in caught.value.section
    assert "Xsd" not in caught.value.message
    assert caught.value.line == 1


def test_words_without_a_row_are_kept() -> None:
    assert plain("something odd\nand more") == "something odd"
    assert plain("  ") == "not a legal schema"
    assert section_of("something odd") == OTHERWISE
