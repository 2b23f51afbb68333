"""What is known during one message: IDs that are wanted, prefixes that are needed."""

from __future__ import annotations

from gateway.codec.state import Reading, Writing


def test_open_references() -> None:
    doc = Reading()
    doc.ids.add("a")
    doc.wanted.update("ab")
    assert doc.open() == {"b"}
    assert Reading().open() == frozenset()


def test_prefixes() -> None:
    doc = Writing({"urn:t": "t", "urn:n": "n1"})
    assert doc.qname("urn:t", "a") == "t:a"
    assert doc.qname("", "a") == "a"
    assert doc.prefix("urn:x") == "n2" == doc.prefix("urn:x")
    assert doc.prefix("urn:y&") == "n3"
    assert doc.prefix("http://www.w3.org/XML/1998/namespace") == "xml"
    assert doc.declarations() == ' xmlns:t="urn:t" xmlns:n2="urn:x" xmlns:n3="urn:y&amp;"'
