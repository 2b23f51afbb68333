"""Scalars: each built-in both ways, against the table, libxml2 and xmlschema."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from lxml import etree

from gateway.codec.lexical import Unfit
from gateway.core.lexical import XSD
from gateway.schema.ir import Settings, Simple
from tests.codec.lexical_cases import DISAGREEMENTS, TAKEN, page
from tests.codec.models import Declared, model_of, restricted, scalar, xs

CASES = [
    (name, text, verdict)
    for name, (good, bad) in TAKEN.items()
    for verdict, texts in ((True, good), (False, bad))
    for text in texts
]


def takes(name: str, text: str) -> bool:
    try:
        scalar(name).read(text, {})
    except Unfit:
        return False
    return True


@pytest.mark.parametrize(("name", "text", "verdict"), CASES)
def test_lexical_space(name: str, text: str, verdict: bool) -> None:
    assert takes(name, text) is verdict


def schema_text(name: str) -> str:
    return f'<xs:schema xmlns:xs="{XSD}"><xs:element name="r" type="xs:{name}"/></xs:schema>'


@cache
def libxml2(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.XML(schema_text(name)))


@cache
def by_xmlschema(name: str) -> Any:
    return xmlschema.XMLSchema10(schema_text(name)).elements["r"].type


def verdicts(name: str, text: str) -> tuple[bool, bool | None]:
    element = etree.Element("r")
    element.text = text
    try:
        by_xmlschema(name).decode(text)
        theirs: bool | None = True
    except xmlschema.XMLSchemaException:
        theirs = False
    except (OverflowError, ValueError):
        theirs = None
    return libxml2(name).validate(element), theirs


@pytest.mark.parametrize(("name", "text", "verdict"), CASES)
def test_oracles_agree_but_for_the_table(name: str, text: str, verdict: bool) -> None:
    row = DISAGREEMENTS.get((name, text))
    assert verdicts(name, text) == ((row[0], row[1]) if row else (verdict, verdict))


def test_each_disagreement_is_a_case() -> None:
    assert set(DISAGREEMENTS) <= {(name, text) for name, text, _ in CASES}


@pytest.mark.parametrize(
    ("name", "text", "value", "written"),
    [
        ("int", " +007 ", 7, "7"),
        ("int", "-0", 0, "0"),
        ("long", "+1152921504607351596", Decimal("1152921504607351596"), "1152921504607351596"),
        ("long", "-0", Decimal("-0"), "-0"),
        ("unsignedLong", "123456789012345678", 123456789012345678, "123456789012345678"),
        ("decimal", "007.50", Decimal("7.50"), "7.50"),
        ("decimal", ".5", Decimal("0.5"), "0.5"),
        ("decimal", "5.", 5, "5"),
        ("decimal", "-0.0", Decimal("-0.0"), "-0.0"),
        ("decimal", "0.0000001", Decimal("0.0000001"), "0.0000001"),
        ("boolean", " 1 ", True, "true"),
        ("double", "1.50E2", 150.0, "150"),
        ("double", "-0.0", -0.0, "-0"),
        ("double", "INF", "INF", "INF"),
        ("double", "NaN", "NaN", "NaN"),
        ("double", "1e22", 1e22, "1E22"),
        ("double", "1e-7", 1e-7, "1E-7"),
        ("float", "0.10000000149", 0.1, "0.1"),
        ("float", "16777217", 16777216.0, "16777216"),
        ("token", " a \n b ", "a b", "a b"),
        ("normalizedString", " a\nb", " a b", " a b"),
        ("string", " a\r\n", " a\r\n", " a\r\n"),
        (
            "dateTime",
            " 2024-01-01T10:00:00.500+00:00 ",
            "2024-01-01T10:00:00.500+00:00",
            "2024-01-01T10:00:00.500+00:00",
        ),
        ("base64Binary", " AAEC Aw == ", "AAECAw==", "AAECAw=="),
        ("hexBinary", "0aff", "0AFF", "0AFF"),
        ("NMTOKENS", " a  b ", ["a", "b"], "a b"),
        ("anySimpleType", " a ", " a ", " a "),
    ],
)
def test_canonical(name: str, text: str, value: Any, written: str) -> None:
    one = scalar(name)
    got = one.read(text, {})
    assert (got, type(got), repr(got)) == (value, type(value), repr(value))
    assert one.write(got, Declared()) == written


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("string", 5), ("string", None), ("string", "\x00"), ("string", "\ud800"), ("string", "\ufffe"),
        ("token", " a"), ("token", "a  b"), ("token", "a\tb"), ("normalizedString", "a\nb"),
        ("boolean", "true"), ("boolean", 1), ("int", "5"), ("int", True), ("int", 1.5), ("int", Decimal("1.5")),
        ("int", 2**31), ("int", Decimal("1E+100000000")), ("long", "1e3"), ("long", " 5"), ("long", True), ("long", "1.0"),
        ("decimal", "1e3"), ("decimal", Decimal("NaN")), ("decimal", Decimal("1E+129")), ("decimal", 0.1 + 0.2),
        ("double", "+INF"), ("double", "1.5"), ("double", Decimal("1e400")), ("double", True), ("float", 3.5e38), ("dateTime", "2024-01-01T10:00:00 "), ("base64Binary", "AA EC"), ("hexBinary", "0"),
        ("NMTOKENS", "a"), ("NMTOKENS", []), ("NMTOKENS", ["a b"]), ("QName", "xs:int"), ("QName", "{}a"), ("QName", "{u}"),
    ],
)  # fmt: skip
def test_values_refused(name: str, value: Any) -> None:
    with pytest.raises(Unfit):
        scalar(name).write(value, Declared())


def test_unfit_never_tells_the_value() -> None:
    for name, (_, bad) in TAKEN.items():
        for text in bad:
            if len(text) < 4:
                continue
            with pytest.raises(Unfit) as caught:
                scalar(name).read(text, {})
            assert text not in caught.value.detail


def test_same_words_both_ways() -> None:
    kind = scalar(restricted("int", min_inclusive="0", max_inclusive="9"))
    with pytest.raises(Unfit) as reading:
        kind.read("10", {})
    with pytest.raises(Unfit) as writing:
        kind.write(10, Declared())
    assert str(reading.value) == str(writing.value) == "outside its range; expected a whole number from 0 to 9"


def test_numbers_as_strings() -> None:
    exact = scalar("long", numbers="string")
    assert exact.read("+0012", {}) == "12"
    assert exact.write("12", Declared()) == exact.write(12, Declared()) == "12"
    assert scalar("decimal", numbers="string").read("007.50", {}) == "7.50"
    assert scalar("int", numbers="string").read("7", {}) == 7


def test_all_scalars_as_strings() -> None:
    assert scalar("int", scalars="string").read(" 273672 ", {}) == "273672"
    assert scalar("boolean", scalars="string").write("false", Declared()) == "false"
    assert scalar("boolean", scalars="string").read("1", {}) == "1"
    for name, value in (("int", 5), ("int", "five"), ("int", " 5"), ("boolean", True), ("double", 1.5)):
        with pytest.raises(Unfit):
            scalar(name, scalars="string").write(value, Declared())


def test_a_number_with_a_pattern_is_its_text() -> None:
    five = scalar(restricted("int", patterns=(("[0-9]{5}",),)))
    assert five.read(" 00123 ", {}) == "00123"
    assert five.write("00123", Declared()) == "00123"
    for value in (123, "123", "1_234", "12345 "):
        with pytest.raises(Unfit):
            five.write(value, Declared())
    bit = scalar(restricted("boolean", patterns=(("0|1",),)))
    assert bit.read("1", {}) == "1"
    with pytest.raises(Unfit):
        bit.read("true", {})


def test_qnames_resolve_and_are_written_with_prefixes() -> None:
    name = scalar("QName")
    scope = {None: "urn:d", "a": "urn:a"}
    assert name.read(" a:x ", scope) == "{urn:a}x"
    assert name.read("x", scope) == "{urn:d}x"
    assert name.read("x", {}) == "x"
    assert name.read("xml:lang", {}) == "{http://www.w3.org/XML/1998/namespace}lang"
    with pytest.raises(Unfit):
        name.read("zz:x", scope)
    prefixes = Declared()
    assert name.write("{urn:a}x", prefixes) == "n0:x"
    assert name.write("x", prefixes) == "x"
    assert name.write("{http://www.w3.org/XML/1998/namespace}lang", prefixes) == "xml:lang"
    assert name.equal("a:x", "b:x", {"a": "u", "b": "u"})
    listed = scalar(restricted("QName", enumeration=("{urn:a}x",)))
    assert listed.write("{urn:a}x", prefixes) == "n0:x"
    with pytest.raises(Unfit):
        listed.read("x", scope)


def test_a_notation_is_declared() -> None:
    gif = scalar(restricted("NOTATION", enumeration=("{u}gif", "{u}png")), notations=frozenset({"{u}gif"}))
    assert gif.read("p:gif", {"p": "u"}) == "{u}gif"
    with pytest.raises(Unfit):
        gif.read("p:png", {"p": "u"})


def test_entities_are_refused_at_compile() -> None:
    for name in ("ENTITY", "ENTITIES"):
        with pytest.raises(ValueError, match="ENTITY"):
            scalar(name)


def test_octets_with_a_pattern_stay_as_written() -> None:
    lower = scalar(restricted("hexBinary", patterns=(("[0-9a-f]*",),)))
    assert lower.read("0aff", {}) == "0aff"
    assert lower.key("0aff", {}) == scalar("hexBinary").key("0AFF", {})


def test_white_space_of_a_derived_type() -> None:
    narrow = scalar(restricted("string", white_space="collapse", max_length=3))
    assert narrow.read("  a  b ", {}) == "a b"
    with pytest.raises(Unfit):
        narrow.write(" ab", Declared())


@pytest.mark.parametrize(
    ("name", "one", "other", "equal"),
    [
        ("decimal", "1.0", "01", True), ("decimal", "1.0", "1.1", False), ("int", "+1", " 1", True),
        ("double", "1e1", "10", True), ("double", "NaN", "NaN", True), ("double", "0", "-0", True),
        ("boolean", "1", "true", True), ("string", "a", "a ", False), ("token", "a", " a ", True),
        ("dateTime", "2024-01-01T12:00:00Z", "2024-01-01T13:00:00+01:00", True),
        ("dateTime", "2024-01-01T12:00:00Z", "2024-01-01T12:00:00", False),
        ("dateTime", "2024-01-01T24:00:00", "2024-01-02T00:00:00", True),
        ("dateTime", "2024-01-01T12:00:00.50", "2024-01-01T12:00:00.5", True),
        ("duration", "P1Y", "P12M", True), ("duration", "P1D", "PT24H", True), ("duration", "P1M", "P30D", False),
        ("base64Binary", "AA ==", "AA==", True), ("hexBinary", "aa", "AA", True), ("gYear", "2024Z", "2024+00:00", True),
        ("NMTOKENS", "a b", " a  b ", True), ("int", "x", "x", False), ("time", "24:00:00", "24:00:00.0", True),
    ],
)  # fmt: skip
def test_equality_is_of_values(name: str, one: str, other: str, equal: bool) -> None:
    assert scalar(name).equal(one, other, {}) is equal


def test_a_complex_type_is_no_scalar() -> None:
    from gateway.codec.scalars import scalar_for
    from gateway.schema.ir import Complex, Model

    with pytest.raises(TypeError):
        scalar_for(Model({"C": Complex("C", "empty")}, {}, {}, {}, {}), "C", Settings())
    assert isinstance(model_of().types[xs("int")], Simple)


def test_the_page_is_drawn_from_the_table() -> None:
    written = (Path(__file__).parents[2] / "docs" / "lexical.md").read_text(encoding="utf-8")
    assert written == page(), "draw it again: python -m tests.codec.lexical_cases > docs/lexical.md"
