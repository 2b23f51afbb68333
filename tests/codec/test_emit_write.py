"""What the emitted writer writes itself equals the closures; what is special is declined, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway.core.problem import Problem
from tests.codec.test_emit_read import emitted

CONTENT = (
    '<xs:sequence><xs:element name="i" type="xs:int"/><xs:element name="s" type="xs:string"/>'
    '<xs:element name="d" type="xs:decimal" minOccurs="0"/><xs:element name="n" type="xs:long" minOccurs="0" nillable="true"/>'
    '<xs:element name="l" type="xs:token" minOccurs="0" maxOccurs="3"/></xs:sequence>'
)


def both(codec, value):
    """What the fast writer and the reference say."""
    reference = super(type(codec), codec).encode

    def told(write):
        try:
            return write(value)
        except Problem as problem:
            return problem.findings

    return told(codec.encode), told(reference)


@pytest.mark.parametrize(
    "value",
    [
        {"i": 1, "s": "<&>\r"},
        {"s": "x", "i": -5, "d": Decimal("7.50"), "n": 2**60, "l": ["a", "b"]},
        {"i": 1, "s": "", "n": None, "d": None, "l": []},
        {"i": 1, "s": "x", "l": None},
        {"i": True, "s": "x"},
        {"i": 2**31, "s": "x"},
        {"i": "1", "s": "x"},
        {"i": 1.0, "s": "x"},
        {"i": 1},
        {"i": 1, "s": None},
        {"i": 1, "s": "x", "z": 1},
        {"i": 1, "s": "\x00"},
        {"i": 1, "s": "x", "l": ["a", " b "]},
        {"i": 1, "s": "x", "l": ["a"] * 4},
        {"i": 1, "s": {"$value": "x"}},
        [],
        None,
    ],
)
def test_the_fast_writer_says_what_the_reference_says(tmp_path, value):
    codec = emitted(tmp_path, CONTENT)
    assert codec.generate()[1] is not None
    fast, slow = both(codec, value)
    assert fast == slow


@pytest.mark.parametrize(
    "text",
    ["7.50", "7", "-0.0", "0E-7", "1E+5", "1.5E+30", "1.5E-9", "0.0000001", "0.000001", "NaN", "sNaN", "-Infinity", "00.50", "1" * 90 + ".5"],
)
def test_a_decimal_is_written_as_the_reference_writes_it(tmp_path, text):
    fast, slow = both(emitted(tmp_path, CONTENT), {"i": 1, "s": "x", "d": Decimal(text)})
    assert fast == slow


def test_namespaces_of_children_are_declared_only_when_used(tmp_path):
    other = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o"><xs:element name="x" type="xs:int"/></xs:schema>'
    )
    (tmp_path / "o.xsd").write_text(other, encoding="utf-8")
    content = '<xs:sequence><xs:element ref="o:x" xmlns:o="urn:o" minOccurs="0"/></xs:sequence>'
    from gateway.build.workbench import Workbench
    from gateway.codec.emit import emit_element
    from gateway.schema.ir import Settings
    from gateway.schema.wsdl import load_xsd

    text = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t"><xs:import namespace="urn:o" schemaLocation="o.xsd"/>'
        f'<xs:element name="r"><xs:complexType>{content}</xs:complexType></xs:element></xs:schema>'
    )
    (tmp_path / "s.xsd").write_text(text, encoding="utf-8")
    bench = Workbench(load_xsd([tmp_path / "s.xsd"]))
    codec = emit_element(bench.laid(Settings()), "{urn:t}r", Settings())
    for value in ({}, {"x": 1}):
        fast, slow = both(codec, value)
        assert fast == slow
        assert ("urn:o" in fast) is bool(value)
