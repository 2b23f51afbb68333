"""XML names, second edition, against libxml2's own verdicts."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.core.lexical import XSD
from gateway.core.xmlnames import is_name, is_namespace, is_nc_name, is_nm_token

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


_URIS = (
    "urn:a:b http://x.y:80/a/b?c=d#e a/b /a //h/p ?q #f http://u:p@h/ http://[::1]:8/ .. %41 a:b mailto:a@b urn: a:#x".split()
)


@given(
    st.sampled_from(_URIS),
    st.lists(st.tuples(st.integers(0, 20), st.text("abz019:/?#[]@!$&'()*+,;=-._~%AFG <>\"|\\^`\xe9", max_size=2)), max_size=3),
)
def test_a_namespace_is_what_libxml2_lets_a_document_declare(uri: str, more: list[tuple[int, str]]) -> None:
    for at, text in more:
        uri = uri[:at] + text + uri[at + len(text) :]
    if not uri:
        return
    try:
        etree.fromstring(f"<x xmlns:a={quoteattr(uri)}/>".encode())
        declared = True
    except etree.XMLSyntaxError:
        declared = False
    assert bool(is_namespace(uri)) == declared
