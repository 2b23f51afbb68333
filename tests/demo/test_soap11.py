"""Envelopes and faults of the demo, read back; the data contract reader's order rule."""

import pytest
from lxml import etree

from gateway.demo.soap11 import (
    SOAP,
    SoapFault,
    action_of,
    build,
    envelope,
    fault_envelope,
    is_nil,
    null,
    ordered,
    read_body,
    text,
)

NS = "urn:example:a"


def test_what_is_written_is_read_back_in_the_default_namespace():
    raw = envelope(build(NS, "Ask", build(NS, "Name", text="a & <b>")), {None: NS})
    body = read_body(raw)
    assert body.tag == f"{{{NS}}}Ask"
    assert text(body[0]) == "a & <b>"
    assert b"ns0" not in raw


def test_a_faults_children_are_unqualified_and_its_detail_is_kept():
    raw = fault_envelope(SoapFault("Client", "No.", [build(NS, "Why", text="x")]), {None: NS, "p": NS})
    fault = etree.fromstring(raw)[0][0]
    assert fault.tag == f"{{{SOAP}}}Fault"
    assert [child.tag for child in fault] == ["faultcode", "faultstring", "detail"]
    assert fault.findtext("faultcode") == "s:Client"
    assert fault.find("detail")[0].tag == f"{{{NS}}}Why"


@pytest.mark.parametrize("raw", [b"<!DOCTYPE x><x/>", b"<x", b"<x/>", f'<e:Envelope xmlns:e="{SOAP}"/>'.encode()])
def test_what_is_no_envelope_is_refused(raw):
    with pytest.raises(SoapFault):
        read_body(raw)


def test_comments_do_not_cut_text():
    raw = f'<e:Envelope xmlns:e="{SOAP}"><e:Body><a>1<!-- x -->2<![CDATA[3]]></a></e:Body></e:Envelope>'
    assert text(read_body(raw.encode())) == "123"


def test_members_out_of_order_twice_or_of_another_namespace_are_ignored():
    node = etree.fromstring('<r><a>1</a><c>3</c><b>2</b><c>4</c><x:d xmlns:x="urn:x">5</x:d></r>')
    found = ordered(node, [("", "a"), ("", "b"), ("", "c"), ("", "d")])
    assert not found  # no namespace is not the namespace ""
    node = etree.fromstring(f'<r xmlns="{NS}"><a>1</a><c>3</c><b>2</b><c>4</c><d xmlns="urn:x">5</d></r>')
    found = ordered(node, [(NS, name) for name in "abcd"])
    assert {name: text(child) for name, child in found.items()} == {"a": "1", "c": "3"}


def test_nil_is_nothing():
    node = null(NS, "a")
    assert is_nil(node)
    assert text(node, "none") == "none"
    assert ordered(node, [(NS, "a")]) == {}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"SOAPAction": '"urn:a"'}, "urn:a"),
        ({"Action": "urn:b"}, "urn:b"),
        ({"SOAPAction": '""'}, ""),
        ({}, None),
    ],
)
def test_the_action_is_read_from_either_header(headers, expected):
    assert action_of(headers) == expected
