from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
import signxml
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.problem import Problem
from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_encrypt import Encrypter
from gateway.plugins.encryption.wssecurity_names import (
    DS,
    EXC_C14N,
    MORE,
    SAML_ID,
    SAML_TOKEN,
    SIGNATURES,
    STR_TRANSFORM,
    WSSE,
    WSSE11,
    WSU,
    XENC,
)
from gateway.plugins.encryption.wssecurity_process import Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_saml import Rules
from gateway.plugins.encryption.wssecurity_sign import sign, sign_bytes
from gateway.plugins.encryption.wssecurity_tokens import Trust, add_timestamp
from gateway.plugins.encryption.wssecurity_tree import make_security, shape_of
from gateway.xml import canonical
from tests.plugins.encryption import saml_samples as saml
from tests.plugins.encryption import wss_samples as samples

NOW = samples.NOW
IDP_KEY, IDP = samples.CA_KEY, samples.CA
RULES = Rules({saml.ISSUER: (IDP,)}, (saml.AUDIENCE,))


def issued(**how):
    return saml.signed(saml.text(NOW, **how), IDP_KEY, IDP)


def carrying(raw, text=samples.ENVELOPE):
    """An envelope whose security header holds an assertion, as its issuer wrote it."""
    root = samples.envelope(text)
    make_security(shape_of(root)).append(etree.fromstring(raw))
    return samples.again(root)


class Holder:
    """Signs by a key that an assertion names: by the assertion's id, or by a plain reference."""

    digest, algorithm = f"{XENC}sha256", f"{MORE}rsa-sha256"

    def __init__(self, key, how="id"):
        self.key, self.how = key, how

    def value(self, data):
        return sign_bytes(self.key, SIGNATURES[self.algorithm], data)

    def refer(self, security, key_info):
        name = security.find(f"{{{saml.SAML}}}Assertion").get("ID")
        reference = etree.SubElement(
            key_info, f"{{{WSSE}}}SecurityTokenReference", {f"{{{WSSE11}}}TokenType": SAML_TOKEN}
        )
        if self.how == "id":
            etree.SubElement(reference, f"{{{WSSE}}}KeyIdentifier", ValueType=SAML_ID).text = name
        else:
            etree.SubElement(reference, f"{{{WSSE}}}Reference", URI=f"#{name}")


def held(raw, key, how="id", *, first=False):
    """A message with an assertion that the holder of this key has signed."""
    root = samples.envelope(samples.ENVELOPE)
    security = make_security(shape_of(root))
    security.append(etree.fromstring(raw))
    stamp = add_timestamp(security, NOW, 300)
    signature = sign(security, [shape_of(root).body, stamp], Holder(key, how))
    if first:
        security.insert(0, signature)
    return samples.again(root)


def holder_of(certificate, **more):
    return issued(confirmed=saml.confirmation("holder-of-key", saml.holder(certificate), **more))


def inbound(**changes):
    return samples.inbound(**{"saml": RULES, "demands": ("saml",), **changes})


def refused(root, plan=None, now=NOW):
    with pytest.raises(Refusal) as caught:
        prove(root, plan or inbound(), now)
    return caught.value


# -- what is taken


def test_a_bearer_is_whom_the_assertion_names():
    raw = issued()
    root = carrying(raw)
    proof = prove(root, inbound(), NOW)
    assert (proof.method, proof.assertion.identity, proof.assertion.issuer) == ("bearer", "anna", saml.ISSUER)
    assert proof.assertion.attributes == {"mail": ("anna@example",)}
    assert canonical(etree.fromstring(proof.assertion.raw)) == canonical(etree.fromstring(raw))
    assert proof.once == ()
    assert root.find(f".//{{{WSSE}}}Security") is None
    assert "raw" not in repr(proof.assertion)


@pytest.mark.parametrize("prefixes", ["", "xs #default"])
def test_xmlsec_signs_what_we_prove(prefixes):
    pytest.importorskip("xmlsec")
    root = carrying(saml.signed_by_xmlsec(saml.text(NOW), IDP_KEY, prefixes=prefixes))
    assert prove(root, inbound(), NOW).assertion.identity == "anna"


