"""gateway.schema.byname: a schema alone is a service by the names of its elements, and its WSDL is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl
from gateway.schema.wsdl_writer import served_documents

ROOT = Path(__file__).resolve().parents[2]
XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t&amp;u" elementFormDefault="qualified">
<xs:element name="Ask" type="xs:string"/><xs:element name="AskResponse" type="xs:int"/>
<xs:element name="Lone" type="xs:int"/><xs:element name="AskFault" type="xs:string"/><xs:element name="OtherError" type="xs:string"/>
<xs:element name="Head" type="xs:int" abstract="true"/><xs:element name="HeadResponse" type="xs:int"/>
</xs:schema>"""


def test_a_pair_of_elements_is_an_operation_with_the_faults_of_the_schema(tmp_path: Path) -> None:
    (tmp_path / "my svc.xsd").write_text(XSD)
    contract = load_wsdl(tmp_path / "my svc.xsd")
    (service,) = contract.services
    assert (service.name, [(port.name, port.soap) for port in service.ports]) == (
        "my_svc",
        [("my_svcSoap", "1.1"), ("my_svcSoap12", "1.2")],
    )
    for port in service.ports:
        (operation,) = port.operations
        assert (operation.name, operation.action) == ("Ask", "urn:t&u/Ask")
        assert (operation.input.element, operation.output.element) == ("{urn:t&u}Ask", "{urn:t&u}AskResponse")
        assert [fault.element for fault in operation.faults] == ["{urn:t&u}AskFault", "{urn:t&u}OtherError"]


def test_the_wsdl_is_served_with_the_schema_beside_it() -> None:
    contract = load_wsdl(ROOT / "schemas/orders/orders.xsd")
    documents = served_documents(contract, "https://gw.example/orders")
    assert set(documents) == {"wsdl", "xsd=1"}
    assert documents["wsdl"].count(b'location="https://gw.example/orders"') == 2
    assert b'schemaLocation="https://gw.example/orders?xsd=1"' in documents["wsdl"]
    assert [operation.name for operation in contract.services[0].ports[0].operations] == [
        "GetOrder",
        "SearchOrders",
        "PlaceOrder",
        "CancelOrder",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (XSD.replace("AskResponse", "Answer").replace("HeadResponse", "H"), "no element tells an operation"),
        (XSD.replace(' targetNamespace="urn:t&amp;u"', ""), "without a targetNamespace"),
    ],
)
def test_a_schema_that_makes_no_service_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.xsd").write_text(text)
    with pytest.raises(ContractError, match=words) as caught:
        load_wsdl(tmp_path / "a.xsd")
    assert str(caught.value).startswith(f"{tmp_path}/a.xsd:1") or "a.xsd:1" in str(caught.value)


@pytest.mark.parametrize("odd", ["<xs:element/>", '<xs:element name="Ask&quot; x=&quot;"/>', '<xs:element name=""/>'])
def test_what_is_no_name_of_an_element_names_no_operation(tmp_path: Path, odd: str) -> None:
    alone = XSD.replace("AskResponse", "Answer").replace("HeadResponse", "H").replace("</xs:schema>", odd + "</xs:schema>")
    (tmp_path / "a.xsd").write_text(alone)
    with pytest.raises(ContractError, match="no element tells an operation"):
        load_wsdl(tmp_path / "a.xsd")
