"""Conditional inclusion: each row of the conditions, and that lines stay where they are."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.schema.versions import VERSIONING, prune

HEAD = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:vc="{VERSIONING}" {{}}>{{}}</xs:schema>'


@pytest.mark.parametrize(
    ("condition", "stays"),
    [
        ('vc:minVersion="1.0"', True),
        ('vc:minVersion="1.1"', True),
        ('vc:minVersion="1.2"', False),
        ('vc:maxVersion="1.0"', False),
        ('vc:maxVersion="1.1"', False),
        ('vc:maxVersion="1.2"', True),
        ('vc:minVersion="x"', True),
        ('vc:typeAvailable="xs:dateTimeStamp xs:int"', True),
        ('vc:typeAvailable="xs:precisionDecimal"', False),
        ('vc:typeUnavailable="xs:precisionDecimal xs:int"', True),
        ('vc:typeUnavailable="xs:int"', False),
        ('vc:facetAvailable="xs:assertion"', True),
        ('vc:facetAvailable="xs:maxScale"', False),
        ('vc:facetUnavailable="xs:pattern"', False),
    ],
)
def test_an_element_stays_or_goes(condition: str, stays: bool) -> None:
    root = etree.fromstring(HEAD.format("", f'<xs:element name="a" {condition}/><xs:element name="b"/>'))
    assert prune(root)
    assert [each.get("name") for each in root] == (["a", "b"] if stays else ["b"])
    assert not [key for each in root for key in each.attrib if VERSIONING in key]


def test_lines_stay_where_they_are() -> None:
    root = etree.fromstring(
        HEAD.format("", '\n<xs:element vc:maxVersion="1.0">\n\n</xs:element>\n<xs:element name="b"/>')
    )
    prune(root)
    assert etree.fromstring(etree.tostring(root))[0].sourceline == 5


def test_a_document_for_others_is_empty_and_one_without_conditions_is_left() -> None:
    root = etree.fromstring(HEAD.format('vc:maxVersion="1.0"', '<xs:element name="a"/>'))
    assert prune(root)
    assert len(root) == 0
    assert not prune(etree.fromstring(HEAD.format("", '<xs:element name="a"/>')))
