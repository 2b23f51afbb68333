from __future__ import annotations

import pathlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.demo import portal_blob
from gateway.demo.portal_blob import BlobHalf, self_signed
from gateway.demo.portal_state import PortalError, Session
from gateway.demo.portal_wire import leaf

CALLER = portal_blob._new_key()
CERTIFICATE = self_signed("caller", CALLER)


def settled(compress=False):
    half, session = BlobHalf(compress=compress), Session(b"s" * 20, 21)
    half.hello(session, CERTIFICATE)
    assert len(session.keys.nonce) == 32
    mine = (
        portal_blob.x509.load_der_x509_certificate(half.certificate)
        .public_key()
        .encrypt(b"c" * 32, portal_blob._oaep())
    )
    signature = CALLER.sign(portal_blob._framed(session.id, mine), padding.PKCS1v15(), hashes.SHA256())
    return half, session, mine, signature


@pytest.mark.parametrize("compress", [False, True])
def test_both_steps_then_a_call(compress):
    half, session, value, signature = settled(compress)
    half.settle(session, value, signature)
    blob = half.seal(session, 3, [leaf("Id", 1), leaf("Name", "Åsa")])
    assert [child.text for child in half.open(session, 3, blob)] == ["1", "Åsa"]
    with pytest.raises(PortalError):
        half.settle(session, value, signature)


def test_every_refusal_is_the_same():
    half, session, value, signature = settled()
    said = set()

    def refused(work, *arguments):
        with pytest.raises(PortalError) as caught:
            work(*arguments)
        said.add(str(caught.value))

    refused(half.open, session, 1, b"")
    refused(half.settle, session, value + b"x", signature)
    refused(half.settle, session, value, signature[:-1])
    refused(half.settle, Session(b"t" * 20, 21), value, signature)
    half.settle(session, value, signature)
    blob = half.seal(session, 3, [leaf("Id", 1)])
    for at in range(len(blob)):
        refused(half.open, session, 3, blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :])
        refused(half.open, session, 3, blob[:at])
    refused(half.open, session, 4, blob)
    assert len(said) == 1


def test_its_own_hkdf_is_the_standards():
    theirs = HKDF(hashes.SHA256(), 32, b"salt", b"mac").derive(b"material")
    assert portal_blob._expand(b"salt", b"material", b"mac") == theirs


def test_it_imports_nothing_of_the_gateways_half():
    assert "gateway.plugins" not in pathlib.Path(portal_blob.__file__).read_text()


def test_a_caller_without_a_usable_certificate_gets_no_encryption():
    assert BlobHalf().hello(Session(b"s", 21), b"no certificate") == []


def test_its_mode():
    assert BlobHalf(compress=True).mode()["CompressionAlgorithm"] == "GZ"
