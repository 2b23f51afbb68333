from collections.abc import Callable
from typing import Any

import pytest

from gateway.schema.constraints import Constraint, constraints_beyond_json_schema
from gateway.schema.ir import Settings


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
        Constraint.CALENDAR,
        Constraint.TEMPORAL,
        Constraint.DIGITS,
        Constraint.STRING_NUMBER,
    }
