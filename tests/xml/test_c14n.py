"""Exclusive canonical form of a subtree (Exclusive C14N §2)."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.core.problem import Kind, Problem
from gateway.xml import canonical

DOC = etree.fromstring(
    '<s:a xmlns:s="urn:u" xmlns:t="urn:v" xmlns:w="urn:z"><s:b  t:y="2"   x="1"><!--c--><t:d/></s:b>tail</s:a>'
)


def test_only_used_namespaces_and_no_tail() -> None:
    assert canonical(DOC[0]) == b'<s:b xmlns:s="urn:u" xmlns:t="urn:v" x="1" t:y="2"><t:d></t:d></s:b>'


def test_comments_on_demand() -> None:
    assert b"<!--c-->" in canonical(DOC[0], comments=True)


def test_a_subtree_is_as_in_its_document() -> None:
    assert canonical(DOC[0]) in canonical(DOC).replace(b' xmlns:s="urn:u"', b"", 1).replace(
        b"<s:b", b'<s:b xmlns:s="urn:u"'
    )


def test_inclusive_prefixes_of_ancestors() -> None:
    assert b'xmlns:w="urn:z"' in canonical(DOC, prefixes=["w"])
    assert b'xmlns:w="urn:z"' in canonical(DOC[0], prefixes=["w"])


def test_a_relative_namespace_has_no_canonical_form() -> None:
    with pytest.raises(Problem) as info:
        canonical(etree.fromstring('<a xmlns="relative"/>'))
    assert info.value.kind is Kind.MALFORMED_XML
