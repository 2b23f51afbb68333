from __future__ import annotations

import contextlib

import pytest
from lxml import etree
from pydantic import ValidationError

from gateway.core.message import Exchange, Wire
from gateway.core.problem import Kind, Problem
from gateway.plugins.encryption.wssecurity import WsSecurity, WsSecuritySettings
from gateway.plugins.encryption.wssecurity_process import Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_saml import Rules
from gateway.plugins.keys import Key
from gateway.testing import PLACE, FakeHost, between, started
from tests.plugins.encryption import saml_samples as saml
from tests.plugins.encryption import wss_samples as samples

XML = {"content-type": "text/xml; charset=utf-8"}
SIGN = {"sign": {"key": "alice"}}
BOTH = {
    "edges": ["upstream"],
    "send": {"sign": {"key": "alice"}, "encrypt": {"certificate": "bob"}},
    "receive": {"trust": ["bob"], "decrypt": ["alice"], "demand": ["signature", "encryption"], "confirmed": True},
}
SERVER = {
    "edges": ["client"],
    "send": {"sign": {"key": "bob"}, "encrypt": {"certificate": "sender"}, "confirm": True},
    "receive": {"trust": ["alice"], "decrypt": ["bob"], "demand": ["signature", "timestamp", "encryption"]},
}


def host():
    made = FakeHost(
        keys={
            name: Key(name, private, private.public_key(), (certificate,))
            for name, private, certificate in (
                ("alice", samples.ALICE_KEY, samples.ALICE),
                ("bob", samples.BOB_KEY, samples.BOB),
                ("eve", samples.EVE_KEY, samples.EVE),
            )
        }
    )
    made.clock.time = samples.NOW
    return made


async def pair(client=BOTH, server=SERVER):
    return await started(WsSecurity, client, host()), await started(WsSecurity, server, host())


ENVELOPE = samples.ENVELOPE.encode()


def request(body=ENVELOPE, headers=XML):
    return Wire(dict(headers), body, method="POST", path="/bank")


async def echo(wire: Wire) -> Wire:
    return Wire(dict(XML), wire.body, status=200)


@pytest.mark.parametrize("order", ["sign-encrypt", "encrypt-sign"])
async def test_two_gateways_speak_it(order):
    client, server = await pair({**BOTH, "send": {**BOTH["send"], "order": order}})
    crossed, seen = [], []

    async def service(wire):
        seen.append(wire)
        return await echo(wire)

    reply = await between(client, server, service, crossed)(request())
    assert seen[0].facts["signed"] == ("body", "timestamp")
    assert seen[0].facts["encrypted"] == ("body",)
    assert seen[0].facts["identity"] == "CN=alice"
    assert b"Security" not in seen[0].body
    assert seen[0].tree.findtext(".//{urn:bank}amount") == "1000"
    assert reply.facts["signed"] == ("body", "timestamp")
    assert etree.fromstring(reply.body).findtext(".//{urn:bank}amount") == "1000"
    assert all(
        b">1000<" not in wire.body and b"Ann &amp;" not in wire.body for wire in crossed
    )  # base64 may spell a name


async def test_the_same_message_twice_is_accepted_once_over_two_replicas():
    """Row D-11 of the hazard table; its times are below."""
    client, _ = await pair()
    shared = host()
    replicas = [(await started(WsSecurity, SERVER, shared)).wire_layer("client", PLACE)(echo) for _ in range(2)]
    crossed = []

    async def keep(wire):
        crossed.append(wire)
        return Wire(dict(XML), b"<x/>", status=500)

    with pytest.raises(Problem):
        await client.wire_layer("upstream", PLACE)(keep)(request())
    message = crossed[0]
    await replicas[0](request(message.body))
    for replica in replicas:
        with pytest.raises(Problem) as caught:
            await replica(request(message.body))
        assert caught.value.kind is Kind.REPLAYED_CALL
    assert shared.counts["replayed"] == 2


@pytest.mark.parametrize(
    ("seconds", "kind"), [(0, None), (301, Kind.STALE_MESSAGE), (-61, Kind.STALE_MESSAGE), (-60, None)]
)
async def test_age_is_told_apart_for_the_caller(seconds, kind):
    client, server = await pair()
    server.host.clock.advance(seconds)
    client.settings = client.settings.model_copy(update={"receive": None})
    send = between(client, server, echo)
    if kind is None:
        await send(request())
    else:
        with pytest.raises(Problem) as caught:
            await send(request())
        assert caught.value.kind is kind


