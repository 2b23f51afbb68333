"""Peeling wrappers off a body, and putting them on again."""

from __future__ import annotations

import pytest

from gateway.codec.plan import PlanError
from tests.codec.kit import codec_of, read, refused, round_trip, unwritten

INNER = '<xs:complexType><xs:sequence><xs:element name="x" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>'


def wrapped(more: str) -> object:
    return codec_of(f'<xs:sequence><xs:element name="Info" {more}>{INNER}</xs:element></xs:sequence>', unwrap=("Info",))


@pytest.mark.parametrize("more", ["", 'minOccurs="0"', 'nillable="true"', 'minOccurs="0" nillable="true"'])
def test_both_ways(more: str) -> None:
    codec = wrapped(more)
    assert round_trip(codec, {"x": 1}) == '<t:r xmlns:t="urn:t"><t:Info><t:x>1</t:x></t:Info></t:r>'
    assert round_trip(codec, {})
    assert unwritten(codec, {"x": "z", "y": 1}) == [
        ("/x", "/t:r/t:Info/t:x", "Not a whole number."),
        ("/y", "/t:r/t:Info/t:y", "`y` is not known here."),
    ]
    assert refused(codec, "<t:Info><t:x>z</t:x></t:Info>")[0][:2] == ("/x", "/t:r/t:Info/t:x")


def test_absent_and_nil() -> None:
    nil = '<t:Info xsi:nil="true"/>'
    assert read(wrapped('minOccurs="0"'), "") is None
    assert "Info" not in wrapped('minOccurs="0"').encode(None)  # type: ignore[attr-defined]
    assert read(wrapped('nillable="true"'), nil) is None
    assert 'xsi:nil="true"' in wrapped('nillable="true"').encode(None)  # type: ignore[attr-defined]
    both = wrapped('minOccurs="0" nillable="true"')
    assert read(both, nil) is None
    assert "cannot be told from nil" in refused(both, "")[0][2]
    assert unwritten(wrapped(""), None)


def test_two_layers() -> None:
    body = f'<xs:sequence><xs:element name="A"><xs:complexType><xs:sequence><xs:element name="B" minOccurs="0">{INNER}</xs:element></xs:sequence></xs:complexType></xs:element></xs:sequence>'
    codec = codec_of(body, unwrap=("A", "B"))
    assert round_trip(codec, {"x": 1})
    assert round_trip(codec, None) == '<t:r xmlns:t="urn:t"><t:A></t:A></t:r>'


@pytest.mark.parametrize(
    ("body", "unwrap"),
    [
        ('<xs:sequence><xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:int"/></xs:sequence>', ("A",)),
        ('<xs:sequence><xs:element name="A" type="xs:int"/></xs:sequence>', ("B",)),
        ('<xs:sequence><xs:element name="A" type="xs:int"/></xs:sequence><xs:attribute name="a"/>', ("A",)),
        ('<xs:sequence><xs:element name="A" type="xs:int" maxOccurs="2"/></xs:sequence>', ("A",)),
        ('<xs:sequence><xs:element name="A" type="xs:int"/></xs:sequence>', ("A", "B")),
    ],
)
def test_what_cannot_be_peeled(body: str, unwrap: tuple[str, ...]) -> None:
    with pytest.raises(PlanError):
        codec_of(body, unwrap=unwrap)