@pytest.mark.parametrize(("algorithm", "digest"), [("rsa-sha512", "sha512"), ("sha256-rsa-MGF1", "sha384")])
def test_other_algorithms_that_are_allowed(algorithm, digest):
    raw = saml.signed(saml.text(NOW), IDP_KEY, IDP, algorithm=algorithm, digest=digest)
    assert prove(carrying(raw), inbound(), NOW).assertion.identity == "anna"


def test_an_issuer_with_two_certificates_while_one_follows_the_other():
    rules = replace(RULES, issuers={saml.ISSUER: (samples.EC, IDP)})
    assert prove(carrying(issued()), inbound(saml=rules), NOW).assertion.identity == "anna"


def test_an_attribute_may_be_the_identity():
    rules = replace(RULES, identity="mail")
    assert prove(carrying(issued()), inbound(saml=rules), NOW).assertion.identity == "anna@example"
    refused(carrying(issued(statements="")), inbound(saml=rules))


@pytest.mark.parametrize("key_info", [saml.holder(samples.EVE), saml.key_value(samples.EVE_KEY.public_key())])
@pytest.mark.parametrize("how", ["id", "reference"])
@pytest.mark.parametrize("first", [False, True])
def test_the_holder_of_the_key_signs_and_nobody_else_need_trust_it(how, first, key_info):
    raw = issued(confirmed=saml.confirmation("holder-of-key", key_info))
    root = held(raw, samples.EVE_KEY, how, first=first)
    proof = prove(root, inbound(demands=("saml", "signature", "timestamp")), NOW)
    assert (proof.method, proof.signed, proof.assertion.identity) == ("holder-of-key", ("body", "timestamp"), "anna")
    assert proof.certificate == (samples.EVE if b"X509Data" in key_info.encode() else None)
    assert len(proof.once) == 1


def test_a_holder_that_signs_by_its_certificate_is_trusted_as_any_peer():
    raw = holder_of(samples.ALICE)
    root = carrying(raw)
    secure(root, samples.signing(), NOW)
    assert prove(samples.again(root), inbound(), NOW).method == "holder-of-key"
    root = carrying(holder_of(samples.EVE))
    secure(root, samples.signing(), NOW)  # by Alice, whom we trust, and whom the assertion is not about
    refused(samples.again(root))


def test_a_bearers_assertion_may_come_with_a_signature_over_it():
    """By the STR-Transform (WSS 1.1 §8.3), as other stacks bind a token to a message."""
    root = by_reference(carrying(issued()))
    proof = prove(root, inbound(signed=("body", "timestamp", "saml")), NOW)
    assert proof.signed == ("body", "timestamp", "saml")
    root = carrying(issued())
    secure(root, samples.signing(), NOW)
    refused(samples.again(root), inbound(signed=("body", "timestamp", "saml")))


def by_reference(root, change=lambda reference, transform: None):
    """Signed by Alice: body, timestamp, and the assertion by an STR-Transform."""
    security = make_security(shape_of(root))
    assertion = security.find(f"{{{saml.SAML}}}Assertion")
    reference = etree.SubElement(security, f"{{{WSSE}}}SecurityTokenReference", {f"{{{WSU}}}Id": "STR-1"})
    etree.SubElement(reference, f"{{{WSSE}}}KeyIdentifier", ValueType=SAML_ID).text = assertion.get("ID")
    stamp = add_timestamp(security, NOW, 300)
    signer = samples.signing().signer
    signature = sign(security, [shape_of(root).body, stamp, reference], signer)
    transform = signature.findall(f".//{{{DS}}}Transform")[2]
    transform.set("Algorithm", STR_TRANSFORM)
    parameters = etree.SubElement(transform, f"{{{WSSE}}}TransformationParameters")
    etree.SubElement(parameters, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXC_C14N)
    form = canonical(assertion).replace(b"<saml:Assertion ", b'<saml:Assertion xmlns="" ', 1)
    signature.findall(f".//{{{DS}}}DigestValue")[2].text = samples.encoded(hashlib.sha256(form).digest())
    change(reference, transform)
    value = signature.find(f"{{{DS}}}SignatureValue")
    value.text = samples.encoded(signer.value(canonical(signature.find(f"{{{DS}}}SignedInfo"))))
    return samples.again(root)


