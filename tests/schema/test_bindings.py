"""How operations go over SOAP: each construct on a contract of its own."""

from gateway.schema.wsdl import load_wsdl
from tests.schema.contracts import OURS, PORTAL, load, operations


def test_the_portal_is_document_literal_wrapped():
    contract = load_wsdl(PORTAL)
    service = contract.service("Portal")
    assert (service.port("1.1").soap, service.port("1.2"), contract.notes) == ("1.1", None, ())
    release = service.port().operation("ReleaseTask")
    portal = "http://www.pointsharp.com/netid/server/portal"
    assert release.action == f"{portal}/IServiceSoap/ReleaseTask"
    assert release.input.element == release.input.wire == f"{{{portal}}}ReleaseTask"
    assert release.input.wrapped
    assert release.input.on_wire
    assert not release.input.synthetic
    assert release.output.element == f"{{{portal}}}ReleaseTaskResponse"
    assert [fault.element for fault in release.faults] == [f"{{{portal}}}PortalFault"]
    assert "must be encrypted" in release.document
    assert release.place.file == "schemas/netid/portal.wsdl" or release.place.file.endswith("portal.wsdl")
    assert '<wsdl:operation name="ReleaseTask">' in PORTAL.read_text().splitlines()[release.place.line - 1]


def test_services_ports_and_both_versions():
    contract = load("several-services.wsdl")
    assert [service.name for service in contract.services] == ["First", "Second"]
    first = contract.service("First")
    assert first.document == "The first."
    assert [(port.name, port.soap, bool(port.refused)) for port in first.ports] == [
        ("Soap11", "1.1", False),
        ("Soap12", "1.2", False),
        ("Http", "", False),
    ]
    assert first.port("1.2").location == "http://backend.test/12"
    assert first.ports[2].http_verb == "GET"
    get, store = first.port().operations
    assert get.document == "Gets an item."
    assert (get.input.wrapped, store.input.wrapped) == (True, False)  # bare: not named after the operation
    assert store.input.element == f"{OURS}Put"
    assert [each.action_required for each in first.port("1.2").operations] == [True, False]
    assert get.input.action == "urn:ours:Items:GetRequest"
    assert get.output.action == "urn:ours:Items:GetResponse"
    assert "is no simple type" in first.ports[2].operations[0].refused
    assert [note.kind for note in contract.notes] == ["ignored"], "its other operation is not bound"
    assert contract.notes[0].place.line == 64 or contract.notes[0].place.line > 0


def test_headers_faults_and_attachments():
    found = operations(load("parts.wsdl"))
    get = found["Get"]
    assert get.input.element == f"{OURS}Get"  # the header's part is not in the body
    (header,) = get.input.headers
    assert (header.element, header.part, header.required) == (f"{OURS}Session", "session", True)
    assert [fault.element for fault in header.faults] == [f"{OURS}Broken"]
    assert get.output.element == f"{OURS}Put"
    assert [fault.name for fault in get.faults] == ["Broken"]
    send = found["Send"].input
    assert [part.name for part in send.parts] == ["body"]
    assert [(each.part, each.types) for each in send.attachments] == [("file", ("image/png", "image/gif"))]


def test_one_way_empty_and_the_other_way_round():
    found = operations(load("one-way.wsdl"))
    assert found["Tell"].one_way
    assert found["Ping"].input.element == ""
    assert found["Ping"].output.element == ""
    assert "sends first" in found["Push"].refused


def test_an_overloaded_operation_is_told_by_its_input():
    first, second = operations(load("overloaded.wsdl")).values()
    assert (first.name, first.input.element, first.action) == ("Find", f"{OURS}Put", "ByText")
    assert (second.name, second.input.element, second.action) == ("Find_ById", f"{OURS}Get", "ById")


def test_encoding_is_recognised_where_it_stands():
    (count,) = operations(load("encoded.wsdl")).values()
    assert (count.style, count.use) == ("rpc", "encoded")
    assert count.input.encoding == "http://schemas.xmlsoap.org/soap/encoding/"
    assert count.refused == ""
    assert "soap-encoding-1.1.xsd" in "".join(source.url for source in load("encoded.wsdl").sources)
