"""The contracts of both services as files and over ?wsdl: whole, loadable, and true to the caller's address."""

from __future__ import annotations

import io

import pytest
import zeep
from lxml import etree

from gateway.demo.contract import describe, folder
from gateway.demo.server import Call

WSDLS = ["netid/portal.wsdl", "projector/projector.wsdl"]


def ask(wsdl, query):
    return describe(wsdl, Call("GET", "/x", query, {}, b"", "http://h:1"))


@pytest.mark.parametrize("wsdl", WSDLS)
def test_the_wsdl_has_the_callers_address_and_links_to_schemas_that_are_served(wsdl):
    answer = ask(wsdl, "wsdl")
    root = etree.parse(io.BytesIO(answer.body))
    (address,) = root.findall(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address.get("location") == "http://h:1/x"
    links = [node.get("schemaLocation") for node in root.iter("{http://www.w3.org/2001/XMLSchema}import")]
    assert links
    for link in links:
        assert link.startswith("http://h:1/x?xsd=")
        schema = ask(wsdl, link.partition("?")[2])
        assert schema.status == 200
        etree.fromstring(schema.body)


@pytest.mark.parametrize("query", ["", "xsd=../netid/portal.xsd/../../pyproject.toml", "xsd=", "xsd=portal.wsdl"])
def test_nothing_else_is_served(query):
    assert ask("projector/projector.wsdl", query).status == 404


@pytest.mark.parametrize("wsdl", WSDLS)
def test_zeep_and_libxml2_read_the_delivered_files(wsdl):
    client = zeep.Client(str(folder() / wsdl))
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    assert len(port.binding._operations) == {"netid": 15, "projector": 8}[wsdl.split("/")[0]]
    for xsd in (folder() / wsdl).parent.glob("*.xsd"):
        etree.XMLSchema(etree.parse(str(xsd)))


def test_every_projector_operation_declares_the_fault():
    root = etree.parse(str(folder() / "projector" / "projector.wsdl"))
    ns = {"w": "http://schemas.xmlsoap.org/wsdl/"}
    for operation in root.findall(".//w:portType/w:operation", ns):
        assert operation.find("w:fault", ns).get("name") == "PwsFault"