@pytest.mark.parametrize(
    "change",
    [
        lambda reference, transform: reference[0].set("ValueType", "urn:other"),
        lambda reference, transform: setattr(reference[0], "text", "nothing"),
        lambda reference, transform: reference.append(etree.Element("{urn:x}y")),
        lambda reference, transform: transform.remove(transform[0]),
        lambda reference, transform: transform[0][0].set(
            "Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
        ),
        lambda reference, transform: transform[0].append(etree.Element("{urn:x}y")),
        lambda reference, transform: setattr(reference, "tag", "{urn:x}Reference"),
    ],
)
def test_str_transforms_that_are_refused(change):
    refused(by_reference(carrying(issued()), change))


def test_an_assertion_that_travels_encrypted():
    root = samples.envelope()
    plan = Outbound(assertion=issued(), encrypter=Encrypter(samples.BOB), encrypted=("body", "saml"))
    secure(root, plan, NOW)
    root = samples.again(root)
    assert b"anna" not in etree.tostring(root)
    assert prove(root, inbound(demands=("saml", "encryption")), NOW).assertion.identity == "anna"


@pytest.mark.parametrize("oracle", [False, True])
def test_what_is_passed_on_is_still_its_issuers(oracle):
    """Both sides prove it again: ours, and signxml; also where it is signed by us and declared what stood around it."""
    words = saml.text(NOW).replace("xmlns:xs='http://www.w3.org/2001/XMLSchema' ", "")
    words = words.replace("<saml:Assertion ", "<saml:Assertion xmlns:xs='http://www.w3.org/2001/XMLSchema' ")
    root = carrying(saml.signed(words, IDP_KEY, IDP))
    raw = prove(root, inbound(), NOW).assertion.raw
    root = samples.envelope()
    secure(root, samples.signing(assertion=raw, signed=("body", "timestamp", "saml")), NOW)
    root = samples.again(root)
    if oracle:
        found = etree.tostring(root.find(f".//{{{saml.SAML}}}Assertion"))
        pem = IDP.public_bytes(Encoding.PEM).decode()
        config = signxml.SignatureConfiguration(location="./")
        verified = signxml.XMLVerifier().verify(found, x509_cert=pem, id_attribute="ID", expect_config=config, validate_schema=False)  # fmt: skip
        assert verified.signed_xml.findtext(".//{*}NameID") == "anna"
    else:
        proof = prove(root, inbound(signed=("body", "timestamp", "saml")), NOW)
        assert proof.signed == ("body", "timestamp", "saml")
        assert proof.assertion.identity == "anna"


def test_what_counts_once():
    one = issued(one_time=True, ends=500)
    tokens = [prove(carrying(one), inbound(), NOW).once for _ in range(2)]
    assert tokens[0] == tokens[1]
    assert tokens[0][0][1] == pytest.approx(560, abs=1)  # kept as long as it is valid, and a minute
    rules = replace(RULES, once=True)
    assert len(prove(carrying(issued()), inbound(saml=rules), NOW).once) == 1
    assert (
        len(prove(held(holder_of(samples.EVE), samples.EVE_KEY), inbound(saml=rules), NOW).once) == 1
    )  # the message's


@pytest.mark.parametrize(
    ("how", "offset", "fits"),
    [
        ({"ends": 100}, 159, True), ({"ends": 100}, 160, False), ({"begins": 100}, 40, True), ({"begins": 100}, 39, False),
        ({"issued": 60}, 0, True), ({"issued": 62}, 0, False),
    ],
)  # fmt: skip
def test_time_is_a_boundary(how, offset, fits):
    root = carrying(issued(**how))
    if fits:
        prove(root, inbound(), NOW + offset)
    else:
        refused(root, now=NOW + offset)


# -- what is refused


def confirmed(**more):
    return {"confirmed": saml.confirmation(**more)}


