"""Session keys: one fresh key signs, encrypts and protects the answer; what was not ours proves nothing by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_encrypt import Encrypter
from gateway.plugins.encryption.wssecurity_names import DS, ENCRYPTED_KEY_SHA1, MORE
from gateway.plugins.encryption.wssecurity_process import Inbound, Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_session import SessionKey, SessionKeys
from tests.plugins.encryption import wss_samples as samples

NOW = samples.NOW
ORDERS = ("sign-encrypt", "encrypt-sign")
BOTH = Outbound(encrypter=Encrypter(samples.BOB), symmetric=True)


def sent(**changes: Any) -> tuple[Any, Any]:
    root = samples.envelope()
    made = secure(root, replace(BOTH, **changes), NOW)
    return samples.again(root), made


def inbound(**changes: Any) -> Inbound:
    return replace(samples.inbound(), **{"symmetric": True, **changes})


@pytest.mark.parametrize("order", ORDERS)
def test_a_request_and_its_answer(order: Any) -> None:
    root, made = sent(order=order)
    assert b"1000" not in etree.tostring(root)
    proof = prove(root, inbound(), NOW)
    assert (proof.signed, proof.encrypted, proof.certificate) == (("body", "timestamp"), ("body",), None)
    assert root.findtext(".//{urn:bank}amount") == "1000"
    assert proof.session is not None
    assert proof.session.key == made.session.key
    answer = samples.envelope()
    secure(answer, Outbound(session=replace(proof.session, id=""), symmetric=True, order=order), NOW)
    answer = samples.again(answer)
    kinds = {each.get("ValueType") for each in answer.iter("{*}KeyIdentifier")}
    assert kinds == {ENCRYPTED_KEY_SHA1}
    assert answer.find(".//{*}EncryptedKey") is None
    back = prove(answer, Inbound(sessions=(made.session,)), NOW)
    assert (back.signed, back.encrypted) == (("body", "timestamp"), ("body",))


def test_a_key_that_anybody_may_wrap_proves_nothing_unless_it_is_said() -> None:
    root, _ = sent()
    with pytest.raises(Refusal, match="proves nothing"):
        prove(root, inbound(symmetric=False), NOW)


def test_an_answer_with_another_key_than_that_of_the_request() -> None:
    _, made = sent()
    other = SessionKey(b"o" * 32, b"n" * 20)
    answer = samples.envelope()
    secure(answer, Outbound(session=other, symmetric=True), NOW)
    with pytest.raises(Refusal, match="the session key is not known"):
        prove(samples.again(answer), Inbound(sessions=(made.session,)), NOW)
    named = samples.envelope()  # the right name, the wrong key
    secure(named, Outbound(session=replace(other, name=made.session.name), symmetric=True, encrypted=()), NOW)
    with pytest.raises(Refusal, match="the signature is wrong"):
        prove(samples.again(named), Inbound(sessions=(made.session,)), NOW)


@pytest.mark.parametrize(
    ("path", "attribute", "value"),
    [
        (".//{*}SignatureMethod", "Algorithm", f"{DS}hmac-sha1"),
        (".//{*}SignatureMethod", "Algorithm", f"{MORE}rsa-sha256"),
        (".//{*}Signature/{*}KeyInfo//{*}Reference", "URI", "#other"),
        (".//{*}EncryptedData/{*}KeyInfo//{*}Reference", "URI", "#other"),
        ("{*}Header//{*}ReferenceList/{*}DataReference", "URI", "#other"),
    ],
)
def test_what_is_changed_is_refused(path: str, attribute: str, value: str) -> None:
    root, _ = sent()
    root.find(path).set(attribute, value)
    with pytest.raises(Refusal):
        prove(root, inbound(), NOW)


def test_a_shorter_mac_is_refused() -> None:
    root, _ = sent()
    etree.SubElement(root.find(".//{*}SignatureMethod"), f"{{{DS}}}HMACOutputLength").text = "1"
    with pytest.raises(Refusal):
        prove(root, inbound(), NOW)


def test_an_rsa_signature_is_no_mac_by_the_public_key() -> None:
    """A certificate's bytes are never the secret of an HMAC (D-08)."""
    root = samples.envelope()
    secure(root, samples.signing(), NOW)
    root = samples.again(root)
    root.find(".//{*}SignatureMethod").set("Algorithm", f"{MORE}hmac-sha256")
    with pytest.raises(Refusal):
        prove(root, inbound(), NOW)


def test_keys_never_show_themselves() -> None:
    key = SessionKey(b"hunter2hunter2hu", b"n")
    assert "hunter2" not in repr(key) + repr([key]) + str(SessionKeys([key]))
