"""The contract given back: a foreign client loads it over HTTP from the gateway's addresses only."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import zeep

from gateway.schema.wsdl import load_wsdl, load_xsd
from gateway.schema.wsdl_writer import keys_of, served_documents

HERE = Path(__file__).parent
PORTAL = HERE.parents[1] / "schemas" / "netid" / "portal.wsdl"


@pytest.fixture
def site():
    """Serves a dict of query -> bytes; gives (base url, the dict, the queries asked)."""
    documents, asked = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            query = self.path.partition("?")[2]
            asked.append(query)
            self.send_response(200 if query in documents else 404)
            self.end_headers()
            self.wfile.write(documents.get(query, b""))

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/Portal", documents, asked
    server.shutdown()
    server.server_close()


def test_zeep_loads_the_portal_from_the_gateway(site):
    base, documents, asked = site
    contract = load_wsdl(PORTAL)
    documents.update(served_documents(contract, base))
    assert set(documents) == {"wsdl", "xsd=1"}
    client = zeep.Client(base + "?wsdl")
    assert asked == ["wsdl", "xsd=1"]
    assert len(client.service._operations) == 15
    assert client.service._binding_options["address"] == base
    assert b"localhost:8088" not in documents["wsdl"]


def ports_of(base):
    return {
        (service, port): bound.binding_options["address"]
        for service, found in zeep.Client(base + "?wsdl").wsdl.services.items()
        for port, bound in found.ports.items()
    }


def test_each_port_gets_its_own_address_and_unserved_ports_go(site):
    base, documents, _ = site
    contract = load_wsdl(HERE / "wsdl" / "several-services.wsdl")
    documents.update(served_documents(contract, base))
    assert ports_of(base) == {("First", "Soap11"): base, ("First", "Soap12"): base, ("Second", "Soap11"): base}
    assert b"backend.test" not in documents["wsdl"]
    second = "http://gateway.test/Second"
    documents.update(served_documents(contract, base, {("First", "Soap12"): base, ("Second", "Soap11"): second}))
    assert ports_of(base) == {("First", "Soap12"): base, ("Second", "Soap11"): second}


def test_a_service_that_is_not_served_is_not_offered(site):
    base, documents, _ = site
    contract = load_wsdl(HERE / "wsdl" / "several-services.wsdl")
    documents.update(served_documents(contract, base, {("Second", "Soap11"): base}))
    assert ports_of(base) == {("Second", "Soap11"): base}
    assert b'name="First"' not in documents["wsdl"]


def test_split_files_and_imports_without_location_are_served(site):
    base, documents, asked = site
    contract = load_wsdl(HERE / "wsdl" / "split" / "service.wsdl")
    documents.update(served_documents(contract, base))
    assert keys_of(contract)[contract.location] == "wsdl"
    client = zeep.Client(base + "?wsdl")
    assert [*client.service._operations] == ["Order"]
    assert {"wsdl", "wsdl=1", "xsd=1", "xsd=2"} <= set(asked)
    assert all(b'schemaLocation="h' not in text or base.encode() in text for text in documents.values())


def test_a_set_of_schemas_has_nothing_to_serve():
    assert served_documents(load_xsd([PORTAL.with_suffix(".xsd")]), "http://x") == {}
