"""A subtree as text that stands alone."""

from __future__ import annotations

from lxml import etree

from gateway.xml import element_text


def test_prefixes_in_scope_keep_their_meaning_and_the_tail_stays_behind() -> None:
    root = etree.fromstring('<a xmlns:p="urn:p" xmlns="urn:d"><b>p:x &amp; \u00fc</b>tail</a>')
    text = element_text(root[0])
    again = etree.fromstring(text)
    assert (again.tag, again.text, again.nsmap["p"]) == ("{urn:d}b", "p:x & \u00fc", "urn:p")
    assert "tail" not in text