OURS = f"<saml:AudienceRestriction><saml:Audience>{saml.AUDIENCE}</saml:Audience></saml:AudienceRestriction>"
OTHER = OURS.replace(saml.AUDIENCE, "urn:other")
WRONG = {
    "an unknown issuer": {"issuer": "https://evil.example"},
    "another audience": {"audience": "urn:other"},
    "audience by prefix": {"audience": saml.AUDIENCE + "/x"},
    "no audience": {"conditions": ""},
    "one of two audiences": {"conditions": OURS + OTHER},
    "an unknown condition": {"conditions": OURS + "<saml:Condition/>"},
    "expired": {"begins": -900, "ends": -100},
    "not yet valid": {"begins": 100},
    "without an end": {"ends": None},
    "SAML 1.1": {"version": "1.1"},
    "sender vouches": confirmed(method="sender-vouches"),
    "a confirmation that has ended": confirmed(attributes=f'NotOnOrAfter="{saml.moment(NOW - 100)}"'),
    "a confirmation to come": confirmed(attributes=f'NotBefore="{saml.moment(NOW + 100)}"'),
    "for another recipient": confirmed(attributes='Recipient="https://other.example"'),
    "in response to a request": confirmed(attributes='InResponseTo="_1"'),
    "from one address": confirmed(attributes='Address="192.0.2.1"'),
    "somebody else confirms": confirmed(more="<saml:NameID>eve</saml:NameID>"),
    "a bearer with a key": confirmed(data=saml.holder(samples.EVE)),
    "no confirmation": {"confirmed": " "},
    "a statement twice over": {"statements": "<saml:Subject><saml:NameID>eve</saml:NameID></saml:Subject>"},
    "a wrong time": {"confirmed": saml.confirmation(attributes='NotOnOrAfter="tomorrow"')},
}


@pytest.mark.parametrize("name", WRONG)
def test_assertions_that_their_issuer_signed_and_we_refuse(name):
    refused(carrying(issued(**WRONG[name])))


def test_a_recipient_that_is_ours():
    rules = replace(RULES, recipients=("https://us.example",))
    raw = issued(**confirmed(attributes='Recipient="https://us.example"'))
    assert prove(carrying(raw), inbound(saml=rules), NOW).method == "bearer"


def edit(path, change):
    def tamper(root):
        change(root.find(path))

    return tamper


def put(name, value):
    return lambda node: node.set(name, value)


def without(node):
    node.getparent().remove(node)


A = f".//{{{saml.SAML}}}"
S = f"{A}Assertion/{{{DS}}}Signature"


def wrapped(place):
    """XSW: the assertion that was signed is hidden, one of the attacker's stands where it is read."""

    def tamper(root):
        good = root.find(f"{A}Assertion")
        evil = etree.fromstring(etree.tostring(good))
        evil.find(f"{A}NameID").text = "admin"
        parent = good.getparent()
        parent.replace(good, evil)
        if place == "advice":
            evil.set("ID", "_evil")
            advice = etree.Element(f"{{{saml.SAML}}}Advice")
            evil.insert(4, advice)
            evil.find(f"{{{DS}}}Signature").getparent().remove(evil.find(f"{{{DS}}}Signature"))
            evil.insert(1, good.find(f"{{{DS}}}Signature"))
            advice.append(good)
        elif place == "object":
            evil.set("ID", "_evil")
            etree.SubElement(evil.find(f"{{{DS}}}Signature"), f"{{{DS}}}Object").append(good)
        elif place == "same id":
            root[0].append(good)
        elif place == "header":
            evil.set("ID", "_evil")
            root[0].append(good)
        elif place == "child":
            evil.set("ID", "_evil")
            evil.append(good)
        elif place == "second":
            evil.set("ID", "_evil")
            parent.append(good)

    return tamper


def moved_to_body(root):
    root[1].append(root.find(f"{A}Assertion"))


def twice(root):
    good = root.find(f"{A}Assertion")
    good.getparent().append(etree.fromstring(etree.tostring(good)))


def another_transform(root):
    transforms = root.find(f"{S}//{{{DS}}}Transforms")
    etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116")


def more_in_key_info(root):
    info = root.find(f"{S}/{{{DS}}}KeyInfo")
    etree.SubElement(info, f"{{{DS}}}RetrievalMethod", URI="http://127.0.0.1:1/")


def large_key_info(root):
    info = root.find(f"{S}/{{{DS}}}KeyInfo")
    for _ in range(20):
        etree.SubElement(info, f"{{{DS}}}KeyName").text = "x"