async def test_every_other_failure_is_one_answer():
    _, server = await pair()
    layer = server.wire_layer("client", PLACE)(echo)
    bodies = [samples.ENVELOPE.encode()]
    for settings in (
        {"send": {"sign": {"key": "eve"}, "encrypt": {"certificate": "bob"}}},
        {"send": SIGN},
        {"send": {"encrypt": {"certificate": "bob"}}},
        {"send": {"sign": {"key": "alice"}, "encrypt": {"certificate": "eve"}}},
        {"send": {"sign": {"key": "alice", "parts": ["body"]}, "encrypt": {"certificate": "bob"}}},
        {"send": {"sign": {"key": "alice"}, "encrypt": {"certificate": "bob"}, "timestamp": 0}},
    ):
        client = await started(WsSecurity, settings, host())
        await client.wire_layer("upstream", PLACE)(lambda wire: (bodies.append(wire.body), echo(wire))[1])(request())
    seen = set()
    for body in bodies:
        with pytest.raises(Problem) as caught:
            await layer(request(body))
        seen.add((caught.value.kind, caught.value.detail))
    assert len(bodies) == 7
    assert seen == {(Kind.SECURITY_PROCESSING_FAILED, "The message's protection could not be verified.")}


async def test_an_answer_that_is_not_protected_as_agreed():
    client, _ = await pair()
    send = client.wire_layer("upstream", PLACE)
    for answer in (
        Wire(dict(XML), samples.ENVELOPE.encode(), status=200),
        Wire({"content-type": "application/json"}, b"{}", status=200),
    ):

        async def service(wire, answer=answer):
            return answer

        with pytest.raises(Problem) as caught:
            await send(service)(request())
        assert caught.value.kind is Kind.UPSTREAM_PROTECTION
    fault = samples.ENVELOPE.replace("b:Pay", "s:Fault").encode()

    async def faulty(wire):
        return Wire(dict(XML), fault, status=500)

    assert (await send(faulty)(request())).status == 500


async def test_a_reply_that_confirms_another_signature_is_refused():
    client, server = await pair()

    async def crossing(wire):
        reply = await between(client, server, echo)(request())
        assert reply.status == 200
        other = []
        await between(client, server, echo, other)(request())
        return Wire(dict(XML), other[1].body, status=200)

    with pytest.raises(Problem) as caught:
        await client.wire_layer("upstream", PLACE)(crossing)(request())
    assert caught.value.kind is Kind.UPSTREAM_PROTECTION


async def test_a_user_by_digest_is_the_identity_and_its_nonce_counts_once():
    client = {"send": {"username": {"name": "anna", "password": "hunter2"}}}
    server = {"edges": ["client"], "receive": {"users": {"anna": "hunter2"}, "demand": ["username"]}}
    near, far = await pair(client, server)
    seen, crossed = [], []

    async def service(wire):
        seen.append(wire)
        return await echo(wire)

    await between(near, far, service, crossed)(request())
    assert seen[0].facts["identity"] == "anna"
    assert "signed" not in seen[0].facts
    assert b"hunter2" not in crossed[0].body
    with pytest.raises(Problem) as caught:
        await far.wire_layer("client", PLACE)(service)(request(crossed[0].body))
    assert caught.value.kind is Kind.REPLAYED_CALL


async def test_json_and_gets_pass_untouched():
    client, server = await pair()
    wire = request(b"{}", {"content-type": "application/json"})
    assert (await server.wire_layer("client", PLACE)(echo)(wire)).body == b"{}"
    got = []
    await client.wire_layer("upstream", PLACE)(lambda w: (got.append(w), echo(Wire({}, b"", status=204)))[1])(wire)
    assert got[0] is wire
    assert client.wire_layer("client", PLACE) is None


async def test_a_rotated_key_opens_what_the_old_one_was_used_for():
    client, server = await pair()
    server.host.keys.keys["bob.previous"] = server.host.keys.keys["bob"]
    server.host.keys.keys["bob"] = server.host.keys.keys["eve"]
    seen = []
    with pytest.raises(Problem):  # the answer is signed by the new key, which the client does not trust yet
        await between(client, server, lambda wire: (seen.append(wire), echo(wire))[1])(request())
    assert seen[0].facts["encrypted"] == ("body",)


def test_settings_are_strict_and_silent():
    for bad in (
        {"receive": {"demand": ["signature"]}},
        {"receive": {"demand": ["encryption"]}},
        {"receive": {"demand": ["username"]}},
        {"send": {"sign": {"key": "a", "method": "http://www.w3.org/2000/09/xmldsig#rsa-sha1"}}},
        {"send": {"encrypt": {"certificate": "a", "block": "http://www.w3.org/2001/04/xmlenc#aes256-cbc"}}},
        {"send": {"encrypt": {"certificate": "a", "transport": "http://www.w3.org/2001/04/xmlenc#rsa-1_5"}}},
    ):
        with pytest.raises(ValidationError):
            WsSecuritySettings(**bad)
    good = WsSecuritySettings(send={"username": {"name": "anna", "password": "hunter2"}})
    assert "hunter2" not in repr(good)


