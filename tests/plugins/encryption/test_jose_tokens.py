from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwe, jws
from joserfc.jwk import OctKey, RSAKey

from gateway.plugins.api import Refusal
from gateway.plugins.encryption import jose_tokens as tokens
from gateway.plugins.keys import Key

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
KEYS = {
    "RSA": Key("rsa", RSA, RSA.public_key()),
    "EC": Key("ec", CURVE, CURVE.public_key()),
    "oct": Key("oct", symmetric=b"k" * 32),
    "oct16": Key("oct16", symmetric=b"k" * 16),
}
ALL = [*tokens.ENCRYPTION, *tokens.CONTENT, *tokens.SIGNATURE]
LIMIT = 1 << 20
PLAIN = b'{"Id":"273672"}'


def enc(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    ("alg", "key", "content"),
    [
        ("RSA-OAEP-256", "RSA", "A256GCM"), ("RSA-OAEP-256", "RSA", "A128GCM"), ("ECDH-ES+A256KW", "EC", "A256GCM"),
        ("A256KW", "oct", "A256GCM"), ("dir", "oct", "A256GCM"), ("dir", "oct16", "A128GCM"),
    ],
)  # fmt: skip
def test_jwe_opens_again_and_no_byte_may_change(alg, key, content):
    token = tokens.encrypt(PLAIN, KEYS[key], alg, content, cty="json")
    opened = tokens.decrypt(token, [KEYS[key]], algorithms=ALL, limit=LIMIT)
    assert opened.payload == PLAIN
    assert opened.header["cty"] == "json"
    said = set()
    for part in range(5):
        pieces = token.split(".")
        if not pieces[part]:
            continue
        pieces[part] = ("A" if pieces[part][0] != "A" else "B") + pieces[part][1:]
        with pytest.raises(Refusal) as caught:
            tokens.decrypt(".".join(pieces), [KEYS[key]], algorithms=ALL, limit=LIMIT)
        if part:
            said.add(str(caught.value))
    assert said == {"refused: a JWE could not be opened"}


@pytest.mark.parametrize(("alg", "key"), [("RS256", "RSA"), ("PS512", "RSA"), ("ES256", "EC"), ("HS256", "oct")])
def test_jws_is_proven_again_and_no_byte_may_change(alg, key):
    token = tokens.sign(PLAIN, KEYS[key], alg)
    assert tokens.verify(token, [KEYS[key]], algorithms=ALL, limit=LIMIT).payload == PLAIN
    for part in range(3):
        pieces = token.split(".")
        pieces[part] = ("A" if pieces[part][0] != "A" else "B") + pieces[part][1:]
        with pytest.raises(Refusal):
            tokens.verify(".".join(pieces), [KEYS[key]], algorithms=ALL, limit=LIMIT)


