"""The half that faces a SOAP service: judged by content, not by status (SECURITY F-08, F-10)."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from gateway.core.limits import DEFAULT
from gateway.core.message import Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.envelope import NS
from gateway.dialect.soap_client import SoapClient
from gateway.dialect.soap_upstream import SoapUpstream
from gateway.dialect.untyped import untyped
from tests.dialect.conftest import BOUGHT, BUY, envelope, posted

FAULT = "<e:Fault><faultcode>e:Server</faultcode><faultstring>no</faultstring>{}</e:Fault>"
HTML = b"<!DOCTYPE html><html><body>Service Unavailable</body></html>"
CALLS = {"Buy": BUY, "GetPrice": "<t:GetPrice/>", "Tell": "<t:Tell><t:text>x</t:text></t:Tell>"}


@pytest.fixture(name="read")
def _read(soap: SoapClient, upstream: SoapUpstream) -> Any:
    def read(body: bytes, status: int = 200, call: str = "Buy", **headers: str) -> Message:
        exchange = soap.read_request(posted(envelope(CALLS[call])))
        named = {"content-type": "text/xml", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return upstream.read_reply(exchange, Wire(named, body, status=status))

    return read


def refused(read: Any, *args: Any, **more: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        read(*args, **more)
    return caught.value


def test_the_request_is_the_same_bytes_with_a_quoted_action(soap: SoapClient, upstream: SoapUpstream) -> None:
    raw = envelope(BUY, headers='<t:Auth e:mustUnderstand="1">me</t:Auth>')
    wire = upstream.write_request(soap.read_request(posted(raw)))
    assert wire.body == raw
    assert wire.headers["soapaction"] == '"urn:t/Buy"'
    assert wire.headers["content-type"] == "text/xml; charset=utf-8"
    assert wire.headers["accept"] == "text/xml, multipart/related"
    assert (wire.method, wire.path) == ("POST", "/shop")


def test_a_caller_of_1_2_is_said_in_1_1_headers_and_all(soap: SoapClient, upstream: SoapUpstream) -> None:
    raw = envelope(BUY, "1.2", '<t:Auth e:mustUnderstand="true">me</t:Auth>')
    wire = upstream.write_request(soap.read_request(posted(raw, "1.2")))
    parsed = soap.read_request(posted(wire.body))
    assert parsed.facts["soap"] == "1.1"
    (block,) = parsed.request.headers
    assert (block.name, block.must_understand, block.element.text) == ("{urn:t}Auth", True, "me")
    assert parsed.request.value() == {"id": 7}


def test_the_trace_goes_on(soap: SoapClient, upstream: SoapUpstream) -> None:
    wire = posted(envelope(BUY))
    wire.facts["traceparent"] = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
    assert upstream.write_request(soap.read_request(wire)).headers["traceparent"] == wire.facts["traceparent"]


@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_fault_is_a_fault_at_any_status(read: Any, status: int) -> None:
    reply = read(envelope(FAULT.format("")), status)
    assert (reply.fault.code, reply.fault.reason) == ("Receiver", "no")


def test_a_declared_detail_is_typed_even_when_it_lost_its_namespace(read: Any) -> None:
    for detail in ("<t:SoldOut><t:left>0</t:left></t:SoldOut>", "<SoldOut><left>0</left></SoldOut>"):
        fault = read(envelope(FAULT.format(f"<detail>{detail}</detail>")), 500).fault
        assert (fault.declared, fault.detail) == ("{urn:t}SoldOut", {"left": 0})


def test_a_broken_fault_is_put_right_for_a_soap_caller(read: Any, soap: SoapClient) -> None:
    """node-soap's Fault: an undeclared prefix, a detail without its namespace."""
    inside = "<detail><SoldOut><left>0</left></SoldOut></detail>"
    reply = read(envelope(FAULT.format(inside).replace("e:Server", "SOAP-ENV:Server")), 500)
    assert reply.raw is None
    out = soap.write_reply(soap.read_request(posted(envelope(BUY))), reply)
    assert b"soap:Server" in out.body
    assert b"SOAP-ENV" not in out.body
    assert etree.fromstring(out.body).find(".//{urn:t}SoldOut/{urn:t}left").text == "0"
    whole = read(envelope(FAULT.format("<detail><t:SoldOut><t:left>0</t:left></t:SoldOut></detail>")), 500)
    assert whole.raw is not None, "a regular one passes as it is"


