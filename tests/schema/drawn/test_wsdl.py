"""gateway.schema.drawn.wsdl: the gateway's own reader takes what is drawn."""

from __future__ import annotations

from gateway.schema.drawn.wsdl import WsdlOperation, wsdl_text
from gateway.schema.drawn.xsd import schema_text
from gateway.schema.wsdl import load_wsdl


def test_two_ports_faults_and_words(tmp_path):
    elements = [f'<xs:element name="{name}"><xs:complexType/></xs:element>' for name in ("a", "aResponse", "F")]
    (tmp_path / "s.xsd").write_text(schema_text("urn:t&t", elements))
    text = wsdl_text("urn:t&t", "S", [WsdlOperation("a", "a", "aResponse", [("F", "F")], "Says <a>.")], "s.xsd")
    (tmp_path / "s.wsdl").write_text(text)
    (service,) = load_wsdl(tmp_path / "s.wsdl").services
    assert [port.soap for port in service.ports] == ["1.1", "1.2"]
    for port in service.ports:
        (operation,) = port.operations
        assert (operation.name, operation.input.wrapped, operation.document) == ("a", True, "Says <a>.")
        assert [fault.element for fault in operation.faults] == ["{urn:t&t}F"]
