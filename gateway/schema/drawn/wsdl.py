"""The law of the drawn WSDL: document/literal wrapped, one port of SOAP 1.1 and one of SOAP 1.2, the same port type.

WSDL 1.1 §2, §3 and its SOAP 1.2 binding. Messages have one part named `parameters`, so that stacks unwrap them; a
fault's message names the detail's element. Text out; knows nothing of JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.xml.escape import escape_attribute, escape_text, illegal_at


@dataclass(frozen=True, slots=True)
class WsdlOperation:
    """An operation: its elements by local name; `faults` are (name, element). No `answer`: one-way."""

    name: str
    asks: str
    answer: str
    faults: Sequence[tuple[str, str]] = ()
    words: str = ""


def wsdl_text(
    namespace: str, service: str, operations: Sequence[WsdlOperation], schema: str, words: str = "", path: str = ""
) -> str:
    """The WSDL whose types are those of the schema document at `schema`."""
    target = escape_attribute(namespace)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
        ' xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema"',
        f'    xmlns:tns="{target}" name="{service}" targetNamespace="{target}">',
        *_documented(words, "  "),
        "  <wsdl:types>",
        "    <xs:schema>",
        f'      <xs:import namespace="{target}" schemaLocation="{escape_attribute(schema)}"/>',
        "    </xs:schema>",
        "  </wsdl:types>",
    ]
    for element in dict.fromkeys(element for each in operations for element in _elements(each)):
        lines.append(f'  <wsdl:message name="{element}">')
        lines.append(f'    <wsdl:part name="parameters" element="tns:{element}"/>')
        lines.append("  </wsdl:message>")
    lines.append(f'  <wsdl:portType name="{service}">')
    for each in operations:
        lines += _abstract(each)
    lines.append("  </wsdl:portType>")
    for version, prefix in (("11", "soap"), ("12", "soap12")):
        lines += _binding(service, version, prefix, operations)
    lines.append(f'  <wsdl:service name="{service}">')
    for version, prefix in (("11", "soap"), ("12", "soap12")):
        lines.append(f'    <wsdl:port name="{service}Soap{version}" binding="tns:{service}Soap{version}">')
        lines.append(f'      <{prefix}:address location="http://127.0.0.1:8080/{escape_attribute(path)}"/>')
        lines.append("    </wsdl:port>")
    lines += ["  </wsdl:service>", "</wsdl:definitions>"]
    return "\n".join(lines) + "\n"


def _elements(operation: WsdlOperation) -> Iterator[str]:
    yield operation.asks
    if operation.answer:
        yield operation.answer
    yield from (element for _, element in operation.faults)


def _abstract(operation: WsdlOperation) -> Iterator[str]:
    yield f'    <wsdl:operation name="{operation.name}">'
    yield from _documented(operation.words, "      ")
    yield f'      <wsdl:input message="tns:{operation.asks}"/>'
    if operation.answer:
        yield f'      <wsdl:output message="tns:{operation.answer}"/>'
    for name, element in operation.faults:
        yield f'      <wsdl:fault name="{name}" message="tns:{element}"/>'
    yield "    </wsdl:operation>"


def _binding(service: str, version: str, prefix: str, operations: Sequence[WsdlOperation]) -> Iterator[str]:
    yield f'  <wsdl:binding name="{service}Soap{version}" type="tns:{service}">'
    yield f'    <{prefix}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
    for each in operations:
        yield f'    <wsdl:operation name="{each.name}">'
        yield f'      <{prefix}:operation soapAction="{each.name}" style="document"/>'
        yield f'      <wsdl:input><{prefix}:body use="literal"/></wsdl:input>'
        if each.answer:
            yield f'      <wsdl:output><{prefix}:body use="literal"/></wsdl:output>'
        for name, _ in each.faults:
            yield f'      <wsdl:fault name="{name}"><{prefix}:fault name="{name}" use="literal"/></wsdl:fault>'
        yield "    </wsdl:operation>"
    yield "  </wsdl:binding>"


def _documented(words: str, indent: str) -> Iterator[str]:
    if words and illegal_at(words) < 0:
        yield f"{indent}<wsdl:documentation>{escape_text(words)}</wsdl:documentation>"
