"""Whole contracts: everything loads, and zeep sees the same operations."""

import pytest
import zeep
from zeep.wsdl.bindings.soap import SoapBinding

from gateway.schema.catalog import Catalog
from gateway.schema.wsdl import load_wsdl, load_xsd
from tests.schema.contracts import HERE, PORTAL, load, model


class Offline(zeep.Transport):
    """Gives zeep the bundle instead of the network."""

    def load(self, url):
        entry = Catalog().by_url(url)
        return entry.text if entry else super().load(url)


ALL = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.wsdl") if path.parent.name != "circular" and "2.0" not in path.name)


@pytest.mark.parametrize("name", [*ALL, "circular/a.wsdl"])
def test_every_contract_loads_and_its_elements_are_declared(name):
    contract = load(name)
    elements = model(contract).elements
    for _, _, operation in contract.bound():
        for message in filter(None, (operation.input, operation.output)):
            assert not message.element or message.element in elements
            assert all(header.element in elements for header in message.headers)
        assert all(fault.element in elements for fault in operation.faults)


@pytest.mark.parametrize("name", ALL)  # zeep does not follow WSDLs that import each other
def test_zeep_sees_the_same_operations_and_actions(name):
    contract = load(name)
    oracle = zeep.wsdl.Document(str(HERE / name), Offline())
    theirs = {
        (service.name, port.name, name, operation.soapaction)
        for service in oracle.services.values()
        for port in service.ports.values()
        if isinstance(port.binding, SoapBinding)
        for name, operation in port.binding._operations.items()
    }
    ours = {
        (service.name, port.name, operation.name, operation.action)
        for service, port, operation in contract.bound()
        if port.soap and not operation.name.startswith("Find") and operation.name != "Push"
    }
    assert {each for each in theirs if each[2] not in ("Find", "Push")} == ours


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom", "iso-8859-1"])
def test_encodings_and_byte_order_marks(tmp_path, encoding):
    text = PORTAL.read_text()
    declared = "utf-16" if encoding.startswith("utf-16") else encoding.replace("-sig", "")
    text = text.replace('encoding="utf-8"', f'encoding="{declared}"').replace("The Net iD portal API.", "Zugänge")
    raw = ("\ufeff" + text).encode(encoding[:-4]) if encoding.endswith("-bom") else text.encode(encoding)
    (tmp_path / "p.wsdl").write_bytes(raw)
    (tmp_path / "portal.xsd").write_bytes(
        PORTAL.with_suffix(".xsd").read_text().replace("utf-8", "utf-16").encode("utf-16")
    )
    contract = load_wsdl(tmp_path / "p.wsdl")
    assert contract.services[0].document == "Zugänge"
    assert len(model(contract).elements) > 30


def test_load_xsd_takes_several_files():
    contract = load_xsd([HERE / "split/schemas/orders.xsd", PORTAL.with_suffix(".xsd")])
    assert contract.services == ()
    elements = model(contract).elements
    assert "{urn:orders}Order" in elements
    assert "{http://www.pointsharp.com/netid/server/portal}ReleaseTask" in elements


def test_a_port_over_another_transport_comes_last_and_is_told(tmp_path):
    text = (HERE / "several-services.wsdl").read_text()
    http = '<soap:binding transport="http://schemas.xmlsoap.org/soap/http"'
    assert http in text
    (tmp_path / "c.wsdl").write_text(text.replace(http, '<soap:binding transport="http://www.w3.org/2010/soapjms/"'))
    contract = load_wsdl(tmp_path / "c.wsdl")
    assert contract.service("First").port().name == "Soap12"
    assert contract.service("Second").port().name == "Soap11", "there is no other"
    told = [note for note in contract.notes if "soapjms" in note.text]
    assert [note.kind for note in told] == ["approximated", "approximated"]