async def test_a_missing_key_is_found_at_the_start():
    with pytest.raises(KeyError):
        await started(WsSecurity, {"send": {"sign": {"key": "nobody"}}}, host())


SAML_RECEIVE = {
    "issuers": {saml.ISSUER: ["bob"]},
    "audience": [saml.AUDIENCE],
}
CALLER = {"edges": ["client"], "receive": {"demand": ["saml"], "saml": SAML_RECEIVE}}


def bearing(**how):
    root = samples.envelope()
    raw = saml.signed(saml.text(samples.NOW, **how), samples.BOB_KEY, samples.BOB)
    secure(root, Outbound(assertion=raw), samples.NOW)
    return request(etree.tostring(root))


async def test_a_callers_assertion_is_its_identity_and_is_passed_on():
    behind = {"edges": ["upstream"], "send": {"saml": "required", "sign": {"key": "alice", "parts": ["body", "saml"]}}}
    server, client = await started(WsSecurity, CALLER, host()), await started(WsSecurity, behind, host())
    seen, sent = [], []

    async def service(wire):
        sent.append(wire)
        return Wire(dict(XML), b"<x/>", status=500)

    async def onward(wire):
        seen.append(wire)
        out = request(wire.body)
        out.exchange = Exchange(None, None, headers={}, facts=wire.facts)
        return await client.wire_layer("upstream", PLACE)(service)(out)

    with contextlib.suppress(Problem):
        await server.wire_layer("client", PLACE)(onward)(bearing())
    assert seen[0].facts["identity"] == "anna"
    assert seen[0].facts["saml"].attributes == {"mail": ("anna@example",)}
    assert b"Assertion" not in seen[0].body
    root = samples.again(etree.fromstring(sent[0].body))
    rules = Rules({saml.ISSUER: (samples.BOB,)}, (saml.AUDIENCE,))
    proof = prove(
        root, samples.inbound(saml=rules, signed=("body", "saml"), demands=("saml", "signature")), samples.NOW
    )
    assert proof.assertion.identity == "anna"


async def test_a_call_without_the_assertion_that_the_service_wants_is_not_sent():
    plugin = await started(WsSecurity, {"edges": ["upstream"], "send": {"saml": "required"}}, host())
    sent = []

    async def service(wire):
        sent.append(wire)
        return wire

    with pytest.raises(Problem) as caught:
        await plugin.wire_layer("upstream", PLACE)(service)(request())
    assert (caught.value.kind, caught.value.outcome, sent) == (Kind.UNAUTHENTICATED, "not-sent", [])
    plugin = await started(WsSecurity, {"edges": ["upstream"], "send": {"saml": "preferred", "timestamp": 0}}, host())
    await plugin.wire_layer("upstream", PLACE)(service)(request())
    assert b"Assertion" not in sent[0].body


async def test_an_assertion_for_one_use_is_used_once_over_two_replicas():
    shared = host()
    replicas = [(await started(WsSecurity, CALLER, shared)).wire_layer("client", PLACE)(echo) for _ in range(2)]
    once, often = bearing(one_time=True), bearing()
    await replicas[0](request(once.body))
    for replica in replicas:
        with pytest.raises(Problem) as caught:
            await replica(request(once.body))
        assert caught.value.kind is Kind.REPLAYED_CALL
        await replica(request(often.body))


async def test_a_call_without_an_assertion_is_refused_where_one_is_demanded():
    server = await started(WsSecurity, CALLER, host())
    for wire in (request(), bearing(issuer="https://evil.example"), bearing(audience="urn:other")):
        with pytest.raises(Problem) as caught:
            await server.wire_layer("client", PLACE)(echo)(wire)
        assert caught.value.kind is Kind.SECURITY_PROCESSING_FAILED
        assert "evil" not in str(caught.value.detail)


@pytest.mark.parametrize("parts", [["username"], ["{urn:bank}Trace"], ["{urn:bank}amount"]])
async def test_a_body_in_clear_is_not_encrypted_whatever_else_is(parts):
    """`encryption: required` is judged by the facts: something encrypted beside the parameters is not they."""
    send = {"username": {"name": "anna", "password": "pass word"}, "encrypt": {"certificate": "bob", "parts": parts}}
    server = {"edges": ["client"], "receive": {"decrypt": ["bob"], "users": {"anna": "pass word"}}}
    seen, crossed = [], []

    async def service(wire):
        seen.append(wire)
        return await echo(wire)

    await between(*await pair({"edges": ["upstream"], "send": send}, server), service, crossed)(request())
    assert "encrypted" not in seen[0].facts
    assert ("encrypted" in crossed[0].facts) == (parts == ["{urn:bank}amount"])
