from __future__ import annotations

import gzip
import itertools
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.demo.portal_blob import self_signed
from gateway.plugins.api import Refusal
from gateway.plugins.encryption import sessionblob_crypto as crypto
from gateway.plugins.encryption.sessionblob_crypto import Profile, derive, open_blob, seal_blob

SESSION = b"S" * 20
KEYS = derive(Profile(), SESSION, b"s" * 32, b"c" * 32)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CERTIFICATE = self_signed("client", KEY)
PROFILES = [Profile(mode=m, compression=c) for m, c in itertools.product(("cbc-hmac", "gcm"), ("none", "gzip"))]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: f"{p.mode}-{p.compression}")
@settings(max_examples=30, deadline=None)
@given(plain=st.binary(max_size=200), count=st.integers(0, 10**12))
def test_what_is_sealed_opens_again(profile, plain, count):
    assert open_blob(profile, KEYS, SESSION, count, seal_blob(profile, KEYS, SESSION, count, plain)) == plain


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: f"{p.mode}-{p.compression}")
def test_every_flipped_bit_every_cut_and_every_wrong_binding_is_the_same_refusal(profile):
    blob = seal_blob(profile, KEYS, SESSION, 7, b"<Id>273672</Id>" * 3)
    attempts = [(SESSION, 7, blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]) for at in range(len(blob))]
    attempts += [(SESSION, 7, blob[:size]) for size in range(len(blob))]
    attempts += [(SESSION, 8, blob), (b"T" * 20, 7, blob), (SESSION + b"7", 7, blob), (SESSION, 7, blob + b"x")]
    seen = set()
    for session, count, bad in attempts:
        with pytest.raises(Refusal) as caught:
            open_blob(profile, KEYS, session, count, bad)
        seen.add((str(caught.value), caught.value.kind))
    assert len(seen) == 1


def test_nothing_is_decrypted_before_the_tag_is_right(monkeypatch):
    blob = bytearray(seal_blob(Profile(), KEYS, SESSION, 7, b"x" * 64))
    blob[20] ^= 1
    monkeypatch.setattr(crypto, "Cipher", lambda *a: pytest.fail("decrypted"))
    with pytest.raises(Refusal):
        open_blob(Profile(), KEYS, SESSION, 7, bytes(blob))


def test_the_same_call_twice_gives_other_bytes():
    assert seal_blob(Profile(), KEYS, SESSION, 7, b"x") != seal_blob(Profile(), KEYS, SESSION, 7, b"x")


def test_the_blob_is_iv_ciphertext_tag():
    assert len(seal_blob(Profile(), KEYS, SESSION, 7, b"x" * 15)) == 16 + 16 + 32
    assert len(seal_blob(Profile(mode="gcm"), KEYS, SESSION, 7, b"x" * 15)) == 12 + 15 + 16


@pytest.mark.parametrize("change", [{"encryption_label": "e"}, {"mac_label": "m"}, {"nonce_order": "client-server"}, {"salt": "none"}, {"derivation_hash": "SHA512"}])  # fmt: skip
def test_every_line_of_the_derivation_counts(change):
    profile = Profile(**change)
    other = derive(profile, SESSION, b"s" * 32, b"c" * 32)
    assert (other.encryption, other.mac) != (KEYS.encryption, KEYS.mac)
    assert KEYS.encryption != KEYS.mac
    assert "***" in repr(KEYS)
    assert KEYS.encryption.hex() not in repr(KEYS)


@pytest.mark.parametrize("mode", ["cbc-hmac", "gcm"])
def test_a_compression_bomb_is_bounded(mode):
    plain = Profile(mode=mode)
    packed = Profile(mode=mode, compression="gzip", plaintext_limit=1000)
    bomb = gzip.compress(b"a" * 10_000_000)
    with pytest.raises(Refusal):
        open_blob(packed, KEYS, SESSION, 1, seal_blob(plain, KEYS, SESSION, 1, bomb))
    exact = seal_blob(packed, KEYS, SESSION, 1, b"a" * 1000)
    assert len(open_blob(packed, KEYS, SESSION, 1, exact)) == 1000
    over = seal_blob(packed, KEYS, SESSION, 1, b"a" * 1001)
    with pytest.raises(Refusal):
        open_blob(packed, KEYS, SESSION, 1, over)