HEADERS = {
    "none": {"alg": "none"},
    "zip": {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
    "rsa15": {"alg": "RSA1_5", "enc": "A256GCM"},
    "oaep sha1": {"alg": "RSA-OAEP", "enc": "A256GCM"},
    "pbes2": {"alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2c": 2**31 - 1, "p2s": "AAAA"},
    "cbc": {"alg": "dir", "enc": "A256CBC-HS512"},
    "crit": {"alg": "dir", "enc": "A256GCM", "crit": ["x"], "x": 1},
    "jku": {"alg": "dir", "enc": "A256GCM", "jku": "http://127.0.0.1:9/"},
    "x5u": {"alg": "dir", "enc": "A256GCM", "x5u": "http://127.0.0.1:9/"},
    "jwk": {"alg": "dir", "enc": "A256GCM", "jwk": {"kty": "oct", "k": "AAAA"}},
    "alg a list": {"alg": ["dir"], "enc": "A256GCM"},
    "no enc": {"alg": "dir"},
    "long": {"alg": "dir", "enc": "A256GCM", "kid": "k" * 4096},
    "a megabyte": {"alg": "dir", "enc": "A256GCM", "kid": "k" * 1_000_000},
    "twice": b'{"alg":"dir","enc":"A256GCM","alg":"dir"}',
    "no json": b"hello",
    "array": b"[]",
    "deep": b'{"alg":' + b"[" * 1500,
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_of_row_w01_are_refused_at_once(name):
    keys = list(KEYS.values())
    encoded = enc(HEADERS[name])
    begin = time.process_time()
    for rest in (".AA.AA.AA.AA", ".AA.AA"):
        for read in (tokens.decrypt, tokens.verify):
            with pytest.raises(Refusal):
                read(encoded + rest, keys, algorithms=ALL, limit=LIMIT)
    assert time.process_time() - begin < 0.06


def test_a_compressed_token_of_another_maker_is_not_inflated():
    token = jwe.encrypt_compact(
        {"alg": "dir", "enc": "A256GCM", "zip": "DEF"}, b"a" * 90_000, OctKey.import_key(b"k" * 32),
        algorithms=["dir", "A256GCM", "DEF"],
    )  # fmt: skip
    with pytest.raises(Refusal, match="not allowed"):
        tokens.decrypt(token, [KEYS["oct"]], algorithms=ALL, limit=LIMIT)


def test_json_forms_and_long_tokens():
    for text in ('{"payload":"","signatures":[]}', "a.b", "a.b.c.d", "", "ä.b.c", "." * 4):
        for read in (tokens.decrypt, tokens.verify):
            with pytest.raises(Refusal):
                read(text, list(KEYS.values()), algorithms=ALL, limit=LIMIT)
    token = tokens.encrypt(b"x" * 1001, KEYS["oct"], "dir", "A256GCM")
    with pytest.raises(Refusal):
        tokens.decrypt(token, [KEYS["oct"]], algorithms=ALL, limit=1000)
    assert tokens.decrypt(token, [KEYS["oct"]], algorithms=ALL, limit=1001).payload == b"x" * 1001
    signed = tokens.sign(b"x" * 200_000, KEYS["oct"], "HS256")
    assert len(tokens.verify(signed, [KEYS["oct"]], algorithms=ALL, limit=LIMIT).payload) == 200_000


def test_a_public_key_is_never_a_secret():
    public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forged = jws.serialize_compact(
        {"alg": "HS256"}, PLAIN, OctKey.import_key(base64.b64encode(public)), algorithms=["HS256"]
    )
    with pytest.raises(Refusal):
        tokens.verify(forged, [KEYS["RSA"]], algorithms=ALL, limit=LIMIT)
    with pytest.raises(Refusal):
        tokens.verify(tokens.sign(PLAIN, KEYS["oct"], "HS256"), [KEYS["RSA"], KEYS["EC"]], algorithms=ALL, limit=LIMIT)
    short = Key("s", symmetric=b"s" * 16)
    with pytest.raises(Refusal):
        tokens.verify(tokens.sign(PLAIN, short, "HS256"), [short], algorithms=ALL, limit=LIMIT)


def test_weak_keys_are_not_used():
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(Refusal):
        tokens.encrypt(PLAIN, Key("w", weak, weak.public_key()), "RSA-OAEP-256", "A256GCM")


def test_w02_points_that_are_not_on_the_curve():
    token = tokens.encrypt(PLAIN, KEYS["EC"], "ECDH-ES+A256KW", "A256GCM")
    header = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    rest = token.partition(".")[2]
    numbers = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    points = [
        {"kty": "EC", "crv": "P-256", "x": enc(b"\1" * 32), "y": enc(b"\2" * 32)},
        {"kty": "EC", "crv": "P-256", "x": enc(b"\0" * 32), "y": enc(b"\0" * 32)},
        {"kty": "EC", "crv": "P-384", "x": enc(numbers.x.to_bytes(48)), "y": enc(numbers.y.to_bytes(48))},
        {"kty": "EC", "crv": "P-256", "x": "", "y": ""},
        {"kty": "oct", "k": "AAAA"},
        {},
        "x",
    ]
    for point in points:
        with pytest.raises(Refusal):
            tokens.decrypt(enc({**header, "epk": point}) + "." + rest, [KEYS["EC"]], algorithms=ALL, limit=LIMIT)


def test_the_kid_chooses_among_keys():
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    many = [*(Key(f"set.{n}", other, other.public_key()) for n in range(6)), Key("set.mine", RSA, RSA.public_key())]
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "mine"}
    token = jwe.encrypt_compact(header, PLAIN, RSAKey(RSA, RSA), algorithms=["RSA-OAEP-256", "A256GCM"])
    assert tokens.decrypt(token, many, algorithms=ALL, limit=LIMIT).payload == PLAIN


# -- RFC 7520: the cookbook's published examples

COOKBOOK = json.loads((Path(__file__).parent / "rfc7520.json").read_text())["rows"]
SAID = {"4": "It\u2019s a dangerous business, Frodo, going out your door.", "5": "You can trust us to stick with you"}


def cookbook_key(row):
    from gateway.plugins.keys import KeySettings, _load

    document = json.dumps({**row["key"], "kid": row["kid"]}).encode()
    return _load(KeySettings(id="book", jwk="unused"), [document])["book"]


@pytest.mark.parametrize("row", COOKBOOK, ids=[row["section"] for row in COOKBOOK])
def test_the_cookbook(row):
    """What is published opens; one character elsewhere, and it does not."""
    key, token = cookbook_key(row), row["token"]
    work = tokens.verify if row["section"].startswith("4") else tokens.decrypt
    opened = work(token, [key], algorithms=row["alg"], limit=4096)
    assert opened.payload.decode().startswith(SAID[row["section"][0]])
    assert opened.header["kid"] == row["kid"]
    for at in range(0, len(token), 37):
        other = "A" if token[at] != "A" else "B"
        with pytest.raises(Refusal):
            work(token[:at] + other + token[at + 1 :], [key], algorithms=row["alg"], limit=4096)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RSA1_5", "enc": "A128CBC-HS256"},  # §5.1
        {"alg": "RSA-OAEP", "enc": "A256GCM"},  # §5.2: OAEP with SHA-1
        {"alg": "PBES2-HS512+A256KW", "enc": "A128CBC-HS256", "p2s": "8Q1SzinasR3xchYz6ZZcHA", "p2c": 8192},  # §5.3
        {"alg": "ECDH-ES", "enc": "A128CBC-HS256"},  # §5.5
        {"alg": "A256GCMKW", "enc": "A128CBC-HS256", "tag": "kfPduVQ3T3H6vnewt--ksw", "iv": "KkYT0GX_2jHlfqN_"},  # §5.7
        {"alg": "A128KW", "enc": "A128GCM", "zip": "DEF"},  # §5.9
    ],
)
def test_what_the_cookbook_has_and_we_do_not(header):
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    with pytest.raises(Refusal):
        tokens.decrypt(f"{encoded}.AAAA.AAAA.AAAA.AAAA", [], algorithms=tokens.ENCRYPTION | tokens.CONTENT, limit=4096)


@pytest.mark.parametrize("kid", ["7", "2026.11", "https://idp.example/keys#7", "a.7"])
@pytest.mark.parametrize("suffix", ["", ".previous"])
def test_a_kid_chooses_in_a_large_set_whatever_it_holds_and_while_keys_follow_each_other(kid, suffix):
    others = [Key(f"idp.{n}", CURVE, CURVE.public_key()) for n in range(90, 99)]
    wanted = Key(f"idp.{kid}{suffix}", RSA, RSA.public_key())
    token = jws.serialize_compact({"alg": "RS256", "kid": kid}, PLAIN, RSAKey(RSA, RSA), algorithms=["RS256"])
    for keys in ([*others, wanted], [wanted, *others]):
        assert tokens.verify(token, keys, algorithms=ALL, limit=LIMIT).payload == PLAIN
