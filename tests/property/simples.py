"""Simple types for random schemas: each with a facet, its texts for instances, and JSON values to spoil a document with."""

from __future__ import annotations

from random import Random
from typing import Final

# a type's inside -> texts, the first one valid
_OF: Final[tuple[tuple[str, tuple[str, ...]], ...]] = tuple(
    (f'<xs:restriction base="xs:{base}">{facets}</xs:restriction>', texts)
    for base, facets, texts in (
        ("int", '<xs:minInclusive value="0"/><xs:maxExclusive value="6"/>', ("5", "+0", "6", "-1", "1_0")),
        ("int", '<xs:enumeration value="1"/><xs:enumeration value="007"/>', ("7", "01", "2")),
        ("int", '<xs:totalDigits value="2"/>', ("99", "0099", "100")),
        ("decimal", '<xs:fractionDigits value="1"/>', ("1.5", "1.50", "1.25", "1e1")),
        ("decimal", '<xs:enumeration value="1.5"/><xs:enumeration value="2.50"/>', ("1.50", "2.5", "2")),
        ("long", '<xs:maxInclusive value="9007199254740993"/>', ("9007199254740993", "9007199254740994", "-0")),
        ("unsignedLong", "", ("18446744073709551615", "18446744073709551616", "-0", "-1")),
        ("integer", '<xs:minInclusive value="-18446744073709551616"/>', ("-18446744073709551616", "1.0", "x")),
        ("double", '<xs:enumeration value="1.5"/><xs:enumeration value="INF"/>', ("INF", "15e-1", "2", "NaN")),
        ("float", '<xs:minExclusive value="0.1"/>', ("1e3", "0.1", "3.5e38", "NaN")),
        ("double", "", ("-0", "1e400", "INF", "1E", "12")),
        ("boolean", '<xs:pattern value="0|1"/>', ("1", "true")),
        ("string", '<xs:length value="2"/>', ("ab", "\U0001f600\U0001f600", "abc")),
        ("string", '<xs:whiteSpace value="collapse"/><xs:maxLength value="3"/>', ("a b", " a  b ", "abcd")),
        ("string", r'<xs:pattern value="[\i-[:]][\c-[:]]*"/><xs:pattern value="\d+"/>', ("a-b", "12", "a:b", "\u0661")),
        ("token", '<xs:enumeration value="red"/><xs:enumeration value="a b"/>', ("red", " a  b ", "blue")),
        ("date", '<xs:minInclusive value="2024-01-01"/>', ("2024-02-29Z", "2023-12-31", "12024-01-01", "2024-02-30")),
        ("date", '<xs:pattern value=".*Z"/>', ("2024-02-29Z", "2024-02-29")),
        ("dateTime", "", ("2024-12-31T24:00:00", "2024-12-31T24:00:01", "2024-12-31")),
        ("duration", '<xs:maxInclusive value="P40D"/>', ("P1M", "P2M", "PT1.S", "-P1Y")),
        ("gYearMonth", "", ("2024-02+14:00", "2024-13")),
        ("base64Binary", '<xs:length value="3"/>', ("AAEC", "A A E C", "AAE=", "!")),
        ("hexBinary", '<xs:enumeration value="abCD"/>', ("ABcd", "ab")),
        ("QName", '<xs:enumeration value="t:x"/>', ("t:x", "x", "zz:x")),
        ("anyURI", '<xs:maxLength value="9"/>', ("http://x", "%zz", " a b ")),
        ("NMTOKENS", '<xs:maxLength value="2"/>', ("a b", "", "a b c")),
        ("NMTOKENS", '<xs:enumeration value="a b"/>', ("a b", " a  b ", "a")),
        ("NMTOKENS", '<xs:pattern value="a.*"/>', ("a b", "b a")),
        ("language", "", ("en-GB", "en_GB")),
        ("NCName", "", ("a.b", "a:b", "1")),
        ("nonPositiveInteger", "", ("-5", "0", "5")),
    )
) + (
    ('<xs:union memberTypes="xs:int xs:boolean"/>', ("1", "true", "x")),
    ('<xs:union memberTypes="xs:boolean xs:int"/>', ("1", "01", "x")),
    ('<xs:union memberTypes="L xs:boolean"/>', ("1 2", "true", "", "x")),
    ('<xs:union memberTypes="xs:date xs:NMTOKEN"/>', ("2024-02-29", "2024-02-30", "a b")),
    ('<xs:list itemType="U"/>', ("1 true x", "")),
    ('<xs:list itemType="xs:date"/>', ("2024-02-29 2024-03-01", "2024-02-30")),
    ('<xs:list itemType="xs:base64Binary"/>', ("AAEC AAE=", "A")),
)
NAMES: Final = ("S0", "S1", "S2", "S3")
VALUES: Final = (
    *(0, 1, 7, -1, 1.5, 2.5, 99999999999, 18446744073709551616, 1e300, False),
    *("0", "7", "-1", "1.50", "01", "99999999999", "true", "INF", "NaN", " x", "a b", "a  b", "\t", "red", "ab", "a:b", "12"),
    *("2024-02-29", "2024-02-29Z", "2023-02-29", "24:00:00", "P1M", "P2M", "AAEC", "AA EC", "ABCD", "{urn:t}x", "{}x", "%zz"),
    *(["a", "b"], ["a"], [1, 2], ["1"], ["a b"], [None], [True], ["2024-02-29"], {"$value": 1}, {"$value": "x"}),
)

texts: dict[str, tuple[str, ...]] = {}


def deal(random: Random) -> str:
    """The definitions of S0 to S3, dealt anew; `texts` has what instances say of them."""
    definitions = []
    for name in NAMES:
        inside, texts[name] = random.choice(_OF)
        definitions.append(f'<xs:simpleType name="{name}">{inside}</xs:simpleType>')
    return "".join(definitions)
