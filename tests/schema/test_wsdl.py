"""Every construct of WSDL 1.1 that is read, each on a contract of its own, and zeep as the oracle where it can be."""

from pathlib import Path

import pytest
import zeep
from zeep.wsdl.bindings.soap import SoapBinding

from gateway.schema.catalog import Catalog, Entry
from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl, load_xsd
from gateway.schema.xsd import read_schemas

HERE = Path(__file__).parent / "wsdl"
ROOT = HERE.parents[2]
PORTAL = ROOT / "schemas" / "netid" / "portal.wsdl"
OURS = "{urn:ours}"


def load(name, **options):
    return load_wsdl(HERE / name, **options)


def model(contract):
    return read_schemas(contract.sources, fetch=lambda url: None)


def operations(contract, service="S", port="P"):
    found = next(each for each in contract.service(service).ports if each.name == port)
    return {each.name: each for each in found.operations}


class Offline(zeep.Transport):
    """Gives zeep the bundle instead of the network."""

    def load(self, url):
        entry = Catalog().by_url(url)
        return entry.text if entry else super().load(url)


ALL = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.wsdl") if path.parent.name != "circular")


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
        if not operation.name.startswith("Find") and operation.name != "Push"
    }
    assert {each for each in theirs if each[2] not in ("Find", "Push")} == ours


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
        ("Http", "", True),
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
    assert [note.kind for note in contract.notes] == ["refused"]
    assert contract.notes[0].place.line == 64 or contract.notes[0].place.line > 0


def test_rpc_literal_becomes_synthetic_elements_with_unqualified_parts():
    contract = load("rpc.wsdl")
    found = operations(contract)
    add = found["Add"]
    assert (add.style, add.use) == ("rpc", "literal")
    assert add.input.element == add.input.wire == "{urn:rpc}Add"
    assert add.input.elements == ("{urn:rpc}Add",)
    assert add.output.wire == "{urn:rpc}AddResponse"
    assert [part.name for part in add.input.parts] == ["item", "note"]
    types = model(contract)
    particle = types.types[types.elements["{urn:rpc}Add"].type].particle
    assert [(use.element.name, use.min, use.max) for use in particle.particles] == [("item", 1, 1), ("note", 1, 1)]


def test_an_rpc_wrapper_that_clashes_with_a_global_element_gets_another_name():
    get = operations(load("rpc.wsdl"))["Get"]
    assert get.input.wire == f"{OURS}Get"
    assert get.input.element == "{urn:soapgw:synthetic:1}Get"
    assert get.output.wire == get.output.element == "{urn:rpc}GetResponse"


def test_bodies_of_several_parts_and_of_a_type():
    pair = operations(load("parts.wsdl"))["Pair"]
    assert not pair.input.on_wire
    assert pair.input.elements == (f"{OURS}Get", f"{OURS}Put")
    assert pair.input.element == f"{OURS}PairRequest"
    assert not pair.output.on_wire
    assert pair.output.elements == ()
    assert pair.output.element == f"{OURS}PairResponse"


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


def test_inline_schemas_that_import_each_other_and_a_prefix_on_the_part():
    contract = load("inline-mutual.wsdl")
    do = operations(contract)["Do"]
    assert (do.input.element, do.output.element) == ("{urn:a}A", "{urn:b}B")
    assert [source.url.rpartition("#")[2] for source in contract.sources] == ["schema-1", "schema-2"]
    assert b'xmlns:xs="http://www.w3.org/2001/XMLSchema"' in contract.sources[0].text
    lines = (HERE / "inline-mutual.wsdl").read_text().splitlines()
    assert "urn:a" in lines[contract.sources[0].line]


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


def test_policies_are_kept_raw_and_addressing_is_understood():
    contract = load("policies.wsdl")
    port = contract.service("S").port()
    assert port.addressing == "required"
    assert [each.name for each in port.assertions] == ["{http://www.w3.org/2007/05/addressing/metadata}Addressing"]
    (get,) = port.operations
    assert [each.name.rpartition("}")[2] for each in get.assertions] == ["SignedParts", "Other"]
    assert [each.optional for each in get.assertions] == [False, True]
    assert get.assertions[0].text.startswith("<sp:SignedParts xmlns:sp=")
    assert get.input.action == "urn:ours/given"
    assert get.input.action_given
    assert get.output.action == "urn:ours:T:GetResponse"
    assert get.faults[0].action == "urn:ours:T:Get:Fault:Bad"
    assert [note.text for note in contract.notes] == ["the policy '#NoSuch' is not found"]


def test_encoding_is_recognised_where_it_stands():
    (count,) = operations(load("encoded.wsdl")).values()
    assert (count.style, count.use) == ("rpc", "encoded")
    assert count.input.encoding == "http://schemas.xmlsoap.org/soap/encoding/"
    assert "soap-encoding-1.1.xsd" in "".join(source.url for source in load("encoded.wsdl").sources)


