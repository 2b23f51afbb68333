"""The law of giving the contract back: the WSDL as it was read, with the gateway's addresses in it, nothing else.

Ports point to the gateway, each to where it is served, imports and includes to its own `?wsdl=N` and `?xsd=N`, so that
a client needs no other host. Ports that are not served are left out, since their addresses are the service's own, and
so is a service that is left with none. Makes bytes once, at start; serves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from gateway.schema.contract import Contract, Document
from gateway.schema.loader import WSDL, WSDL20, pointers
from gateway.schema.source import XML, XS
from gateway.xml.documents import parse_document

_ADDRESSES: Final = tuple(
    f"{{http://schemas.xmlsoap.org/wsdl/{name}/}}address" for name in ("soap", "soap12", "http")
)  # fmt: skip


def keys_of(contract: Contract) -> dict[str, str]:
    """Document url -> the query that the gateway serves it under: `wsdl` (the one named), `wsdl=N`, `xsd=N`."""
    keys: dict[str, str] = {}
    count = {"wsdl": 0, "xsd": 0}
    for document in contract.documents:
        if document.url == contract.location and document.kind == "wsdl":
            keys[document.url] = "wsdl"
        else:
            count[document.kind] += 1
            keys[document.url] = f"{document.kind}={count[document.kind]}"
    return keys


Ports = Mapping[tuple[str, str], str]
"""Where ports are served: the local names of service and port, and the address."""


def served_documents(contract: Contract, base_url: str, addresses: Ports | None = None) -> dict[str, bytes]:
    """Query key (`wsdl`, `wsdl=1`, `xsd=1`, …) -> the document, UTF-8.

    `base_url` is where the documents are served, without a query; `addresses` the ports that are served, all of them
    at `base_url` where it is None. A contract without WSDL has no documents to serve.
    """
    if not contract.version:
        return {}
    keys = keys_of(contract)
    writer = _Writer(contract, keys, base_url, addresses)
    return {key: writer.write(_of(contract, url)) for url, key in keys.items()}


def _of(contract: Contract, url: str) -> Document:
    return next(document for document in contract.documents if document.url == url)


class _Writer:
    def __init__(
        self, contract: Contract, keys: Mapping[str, str], base_url: str, addresses: Ports | None
    ) -> None:
        self.keys, self.base_url = keys, base_url
        self.namespaces = {_target(document): document.url for document in contract.documents if document.kind == "xsd"}
        ports = [
            (service.name, port.name)
            for service in contract.services
            for port in service.ports
            if port.soap and not port.refused  # an HTTP binding is the service's: here it has JSON for clients
        ]
        self.served = {
            each: base_url if addresses is None else addresses[each]
            for each in ports
            if addresses is None or each in addresses
        }

    def write(self, document: Document) -> bytes:
        root = parse_document(document.text)
        for schema in [root] if document.kind == "xsd" else list(root.iter(f"{{{XS}}}schema")):
            self._schema(schema, document)
        for element in root.iterchildren(f"{{{WSDL}}}import", f"{{{WSDL20}}}import", f"{{{WSDL20}}}include"):
            location = (element.get("location") or "").strip()
            if location in document.links:
                element.set("location", self._address_of(document.links[location]))
        for service in list(root.iterchildren(f"{{{WSDL}}}service")):
            self._service(service)
        for service in list(root.iterchildren(f"{{{WSDL20}}}service")):
            self._endpoints(service)
        for types in root.iterchildren(f"{{{WSDL20}}}types"):
            self._schema(types, document)
        return etree.tostring(root, encoding="utf-8", xml_declaration=True)

    def _schema(self, schema: Any, document: Document) -> None:
        for pointer, location, namespace in list(pointers(schema)):
            if location in document.links:
                pointer.set("schemaLocation", self._address_of(document.links[location]))
            elif pointer.tag == f"{{{XS}}}import" and namespace not in (XS, XML):
                if location:  # it led nowhere, and nothing of it is used
                    del pointer.attrib["schemaLocation"]
                if namespace in self.namespaces and self.namespaces[namespace] != document.url:
                    pointer.set("schemaLocation", self._address_of(self.namespaces[namespace]))

    def _service(self, service: Any) -> None:
        name = (service.get("name") or "").strip()
        for port in list(service.iterchildren(f"{{{WSDL}}}port")):
            served = self.served.get((name, (port.get("name") or "").strip()))
            if served is None:
                service.remove(port)
                continue
            for address in port.iterchildren(*_ADDRESSES):
                address.set("location", served)
        self._emptied(service, name)

    def _endpoints(self, service: Any) -> None:
        name = (service.get("name") or "").strip()
        for endpoint in list(service.iterchildren(f"{{{WSDL20}}}endpoint")):
            served = self.served.get((name, (endpoint.get("name") or "").strip()))
            if served is None:
                service.remove(endpoint)
            else:
                endpoint.set("address", served)
        self._emptied(service, name)

    def _emptied(self, service: Any, name: str) -> None:
        """Takes a service away that no port is left of, where another has some."""
        if self.served and not any(each == name for each, _ in self.served):
            service.getparent().remove(service)

    def _address_of(self, url: str) -> str:
        return f"{self.base_url}?{self.keys[url]}"


def _target(document: Document) -> str:
    return (parse_document(document.text).get("targetNamespace") or "").strip()
