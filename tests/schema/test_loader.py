"""Documents are opened offline, in one order, each once."""

import pytest

from gateway.schema.catalog import Catalog, Entry
from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl, load_xsd
from tests.schema.contracts import HERE, model


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


def test_a_well_known_schema_with_a_dtd_is_replaced(tmp_path):
    (tmp_path / "xmldsig.xsd").write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE schema PUBLIC "-//W3C//DTD XMLSCHEMA 200102//EN" "XMLSchema.dtd">\n'
        '<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/09/xmldsig#"/>'
    )
    contract = load_xsd([tmp_path / "xmldsig.xsd"])
    assert "{http://www.w3.org/2000/09/xmldsig#}Signature" in model(contract).elements
    assert contract.notes[0].kind == "bundled"


@pytest.mark.parametrize(
    ("old", "line"),
    [('<soap:body use="literal" namespace="urn:ours"', 0), ('<xs:schema targetNamespace="urn:ours"', 0)],
)
def test_a_namespace_that_is_no_uri_is_refused_where_it_stands(tmp_path, old, line):
    text = HERE.joinpath("rpc.wsdl").read_text()
    if old not in text:
        old = next(each for each in text.splitlines() if old.split()[0] in each and "amespace=" in each).strip().split(">")[0]
    bad = tmp_path / "bad.wsdl"
    name = old.rpartition("amespace=")[2].split('"')[1]
    line = text[: text.index(old)].count("\n") + 1
    bad.write_text(text.replace(old, old.replace(f'amespace="{name}"', 'amespace="{urn:t}Get"'), 1))
    with pytest.raises(ContractError, match="is no URI") as caught:
        load_wsdl(bad)
    assert (caught.value.line, caught.value.section) == (line, "Namespaces in XML 1.0 §2.1")


@pytest.mark.parametrize("kind", ["include", "redefine", 'import namespace="urn:u"'])
@pytest.mark.parametrize("location", ["http://[x", "http://[::1", "//[x"])
def test_a_location_that_is_none_is_refused_where_it_stands(tmp_path, kind, location):
    (tmp_path / "a.xsd").write_text(f'<schema xmlns="http://www.w3.org/2001/XMLSchema">\n<{kind} schemaLocation="{location}"/></schema>')
    with pytest.raises(ContractError, match=r"is no location|absolute") as caught:
        load_xsd([tmp_path / "a.xsd"])
    assert caught.value.line == 2
