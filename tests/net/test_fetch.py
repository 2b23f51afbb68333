"""Fetching: named hosts, one address each, same-host redirects, bounded size; everything else is an OSError."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gateway.net import fetch
from gateway.net.fetch import Fetcher
from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl
from tests.schema.contracts import HERE


@pytest.fixture
def site():
    """A server; gives (base, answers: path -> (status, headers, body), paths asked)."""
    answers, asked = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", answers, asked
    server.shutdown()
    server.server_close()


def test_a_contract_and_all_that_it_imports(site):
    base, answers, asked = site
    for name in ("service.wsdl", "abstract.wsdl", "schemas/orders.xsd", "schemas/money.xsd", "schemas/chameleon.xsd"):
        answers[f"/a/{name}"] = (200, {}, (HERE / "split" / name).read_bytes())
    contract = load_wsdl(f"{base}/a/service.wsdl", fetch=Fetcher.of_urls([base]))
    assert contract.services[0].ports[0].operations[0].input.element == "{urn:orders}Order"
    assert len(asked) == 5
    assert {each.origin for each in contract.documents} == {"fetched", "bundle"}


def test_hosts_that_are_not_named_are_not_asked(site):
    base, answers, asked = site
    answers["/x"] = (200, {}, b"<x/>")
    with pytest.raises(OSError, match="not allowed"):
        Fetcher(["other.test"])(f"{base}/x")
    assert asked == []
    assert Fetcher.of_urls(["file.wsdl"]) is None
    assert Fetcher([base.removeprefix("http://")])(f"{base}/x") == b"<x/>"
    with pytest.raises(OSError, match="credentials"):
        Fetcher(["127.0.0.1"])(base.replace("//", "//u:p@") + "/x")
    with pytest.raises(OSError, match="no http"):
        Fetcher(["127.0.0.1"])("file:///etc/passwd")


def test_redirects_stay_at_their_host(site):
    base, answers, _ = site
    answers["/near"] = (302, {"Location": "/x"}, b"")
    answers["/far"] = (302, {"Location": "http://169.254.169.254/latest"}, b"")
    answers["/round"] = (302, {"Location": "/round"}, b"")
    answers["/x"] = (200, {}, b"<x/>")
    allowed = Fetcher.of_urls([base])
    assert allowed(f"{base}/near") == b"<x/>"
    with pytest.raises(OSError, match="another host"):
        allowed(f"{base}/far")
    with pytest.raises(OSError, match="more than 3 times"):
        allowed(f"{base}/round")
    with pytest.raises(OSError, match="answers 404"):
        allowed(f"{base}/none")


def test_size_time_and_number_are_bounded(site, monkeypatch):
    base, answers, _ = site
    answers["/big"] = (200, {}, b"x" * 1001)
    answers["/fits"] = (200, {}, b"x" * 1000)
    monkeypatch.setattr(fetch, "MAX_BYTES", 1000)
    allowed = Fetcher.of_urls([base])
    assert len(allowed(f"{base}/fits")) == 1000
    with pytest.raises(OSError, match="more than 1000 bytes"):
        allowed(f"{base}/big")
    monkeypatch.setattr(fetch, "DOCUMENTS", 2)
    with pytest.raises(OSError, match="more than 2 documents"):
        allowed(f"{base}/fits")
    monkeypatch.setattr(fetch, "DEADLINE", -1.0)
    with pytest.raises(OSError, match="no whole answer"):
        Fetcher.of_urls([base])(f"{base}/fits")


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "127.0.0.1", "::ffff:169.254.169.254", "fe80::1"]
)
def test_a_name_does_not_lead_to_where_no_service_lives(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [(family, 1, 6, "", (address, 80))])
    with pytest.raises(OSError, match="no service has"):
        Fetcher(["rebound.test"])("http://rebound.test/x")


def test_a_name_is_resolved_once(site, monkeypatch):
    base, answers, _ = site
    answers["/x"] = (200, {}, b"<x/>")
    port = int(base.rpartition(":")[2])
    places = [[(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: places.pop(0))
    allowed = Fetcher(["localhost"])
    pinned = [allowed._address("localhost", port), allowed._address("localhost", port)]
    assert pinned == ["127.0.0.1", "127.0.0.1"]
    assert places == []


def test_what_cannot_be_fetched_is_told_with_its_place(site):
    base, answers, _ = site
    answers["/service.wsdl"] = (200, {}, (HERE / "split/service.wsdl").read_bytes())
    with pytest.raises(ContractError, match=r"service\.wsdl:\d+: .*answers 404"):
        load_wsdl(f"{base}/service.wsdl", fetch=Fetcher.of_urls([base]))
