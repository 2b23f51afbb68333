"""Every bundled document is legal for both schema processors and stands for the namespace it is listed under."""

import pytest
import xmlschema
from lxml import etree

from gateway.schema.catalog import WELL_KNOWN, Catalog, Entry
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

BUNDLE = Catalog()


def closed(entry):
    """The entry with every bundled document that it imports."""
    found, todo = {}, [entry]
    while todo:
        at = todo.pop()
        if at.url in found:
            continue
        found[at.url] = at
        for pointer in etree.fromstring(at.text).iterchildren("{http://www.w3.org/2001/XMLSchema}import"):
            todo.append(BUNDLE.by_namespace(pointer.get("namespace")))
    return found


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_the_bundle_is_complete_and_legal(name):
    namespace = WELL_KNOWN[name][0]
    entry = BUNDLE.by_namespace(namespace)
    assert entry is not None
    assert entry.bundled
    root = etree.fromstring(entry.text)
    assert root.get("targetNamespace") == namespace
    assert b"not a copy of the published file" in entry.text
    texts = [each.text for each in closed(entry).values()]
    xmlschema.XMLSchema([text.decode().split("?>", 1)[1] for text in texts], allow="none")


@pytest.mark.parametrize("name", [name for name in WELL_KNOWN if name != "xml.xsd"])
def test_libxml2_compiles_it_too(name):
    texts = closed(BUNDLE.by_namespace(WELL_KNOWN[name][0]))

    class Bundled(etree.Resolver):
        def resolve(self, url, public_id, context):
            return self.resolve_string(texts[url].text, context)

    parser = etree.XMLParser()
    parser.resolvers.add(Bundled())
    entry = BUNDLE.by_namespace(WELL_KNOWN[name][0])
    root = etree.fromstring(entry.text, parser)
    for pointer in root.iterchildren("{http://www.w3.org/2001/XMLSchema}import"):
        pointer.set("schemaLocation", BUNDLE.by_namespace(pointer.get("namespace")).url)
    etree.XMLSchema(etree.fromstring(etree.tostring(root), parser))


def test_it_becomes_a_model():
    texts = closed(BUNDLE.by_namespace("http://www.w3.org/2001/04/xmlenc#"))
    model = read_schemas([Source(each.url, each.text) for each in texts.values()], fetch=lambda url: None)
    assert "{http://www.w3.org/2001/04/xmlenc#}EncryptedData" in model.elements


@pytest.mark.parametrize(
    "url",
    [
        "http://www.w3.org/2005/08/addressing/ws-addr.xsd",
        "https://www.w3.org/2001/xml.xsd",
        "http://schemas.xmlsoap.org/soap/encoding",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    ],
)
def test_it_is_known_by_its_usual_addresses(url):
    assert BUNDLE.by_url(url) is not None


def test_an_operators_entry_comes_before_the_bundle():
    own = Entry("mem:/mine.xsd", b"<own/>", "http://www.w3.org/2001/04/xmlenc#")
    assert Catalog([own]).by_namespace(own.namespace) is own
    assert Catalog([own]).by_url("mem:/mine.xsd") is own
    assert Catalog([own], bundle=False).by_namespace("http://www.w3.org/2005/08/addressing") is None
    assert len(own.sha256) == 64
