from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.core.message import Exchange, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.auth.jwt import JwtBearer
from gateway.plugins.encryption import jose_tokens as tokens
from gateway.plugins.keys import Key
from gateway.testing import FakeHost, started

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY, EVE = Key("idp.1", RSA, RSA.public_key()), Key("idp.1", OTHER, OTHER.public_key())
GET, SAVE, OPEN = (Operation(name, "S", "", "1.1", "", {}) for name in ("Get", "Save", "Open"))
SETTINGS = {"keys": ["idp"], "issuer": "https://idp", "audience": "gw", "scopes": {"Save": ["write"]}, "open": ["Open"]}


async def plugin(**changes):
    return await started(JwtBearer, {**SETTINGS, **changes}, FakeHost(keys={"idp.1": KEY}))


def claims(host, **changes):
    now = host.clock.now()
    made = {"iss": "https://idp", "aud": "gw", "sub": "anna", "iat": now, "exp": now + 300, **changes}
    return {name: value for name, value in made.items() if value is not None}


def token(host, key=KEY, alg="RS256", typ="JWT", **changes):
    return tokens.sign(json.dumps(claims(host, **changes)).encode(), key, alg, typ=typ)


async def call(one, authorization, operation=GET):
    async def inner(exchange):
        return exchange.facts["identity"]

    headers = {"authorization": authorization} if authorization is not None else {}
    layer = one.layer(operation)
    return await layer(inner)(Exchange(operation, Message(None, value={}), headers=headers))


@pytest.mark.parametrize("changes", [{}, {"aud": ["x", "gw"]}, {"nbf": 0}, {"iat": None}])
async def test_a_good_token_is_an_identity(changes):
    one = await plugin()
    assert await call(one, f"Bearer {token(one.host, **changes)}") == "anna"
    assert one.host.counts == {"accepted": 1}


async def test_an_open_operation_needs_none():
    assert (await plugin()).layer(OPEN) is None


@pytest.mark.parametrize("given", [None, "", "Basic YTpi", "Bearer", "Bearer "])
async def test_without_a_token(given):
    one = await plugin()
    with pytest.raises(Problem) as caught:
        await call(one, given)
    assert caught.value.kind is Kind.UNAUTHENTICATED
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil"}, {"aud": "other"}, {"aud": None}, {"aud": [["gw"]]}, {"sub": None}, {"sub": ""},
        {"sub": 7}, {"exp": 1}, {"exp": None}, {"exp": "never"}, {"exp": True}, {"nbf": 9e12}, {"iat": 9e12},
        {"exp": 10**400}, {"exp": float("inf")}, {"exp": float("nan")}, {"nbf": float("nan")}, {"iat": -(10**400)},
        {"exp": 9e12}, {"key": EVE}, {"typ": "logout+jwt"}, {"alg": "PS512"},
    ],
)  # fmt: skip
async def test_a_token_that_does_not_hold(changes):
    one = await plugin()
    with pytest.raises(Problem) as caught:
        await call(one, f"Bearer {token(one.host, **changes)}")
    assert caught.value.kind is Kind.UNAUTHENTICATED
    assert caught.value.headers == {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    assert caught.value.detail == "Credentials are missing or not valid."
    assert one.host.counts == {"refused": 1}


async def test_leeway_is_a_boundary():
    one = await plugin()
    good = token(one.host, exp=one.host.clock.now() + 10)
    one.host.clock.advance(69)
    assert await call(one, f"bearer {good}") == "anna"
    one.host.clock.advance(1)
    with pytest.raises(Problem):
        await call(one, f"bearer {good}")


@pytest.mark.parametrize("payload", [b"[]", b"x", b"1", b"[" * 5000])
async def test_claims_that_are_none(payload):
    one = await plugin()
    with pytest.raises(Problem):
        await call(one, f"Bearer {tokens.sign(payload, KEY, 'RS256')}")


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({"scope": "read write"}, True),
        ({"scp": ["write"]}, True),
        ({"scope": "writer"}, False),
        ({"scope": ["write"]}, False),
        ({}, False),
    ],
)
async def test_scopes(more, fits):
    one = await plugin()
    given = f"Bearer {token(one.host, **more)}"
    if fits:
        assert await call(one, given, SAVE) == "anna"
        return
    with pytest.raises(Problem) as caught:
        await call(one, given, SAVE)
    assert caught.value.kind is Kind.FORBIDDEN
    assert 'scope="write"' in caught.value.headers["WWW-Authenticate"]


async def test_a_missing_key_is_found_at_the_start():
    with pytest.raises(KeyError):
        await plugin(keys=["nobody"])