def test_a_declared_detail_that_breaks_its_schema_is_told_schema_less(read: Any) -> None:
    fault = read(envelope(FAULT.format("<detail><t:SoldOut><t:left>x</t:left></t:SoldOut></detail>")), 500).fault
    assert (fault.declared, fault.name) == ("", "{urn:t}SoldOut")
    assert fault.detail == {"$items": [{"{urn:t}left": {"$value": "x"}}]}


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (HTML, 200, Kind.UPSTREAM_NOT_SOAP),
        (b"<html><body/></html>", 200, Kind.UPSTREAM_NOT_SOAP),
        (HTML, 500, Kind.UPSTREAM_NOT_SOAP),
        (HTML, 404, Kind.UPSTREAM_NOT_SOAP),
        (b"", 500, Kind.UPSTREAM_NOT_SOAP),
        (b'{"a": 1}', 200, Kind.UPSTREAM_NOT_SOAP),
        (b"<other/>", 200, Kind.UPSTREAM_NOT_SOAP),
        (HTML, 401, Kind.UPSTREAM_AUTH),
        (b"", 403, Kind.UPSTREAM_AUTH),
        (HTML, 503, Kind.UPSTREAM_UNAVAILABLE),
        (b"", 200, Kind.UPSTREAM_MALFORMED),
        (b"", 202, Kind.UPSTREAM_MALFORMED),
        (b"<e:Envelope", 200, Kind.UPSTREAM_MALFORMED),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 200, Kind.UPSTREAM_MALFORMED),
        (envelope(BOUGHT).decode().encode("utf-32"), 200, Kind.UPSTREAM_MALFORMED),
        (b"<x>" * 100_000, 200, Kind.UPSTREAM_MALFORMED),
        (envelope(BOUGHT).replace(b"<e:Body>", b"<e:Body>text"), 200, Kind.UPSTREAM_MALFORMED),
        (envelope(BOUGHT, "1.1").replace(NS["1.1"].encode(), b"urn:no"), 200, Kind.UPSTREAM_MALFORMED),
        (envelope(BOUGHT), 500, Kind.UPSTREAM_NOT_SOAP),
        (envelope("<t:BuyResponse><t:x/></t:BuyResponse>"), 200, Kind.UPSTREAM_SCHEMA_VIOLATION),
        (envelope("<t:Other/>"), 200, Kind.UPSTREAM_SCHEMA_VIOLATION),
        (envelope(""), 200, Kind.UPSTREAM_SCHEMA_VIOLATION),
    ],
)
def test_what_is_no_answer(read: Any, body: bytes, status: int, kind: Kind) -> None:
    problem = refused(read, body, status)
    assert problem.kind is kind
    assert problem.outcome == "unknown", "a write may have been carried out"
    assert refused(read, body, status, call="GetPrice").outcome is None, "a read needs no outcome"


@pytest.mark.parametrize(
    ("codec", "content_type"),
    [
        ("latin-1", "text/xml; charset=iso-8859-1"),
        ("cp1252", 'text/xml; charset="Windows-1252"'),
        ("utf-16", "text/xml; charset=utf-16"),
        ("utf-16", "text/xml"),
    ],
)
def test_an_answer_in_another_charset_is_read_and_goes_on_in_utf_8(
    read: Any, soap: SoapClient, codec: str, content_type: str
) -> None:
    text = envelope(FAULT.format("").replace("no", "Åsa är upptagen")).decode()
    reply = read(text.encode(codec), 500, content_type=content_type)
    assert reply.fault.reason == "Åsa är upptagen"
    out = soap.write_reply(soap.read_request(posted(envelope(BUY))), reply)
    assert "Åsa är upptagen".encode() in out.body
    assert out.headers["content-type"].endswith("utf-8")


