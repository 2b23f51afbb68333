"""Patterns that would stop a backtracking engine are told with their place (X-19)."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.schema.wsdl import load_wsdl

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">
<xs:element name="Put"><xs:simpleType><xs:restriction base="xs:string">
<xs:pattern value="{}"/>
</xs:restriction></xs:simpleType></xs:element><xs:element name="PutResponse" type="xs:string"/></xs:schema>"""


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(a+)+b", True), ("([a-z]+)+@x", True), ("(x+x+)+y", True), ("((a|b*)c?){2,}", True),
        ("a+b+", False), ("(ab)+", False), ("(a{1,9}){1,9}", False), ("[0-9]{4}-[0-9]{2}", False),
    ],
)  # fmt: skip
def test_a_pattern_that_repeats_what_repeats_is_told(tmp_path: Path, pattern: str, told: bool) -> None:
    (tmp_path / "t.xsd").write_text(XSD.format(pattern))
    notes = [note for note in load_wsdl(tmp_path / "t.xsd").notes if note.kind == "costly"]
    assert [(note.place.line, pattern in note.text) for note in notes] == [(3, True)] * told
