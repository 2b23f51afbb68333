"""The records are frozen, and find what they hold."""

import dataclasses

import pytest

from gateway.schema.contract import Assertion, Contract, Note, Place
from tests.schema.contracts import load


def test_lookups():
    contract = load("several-services.wsdl")
    assert contract.service("Nope") is None
    first = contract.service("First")
    assert first.port().name == "Soap11"
    assert first.port("1.2").operation("Get").name == "Get"
    assert first.port("1.2").operation("Nope") is None
    assert [(service.name, port.name, operation.name) for service, port, operation in contract.bound()][:3] == [
        ("First", "Soap11", "Get"),
        ("First", "Soap11", "Store"),
        ("First", "Soap12", "Get"),
    ]


def test_frozen_and_hashable_notes():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Contract("x").name = "y"
    assert len({Note("ignored", "a", Place("f", 1)), Note("ignored", "a", Place("f", 1))}) == 1
    assert str(Place("f.wsdl", 3)) == "f.wsdl:3"
    assert Assertion("{u}A", "<A/>").alternative == 0
