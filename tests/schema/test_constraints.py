from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.schema.constraints import Constraint, constraints_beyond_json_schema
from gateway.schema.ir import Settings
from tests.schema.constraint_page import page


def of(made: Any, **settings: Any) -> set[str]:
    rows = constraints_beyond_json_schema(made.laid(**settings), "{urn:t}r", Settings(**settings))
    return {row.name for row in rows}


def facet(base: str, facets: str) -> str:
    return f'<xs:sequence><xs:element name="v"><xs:simpleType><xs:restriction base="xs:{base}">{facets}</xs:restriction></xs:simpleType></xs:element></xs:sequence>'


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ('<xs:sequence><xs:element name="a" type="xs:string"/></xs:sequence>', set()),
        ('<xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>', set()),
        ('<xs:sequence><xs:element name="a" type="xs:date"/></xs:sequence>', {"CALENDAR"}),
        (
            '<xs:sequence><xs:element name="a" type="xs:ID"/><xs:element name="b" type="xs:IDREFS"/></xs:sequence>',
            {"ID", "IDREF"},
        ),
        (facet("time", '<xs:minInclusive value="10:00:00"/>'), {"TEMPORAL"}),
        (facet("decimal", '<xs:totalDigits value="3"/>'), {"DIGITS"}),
        (facet("int", '<xs:maxInclusive value="3"/>'), set()),
        (facet("double", '<xs:maxInclusive value="3"/>'), set()),
        (facet("double", '<xs:maxExclusive value="3"/>'), {"ROUNDED"}),
        (facet("int", '<xs:maxInclusive value="3"/><xs:pattern value="0*[0-9]"/>'), {"STRING_NUMBER"}),
        (facet("long", '<xs:maxInclusive value="3"/>'), {"STRING_NUMBER"}),
        (
            '<xs:sequence><xs:element name="a" minOccurs="0" type="xs:int"/><xs:element name="b" type="xs:int"/><xs:element name="a" minOccurs="0" type="xs:int"/></xs:sequence>',
            {"ORDER"},
        ),
        (
            '<xs:sequence maxOccurs="3"><xs:element name="a" minOccurs="2" maxOccurs="2" type="xs:int"/></xs:sequence>',
            {"COUNTS"},
        ),
    ],
)
def test_the_rows_that_content_has(content: Callable[..., Any], body: str, rows: set[str]) -> None:
    assert of(content(body)) == rows


def test_identity_constraints_of_any_element_within(schema: Callable[..., Any]) -> None:
    inner = (
        '<xs:element name="list"><xs:complexType><xs:sequence><xs:element name="i" type="xs:int" maxOccurs="9"/></xs:sequence></xs:complexType>'
        '<xs:unique name="u"><xs:selector xpath="t:i"/><xs:field xpath="."/></xs:unique></xs:element>'
    )
    made = schema(
        f'<xs:element name="r"><xs:complexType><xs:sequence>{inner}</xs:sequence></xs:complexType></xs:element>'
    )
    assert of(made) == {"UNIQUE"}
    (identity,) = made.model.types[made.model.elements["{urn:t}r"].type].particle.particles[0].element.identities
    assert (identity.selector, identity.fields) == ("{urn:t}i", (".",))


def test_strings_for_scalars_move_bounds_out_of_reach(content: Callable[..., Any]) -> None:
    assert of(content(facet("int", '<xs:maxInclusive value="3"/>')), scalars="string") == {"STRING_NUMBER"}


def test_each_row_has_a_title_and_a_place() -> None:
    assert len({row.title for row in Constraint}) == len(Constraint)
    assert {row for row in Constraint if not row.needs_xml} == {
        Constraint.ALTERNATIVE,
        Constraint.CALENDAR,
        Constraint.TEMPORAL,
        Constraint.DIGITS,
        Constraint.STRING_NUMBER,
        Constraint.ROUNDED,
        Constraint.TEXT_PATTERN,
    }


def test_the_page_is_drawn_from_the_rows() -> None:
    written = (Path(__file__).parents[2] / "docs" / "json-schema.md").read_text(encoding="utf-8")
    assert written == page(), "draw it again: python -m tests.schema.constraint_page > docs/json-schema.md"


def test_what_a_pattern_says_of_a_text_that_json_does_not_show(schema: Any) -> None:
    whole = '<xs:simpleType name="L"><xs:list itemType="xs:int"/></xs:simpleType>'
    listed = (
        whole
        + '<xs:simpleType name="S"><xs:restriction base="L"><xs:pattern value="1.*"/></xs:restriction></xs:simpleType>'
    )
    named = '<xs:simpleType name="S"><xs:restriction base="xs:QName"><xs:pattern value="t:.*"/></xs:restriction></xs:simpleType>'
    for types in (listed, named):
        assert of(schema(f'{types}<xs:element name="r" type="S"/>')) == {"TEXT_PATTERN"}


def test_a_union_reads_the_text_of_each_member(schema: Any) -> None:
    union = '<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:boolean"/></xs:simpleType>'
    assert of(schema(f'{union}<xs:element name="r" type="U"/>')) == {"STRING_NUMBER"}


def test_what_nobody_declares_may_be_mixed(schema: Any) -> None:
    for process, rows in (("lax", {"ORDER"}), ("skip", {"ORDER"})):
        body = f'<xs:sequence><xs:any processContents="{process}"/></xs:sequence>'
        assert rows <= of(schema(f'<xs:element name="r"><xs:complexType>{body}</xs:complexType></xs:element>'))
