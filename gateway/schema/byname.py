"""The law of a schema alone: an XML Schema without a WSDL is a service by the names of its elements.

Element `X` with an element `XResponse` is the operation X, document/literal wrapped; global elements that end in Fault,
Error or Exception are the declared faults of every operation. What comes out is the text of a WSDL 1.1 that imports
the schema, with a port of SOAP 1.1 and one of SOAP 1.2; the rest of the reader sees nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.core.xmlnames import is_nc_name
from gateway.schema.errors import ContractError
from gateway.schema.source import XS
from gateway.xml import escape_attribute

ANSWER: Final = "Response"
FAULTS: Final = ("Fault", "Error", "Exception")
_BINDINGS: Final = (("", "soap"), ("12", "soap12"))
_HEAD: Final = (
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" '
    'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
)


@dataclass(frozen=True, slots=True)
class _Names:
    operations: Sequence[str]
    faults: Sequence[str]


def wsdl_by_names(schema: Any, name: str, location: str, file: str) -> bytes:
    """The WSDL of a schema document at `location`. Raises ContractError where no name tells an operation."""
    namespace = schema.get("targetNamespace")
    if not namespace:
        raise ContractError("a schema without a targetNamespace makes no service", file=file, line=schema.sourceline)
    names = _names(schema)
    if not names.operations:
        words = f"no element tells an operation: one X beside an X{ANSWER} does; or give a WSDL that imports it"
        raise ContractError(words, file=file, line=schema.sourceline)
    return "\n".join(_lines(names, escape_attribute(namespace), name, escape_attribute(location))).encode()


def _names(schema: Any) -> _Names:
    declared = [node.get("name", "") for node in schema.findall(f"{{{XS}}}element") if node.get("abstract") != "true"]
    elements = [each for each in declared if is_nc_name(each)]  # what else stands there is told by whoever reads it
    known = set(elements)
    return _Names(
        [each for each in elements if each + ANSWER in known], [each for each in elements if each.endswith(FAULTS)]
    )


def _lines(names: _Names, namespace: str, service: str, location: str) -> Iterator[str]:
    yield f'{_HEAD} xmlns:t="{namespace}" name="{service}" targetNamespace="{namespace}">'
    yield f'<types><xs:schema><xs:import namespace="{namespace}" schemaLocation="{location}"/></xs:schema></types>'
    for element in (*(each + half for each in names.operations for half in ("", ANSWER)), *names.faults):
        yield f'<message name="{element}"><part name="parameters" element="t:{element}"/></message>'
    yield f'<portType name="{service}">'
    for each in names.operations:
        faults = "".join(f'<fault name="{fault}" message="t:{fault}"/>' for fault in names.faults)
        halves = f'<input message="t:{each}"/><output message="t:{each}{ANSWER}"/>'
        yield f'<operation name="{each}">{halves}{faults}</operation>'
    yield "</portType>"
    for suffix, prefix in _BINDINGS:
        yield from _binding(names, namespace, service + "Soap" + suffix, service, prefix)
    yield f'<service name="{service}">'
    for suffix, prefix in _BINDINGS:
        port = f"{service}Soap{suffix}"
        yield f'<port name="{port}" binding="t:{port}"><{prefix}:address location="http://127.0.0.1/{service}"/></port>'
    yield "</service></definitions>"


def _binding(names: _Names, namespace: str, binding: str, port_type: str, prefix: str) -> Iterator[str]:
    yield f'<binding name="{binding}" type="t:{port_type}">'
    yield f'<{prefix}:binding transport="http://schemas.xmlsoap.org/soap/http"/>'
    body = f'<{prefix}:body use="literal"/>'
    for each in names.operations:
        action = f'<{prefix}:operation soapAction="{namespace.rstrip("/")}/{each}" style="document"/>'
        faults = "".join(
            f'<fault name="{fault}"><{prefix}:fault name="{fault}" use="literal"/></fault>' for fault in names.faults
        )
        yield f'<operation name="{each}">{action}<input>{body}</input><output>{body}</output>{faults}</operation>'
    yield "</binding>"
