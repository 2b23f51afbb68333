"""Every schema becomes one source, inline or file, however it is spelled."""

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl, load_xsd
from tests.schema.contracts import HERE, load, model, operations


def test_inline_schemas_that_import_each_other_and_a_prefix_on_the_part():
    contract = load("inline-mutual.wsdl")
    do = operations(contract)["Do"]
    assert (do.input.element, do.output.element) == ("{urn:a}A", "{urn:b}B")
    assert [source.url.rpartition("#")[2] for source in contract.sources] == ["schema-1", "schema-2"]
    assert b'xmlns:xs="http://www.w3.org/2001/XMLSchema"' in contract.sources[0].text
    lines = (HERE / "inline-mutual.wsdl").read_text().splitlines()
    assert "urn:a" in lines[contract.sources[0].line]


def test_split_files_are_read_once_however_they_are_spelled():
    contract = load("split/service.wsdl")
    names = sorted(document.url.rpartition("/")[2] for document in contract.documents)
    assert names == [
        "abstract.wsdl", "chameleon.xsd", "money.xsd", "orders.xsd", "service.wsdl", "ws-addressing.xsd", "xml.xsd"
    ][:6]  # fmt: skip
    assert all(len(document.sha256) == 64 for document in contract.documents)
    assert "{urn:orders}Order" in model(contract).elements


def test_a_missing_import_that_is_not_used_is_a_note(tmp_path):
    text = HERE.joinpath("several-services.wsdl").read_text()
    path = tmp_path / "x.wsdl"
    path.write_text(
        text.replace(
            '<xs:complexType name="Item">',
            '<xs:import namespace="urn:n" schemaLocation="no.xsd"/><xs:complexType name="Item">',
        )
    )
    assert "nothing of it is used" in load_wsdl(path).notes[0].text


def test_an_import_cycle_ends_and_a_thousand_documents_are_the_most(tmp_path):
    for number in range(1002):
        (tmp_path / f"{number}.xsd").write_text(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:{number}">'
            f'<xs:import namespace="urn:{number + 1}" schemaLocation="{number + 1}.xsd"/></xs:schema>'
        )
    with pytest.raises(ContractError, match="at most 1000"):
        load_xsd([tmp_path / "0.xsd"])
    (tmp_path / "998.xsd").write_bytes(
        (tmp_path / "998.xsd").read_bytes().replace(b'"999.xsd"', b'"0.xsd"').replace(b'"urn:999"', b'"urn:0"')
    )
    assert len(load_xsd([tmp_path / "0.xsd"]).sources) == 999
