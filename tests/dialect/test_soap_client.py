"""The half that faces SOAP callers: which operation, which version, which answer (SECURITY X-14, X-17)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from gateway.core.message import Fault, HeaderBlock, Message
from gateway.core.operation import Actions
from gateway.core.problem import Kind, Problem
from gateway.dialect.envelope import NS, open_envelope
from gateway.dialect.fault import PROBLEM_NS, read_fault
from gateway.dialect.soap_client import SoapClient, content_type, fault_status
from gateway.dialect.untyped import untyped
from tests.dialect.conftest import BOUGHT, BUY, CONTENT, envelope, posted

VERSIONS = pytest.mark.parametrize("version", ["1.1", "1.2"])


def refused(soap: SoapClient, wire: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        soap.read_request(wire)
    return caught.value


@VERSIONS
def test_the_body_names_the_operation(soap: SoapClient, version: Any) -> None:
    exchange = soap.read_request(posted(envelope(BUY, version), version))
    assert exchange.operation.name == "Buy"
    assert exchange.request.value() == {"id": 7}
    assert exchange.facts["soap"] == version


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"soapaction": '""'},
        {"soapaction": ""},
        {"soapaction": '"urn:t/Buy"'},
        {"soapaction": "urn:t/Buy"},  # unquoted
        {"content_type": 'text/xml; charset="utf-8"; action="urn:t/Buy"'},
    ],
)
def test_an_action_that_agrees_or_says_nothing(soap: SoapClient, headers: Any) -> None:
    assert soap.read_request(posted(envelope(BUY), **headers)).operation.name == "Buy"


@pytest.mark.parametrize(
    ("version", "headers"),
    [
        ("1.1", {"soapaction": '"urn:t/GetPrice"'}),
        ("1.1", {"soapaction": "urn:t/buy"}),
        ("1.2", {"content_type": 'application/soap+xml; action="urn:t/GetPrice"'}),
        ("1.2", {"content_type": 'application/soap+xml; action="urn:t/Buy"', "soapaction": "urn:t/GetPrice"}),
    ],
)
def test_an_action_of_another_operation_is_spoofing(soap: SoapClient, version: Any, headers: Any) -> None:
    assert refused(soap, posted(envelope(BUY, version), version, **headers)).kind is Kind.ACTION_MISMATCH


def test_the_refusal_of_an_action_names_what_came_and_what_is_expected(soap: SoapClient) -> None:
    detail = refused(soap, posted(envelope(BUY), soapaction='"urn:t/GetPrice"')).detail
    assert detail == "The action is `urn:t/GetPrice`; that of the body's operation Buy is `urn:t/Buy`."
    silent = {name: replace(each, action="", actions=Actions()) for name, each in soap.door.operations.items()}
    soap = SoapClient(soap.speaker, replace(soap.door, operations=silent))
    detail = refused(soap, posted(envelope(BUY), soapaction='"urn:t/Buy"')).detail
    assert detail == "The action is `urn:t/Buy`; that of the body's operation Buy is empty."


@pytest.mark.parametrize(
    ("came", "shown"),
    [
        ("<script>alert(1)</script>", "?script?alert(1)?/script?"),
        ("a`b\\c\x1b[31m\x00\u202e\xe9", "a?b?c?[31m???"),
        ("x" * 128, "x" * 128),
        ("x" * 129, "x" * 128 + "…"),
        ("urn:a?b=%20&c#d", "urn:a?b=%20&c#d"),
    ],
)
def test_an_action_is_shown_with_the_characters_of_a_uri_alone(soap: SoapClient, came: str, shown: str) -> None:
    assert f"The action is `{shown}`;" in refused(soap, posted(envelope(BUY), soapaction=came)).detail


def test_a_path_of_another_operation_is_refused(soap: SoapClient, door: Any) -> None:
    with pytest.raises(Problem) as caught:
        soap.read_request(posted(envelope("<t:GetPrice/>")), door("/buy").route)
    assert caught.value.kind is Kind.ACTION_MISMATCH
    assert caught.value.detail == "The body is that of the operation GetPrice, this path that of Buy."


@pytest.mark.parametrize(
    ("body", "version", "content", "kind"),
    [
        (envelope("<t:Nobody/>"), "1.1", None, Kind.OPERATION_UNKNOWN),
        (envelope(""), "1.1", None, Kind.OPERATION_UNKNOWN),
        (envelope("<e:Fault/>"), "1.1", None, Kind.OPERATION_UNKNOWN),
        (envelope(BUY + BUY), "1.1", None, Kind.INVALID_MESSAGE),
        (envelope("<t:Buy><t:id>x</t:id></t:Buy>"), "1.1", None, Kind.INVALID_MESSAGE),
        (envelope("<t:Buy><t:id>1</t:id><t:x/></t:Buy>", "1.2"), "1.2", None, Kind.INVALID_MESSAGE),
        (envelope(BUY, "1.2"), "1.1", None, Kind.CONTENT_MISMATCH),
        (envelope(BUY, "1.1"), "1.2", None, Kind.CONTENT_MISMATCH),
        (b' \n{"id": 7}', "1.1", None, Kind.CONTENT_MISMATCH),
        (b"", "1.1", None, Kind.MALFORMED_XML),
        (b"<a", "1.1", None, Kind.MALFORMED_XML),
        (b"<!DOCTYPE a><a/>", "1.1", None, Kind.XML_DTD_FORBIDDEN),
        (b"<?p?><a/>", "1.1", None, Kind.XML_PI_FORBIDDEN),
        (b"<html/>", "1.1", None, Kind.ENVELOPE_INVALID),
        (b"<Envelope xmlns='urn:x'/>", "1.1", None, Kind.VERSION_MISMATCH),
        (envelope(BUY), "1.1", "text/xml; charset=latin-1", Kind.UNSUPPORTED_CHARSET),
        (envelope(BUY).decode().encode("utf-16"), "1.1", None, Kind.UNSUPPORTED_CHARSET),
        (envelope(BUY), "1.1", "application/json", Kind.UNSUPPORTED_MEDIA_TYPE),
        (envelope(BUY), "1.1", "", Kind.UNSUPPORTED_MEDIA_TYPE),
        (envelope(BUY), "1.1", "multipart/related", Kind.UNSUPPORTED_MEDIA_TYPE),
    ],
)
def test_refused(soap: SoapClient, body: bytes, version: Any, content: str | None, kind: Kind) -> None:
    wire = posted(body, version) if content is None else posted(body, version, content_type=content)
    assert refused(soap, wire).kind is kind


@VERSIONS
@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ('<x e:mustUnderstand="1"/>', False),
        ("<x/>", True),
        ('<x e:mustUnderstand="0"/>', True),
        ('<t:Auth e:mustUnderstand="1">me</t:Auth>', True),  # declared by the contract
        ('<x e:mustUnderstand="1" e:actor="urn:someone" e:role="urn:someone"/>', True),  # for someone else
    ],
)
def test_a_mandatory_header_is_understood_or_refused(soap: SoapClient, version: Any, headers: str, taken: bool) -> None:
    wire = posted(envelope(BUY, version, headers), version)
    if taken:
        assert soap.read_request(wire).operation.name == "Buy"
        return
    problem = refused(soap, wire)
    assert (problem.kind, problem.extra) == (Kind.MUST_UNDERSTAND, {"header": "x", "headers": ["x"]})
    body = soap.write_problem(problem, "r1", wire).body
    assert b"MustUnderstand" in body
    assert (b'<soap:NotUnderstood qname="x"/>' in body) is (version == "1.2")


@VERSIONS
@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (Kind.INVALID_MESSAGE, 500, 400),
        (Kind.INTERNAL, 500, 500),
        (Kind.VERSION_MISMATCH, 500, 500),
        (Kind.MUST_UNDERSTAND, 500, 500),
        (Kind.UPSTREAM_TIMEOUT, 500, 500),
    ],
)
def test_a_problem_is_a_fault_of_the_callers_version(
    soap: SoapClient, version: Any, kind: Kind, old: int, new: int
) -> None:
    wire = posted(b"", version)
    reply = soap.write_problem(Problem(kind), "r1", wire)
    assert reply.status == (old if version == "1.1" else new)
    assert reply.headers["content-type"] == CONTENT[version]
    fault = read_fault(open_envelope(etree.fromstring(reply.body)), lambda _: None, untyped)
    assert fault.code == kind.row.soap
    header = version == "1.1" and kind in (Kind.VERSION_MISMATCH, Kind.MUST_UNDERSTAND)  # SOAP 1.1 §4.4: no detail
    assert fault.name == ("" if header else f"{{{PROBLEM_NS}}}problem")
    assert (f"/problems/{kind.slug}".encode() in reply.body) is not header
    assert (b"Upgrade" in reply.body) is (kind is Kind.VERSION_MISMATCH)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.UNSUPPORTED_MEDIA_TYPE, 415),
        (Kind.UNSUPPORTED_CHARSET, 415),
        (Kind.PAYLOAD_TOO_LARGE, 413),
        (Kind.REQUEST_TIMEOUT, 408),
        (Kind.QUOTA_EXCEEDED, 429),
        (Kind.OVERLOADED, 503),
        (Kind.NOT_FOUND, 404),
        (Kind.METHOD_NOT_ALLOWED, 405),
    ],
)
def test_a_refusal_of_the_transport_stays_plain_http(soap: SoapClient, kind: Kind, status: int) -> None:
    reply = soap.write_problem(Problem(kind), "r1", posted(b""))
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")


def test_the_problem_keeps_its_header_fields_and_closes(soap: SoapClient) -> None:
    problem = Problem(Kind.UPSTREAM_UNAVAILABLE, headers={"retry-after": "3"}, close=True)
    reply = soap.write_problem(problem, "r1", posted(b""))
    assert (reply.headers["retry-after"], reply.headers["connection"]) == ("3", "close")


def test_no_value_of_the_message_stands_in_a_problem(soap: SoapClient) -> None:
    wire = posted(envelope("<t:Buy><t:id>SECRET-1</t:id><t:note>SECRET-2</t:note></t:Buy>"))
    body = soap.write_problem(refused(soap, wire), "r1", wire).body
    assert b"SECRET" not in body
    assert b"/t:Buy/t:id" in body


@VERSIONS
@pytest.mark.parametrize("speaks", ["1.1", "1.2"])
def test_an_answer_goes_out_in_the_callers_version(soap: SoapClient, shop: Any, version: Any, speaks: Any) -> None:
    exchange = soap.read_request(posted(envelope(BUY, version), version))
    codec = exchange.operation.faces[speaks].reply
    raw = envelope(BOUGHT, speaks, "<t:Extra>1</t:Extra>")
    parsed = codec.parse(raw)
    reply = soap.write_reply(exchange, Message(codec, raw=raw, parsed=parsed, headers=parsed.headers))
    assert (reply.status, reply.headers["content-type"]) == (200, CONTENT[version])
    if speaks == version:
        assert reply.body == raw, "untouched bytes stay the same bytes"
    found = open_envelope(etree.fromstring(reply.body))
    assert found.version == version
    assert found.headers[0].name == "{urn:t}Extra", "a header block is carried, not lost"
    assert found.body.tag == "{urn:t}BuyResponse"


@VERSIONS
def test_a_one_way_call_is_202_without_a_body(soap: SoapClient, version: Any) -> None:
    exchange = soap.read_request(posted(envelope("<t:Tell><t:text>x</t:text></t:Tell>", version), version))
    reply = soap.write_reply(exchange, Message(exchange.request.codec, value={}))
    assert (reply.status, reply.body) == (202, b"")


def test_every_entry_of_a_fault_crosses_versions(soap: SoapClient) -> None:
    exchange = soap.read_request(posted(envelope(BUY, "1.2"), "1.2"))
    detail = etree.fromstring('<detail><a xmlns="urn:a">1</a><b xmlns="urn:b"/></detail>')
    fault = Fault("Sender", "no", name="{urn:a}a", element=detail[0])
    reply = soap.write_reply(exchange, Message(exchange.request.codec, value=None, fault=fault))
    assert reply.status == 400
    told = etree.fromstring(reply.body).find(f".//{{{NS['1.2']}}}Detail")
    assert [node.tag for node in told] == ["{urn:a}a", "{urn:b}b"]


def test_the_header_blocks_of_a_fault_cross_versions(soap: SoapClient) -> None:
    exchange = soap.read_request(posted(envelope(BUY, "1.2"), "1.2"))
    blocks = (HeaderBlock("{urn:t}Extra", element=etree.fromstring('<Extra xmlns="urn:t">x</Extra>')),)
    reply = soap.write_reply(
        exchange, Message(exchange.request.codec, value=None, fault=Fault("Sender", "no"), headers=blocks)
    )
    assert [block.name for block in open_envelope(etree.fromstring(reply.body)).headers] == ["{urn:t}Extra"]


def test_the_content_type_carries_the_action_of_1_2_alone() -> None:
    assert content_type("1.1", "urn:a") == "text/xml; charset=utf-8"
    assert content_type("1.2", "urn:a") == 'application/soap+xml; charset=utf-8; action="urn:a"'
    assert fault_status("1.2", Fault("MustUnderstand", "")) == 500


def test_the_operations_own_action_of_addressing_agrees_without_its_header(soap: SoapClient) -> None:
    """JAX-WS sends it as SOAPAction where the contract's soapAction is empty."""
    acting = {name: replace(each, actions=Actions(request=f"urn:own/{each.name}")) for name, each in soap.door.operations.items()}
    soap = SoapClient(soap.speaker, replace(soap.door, operations=acting))
    assert soap.read_request(posted(envelope(BUY), soapaction='"urn:own/Buy"')).operation.name == "Buy"
    assert refused(soap, posted(envelope(BUY), soapaction='"urn:own/GetPrice"')).kind is Kind.ACTION_MISMATCH
