"""What is not legal is refused with its file, line and section."""

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl
from tests.schema.contracts import HERE

BROKEN = {
    "no such message": (
        'message="tns:GetIn"',
        'message="tns:GetOn"',
        r"wsdl:message \{urn:ours\}GetOn is not declared",
        23,
    ),
    "no such element": (
        'element="tns:Get"',
        'element="tns:Got"',
        r"wsdl:part parameters: no schema declares the element \{urn:ours\}Got",
        16,
    ),
    "a type meant as element": ('element="tns:Get"', 'element="tns:Item"', "there is a global type of this name", 16),
    "both element and type": (
        'element="tns:Get"',
        'element="tns:Get" type="tns:Item"',
        "exactly one of element and type",
        16,
    ),
    "neither": ('element="tns:Get"', "", "exactly one of element and type", 16),
    "no such binding": (
        'binding="tns:Soap11Binding"',
        'binding="tns:Nope"',
        r"wsdl:binding \{urn:ours\}Nope is not declared",
        None,
    ),
    "no such port type": ('type="tns:Items"', 'type="tns:Nope"', r"wsdl:portType \{urn:ours\}Nope", None),
    "an unbound prefix": (
        'message="tns:GetIn"',
        'message="nix:GetIn"',
        "message='nix:GetIn': the prefix nix is not declared",
        23,
    ),
    "use neither literal nor encoded": ('use="literal"', 'use="liberal"', "it is literal or encoded", None),
    "an operation the port type lacks": (
        '<wsdl:operation name="Store">\n      <soap:',
        '<wsdl:operation name="Stored">\n      <soap:',
        "has none of this name",
        None,
    ),
    "declared twice": ('name="GetOut"', 'name="GetIn"', "declared twice; first at", 17),
    "a DTD": ("<wsdl:definitions", "<!DOCTYPE x><wsdl:definitions", "DTD", 1),
    "not well-formed": ("</wsdl:types>", "</wsdl:type>", "not well-formed", None),
    "a missing include": (
        '<xs:complexType name="Item">',
        '<xs:include schemaLocation="no.xsd"/><xs:complexType name="Item">',
        "'no.xsd' is not found",
        7,
    ),
    "a missing import that is used": (
        '<xs:complexType name="Item">',
        '<xs:import namespace="urn:n" schemaLocation="no.xsd"/><xs:element name="n" xmlns:n="urn:n" type="n:T"/><xs:complexType name="Item">',
        "names of urn:n are used",
        7,
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_fault_is_named_with_its_line(tmp_path, case):
    before, after, words, line = BROKEN[case]
    text = HERE.joinpath("several-services.wsdl").read_text()
    assert before in text
    path = tmp_path / "broken.wsdl"
    path.write_text(text.replace(before, after, 1) if "portType" not in before else text.replace(before, after))
    with pytest.raises(ContractError, match=words) as caught:
        load_wsdl(path)
    assert caught.value.file.endswith("broken.wsdl")
    assert line is None or caught.value.line == line, str(caught.value)
    assert str(caught.value).startswith(f"{caught.value.file}:{caught.value.line}: ") or not caught.value.line
