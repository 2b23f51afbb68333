from __future__ import annotations

import pytest
import signxml
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_names import MORE, SIGNATURES, WSU, XENC, Signing
from gateway.plugins.encryption.wssecurity_process import prove, secure
from gateway.plugins.encryption.wssecurity_sign import Signer, sign_bytes
from gateway.plugins.encryption.wssecurity_verify import check_bytes
from tests.plugins.encryption import wss_samples as samples

# the oracle is a wheel of the interop extra: `make interop` runs this file with it
xmlsec = pytest.importorskip("xmlsec")

NOW = samples.NOW
CASES = [
    (samples.ALICE_KEY, samples.ALICE, "", f"{XENC}sha256"),
    (samples.ALICE_KEY, samples.ALICE, f"{MORE}rsa-sha512", f"{XENC}sha512"),
    (samples.ALICE_KEY, samples.ALICE, "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", f"{MORE}sha384"),
    (samples.EC_KEY, samples.EC, "", f"{XENC}sha256"),
    (samples.EC_KEY, samples.EC, f"{MORE}ecdsa-sha384", f"{XENC}sha256"),
]


def signed(key, certificate, method="", digest=f"{XENC}sha256", reference="token"):
    root = samples.envelope()
    secure(root, samples.signing(signer=Signer(key, certificate, reference, method, digest)), NOW)
    return samples.again(root)


def xmlsec_verifies(root, certificate):
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    for node in root.iter(etree.Element):
        if node.get(f"{{{WSU}}}Id"):
            context.register_id(node, "Id", WSU)
    context.key = xmlsec.Key.from_memory(certificate.public_bytes(Encoding.PEM), xmlsec.constants.KeyDataFormatCertPem)
    context.verify(root.find(".//{*}Signature"))


@pytest.mark.parametrize("reference", ["token", "issuer-serial", "key-identifier", "thumbprint"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[2].rpartition("#")[2] or type(case[0]).__name__)
def test_we_verify_what_we_sign(case, reference):
    key, certificate, method, digest = case
    proof = prove(signed(key, certificate, method, digest, reference), samples.inbound(), NOW)
    assert proof.certificate == certificate
    assert proof.signed == ("body", "timestamp")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[2].rpartition("#")[2] or type(case[0]).__name__)
def test_xmlsec_verifies_what_we_sign_and_finds_tampering(case):
    key, certificate, method, digest = case
    xmlsec_verifies(signed(key, certificate, method, digest), certificate)
    root = signed(key, certificate, method, digest)
    root.find(".//{urn:bank}amount").text = "9"
    with pytest.raises(xmlsec.Error):
        xmlsec_verifies(root, certificate)


@pytest.mark.parametrize("case", [CASES[0], CASES[1], CASES[3]], ids=["rsa256", "rsa512", "ec256"])
def test_signxml_verifies_what_we_sign(case):
    key, certificate, method, digest = case
    root = signed(key, certificate, method, digest)
    known = certificate.public_bytes(Encoding.PEM).decode()
    config = signxml.SignatureConfiguration(location=".//", expect_references=2)
    results = signxml.XMLVerifier().verify(
        etree.tostring(root), x509_cert=known, id_attribute="Id", expect_config=config,
        validate_schema=False,
    )  # fmt: skip
    assert [etree.QName(result.signed_xml).localname for result in results] == ["Body", "Timestamp"]


@pytest.mark.parametrize("prefixes", [None, "s b"])
def test_we_verify_what_xmlsec_signs(prefixes):
    """A signature with WSS's shape whose values xmlsec computes; with an inclusive prefix list, too."""
    root = signed(samples.ALICE_KEY, samples.ALICE)
    signature = root.find(".//{*}Signature")
    for transform in [*root.iter("{*}Transform"), root.find(".//{*}CanonicalizationMethod")] if prefixes else ():
        inclusive = etree.SubElement(transform, "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces")
        inclusive.set("PrefixList", prefixes)
    for node in [*signature.iter("{*}DigestValue"), signature.find("{*}SignatureValue")]:
        node.text = ""
    context = xmlsec.SignatureContext()
    for node in root.iter(etree.Element):
        if node.get(f"{{{WSU}}}Id"):
            context.register_id(node, "Id", WSU)
    pem = samples.ALICE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
    context.sign(signature)
    proof = prove(samples.again(root), samples.inbound(), NOW)
    assert proof.signed == ("body", "timestamp")


def test_the_key_must_fit_the_method():
    with pytest.raises(Refusal):
        sign_bytes(samples.EC_KEY, SIGNATURES[f"{MORE}rsa-sha256"], b"x")
    with pytest.raises(Refusal):
        sign_bytes(samples.ALICE_KEY, SIGNATURES[f"{MORE}ecdsa-sha256"], b"x")
    for value in (b"", b"\0" * 64, b"\xff" * 64, b"x" * 63):
        with pytest.raises((Refusal, ValueError)):
            check_bytes(samples.EC_KEY.public_key(), SIGNATURES[f"{MORE}ecdsa-sha256"], value, b"x")
    assert isinstance(SIGNATURES[f"{MORE}rsa-sha256"], Signing)
