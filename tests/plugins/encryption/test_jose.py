from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwe
from joserfc.jwk import RSAKey
from pydantic import ValidationError

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.plugins.encryption import jose_tokens as tokens
from gateway.plugins.encryption import uses
from gateway.plugins.encryption.jose import Jose, JoseSettings
from gateway.plugins.keys import Key
from gateway.testing import PLACE, FakeHost, between, started

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
KEYS = {
    "server": Key("server", RSA, RSA.public_key()),
    "client": Key("client", CURVE, CURVE.public_key()),
    "shared": Key("shared", symmetric=b"k" * 32),
}
BODY = b'{"SessionId":"","Id":18446744073709551617,"Rate":1.10,"Name":"\xc3\x85sa"}'
NEAR = {
    "edges": ["upstream"],
    "sign": {"key": "client", "alg": "ES256"},
    "encrypt": {"key": "server"},
    "verify": ["server"],
    "decrypt": ["client"],
    "demand": ["encryption", "signature"],
}
FAR = {
    "edges": ["client"],
    "sign": {"key": "server"},
    "encrypt": {"key": "client", "alg": "ECDH-ES+A256KW"},
    "verify": ["client"],
    "decrypt": ["server"],
    "demand": ["encryption", "signature"],
}
JSON = {"content-type": "application/json; charset=utf-8"}


async def make(settings):
    return await started(Jose, settings, FakeHost(keys=KEYS))


def post(body=BODY, **headers):
    return Wire({**JSON, **headers}, body, method="POST", path="/api/task/release")


async def echo(wire):
    return Wire({"content-type": "application/json"}, wire.body, status=200)


async def test_a_whole_body_signed_and_encrypted_between_two_gateways():
    near, far, crossed, seen = await make(NEAR), await make(FAR), [], []

    async def service(wire):
        seen.append(wire)
        return await echo(wire)

    reply = await between(near, far, service, crossed)(post())
    assert seen[0].body == BODY
    assert seen[0].headers["content-type"] == "application/json"
    assert seen[0].facts["signed"] == seen[0].facts["encrypted"] == ("body",)
    assert reply.body == BODY
    for wire in crossed:
        assert wire.headers["content-type"] == "application/jose"
        assert wire.body.count(b".") == 4


@pytest.mark.parametrize(
    "how", [{"encrypt": {"key": "shared", "alg": "dir"}}, {"sign": {"key": "shared", "alg": "HS256"}}]
)
async def test_only_one_of_both(how):
    settings = {**how, "decrypt": ["shared"], "verify": ["shared"]}
    far_settings = {**settings, "edges": ["client"], "algorithms": ["dir", "A256GCM", "HS256"]}
    near = await make({**settings, "edges": ["upstream"], "algorithms": ["dir", "A256GCM", "HS256"]})
    reply = await between(near, await make(far_settings), echo)(post())
    assert reply.body == BODY
    assert ("encrypted" in reply.facts) == ("encrypt" in how)


async def test_what_is_demanded_and_absent_or_wrong_has_one_answer():
    far = await make({**FAR, "failures_per_minute": 1000})
    layer = far.wire_layer("client", PLACE)(echo)
    signed = tokens.sign(BODY, KEYS["client"], "ES256", cty="json")
    foreign = Key("x", ec.generate_private_key(ec.SECP256R1()), None)

    def sealed(inner, cty="JOSE", key="server"):
        return tokens.encrypt(inner.encode(), KEYS[key], "RSA-OAEP-256", "A256GCM", cty=cty).encode()

    cases = [
        post(),
        post(signed.encode(), **{"content-type": "application/jose"}),
        post(sealed(BODY.decode(), "json"), **{"content-type": "application/jose"}),
        post(sealed(tokens.sign(BODY, foreign, "ES256", cty="json")), **{"content-type": "application/jose"}),
        post(
            sealed(tokens.sign(b"<x/>", KEYS["client"], "ES256", cty="application/xml")),
            **{"content-type": "application/jose"},
        ),
        post(sealed(sealed(signed).decode()), **{"content-type": "application/jose"}),
        post(b"hello", **{"content-type": "application/jose"}),
        post(b"", **{"content-type": "application/jose"}),
        post(b"\xff.\xff.\xff", **{"content-type": "Application/JOSE"}),
    ]
    seen = set()
    for case in cases:
        with pytest.raises(Problem) as caught:
            await layer(case)
        seen.add((caught.value.kind, caught.value.detail))
    assert seen == {(Kind.SECURITY_PROCESSING_FAILED, "The message's protection could not be verified.")}


async def test_a_foreign_makers_token_opens():
    token = jwe.encrypt_compact(
        {"alg": "RSA-OAEP-256", "enc": "A128GCM"}, BODY, RSAKey(RSA, RSA), algorithms=["RSA-OAEP-256", "A128GCM"]
    )
    far = await make({"edges": ["client"], "decrypt": ["server"]})
    seen = []
    await far.wire_layer("client", PLACE)(lambda wire: (seen.append(wire), echo(wire))[1])(
        post(token.encode(), **{"content-type": "application/jose"})
    )
    assert seen[0].body == BODY


