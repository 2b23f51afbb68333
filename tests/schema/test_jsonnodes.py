"""Which keys may stand together: each node tree's constraints against what libxml2 takes of the encoded object."""

from __future__ import annotations

import itertools
from typing import Any

import jsonschema_rs
import pytest

from gateway.codec.closures import compile_element
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.schema.ir import Complex, Keys, Settings
from gateway.schema.jsonnodes import constraints, leaves, required
from gateway.schema.jsonschema import schema_for
from gateway.xml import parse

ROOT = "{urn:t}r"


def element(name: str, more: str = "") -> str:
    return f'<xs:element name="{name}" type="xs:int" {more}/>'


OPTIONAL = 'minOccurs="0"'
NILLABLE = 'nillable="true"'
THRICE = 'maxOccurs="3"'
TREES = {
    "plain": f"<xs:sequence>{element('a')}{element('b', OPTIONAL)}</xs:sequence>",
    "optional group": f"<xs:sequence minOccurs='0'>{element('a')}{element('b')}{element('c', OPTIONAL)}</xs:sequence>",
    "choice": f"<xs:choice>{element('a')}{element('b')}{element('c')}</xs:choice>",
    "optional choice": f"<xs:choice minOccurs='0'>{element('a')}{element('b')}</xs:choice>",
    "emptiable branches": f"<xs:choice>{element('a', OPTIONAL)}<xs:sequence>{element('b')}{element('c')}</xs:sequence>"
    "</xs:choice>",
    "two choices": f"<xs:sequence><xs:choice>{element('a')}{element('b')}</xs:choice>"
    f"<xs:choice minOccurs='0'>{element('c')}{element('d')}</xs:choice></xs:sequence>",
    "choice in a choice": f"<xs:choice>{element('a')}<xs:sequence><xs:choice>{element('b')}{element('c')}</xs:choice>"
    f"{element('d', OPTIONAL)}</xs:sequence></xs:choice>",
    "nillable": f"<xs:choice>{element('a', NILLABLE)}{element('b')}</xs:choice>",
    "repeated in a choice": f"<xs:choice>{element('a', THRICE)}{element('b')}</xs:choice>",
    "group of nillables": "<xs:sequence minOccurs='0'>"
    + element("a", 'nillable="true"')
    + element("b", 'nillable="true"')
    + "</xs:sequence>",
}


@pytest.mark.parametrize("tree", TREES)
def test_the_schema_takes_just_the_objects_that_encode(content: Any, tree: str) -> None:
    """All objects of up to four keys, each absent, null, a number, or an array of it."""
    one = content(TREES[tree])
    laid = one.laid()
    codec = compile_element(laid, ROOT, Settings())
    takes = jsonschema_rs.Draft202012Validator(schema_for(laid, ROOT, Settings())).is_valid
    kind = laid.types[laid.elements[ROOT].type]
    assert isinstance(kind, Complex)
    assert isinstance(kind.form, Keys)
    names = [leaf.key for leaf in leaves(kind.form.content)]
    absent = object()
    accepted = 0
    for values in itertools.product([absent, None, 1, [], [1]], repeat=len(names)):
        document = {name: value for name, value in zip(names, values, strict=True) if value is not absent}
        try:
            root = parse(codec.encode(document).encode(), DEFAULT)
            encodes = one.validator.validate(root) == []
        except Problem:
            encodes = False
        assert takes(document) == encodes, document
        accepted += encodes
    assert accepted


def test_required_are_the_members_of_no_choice_and_no_optional_group(content: Any) -> None:
    laid = content(
        f"<xs:sequence>{element('a')}<xs:choice>{element('b')}{element('c')}</xs:choice>"
        f"<xs:sequence minOccurs='0'>{element('d')}</xs:sequence></xs:sequence>"
    ).laid()
    node = laid.types[laid.elements[ROOT].type].form.content
    assert required(node) == ["a"]
    assert constraints(None, frozenset()) == []
    assert [leaf.key for leaf in leaves(node)] == ["a", "b", "c", "d"]
