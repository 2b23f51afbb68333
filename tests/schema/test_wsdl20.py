"""WSDL 2.0: the same contract from a description."""

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl
from gateway.schema.wsdl_writer import served_documents
from tests.schema.contracts import HERE, OURS, load, model, operations

NAME = "description-2.0.wsdl"


def test_endpoints_are_ports():
    contract = load(NAME)
    assert (contract.version, contract.document) == ("2.0", "A description.")
    ports = contract.service("S").ports
    assert [(port.name, port.soap, port.location, bool(port.refused)) for port in ports] == [
        ("Twelve", "1.2", "http://backend.test/12", False),
        ("Eleven", "1.1", "http://backend.test/11", False),
        ("Plain", "", "http://backend.test/http", True),
    ]
    assert {f"{OURS}Get", f"{OURS}Item"} <= set(model(contract).elements)


def test_operations_with_those_of_the_extended_interface():
    found = operations(load(NAME), port="Twelve")
    assert list(found) == ["Get", "Ping", "Wild", "Push", "Tell"]
    get = found["Get"]
    assert (get.action, get.document, get.refused) == ("urn:get", "Gets an item.", "")
    assert (get.input.element, get.input.wrapped, get.output.element) == (f"{OURS}Get", True, f"{OURS}Item")
    assert [(fault.name, fault.element) for fault in get.faults] == [("BrokenFault", f"{OURS}Broken")]
    assert [(header.element, header.required) for header in get.input.headers] == [(f"{OURS}Session", True)]
    assert get.input.action == "urn:ours:Items:GetRequest"
    assert found["Ping"].input.element == ""
    assert found["Tell"].one_way
    assert "#any" in found["Wild"].refused
    assert "out-only" in found["Push"].refused


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('element="tns:Get"', 'element="tns:Got"', "no schema declares the element"),
        ('ref="tns:BrokenFault"', 'ref="tns:Nope"', "the fault {urn:ours}Nope is not declared"),
        ('binding="tns:Soap12"', 'binding="tns:Nope"', "binding {urn:ours}Nope is not declared"),
        ('interface="tns:Items" type', 'interface="tns:Nope" type', "interface {urn:ours}Nope is not declared"),
    ],
)
def test_faults_of_the_description_are_told(tmp_path, before, after, words):
    text = (HERE / NAME).read_text().replace("split/schemas/", f"{HERE}/split/schemas/")
    assert before in text
    (tmp_path / "d.wsdl").write_text(
        text.replace(before, after).replace('<xs:import namespace="urn:money"', "<!-- ").replace('money.xsd"/>', "-->")
    )
    with pytest.raises(ContractError) as caught:
        load_wsdl(tmp_path / "d.wsdl")
    assert words in str(caught.value)
    assert caught.value.line > 0


def test_it_is_given_back_with_the_gateways_address():
    documents = served_documents(load(NAME), "http://gateway.test/S")
    assert b"backend.test" not in documents["wsdl"]
    assert documents["wsdl"].count(b'address="http://gateway.test/S"') == 2
    assert b'schemaLocation="http://gateway.test/S?xsd=' in documents["wsdl"]
