from __future__ import annotations

import functools

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_names import DS, EXC_C14N, Allowed
from gateway.plugins.encryption.wssecurity_process import prove, secure
from gateway.plugins.encryption.wssecurity_tokens import Trust
from gateway.plugins.encryption.wssecurity_tree import Ids
from gateway.plugins.encryption.wssecurity_verify import _ORDERS, Signed, require_parts, verify
from tests.plugins.encryption import wss_samples as samples

NOW = samples.NOW


@functools.cache
def signed_bytes():
    root = samples.envelope()
    secure(root, samples.signing(), NOW)
    return etree.tostring(root)


def signed():
    root = samples.envelope(signed_bytes())
    signature = root.find(".//{*}Signature")
    return root, verify(signature, Ids(root), Trust(peers=(samples.ALICE,)), Allowed(), NOW)


def test_what_is_proven_are_the_nodes_themselves():
    root, proof = signed()
    assert proof.certificate == samples.ALICE
    assert proof.covers(root.find("{*}Body"))
    assert not proof.covers(etree.fromstring(etree.tostring(root.find("{*}Body"))))
    assert not proof.covers(root.find("{*}Body")[0])
    require_parts(proof, [("body", root.find("{*}Body"))])
    for node in (None, root, root.find("{*}Header")):
        with pytest.raises(Refusal):
            require_parts(proof, [("x", node)])


@pytest.mark.parametrize("prefixes", ["a " * 17, "a"])
def test_prefix_lists_are_bounded(prefixes):
    root = samples.envelope(signed_bytes())
    inclusive = etree.SubElement(root.find(".//{*}Transform"), f"{{{EXC_C14N}}}InclusiveNamespaces")
    inclusive.set("PrefixList", prefixes)
    with pytest.raises(Refusal):
        prove(samples.again(root), samples.inbound(), NOW)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_any_changed_byte_is_refused_or_changes_nothing_that_is_read(at, change):
    raw = bytearray(signed_bytes())
    raw[at % len(raw)] ^= change
    try:
        root = samples.envelope(bytes(raw))
    except Exception:
        return
    try:
        proof = prove(root, samples.inbound(demands=("signature",)), NOW)
    except Refusal:
        return
    assert proof.signed == ("body", "timestamp")
    assert root.findtext(".//{urn:bank}amount") == "1000"
    assert root.findtext(".//{urn:bank}to") == "Ann & Bob åäö"


def test_signed_is_frozen():
    with pytest.raises(AttributeError):
        Signed((), samples.ALICE, b"").nodes = (1,)


def test_an_enveloped_transform_is_taken_where_it_does_nothing():
    """node-soap writes it on the body; on an element around the signature it would take something out."""
    root = samples.envelope()
    secure(root, samples.signing(), NOW)
    root = samples.again(root)
    for transforms in root.iter("{*}Transforms"):
        transforms.insert(0, etree.Element(f"{{{DS}}}Transform", Algorithm=f"{DS}enveloped-signature"))
    with pytest.raises(Refusal, match="the signature is wrong"):  # read, and not what was signed
        prove(root, samples.inbound(), NOW)
    other = samples.again(root)
    for transforms in other.iter("{*}Transforms"):
        transforms[0].set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")
    with pytest.raises(Refusal, match="is not allowed"):
        prove(other, samples.inbound(), NOW)


@pytest.mark.parametrize(("name", "bits"), [("secp256r1", 256), ("secp384r1", 384), ("secp521r1", 521)])
def test_orders_of_curves(name, bits):
    """SEC 2: n times any point is the point at infinity, which is to say that (n - 1) times G is G turned over."""
    order, curve = _ORDERS[name], {"secp256r1": ec.SECP256R1, "secp384r1": ec.SECP384R1, "secp521r1": ec.SECP521R1}[name]()
    assert order.bit_length() == bits
    first, last = (ec.derive_private_key(number, curve).public_key().public_numbers() for number in (1, order - 1))
    assert first.x == last.x
    assert first.y != last.y
    with pytest.raises(ValueError, match=r"(?i)invalid"):
        ec.derive_private_key(order, curve)