async def test_named_members_keep_their_place_and_the_rest_its_digits():
    fields = {"fields": ["/Id", "/People/*/Iban"], "decrypt": ["server"], "encrypt": {"key": "server"}}
    near, far, crossed = await make({**fields, "edges": ["upstream"]}), await make({**fields, "edges": ["client"]}), []
    body = b'{"Id":18446744073709551617,"Rate":1.10,"People":[{"Iban":"DE02","No":1e3},{"No":2}]}'
    seen = []

    async def service(wire):
        seen.append(wire)
        return await echo(wire)

    reply = await between(near, far, service, crossed)(post(body))
    assert seen[0].body == reply.body == body
    assert seen[0].facts["encrypted"] == ("/Id", "/People/*/Iban")
    document = json.loads(crossed[0].body)
    assert document["Id"].count(".") == document["People"][0]["Iban"].count(".") == 4
    assert b'"Rate":1.10' in crossed[0].body
    assert b"DE02" not in crossed[0].body


async def test_a_demanded_member_in_clear_is_refused_and_odd_json_is_left_to_the_dialect():
    far = await make({"edges": ["client"], "fields": ["/Id"], "decrypt": ["server"], "demand": ["encryption"]})
    layer = far.wire_layer("client", PLACE)(echo)
    for body in (b'{"Id":"1"}', b'{"Id":1}', b'{"Id":"a.b.c.d.e"}', b"{}", b'{"Id":1,"Id":2}'):
        with pytest.raises(Problem):
            await layer(post(body))
    lenient = await make({"edges": ["client"], "fields": ["/Id"], "decrypt": ["server"]})
    for body in (b'{"Id":1,"Id":2}', b"{", b"{}"):
        assert (await lenient.wire_layer("client", PLACE)(echo)(post(body))).body == body


async def test_replies_follow_the_request_or_accept():
    far = await make({"edges": ["client"], "encrypt": {"key": "server"}, "decrypt": ["server"]})
    layer = far.wire_layer("client", PLACE)(echo)
    assert (await layer(post())).headers["content-type"] == "application/json"
    got = await layer(post(accept="application/jose"))
    assert got.headers["content-type"] == "application/jose"
    assert (
        tokens.decrypt(got.body.decode(), [KEYS["server"]], algorithms=["RSA-OAEP-256", "A256GCM"], limit=9999).payload
        == BODY
    )


async def test_problems_and_xml_pass():
    near = await make(NEAR)

    async def problem(wire):
        return Wire({"content-type": "application/problem+json"}, b'{"status":404}', status=404)

    assert (await near.wire_layer("upstream", PLACE)(problem)(post())).status == 404
    far = await make({**FAR, "edges": ["client"]})
    xml = Wire({"content-type": "text/xml"}, b"<x/>", method="POST", path="/")

    async def soap(wire):
        return Wire({"content-type": "text/xml"}, wire.body, status=200)

    assert (await far.wire_layer("client", PLACE)(soap)(xml)).body == b"<x/>"


def test_settings():
    for bad in (
        {"demand": ["signature"]}, {"demand": ["encryption"]}, {"fields": ["Id"]}, {"algorithms": ["none"]},
        {"algorithms": ["RSA1_5"]}, {"fields": ["/Id"], "sign": {"key": "k"}}, {"encrypt": {"key": "k", "alg": "PBES2"}},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            JoseSettings(**bad)


async def test_a_missing_key_is_found_at_the_start():
    for bad in ({"verify": ["nobody"]}, {"encrypt": {"key": "nobody"}}):
        with pytest.raises(KeyError):
            await make(bad)


async def test_a_body_with_one_of_two_members_in_clear_is_not_encrypted():
    """`encryption: required` is judged by the facts: half a protection is none."""
    two = {**FAR, "sign": None, "verify": [], "demand": [], "fields": ["/Name", "/Rate"]}
    near = await make({**NEAR, "sign": None, "verify": [], "demand": [], "fields": ["/Name"]})
    far, seen = await make(two), []

    async def service(wire):
        seen.append(wire)
        return await echo(wire)

    await between(near, far, service)(post())
    assert "encrypted" not in seen[0].facts
    near = await make({**NEAR, "sign": None, "verify": [], "demand": [], "fields": ["/Name", "/Rate"]})
    await between(near, far, service)(post())
    assert seen[1].facts["encrypted"] == ("/Name", "/Rate")


async def test_w10_a_key_that_encrypts_by_itself_ends(monkeypatch):
    monkeypatch.setattr(uses, "LIMIT", 2)
    one = await make({"edges": ["upstream"], "encrypt": {"key": "shared", "alg": "dir"}})
    layer, sent = one.wire_layer("upstream", PLACE), []

    async def service(wire):
        sent.append(wire)
        return Wire({}, b"", status=204)

    for _ in range(2):
        await layer(service)(post())
    with pytest.raises(Problem):
        await layer(service)(post())
    assert len(sent) == 2
    assert len({wire.body.split(b".")[2] for wire in sent}) == 2  # the nonces
