"""Dressing: what services leave away is put in order, their trees left as they were."""

from __future__ import annotations

from lxml import etree

from gateway.dialect.bare import bare_reply, carried, qualified, renamed, wrapped
from gateway.dialect.envelope import NS

PATH = ("{urn:t}R", "{urn:t}Result", "{urn:t}Task")


def text(node: object) -> str:
    return etree.tostring(node, method="c14n", exclusive=True).decode()


def test_an_unqualified_tree_is_put_into_a_namespace_and_copied() -> None:
    root = etree.fromstring('<a x="1">t<b>u</b>v<c xmlns="urn:c"/></a>')
    before = text(root)
    dressed = qualified(root, "urn:t")
    assert [node.tag for node in dressed.iter()] == ["{urn:t}a", "{urn:t}b", "{urn:c}c"]
    assert (dressed.get("x"), dressed.text, dressed[0].text, dressed[0].tail) == ("1", "t", "u", "v")
    assert text(root) == before


def test_prefixes_in_values_keep_their_meaning() -> None:
    root = etree.fromstring('<a xmlns:p="urn:p"><b>p:x</b></a>')
    assert qualified(root, "urn:t")[0].nsmap["p"] == "urn:p"
    assert renamed(root, "z").nsmap["p"] == "urn:p"


def test_depth_costs_no_stack() -> None:
    depth = 1900
    root = etree.fromstring(b"<a>" * depth + b"</a>" * depth, etree.XMLParser(huge_tree=True))
    assert sum(1 for _ in qualified(root, "urn:t").iter("{urn:t}a")) == depth


def test_parts_are_wrapped() -> None:
    found = wrapped([etree.fromstring("<a/>"), etree.fromstring("<b>x</b>")], "{urn:s}both")
    assert [node.tag for node in found.iter()] == ["{urn:s}both", "a", "b"]


def test_a_bare_root_is_put_into_its_wrappers() -> None:
    dressed = bare_reply("Task", PATH)(etree.fromstring("<Task><n>1</n></Task>"))
    assert [node.tag for node in dressed.iter()] == [*PATH, "{urn:t}n"]


def test_a_bare_body_child_is_as_good_and_anything_else_is_not_bare() -> None:
    dress = bare_reply("Task", PATH)
    soap = '<e:Envelope xmlns:e="{}"><e:Body>{}</e:Body></e:Envelope>'
    found = dress(etree.fromstring(soap.format(NS["1.1"], '<Task xmlns="urn:t"/>')))
    assert found.tag == "{urn:t}R"
    assert dress(etree.fromstring(soap.format(NS["1.1"], '<R xmlns="urn:t"/>'))) is None
    assert dress(etree.fromstring(soap.format(NS["1.1"], ""))) is None
    assert dress(etree.fromstring(soap.format("urn:no", "<Task/>"))) is None
    assert dress(etree.fromstring('<Task xmlns="urn:other"/>')) is None
    assert dress(etree.fromstring("<html/>")) is None


def test_a_header_block_is_said_in_the_other_version() -> None:
    old = etree.fromstring(
        f'<h xmlns:e="{NS["1.1"]}" e:mustUnderstand="1" e:actor="http://schemas.xmlsoap.org/soap/actor/next" a="b">x</h>'
    )
    new = carried(old, "1.2")
    assert dict(new.attrib) == {
        f"{{{NS['1.2']}}}mustUnderstand": "1",
        f"{{{NS['1.2']}}}role": "http://www.w3.org/2003/05/soap-envelope/role/next",
        "a": "b",
    }
    assert carried(old, "1.1") is old
    back = carried(
        etree.fromstring(f'<h xmlns:e="{NS["1.2"]}" e:mustUnderstand="true" e:role="urn:me" e:relay="true"/>'), "1.1"
    )
    assert dict(back.attrib) == {f"{{{NS['1.1']}}}mustUnderstand": "1", f"{{{NS['1.1']}}}actor": "urn:me"}