def test_what_cannot_be_read_says_why_and_where(read: Any) -> None:
    for body, words in (
        (envelope(BOUGHT)[:-9], "Line 1, column"),
        (envelope(FAULT.format("Å")).decode().encode("latin-1"), "not UTF-8 at byte"),
    ):
        problem = refused(read, body)
        assert problem.detail.startswith("The service's answer was refused: ")
        assert words in problem.detail
    page = refused(read, HTML, 200, content_type="text/html; charset=utf-8")
    assert page.cause == "HTTP 200, text/html, without a SOAP envelope", "the log tells a login page from a wrong address"
    assert refused(read, envelope(BOUGHT), 500).detail == "The service answered HTTP 500 with an envelope that holds no Fault."


def test_the_pause_of_503_is_passed_on(read: Any) -> None:
    assert refused(read, HTML, 503, retry_after="7").headers == {"retry-after": "7"}
    assert refused(read, HTML, 503, retry_after="soon").headers == {}


def test_html_is_told_by_its_media_type_too(read: Any) -> None:
    assert refused(read, b"<br>", 200, content_type="text/html").kind is Kind.UPSTREAM_NOT_SOAP


def test_soap_sent_as_html_is_soap_all_the_same(read: Any) -> None:
    assert read(envelope(BOUGHT), content_type="text/html").value()["BuyResult"] == {"Task": {"n": 1}}


def test_a_bare_reply_is_dressed(read: Any) -> None:
    for body in (b"<Task><n>1</n></Task>", envelope("<t:Task><t:n>1</t:n></t:Task>")):
        reply = read(body)
        assert reply.value() == {"BuyResult": {"Task": {"n": 1}}}
        assert reply.raw is None


@pytest.mark.parametrize(("body", "status"), [(b"", 200), (b"", 202), (b"", 204), (envelope(""), 200)])
def test_a_one_way_call_takes_an_empty_answer(read: Any, body: bytes, status: int) -> None:
    assert read(body, status, call="Tell").fault is None


def test_a_one_way_call_may_fault(read: Any) -> None:
    assert read(envelope(FAULT.format("")), 500, call="Tell").fault.reason == "no"


def test_an_answer_in_the_other_version_is_read_but_never_passed_as_it_is(read: Any, soap: SoapClient) -> None:
    reply = read(envelope(BOUGHT, "1.2"))
    assert reply.raw is None
    out = soap.write_reply(soap.read_request(posted(envelope(BUY))), reply)
    assert NS["1.1"].encode() in out.body
    assert NS["1.2"].encode() not in out.body


def test_a_tree_that_a_layer_below_proved_is_what_is_read(soap: SoapClient, upstream: SoapUpstream, shop: Any) -> None:
    exchange = soap.read_request(posted(envelope(BUY)))
    proven = etree.fromstring(envelope(BOUGHT))
    reply = upstream.read_reply(exchange, Wire({}, b"anything", status=200, tree=proven))
    assert reply.value() == {"BuyResult": {"Task": {"n": 1}}}


TRACED = {"traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01", "tracestate": "a=<1>,b=2"}


def blocks(body: bytes) -> dict[str, str]:
    """The header blocks of an envelope, by Clark name."""
    return {str(each.tag): each.text or "" for each in etree.fromstring(body)[0]}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_trace_goes_on_in_blocks_of_this_hop_where_that_is_set(soap: SoapClient, version: Any) -> None:
    upstream = SoapUpstream(version, "/shop", DEFAULT, untyped, trace_blocks="urn:a&b")
    old = '<t:Auth>me</t:Auth><w:traceparent xmlns:w="urn:a&amp;b">of the hop before</w:traceparent>'
    wire = posted(envelope(BUY, "1.1", old))
    wire.facts.update(TRACED)
    exchange = soap.read_request(wire)
    written = upstream.write_request(exchange)
    own = {f"{{urn:a&b}}{name}": text for name, text in TRACED.items()}
    assert blocks(written.body) == {"{urn:t}Auth": "me", **own}
    assert {name: written.headers[name] for name in TRACED} == TRACED
    assert soap.read_request(posted(written.body, version)).request.value() == {"id": 7}
    exchange.facts["tracestate"] = ""
    again = blocks(upstream.write_request(exchange).body)  # a retry is written from the same request
    assert again == {"{urn:t}Auth": "me", "{urn:a&b}traceparent": TRACED["traceparent"]}
