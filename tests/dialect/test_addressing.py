"""gateway.dialect.addressing: whose blocks are judged, how a refusal is said, what is written anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from gateway.core.message import Exchange, Fault, Message
from gateway.core.problem import Kind, Problem
from gateway.dialect import addressing
from gateway.dialect.addressing import ANONYMOUS, NONE, NS
from gateway.dialect.envelope import open_envelope
from gateway.dialect.soap_client import SoapClient
from gateway.dialect.soap_upstream import SoapUpstream
from tests.dialect.conftest import BOUGHT, BUY, envelope, posted, sent

VERSIONS = pytest.mark.parametrize("version", ["1.1", "1.2"])
ACTION = "urn:t/Buy"


def block(name: str, text: str = "", inner: str = "") -> str:
    return f'<w:{name} xmlns:w="{NS}">{text}{inner}</w:{name}>'


def endpoint(name: str, address: str) -> str:
    return block(name, inner=f"<w:Address>{address}</w:Address>")


GOOD = block("Action", ACTION) + block("MessageID", "urn:m:1") + block("To", "urn:here")


def names(body: bytes) -> dict[str, str]:
    """The header blocks of an envelope by local name."""
    header = etree.fromstring(body)[0]
    return {etree.QName(each).localname: "".join(each.itertext()) for each in header}


@VERSIONS
def test_an_addressed_request_is_answered_in_kind(soap: SoapClient, shop: Any, version: Any) -> None:
    headers = (GOOD + endpoint("ReplyTo", ANONYMOUS)).replace("<w:Action ", '<w:Action e:mustUnderstand="1" ')
    exchange = soap.read_request(posted(envelope(BUY, version, headers), version))
    assert exchange.request.headers == ()
    assert exchange.request.raw is None
    codec = shop.bound("Buy").operation.faces[version].reply
    raw = envelope(BOUGHT, version)
    reply = soap.write_reply(exchange, Message(codec, raw=raw, parsed=codec.parse(raw)))
    told = names(reply.body)
    assert told["RelatesTo"] == "urn:m:1"
    assert told["Action"] == "urn:t:Shop:BuyResponse"  # by the default of Metadata §4.4.4
    assert told["MessageID"].startswith("urn:uuid:")
    assert b"BuyResult" in reply.body


@VERSIONS
def test_a_fault_has_its_own_action(soap: SoapClient, version: Any) -> None:
    exchange = soap.read_request(posted(envelope(BUY, version, GOOD), version))
    for declared, action in (("{urn:t}SoldOut", "urn:t:Shop:Buy:Fault:SoldOut"), ("", f"{NS}/soap/fault")):
        fault = Fault("Receiver", "no", declared=declared)
        reply = soap.write_reply(exchange, Message(exchange.request.codec, value={}, fault=fault))
        assert (names(reply.body)["Action"], names(reply.body)["RelatesTo"]) == (action, "urn:m:1")


@VERSIONS
@pytest.mark.parametrize(
    ("headers", "subcode", "header"),
    [
        (GOOD + endpoint("ReplyTo", "http://127.0.0.1/x"), "OnlyAnonymousAddressSupported", "ReplyTo"),
        (GOOD + endpoint("FaultTo", "http://127.0.0.1/x"), "OnlyAnonymousAddressSupported", "FaultTo"),
        (GOOD + endpoint("ReplyTo", NONE), "OnlyAnonymousAddressSupported", "ReplyTo"),
        (GOOD + block("ReplyTo"), "MissingAddressInEPR", "ReplyTo"),
        (GOOD + block("Action", ACTION), "InvalidCardinality", "Action"),
        (GOOD + block("MessageID", "urn:m:2"), "InvalidCardinality", "MessageID"),
        (block("MessageID", "urn:m:1"), "MessageAddressingHeaderRequired", "Action"),
        (block("Action", "urn:t/Other"), "ActionNotSupported", "Action"),
    ],
)
def test_what_is_refused_and_how(soap: SoapClient, version: Any, headers: str, subcode: str, header: str) -> None:
    wire = posted(envelope(BUY, version, headers), version)
    with pytest.raises(Problem) as told:
        soap.read_request(wire)
    assert told.value.kind is Kind.ADDRESSING_INVALID
    reply = soap.write_problem(told.value, "r", wire)
    text = reply.body.decode()
    assert f"wsa:{subcode}<" in text
    assert f"wsa:{header}</wsa:ProblemHeaderQName>" in text
    assert names(reply.body)["Action"] == addressing.FAULT
    own = subcode in ("MessageAddressingHeaderRequired", "ActionNotSupported")
    if subcode == "ActionNotSupported":
        assert "Action is `urn:t/Other`; that of the body's operation Buy is `urn:t/Buy`." in text
    assert ("wsa:InvalidAddressingHeader" in text) is (version == "1.2" and not own)
    assert ("FaultDetail" in names(reply.body)) is (version == "1.1")
    assert reply.status == (500 if version == "1.1" else 400)
    open_envelope(etree.fromstring(reply.body))


def test_an_action_other_than_the_http_headers_is_a_mismatch(soap: SoapClient) -> None:
    with pytest.raises(Problem) as told:
        soap.read_request(posted(envelope(BUY, "1.1", GOOD), "1.1", soapaction='"urn:t/Other"'))
    assert told.value.extra["addressing"] == "ActionMismatch"
    assert told.value.detail == "The header block Action is `urn:t/Buy`, the action of the HTTP header `urn:t/Other`."
    soap.read_request(posted(envelope(BUY, "1.1", GOOD), "1.1", soapaction='""'))


def test_a_block_for_another_node_is_not_ours(soap: SoapClient) -> None:
    other = '<w:ReplyTo xmlns:w="%s" e:actor="urn:other"><w:Address>http://x/</w:Address></w:ReplyTo>' % NS
    assert soap.read_request(posted(envelope(BUY, "1.1", GOOD + other))).operation.name == "Buy"


def test_a_one_way_message_may_say_that_nobody_answers(soap: SoapClient) -> None:
    tell = "<t:Tell><t:text>x</t:text></t:Tell>"
    headers = block("Action", "urn:t/Tell") + endpoint("ReplyTo", NONE)
    assert soap.read_request(posted(envelope(tell, "1.1", headers))).operation.name == "Tell"


def test_where_the_contract_demands_it_a_plain_request_is_refused(soap: SoapClient, shop: Any) -> None:
    operation = shop.bound("Buy").operation
    demanding = replace(operation, actions=replace(operation.actions, required=True))
    with pytest.raises(Problem):
        addressing.unaddressed(demanding)
    with pytest.raises(Problem) as told:
        addressing.judged(demanding, open_envelope(etree.fromstring(envelope(BUY, "1.1", block("Action", ACTION)))).headers, ())
    assert str(told.value.extra["header"]).endswith("MessageID")
    addressing.unaddressed(operation)


def test_blocks_may_be_the_services(soap: SoapClient) -> None:
    passing = SoapClient(soap.speaker, replace(soap.door, answers=False))
    wire = posted(envelope(BUY, "1.1", GOOD + endpoint("ReplyTo", "http://elsewhere/")))
    exchange = passing.read_request(wire)
    assert exchange.request.raw == wire.body
    assert len(exchange.request.headers) == 4


@VERSIONS
def test_a_service_gets_blocks_of_the_gateways_own(shop: Any, door: Any, version: Any) -> None:
    from gateway.core.limits import DEFAULT
    from gateway.dialect.untyped import untyped

    upstream = SoapUpstream(version, "/shop", DEFAULT, untyped, addressed="http://service/shop")
    rest = door("/buy")
    exchange: Exchange = rest.dialect.read_request(sent(b'{"id":7}'), rest.route)
    first, second = (upstream.write_request(exchange) for _ in range(2))
    told, again = names(first.body), names(second.body)
    assert (told["To"], told["Action"], told["ReplyTo"]) == ("http://service/shop", ACTION, ANONYMOUS)
    assert told["MessageID"] != again["MessageID"]  # each try is a message of its own
    exchange.facts["base"] = "http://other"
    assert names(upstream.write_request(exchange).body)["To"] == "http://other/shop"


@pytest.mark.parametrize(("related", "taken"), [("", True), ("same", True), ("other", False), ("missing", False)])
def test_a_reply_relates_to_what_was_sent(door: Any, related: str, taken: bool) -> None:
    from gateway.core.limits import DEFAULT
    from gateway.core.message import Wire
    from gateway.dialect.untyped import untyped

    upstream = SoapUpstream("1.1", "/shop", DEFAULT, untyped, addressed="http://service/shop")
    rest = door("/buy")
    exchange = rest.dialect.read_request(sent(b'{"id":7}'), rest.route)
    mine = names(upstream.write_request(exchange).body)["MessageID"]
    blocks = {
        "": "", "same": block("RelatesTo", mine), "other": block("RelatesTo", "urn:x"), "missing": block("Action", "a"),
    }[related]  # fmt: skip
    wire = Wire({"content-type": "text/xml"}, envelope(BOUGHT, "1.1", blocks), status=200)
    if not taken:
        with pytest.raises(Problem) as told:
            upstream.read_reply(exchange, wire)
        assert told.value.kind is Kind.UPSTREAM_MALFORMED
        return
    reply = upstream.read_reply(exchange, wire)
    assert reply.headers == ()
    assert reply.raw is None