def test_split_files_are_read_once_however_they_are_spelled():
    contract = load("split/service.wsdl")
    names = sorted(document.url.rpartition("/")[2] for document in contract.documents)
    assert names == [
        "abstract.wsdl", "chameleon.xsd", "money.xsd", "orders.xsd", "service.wsdl", "ws-addressing.xsd", "xml.xsd"
    ][:6]  # fmt: skip
    assert all(len(document.sha256) == 64 for document in contract.documents)
    assert "{urn:orders}Order" in model(contract).elements


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


def test_an_operators_catalogue_stands_in_for_the_network():
    main = HERE.joinpath("split/service.wsdl").read_bytes()
    catalog = Catalog(
        [
            Entry("http://far.test/a/service.wsdl", main),
            Entry("http://far.test/a/abstract.wsdl", HERE.joinpath("split/abstract.wsdl").read_bytes()),
            *(
                Entry(f"http://far.test/a/schemas/{name}", HERE.joinpath("split/schemas", name).read_bytes())
                for name in ("orders.xsd", "money.xsd", "chameleon.xsd")
            ),
        ]
    )
    contract = load_wsdl("http://far.test/a/service.wsdl", catalog=catalog)
    assert "{urn:orders}Order" in model(contract).elements


def test_a_fetch_must_be_allowed_and_stays_at_its_origin():
    files = {
        "http://far.test/service.wsdl": HERE.joinpath("split/service.wsdl").read_bytes(),
        "http://far.test/abstract.wsdl": HERE.joinpath("split/abstract.wsdl")
        .read_bytes()
        .replace(b"./schemas/orders.xsd", b"http://other.test/orders.xsd"),
    }
    with pytest.raises(ContractError, match="nothing is fetched"):
        load_wsdl("http://far.test/service.wsdl")
    with pytest.raises(ContractError, match="from its own origin only"):
        load_wsdl("http://far.test/service.wsdl", fetch=files.__getitem__)


def test_load_xsd_takes_several_files():
    contract = load_xsd([HERE / "split/schemas/orders.xsd", PORTAL.with_suffix(".xsd")])
    assert contract.services == ()
    elements = model(contract).elements
    assert "{urn:orders}Order" in elements
    assert "{http://www.pointsharp.com/netid/server/portal}ReleaseTask" in elements


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
        "the prefix of 'nix:GetIn' is not declared",
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


def test_a_missing_import_that_is_not_used_is_a_note(tmp_path):
    text = HERE.joinpath("several-services.wsdl").read_text()
    path = tmp_path / "x.wsdl"
    path.write_text(
        text.replace(
            '<xs:complexType name="Item">',
            '<xs:import namespace="urn:n" schemaLocation="no.xsd"/><xs:complexType name="Item">',
        )
    )
    assert "nothing of it is used" in load_wsdl(path).notes[0].text


@pytest.mark.parametrize(
    "location",
    [
        "../outside.xsd",
        "link.xsd",
        "file:///etc/passwd",
        "//host.test/x.xsd",
        "http://169.254.169.254/x.xsd",
        "ftp://x.test/x.xsd",
    ],
)
def test_nothing_is_read_from_outside_of_the_root(tmp_path, location):
    (tmp_path / "outside.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:n"><xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>'
    )
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    text = HERE.joinpath("several-services.wsdl").read_text()
    path = root / "x.wsdl"
    added = (
        f'<xs:import namespace="urn:n" schemaLocation="{location}"/><xs:element name="n" xmlns:n="urn:n" type="n:T"/>'
    )
    path.write_text(text.replace('<xs:complexType name="Item">', added + '<xs:complexType name="Item">'))
    with pytest.raises(ContractError) as caught:
        load_wsdl(path, root=root)
    assert caught.value.line == 7
    if location == "../outside.xsd":
        load_wsdl(path, root=tmp_path)


def test_an_import_cycle_ends_and_a_thousand_documents_are_the_most(tmp_path):
    for number in range(1002):
        (tmp_path / f"{number}.xsd").write_text(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:{number}">'
            f'<xs:import namespace="urn:{number + 1}" schemaLocation="{number + 1}.xsd"/></xs:schema>'
        )
    with pytest.raises(ContractError, match="at most 1000"):
        load_xsd([tmp_path / "0.xsd"])
    (tmp_path / "998.xsd").write_bytes(
        (tmp_path / "998.xsd").read_bytes().replace(b'"999.xsd"', b'"0.xsd"').replace(b'"urn:999"', b'"urn:0"')
    )
    assert len(load_xsd([tmp_path / "0.xsd"]).sources) == 999


def test_a_well_known_schema_with_a_dtd_is_replaced(tmp_path):
    (tmp_path / "xmldsig.xsd").write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE schema PUBLIC "-//W3C//DTD XMLSCHEMA 200102//EN" "XMLSchema.dtd">\n'
        '<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/09/xmldsig#"/>'
    )
    contract = load_xsd([tmp_path / "xmldsig.xsd"])
    assert "{http://www.w3.org/2000/09/xmldsig#}Signature" in model(contract).elements
    assert contract.notes[0].kind == "bundled"
