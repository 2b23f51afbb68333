"""XML names, second edition, against libxml2's own verdicts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.core.lexical import XSD
from gateway.core.xmlnames import is_name, is_nc_name, is_nm_token

_TYPES = {"Name": is_name, "NCName": is_nc_name, "NMTOKEN": is_nm_token}
_SCHEMAS = {
    name: etree.XMLSchema(etree.XML(f'<xs:schema xmlns:xs="{XSD}"><xs:element name="r" type="xs:{name}"/></xs:schema>'))
    for name in _TYPES
}
_CHARS = st.one_of(
    st.sampled_from("a1:-._\xb7"), st.characters(min_codepoint=0x21, exclude_categories=("Cs", "Cc", "Cn", "Z"))
)


@given(st.sampled_from(sorted(_TYPES)), st.text(_CHARS, min_size=1, max_size=3))
def test_libxml2_agrees(name: str, text: str) -> None:
    element = etree.Element("r")
    element.text = text
    if text.split() == [text]:  # its white-space facet changes nothing
        assert (_TYPES[name](text) is not None) is _SCHEMAS[name].validate(element)


@pytest.mark.parametrize(
    ("text", "name", "nc_name", "token"),
    [
        ("a", 1, 1, 1),
        ("a:b", 1, 0, 1),
        (":", 1, 0, 1),
        ("1a", 0, 0, 1),
        ("", 0, 0, 0),
        ("a\n", 0, 0, 0),
        ("_-.1", 1, 1, 1),
    ],
)
def test_shapes(text: str, name: int, nc_name: int, token: int) -> None:
    assert [bool(test(text)) for test in (is_name, is_nc_name, is_nm_token)] == [bool(name), bool(nc_name), bool(token)]
