"""Facets: each one's boundary pair, on values and not on spellings."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from gateway.codec.facets import joined
from gateway.codec.lexical import Unfit
from gateway.core.lexical import XSD
from gateway.schema.ir import Simple
from tests.codec.models import Declared, restricted, scalar


def reads(kind: Simple, text: str) -> bool:
    try:
        value = scalar(kind).read(text, {})
    except Unfit:
        return False
    scalar(kind).write(value, Declared())
    return True


@pytest.mark.parametrize(
    ("base", "facets", "good", "bad"),
    [
        ("string", {"length": 2}, ["ab", "\U0001f600é"], ["a", "abc"]),
        ("string", {"min_length": 1, "max_length": 2}, ["a", "ab"], ["", "abc"]),
        ("token", {"max_length": 2}, [" ab "], ["abc"]),
        ("anyURI", {"max_length": 3}, ["a:b"], ["a:bc"]),
        ("base64Binary", {"length": 4}, ["AAECAw==", "AA EC Aw=="], ["AAEC", "AAECAwQ="]),
        ("hexBinary", {"max_length": 1}, ["", "00"], ["0000"]),
        ("QName", {"length": 1}, ["abc"], []),
        ("string", {"enumeration": ("a", " b")}, ["a", " b"], ["b", "A"]),
        ("token", {"enumeration": ("a b",)}, [" a  b "], ["ab"]),
        ("decimal", {"enumeration": ("1.0",)}, ["1", "01.00"], ["1.1"]),
        ("int", {"enumeration": ("1", "3")}, ["+1", "03"], ["2"]),
        ("double", {"enumeration": ("1e1", "NaN")}, ["10", "NaN"], ["1"]),
        ("dateTime", {"enumeration": ("2024-01-01T12:00:00Z",)}, ["2024-01-01T13:00:00+01:00"], ["2024-01-01T12:00:00"]),
        ("duration", {"enumeration": ("P1Y",)}, ["P12M"], ["P365D"]),
        ("hexBinary", {"enumeration": ("0a",)}, ["0A"], ["0B"]),
        ("int", {"min_inclusive": "0", "max_exclusive": "10"}, ["0", "9"], ["-1", "10"]),
        ("int", {"min_exclusive": "0", "max_inclusive": "10"}, ["1", "10"], ["0", "11"]),
        ("long", {"max_inclusive": "99999999999999999999"}, ["9223372036854775807"], ["9223372036854775808"]),
        ("integer", {"min_inclusive": "-" + "9" * 30}, ["-" + "9" * 30], ["-1" + "0" * 30]),
        ("decimal", {"min_inclusive": "0.1", "max_exclusive": "0.3"}, ["0.1", "0.29999"], ["0.0999", "0.3", "0.30"]),
        ("decimal", {"min_exclusive": "0.1", "max_inclusive": "0.3"}, ["0.10001", "0.3"], ["0.1", "0.31"]),
        ("double", {"min_inclusive": "0"}, ["0", "-0", "INF"], ["-1e-300", "NaN", "-INF"]),
        ("double", {"min_inclusive": "NaN"}, ["NaN"], ["0", "INF"]),
        ("double", {"min_exclusive": "NaN"}, [], ["0", "INF", "NaN"]),
        ("double", {"min_inclusive": "INF"}, ["INF"], ["0", "NaN"]),
        ("double", {"max_exclusive": "INF"}, ["1e308", "-INF"], ["INF"]),
        ("time", {"min_inclusive": "12:00:00Z"}, ["13:00:00Z", "12:00:00Z"], ["13:00:00", "11:00:00Z", "13:00:00+02:00"]),
        ("float", {"max_exclusive": "0.1"}, ["0.0999"], ["0.1", "0.10000000149"]),
        ("decimal", {"total_digits": 3}, ["123", "1.23", "001.230", "0.12"], ["1234", "1.234"]),
        ("decimal", {"fraction_digits": 2}, ["1.23", "1.2300", "1."], ["1.234"]),
        ("integer", {"total_digits": 2}, ["99", "-0099"], ["100"]),
        ("date", {"min_inclusive": "2024-01-01"}, ["2024-01-01", "2024-01-02"], ["2023-12-31", "2024-01-01Z"]),
        ("date", {"max_exclusive": "2024-01-01Z"}, ["2023-12-31Z", "2023-12-31"], ["2024-01-01Z", "2024-01-01"]),
        ("duration", {"max_inclusive": "P1M"}, ["P27D", "P1M"], ["P30D", "P32D"]),
        ("duration", {"min_exclusive": "P1M"}, ["P32D"], ["P1M", "P30D"]),
        ("string", {"patterns": (("[a-c]+", "x"), ("b.*|x",))}, ["bac", "x"], ["abc", "xx", ""]),
        ("gYear", {"max_inclusive": "3000"}, ["2024"], ["9" * 5000]),
    ],
)  # fmt: skip
def test_boundaries(base: str, facets: dict[str, Any], good: list[str], bad: list[str]) -> None:
    kind = restricted(base, **facets)
    assert [text for text in good if not reads(kind, text)] == []
    assert [text for text in bad if reads(kind, text)] == []


# what cannot be ordered is in no range (§3.2.7.3, §3.2.4); libxml2 lets it pass. Held for docs/lexical.md
@pytest.mark.parametrize(
    ("base", "bound", "text"),
    [
        ("dateTime", "2024-01-01T00:00:00Z", "2024-01-01T12:00:00"),
        ("date", "2024-01-01", "2024-01-01-13:00"),
        ("time", "12:00:00Z", "23:59:59"),
        ("double", "-5", "NaN"),
    ],
)
def test_libxml2_takes_what_cannot_be_ordered(base: str, bound: str, text: str) -> None:
    element = etree.Element("r")
    element.text = text
    schema = etree.XML(
        f'<xs:schema xmlns:xs="{XSD}"><xs:element name="r"><xs:simpleType><xs:restriction base="xs:{base}">'
        f'<xs:minInclusive value="{bound}"/></xs:restriction></xs:simpleType></xs:element></xs:schema>'
    )
    assert etree.XMLSchema(schema).validate(element)
    assert not reads(restricted(base, min_inclusive=bound), text)


def test_the_written_text_is_checked_too() -> None:
    kind = scalar(restricted("decimal", fraction_digits=1, max_inclusive="5"))
    assert kind.write(5, Declared()) == "5"
    for value in (5.5, "1.25", 6):
        with pytest.raises(Unfit):
            kind.write(value, Declared())
    day = scalar(restricted("date", max_inclusive="2024-01-01"))
    with pytest.raises(Unfit, match="outside its range"):
        day.write("2024-01-02", Declared())


def test_no_facets_cost_nothing() -> None:
    assert joined([]) is None
