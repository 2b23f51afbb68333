"""Samples: valid by their schema, valid as XML, and read back as they were, for every element that we know."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from gateway.codec.closures import compile_element
from gateway.core.limits import LARGE
from gateway.schema.errors import ContractError
from gateway.schema.ir import Model, Settings
from gateway.schema.jsonschema import schema_for
from gateway.schema.layout import lay_out
from gateway.schema.samples import sample
from gateway.schema.validator import Validator
from gateway.schema.wsdl import load_wsdl
from gateway.schema.xsd import read_schemas
from gateway.xml import parse
from tests.schema.golden import NAMES, ROOT, case

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
CONTRACTS = {"netid": "netid/portal.wsdl", "projector": "projector/projector.wsdl"}
SETTINGS = {
    "default": Settings(),
    "portal": Settings(scalars="string", empties="null"),
    "wrapped": Settings(numbers="string", arrays="wrapped"),
    "nulls": Settings(nulls="write"),
    "lists": Settings(lists="empty"),
}
# The Projector has optional elements that may be nil, so these settings would lose something there (MAPPING).
LOSSY = {("projector", "portal"), ("projector", "nulls")}


@cache
def contract(name: str) -> tuple[Model, Validator]:
    sources = load_wsdl(str(SCHEMAS / CONTRACTS[name])).sources
    return read_schemas(sources), Validator(sources)


def prove(model: Model, validator: Validator, element: str, settings: Settings) -> None:
    value = sample(model, element, settings)
    schema = jsonschema_rs.Draft202012Validator(schema_for(model, element, settings))
    assert schema.is_valid(value), (element, value, [str(error) for error in schema.iter_errors(value)])
    codec = compile_element(model, element, settings)
    root = parse(codec.encode(value).encode(), LARGE)
    assert validator.validate(root) == [], element
    read = codec.decode(root)
    if settings.nulls == "omit" and settings.lists == "omit":
        assert read == value
    else:  # what is absent is written out: the second trip must change nothing any more
        assert codec.decode(parse(codec.encode(read).encode(), LARGE)) == read


@pytest.mark.parametrize("name", NAMES)
def test_every_golden_case(name: str) -> None:
    one = case(name)
    prove(one.model, one.validator, ROOT, one.settings)


@pytest.mark.parametrize("chosen", SETTINGS)
@pytest.mark.parametrize("name", CONTRACTS)
def test_every_element_of_the_legacy_contracts(name: str, chosen: str) -> None:
    model, validator = contract(name)
    settings = SETTINGS[chosen]
    if (name, chosen) in LOSSY:
        with pytest.raises(ContractError, match="no longer tells nil"):
            lay_out(model, settings)
        return
    laid = lay_out(model, settings)
    assert len(laid.elements) >= 14
    for element in laid.elements:
        prove(laid, validator, element, settings)


@pytest.mark.parametrize(
    "content",
    [
        '<xs:sequence><xs:choice maxOccurs="4"><xs:element name="c" type="xs:int"/><xs:element name="b"/></xs:choice>'
        '<xs:element name="a" type="xs:int" minOccurs="2" maxOccurs="2"/><xs:element name="b" minOccurs="0"/></xs:sequence>',
        '<xs:choice><xs:sequence><xs:element name="a"/><xs:element name="b"/></xs:sequence>'
        '<xs:sequence><xs:element name="b"/><xs:element name="a"/></xs:sequence></xs:choice>',
        '<xs:choice maxOccurs="2"><xs:any namespace="urn:u" processContents="lax"/><xs:any namespace="urn:v" processContents="lax"/></xs:choice>',
        '<xs:sequence minOccurs="2" maxOccurs="3"><xs:element name="a"/><xs:choice><xs:element name="b"/>'
        '<xs:element name="n" type="N"/></xs:choice><xs:element name="a"/></xs:sequence>',
    ],
)
@pytest.mark.parametrize("mixed", ["false", "true"])
def test_content_in_order_is_as_the_particle_has_it(schema: Any, content: str, mixed: str) -> None:
    one = schema(
        '<xs:complexType name="N"><xs:choice minOccurs="0" maxOccurs="2"><xs:element name="n" type="N"/><xs:element name="a"/>'
        f'<xs:element name="n2" type="N"/></xs:choice></xs:complexType><xs:element name="r"><xs:complexType mixed="{mixed}">'
        f"{content}</xs:complexType></xs:element>"
    )
    prove(one.laid(), one.validator, ROOT, Settings())


def test_recursion_ends(schema: Any) -> None:
    one = schema(
        '<xs:complexType name="N"><xs:sequence><xs:element name="v" type="xs:int"/>'
        '<xs:element name="n" type="N" minOccurs="0" maxOccurs="9"/></xs:sequence></xs:complexType>'
        '<xs:element name="r" type="N"/>'
    )
    assert sample(one.laid(), ROOT, Settings()) == {"v": 1}


@pytest.mark.parametrize(
    "types",
    [
        '<xs:complexType name="E"><xs:choice><xs:element name="not" type="E"/><xs:element name="leaf"/></xs:choice></xs:complexType>',
        '<xs:complexType name="E"><xs:choice minOccurs="0" maxOccurs="2"><xs:element name="n" type="E"/><xs:element name="a"/>'
        "</xs:choice></xs:complexType>",
        '<xs:complexType name="E"><xs:choice><xs:element name="and" type="P"/><xs:element name="leaf"/></xs:choice></xs:complexType>'
        '<xs:complexType name="P"><xs:sequence><xs:element name="e" type="E" minOccurs="2" maxOccurs="9"/></xs:sequence></xs:complexType>',
        '<xs:complexType name="E" abstract="true"/><xs:complexType name="Not"><xs:complexContent><xs:extension base="E">'
        '<xs:sequence><xs:element name="e" type="E"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
        '<xs:complexType name="Leaf"><xs:complexContent><xs:extension base="E"><xs:attribute name="v"/></xs:extension>'
        "</xs:complexContent></xs:complexType>",
        '<xs:complexType name="E" mixed="true"><xs:choice><xs:element name="b" type="E"/><xs:element name="i"/></xs:choice></xs:complexType>',
    ],
)
def test_recursion_ends_by_another_branch(schema: Any, types: str) -> None:
    one = schema(types + '<xs:element name="r" type="E"/>')
    prove(one.laid(), one.validator, ROOT, Settings())


def test_what_has_no_end_has_no_sample(schema: Any) -> None:
    one = schema(
        '<xs:complexType name="E"><xs:sequence><xs:element name="e" type="E"/></xs:sequence></xs:complexType><xs:element name="r" type="E"/>'
    )
    assert sample(one.laid(), ROOT, Settings()) == {}


def test_recursion_that_is_demanded_ends_with_nil(schema: Any) -> None:
    one = schema(
        '<xs:complexType name="N"><xs:sequence><xs:element name="n" type="N" nillable="true"/></xs:sequence>'
        '<xs:attribute name="a"/></xs:complexType><xs:element name="r" type="N"/>'
    )
    assert sample(one.laid(), ROOT, Settings()) == {"@a": "text", "n": None}


def test_past_the_bound_the_optional_is_left_out(schema: Any) -> None:
    deep = "".join(
        f'<xs:complexType name="T{i}"><xs:sequence>'
        + "".join(f'<xs:element name="e{j}" type="T{i + 1}" minOccurs="0"/>' for j in range(6))
        + "</xs:sequence></xs:complexType>"
        for i in range(12)
    )
    one = schema(f'{deep}<xs:complexType name="T12"/><xs:element name="r" type="T0"/>')
    assert len(str(sample(one.laid(), ROOT, Settings()))) < 100_000


def test_the_first_branch_of_a_choice_and_the_least_number_of_items(content: Any) -> None:
    one = content(
        '<xs:sequence><xs:choice><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/></xs:choice>'
        '<xs:element name="c" type="xs:int" minOccurs="2" maxOccurs="5"/></xs:sequence>'
    )
    assert sample(one.laid(), ROOT, Settings()) == {"a": 1, "c": [1, 1]}


@pytest.mark.parametrize(
    ("wildcard", "told"),
    [
        ("", {"$any": {"{urn:example}element": {}}}),
        ('namespace="urn:w"', {"$any": {"{urn:w}element": {}}}),
        ('namespace="##local"', {"$any": {"{}element": {}}}),
        ('namespace="##any" minOccurs="0"', {}),
        ('namespace="##any" minOccurs="2" maxOccurs="3"', {"$any": [{"{urn:example}element": {}}] * 2}),
    ],
)
def test_a_demanded_wildcard_has_an_element(content: Any, wildcard: str, told: Any) -> None:
    one = content(f'<xs:sequence><xs:any processContents="lax" {wildcard}/></xs:sequence>')
    prove(one.laid(), one.validator, ROOT, Settings())
    assert sample(one.laid(), ROOT, Settings()) == told


def test_a_strict_wildcard_has_a_known_element(schema: Any) -> None:
    one = schema(
        '<xs:element name="k" type="xs:int"/><xs:element name="r"><xs:complexType><xs:sequence>'
        '<xs:any namespace="##targetNamespace"/></xs:sequence></xs:complexType></xs:element>'
    )
    prove(one.laid(), one.validator, ROOT, Settings())
    assert sample(one.laid(), ROOT, Settings()) == {"$any": {"{urn:t}k": 1}}


def test_an_unknown_element_is_a_key_error(content: Any) -> None:
    with pytest.raises(KeyError):
        sample(content("<xs:sequence/>").laid(), "{urn:t}nobody", Settings())
