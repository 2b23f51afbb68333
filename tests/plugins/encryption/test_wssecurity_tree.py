from __future__ import annotations

import pytest
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption import wssecurity_tree as tree
from gateway.plugins.encryption.wssecurity_names import SOAP12, WSSE, WSU
from gateway.plugins.encryption.wssecurity_tree import Ids, shape_of

S = f'xmlns:s="{SOAP12}" xmlns:w="{WSSE}" xmlns:u="{WSU}"'


def of(text):
    return etree.fromstring(f"<s:Envelope {S}>{text}</s:Envelope>")


@pytest.mark.parametrize(
    "text", ["<s:Body/>", "<s:Header/><s:Body/>", "<s:Header><a/></s:Header><s:Body><b/></s:Body>"]
)
def test_envelopes(text):
    shape = shape_of(of(text))
    assert shape.body.tag == f"{{{SOAP12}}}Body"
    assert (shape.header is not None) == ("Header" in text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<s:Header/>",
        "<s:Body/><s:Header/>",
        "<s:Body/><s:Body/>",
        "<x/><s:Body/>",
        "<s:Header/><s:Header/><s:Body/>",
    ],
)
def test_other_shapes(text):
    with pytest.raises(Refusal):
        shape_of(of(text))
    with pytest.raises(Refusal):
        shape_of(etree.fromstring("<x/>"))


def test_the_header_is_made_once_and_found_by_role():
    root = of("<s:Body/>")
    made = tree.make_security(shape_of(root), "urn:us")
    assert made.get(f"{{{SOAP12}}}role") == "urn:us"
    assert made.get(f"{{{SOAP12}}}mustUnderstand") == "true"
    assert tree.make_security(shape_of(root), "urn:us") is made
    assert tree.security_of(shape_of(root)) is None
    ultimate = of(f'<s:Header><w:Security s:role="{SOAP12}/role/ultimateReceiver"/></s:Header><s:Body/>')
    assert tree.security_of(shape_of(ultimate)) is not None
    with pytest.raises(Refusal):
        tree.security_of(shape_of(of("<s:Header><w:Security/><w:Security/></s:Header><s:Body/>")))


def test_ids():
    ids = Ids(of('<s:Header><a u:Id="h"/></s:Header><s:Body u:Id="b"><x id="1"/><y id="1"/></s:Body>'))
    assert ids.one("#b").tag.endswith("Body")
    for uri in ("#1", "#x", "b", None, ""):
        with pytest.raises(Refusal):
            ids.one(uri)
    with pytest.raises(Refusal):
        Ids(of('<s:Header><a u:Id="b"/></s:Header><s:Body u:Id="b"/>'))


def test_strict_readers():
    node = etree.fromstring('<a x="1"><b/><c> QUFB </c></a>')
    assert [child is not None for child in tree.children(node, "b", "missing?", "c")] == [True, False, True]
    for names in (("b",), ("c", "b"), ("b", "c", "d"), ()):
        with pytest.raises(Refusal):
            tree.children(node, *names)
    tree.attributes(node, "x")
    with pytest.raises(Refusal):
        tree.attributes(node)
    assert tree.octets(node[1]) == b"AAA"
    for bad in ("<c>!</c>", "<c><d/></c>", "<c y='1'>QUFB</c>", "<c>QUF</c>", f"<c>{'A' * 70000}</c>"):
        with pytest.raises(Refusal):
            tree.octets(etree.fromstring(bad))
    with pytest.raises(Refusal):
        tree.children(etree.fromstring("<a>x<b/></a>"), "b")
    with pytest.raises(Refusal):
        tree.children(etree.fromstring("<a><b/>x</a>"), "b")
    with pytest.raises(Refusal):
        tree.algorithm(etree.fromstring('<a Algorithm="y"/>'), ("x",))
