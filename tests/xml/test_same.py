"""gateway.xml.same: what MAPPING's second law sets aside is equal, all else is told with its path."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.xml.same import difference

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ('<p:a xmlns:p="urn:a"><p:b/></p:a>', '<a xmlns="urn:a"><b/></a>'),
        ("<a>\n  <b/>\n</a>", "<a><b/></a>"),
        ("<a><!-- c --><b/><?p i?></a>", "<a><b/></a>"),
        (f'<a {XSI} xsi:noNamespaceSchemaLocation="x.xsd"/>', "<a/>"),
        (f'<a {XSI} xmlns:p="urn:p" xsi:type="p:T"/>', f'<a {XSI} xmlns:q="urn:p" xsi:type="q:T"/>'),
        ("<a> 012.50 </a>", "<a>12.5</a>"),
        ("<a>1</a>", "<a>true</a>"),
        ("<a>0aff</a>", "<a>0AFF</a>"),
        ('<a y="2" x="1"/>', '<a x="1" y="2"/>'),
    ],
)
def test_what_is_set_aside(left: str, right: str) -> None:
    assert difference(etree.fromstring(left), etree.fromstring(right)) == ""


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        ("<a><b/><c/></a>", "<a><c/><b/></a>", "a/b: c in place of b"),
        ("<a><b>x</b></a>", "<a><b>y</b></a>", "a/b: text 'y' in place of 'x'"),
        ("<a><b/></a>", "<a/>", "a: 0 children in place of 1"),
        ('<a x="1"/>', "<a/>", "a/@x: None in place of '1'"),
        ('<a xmlns="urn:a"/>', "<a/>", "a: a in place of {urn:a}a"),
        ("<a>x<b/>y</a>", "<a>x<b/>z</a>", "a: text after b differs"),
        (f'<a {XSI} xmlns:p="urn:p" xsi:type="p:T"/>', f'<a {XSI} xmlns:p="urn:q" xsi:type="p:T"/>', "a/@type: 'p:T' in place of 'p:T'"),
    ],
)
def test_what_is_told(left: str, right: str, where: str) -> None:
    assert difference(etree.fromstring(left), etree.fromstring(right)) == where
