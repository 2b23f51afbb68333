"""Law 4 on random schemas: the JSON Schema accepts whatever encodes to valid XML, and more only by the closed list.

A case is one document with three mutants of it: 200 in `make test`, 10,000 at length (SOAPGW_HYPOTHESIS says another number).
"""

from __future__ import annotations

import copy
import os
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.codec.closures import compile_element
from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.core.value import Value
from gateway.schema.constraints import constraints_beyond_json_schema
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from gateway.schema.jsonschema import schema_for
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas
from tests.property.test_codec_laws import Contract, mutate, some_settings

ROOT = "{urn:t}r"
XSD = "http://www.w3.org/2001/XMLSchema"
DERANDOMIZED = not os.environ.get("SOAPGW_SEARCH")
EACH = 5  # documents of one schema; at length more, for most of the time goes into reading schemas
EACH_AT_LENGTH = 20
AT_LENGTH = int(os.environ.get("SOAPGW_HYPOTHESIS", "10000"))


class Described(Contract):
    """A random schema with its JSON Schema and the rows that this cannot say."""

    def __init__(self, random: Random, chosen: Settings) -> None:
        super().__init__(random, chosen)
        model = self.model
        self.schema: dict[str, Any] = schema_for(model, ROOT, chosen)
        self.verdict = jsonschema_rs.Draft202012Validator(self.schema)
        self.beyond = constraints_beyond_json_schema(model, ROOT, chosen)

    def judge(self, value: Value) -> None:
        """The JSON Schema's verdict beside the encoder's."""
        value = loads(dumps(value), DEFAULT)  # as a client would send it
        accepted = self.verdict.is_valid(value)
        refused: Problem | None = None
        written = ""
        try:
            written = self.codec.encode(value)
        except Problem as problem:
            refused = problem
        if refused is not None:
            assert not accepted or self.beyond, (dumps(value), refused.findings, self.text)
            return
        assert self.valid(etree.fromstring(written)), (written, self.text)
        assert accepted, (dumps(value), [error.message for error in self.verdict.iter_errors(value)], self.text)


def run(number: int, each: int = EACH) -> None:
    random = Random(number)
    try:
        one = Described(random, some_settings(random) if number % 2 else Settings())
    except (etree.XMLSchemaParseError, ContractError):
        return  # an ambiguous content model, or settings that lose something
    for _ in range(each):
        try:
            value = one.codec.decode(etree.fromstring(one.instances.root()))
        except Problem:
            continue
        one.judge(value)
        for _ in range(3):
            mutant = copy.deepcopy(value)
            mutate(mutant, random)
            one.judge(mutant)


@settings(max_examples=200 // EACH, deadline=None, derandomize=DERANDOMIZED)
@given(st.integers(0, 10**9))
def test_described(number: int) -> None:
    run(number)


def test_a_required_element_of_a_list_type_may_be_an_empty_list() -> None:
    listed = '<xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType>'
    body = f'<xs:sequence><xs:element name="a">{listed}</xs:element></xs:sequence>'
    text = f'<xs:schema xmlns:xs="{XSD}" targetNamespace="urn:t" elementFormDefault="qualified"><xs:element name="r"><xs:complexType>{body}</xs:complexType></xs:element></xs:schema>'
    model = lay_out(read_schemas([Source("file:///s.xsd", text.encode())]), Settings(), [ROOT])
    assert jsonschema_rs.Draft202012Validator(schema_for(model, ROOT, Settings())).is_valid({"a": []})
    assert compile_element(model, ROOT, Settings()).encode({"a": []})


@pytest.mark.slow
@settings(max_examples=max(1, AT_LENGTH // EACH_AT_LENGTH), deadline=None, database=None, derandomize=DERANDOMIZED)
@given(st.integers(0, 10**9))
def test_described_at_length(number: int) -> None:
    run(number, EACH_AT_LENGTH)
