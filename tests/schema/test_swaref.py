"""swaRef: base64 to whoever reads types, a reference in the documents that the contract gives back."""

from __future__ import annotations

from pathlib import Path

from gateway.build.workbench import Workbench
from gateway.schema.ir import Simple
from gateway.schema.swaref import NAME
from gateway.schema.wsdl import load_wsdl

CASE = Path(__file__).parents[1] / "golden/wsdl/attachment-parts/contract.wsdl"


def test_the_types_call_it_base64_whoever_declares_it(tmp_path: Path) -> None:
    for copy in (False, True):
        text = CASE.read_text()
        if copy:
            text = text.replace('<xs:import namespace="http://ws-i.org/profiles/basic/1.1/xsd"/>', '<xs:import namespace="http://ws-i.org/profiles/basic/1.1/xsd" schemaLocation="own.xsd"/>')
            (tmp_path / "own.xsd").write_text(
                '<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://ws-i.org/profiles/basic/1.1/xsd">'
                '<simpleType name="swaRef"><annotation/><restriction base="anyURI"/></simpleType></schema>'
            )
        (tmp_path / "c.wsdl").write_text(text)
        contract = load_wsdl(tmp_path / "c.wsdl")
        kind = Workbench(contract).model.types[NAME]
        assert isinstance(kind, Simple)
        assert kind.builtin == "base64Binary"
        assert not any(b"base64Binary" in document.text for document in contract.documents if b"swaRef\"" in document.text and b"<w:" not in document.text)