@pytest.mark.parametrize("signature", ["pkcs1", "pss"])
@pytest.mark.parametrize("signed", ["session-value", "value"])
def test_logins_steps(signature, signed):
    profile = Profile(signature=signature, signed=signed)
    value = crypto.wrap_nonce(profile, CERTIFICATE, b"n" * 32)
    assert crypto.unwrap_nonce(profile, KEY, value) == b"n" * 32
    made = crypto.sign_value(profile, KEY, SESSION, value)
    crypto.check_value(profile, CERTIFICATE, SESSION, value, made)
    with pytest.raises(Refusal):
        crypto.check_value(profile, CERTIFICATE, SESSION, value + b"x", made)
    with pytest.raises(Refusal):
        crypto.unwrap_nonce(profile, KEY, value[:-1] + bytes([value[-1] ^ 1]))
    with pytest.raises(Refusal):
        crypto.unwrap_nonce(profile, KEY, crypto.wrap_nonce(profile, CERTIFICATE, b"n" * 31))


def test_a_small_key_or_no_certificate_is_refused():
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    for certificate in (self_signed("x", small), b"junk"):
        with pytest.raises(Refusal):
            crypto.wrap_nonce(Profile(), certificate, b"n" * 32)
    with pytest.raises(Refusal):
        derive(Profile(), SESSION, b"", b"c" * 32)


@pytest.mark.parametrize(
    "wrong",
    [{"tag_length": 0}, {"tag_length": 15}, {"tag_length": 33}, {"key_length": 20}, {"key_length": 0}, {"nonce_length": 8},
     {"mac_key_length": 4}, {"length_prefix": 0}, {"bound": ("count", "count")}, {"plaintext_limit": 0}, {"mac_label": "encryption"}],
)  # fmt: skip
def test_a_profile_that_protects_nothing_is_none(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Profile(**wrong)
    Profile(tag_length=16, key_length=16, mac_hash="SHA512")
    Profile(tag_length=64, mac_hash="SHA512")


FORMS = [
    Profile(layout="iv-tag-ciphertext"), Profile(layout="tag-iv-ciphertext"), Profile(bound=("count", "session")),
    Profile(bound=("session",)), Profile(bound=()), Profile(count_form="int32"), Profile(count_form="int64"),
    Profile(length_prefix=2), Profile(length_prefix=8), Profile(length_prefix=0, count_form="int32"), Profile(tag_length=16),
]  # fmt: skip


@pytest.mark.parametrize("mode", ["cbc-hmac", "gcm"])
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_line_of_the_bytes_counts(form, mode):
    """Each form opens its own blobs, and the default opens none of them; no byte of any may change."""
    profile, usual = replace(form, mode=mode), Profile(mode=mode)
    plain = b"<Id>273672</Id>" * 3
    blob = seal_blob(profile, KEYS, SESSION, 7, plain)
    assert open_blob(profile, KEYS, SESSION, 7, blob) == plain
    if not (mode == "gcm" and form.tag_length == 16 and form == Profile(tag_length=16)):
        with pytest.raises(Refusal):
            open_blob(usual, KEYS, SESSION, 7, blob)
    for at in range(len(blob)):
        with pytest.raises(Refusal):
            open_blob(profile, KEYS, SESSION, 7, blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :])
        with pytest.raises(Refusal):
            open_blob(profile, KEYS, SESSION, 7, blob[:at])
    if "count" in profile.bound:
        with pytest.raises(Refusal):
            open_blob(profile, KEYS, SESSION, 8, blob)


def test_the_padding_is_a_line_too():
    """Seven bytes are padded by nine: of value nine each, or eight zeros and a nine."""
    blob = seal_blob(Profile(padding="ansi-x923"), KEYS, SESSION, 7, b"1234567")
    assert open_blob(Profile(padding="ansi-x923"), KEYS, SESSION, 7, blob) == b"1234567"
    with pytest.raises(Refusal):
        open_blob(Profile(), KEYS, SESSION, 7, blob)


def test_a_count_beyond_its_form_is_refused():
    profile = Profile(count_form="int32")
    with pytest.raises(Refusal):
        seal_blob(profile, KEYS, SESSION, 2**32, b"x")
    with pytest.raises(Refusal):
        open_blob(profile, KEYS, SESSION, 2**32, b"x" * 100)


def test_a_part_beyond_its_length_is_refused():
    profile = Profile(length_prefix=2)
    with pytest.raises(ValueError, match="too long"):
        seal_blob(profile, KEYS, SESSION, 1, b"x" * 70_000)
    with pytest.raises(Refusal):
        open_blob(profile, KEYS, SESSION, 1, b"x" * 70_000)