TAMPERED = {
    "another name": edit(f"{A}NameID", lambda node: setattr(node, "text", "admin")),
    "another audience": edit(f"{A}Audience", lambda node: setattr(node, "text", saml.AUDIENCE + " ")),
    "a later end": edit(f"{A}Conditions", put("NotOnOrAfter", saml.moment(NOW + 9000))),
    "no signature": edit(S, without),
    "no reference": edit(f"{S}//{{{DS}}}Reference", without),
    "no digest": edit(f"{S}//{{{DS}}}DigestValue", lambda node: setattr(node, "text", "")),
    "no value": edit(f"{S}//{{{DS}}}SignatureValue", lambda node: setattr(node, "text", "")),
    "the whole document": edit(f"{S}//{{{DS}}}Reference", put("URI", "")),
    "a file": edit(f"{S}//{{{DS}}}Reference", put("URI", "file:///etc/hostname")),
    "a pointer": edit(f"{S}//{{{DS}}}Reference", put("URI", "#xpointer(/)")),
    "SHA-1": edit(f"{S}//{{{DS}}}SignatureMethod", put("Algorithm", f"{DS}rsa-sha1")),
    "SHA-1 digest": edit(f"{S}//{{{DS}}}DigestMethod", put("Algorithm", f"{DS}sha1")),
    "HMAC": edit(f"{S}//{{{DS}}}SignatureMethod", put("Algorithm", f"{MORE}hmac-sha256")),
    "inclusive C14N": edit(
        f"{S}//{{{DS}}}CanonicalizationMethod", put("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
    ),
    "another transform": another_transform,
    "a key to fetch": more_in_key_info,
    "a large KeyInfo": large_key_info,
    "in the body": moved_to_body,
    "twice": twice,
    "text inside": edit(f"{A}Assertion", lambda node: setattr(node, "text", "x")),
    "text behind": edit(f"{A}Issuer", lambda node: setattr(node, "tail", "x")),
    "another attribute": edit(f"{A}Assertion", put("evil", "1")),
    **{f"wrapped: {place}": wrapped(place) for place in ("advice", "object", "same id", "header", "child", "second")},
}


@pytest.mark.parametrize("name", TAMPERED)
def test_d01_assertions_that_were_changed(name):
    root = carrying(issued())
    TAMPERED[name](root)
    refused(samples.again(root))


def test_another_signer_in_the_issuers_name():
    raw = saml.signed(saml.text(NOW), samples.EVE_KEY, samples.EVE)
    refused(carrying(raw))
    stale = samples.certificate(IDP_KEY, "authority", ca=True, start=NOW - 10 * 86400, days=5)
    refused(carrying(issued()), inbound(saml=replace(RULES, issuers={saml.ISSUER: (stale,)})))


def test_d10_a_comment_cuts_no_name():
    raw = issued(name="admin.evil.example").replace(b"admin.evil", b"admin<!-- -->.evil")
    assert prove(carrying(raw), inbound(), NOW).assertion.identity == "admin.evil.example"


def test_nothing_of_it_is_read_where_it_is_not_asked_for():
    refused(carrying(issued()), samples.inbound())
    refused(samples.envelope())
    refused(carrying(issued()), inbound(saml=replace(RULES, methods=("holder-of-key",))))


@pytest.mark.parametrize("signer", [None, samples.ALICE_KEY])
def test_who_does_not_hold_the_key_is_refused(signer):
    raw = holder_of(samples.EVE)
    refused(carrying(raw) if signer is None else held(raw, signer), inbound(trust=Trust(peers=(samples.ALICE,))))


def test_a_bearers_assertion_gives_no_key():
    refused(held(issued(), samples.EVE_KEY))


@pytest.mark.parametrize(
    "key_info",
    [
        "<ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>",
        "<ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:KeyName>eve</ds:KeyName></ds:KeyInfo>",
        saml.holder(samples.certificate(samples.EVE_KEY, "old", start=NOW - 10 * 86400, days=5)),
        saml.holder(samples.EVE).replace("MII", "AAA"),
        saml.key_value(samples.rsa_key(1024).public_key()),
        "<x/>",
    ],
)
def test_holders_keys_that_are_refused(key_info):
    raw = issued(confirmed=saml.confirmation("holder-of-key", key_info))
    refused(held(raw, samples.EVE_KEY))


def test_what_is_passed_on_stays_under_the_limits():
    with pytest.raises(Problem):
        secure(samples.envelope(), Outbound(assertion=b"<a>" * 100 + b"</a>" * 100), NOW)
