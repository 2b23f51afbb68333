from __future__ import annotations

import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree

from gateway.core.problem import Kind
from gateway.plugins.api import Refusal
from gateway.plugins.encryption import wssecurity_tokens as tokens
from gateway.plugins.encryption.wssecurity_names import BASE64, DS, PASSWORD_DIGEST, PREFIXES, WSSE, WSU
from gateway.plugins.encryption.wssecurity_tokens import Trust
from gateway.plugins.encryption.wssecurity_tree import Ids
from tests.plugins.encryption import wss_samples as samples

NOW = samples.NOW


def security():
    return etree.Element(f"{{{WSSE}}}Security", nsmap=dict(PREFIXES))


def test_the_profiles_own_digest():
    """Username Token Profile 1.1 §3.1: Base64(SHA-1(nonce + created + password))."""
    token = etree.fromstring(
        f'<w:UsernameToken xmlns:w="{WSSE}" xmlns:u="{WSU}"><w:Username>anna</w:Username>'
        f'<w:Password Type="{PASSWORD_DIGEST}">%s</w:Password><w:Nonce EncodingType="{BASE64}">AAAAAAAAAAAAAAAAAAAAAA==</w:Nonce>'
        "<u:Created>2026-09-21T14:13:20Z</u:Created></w:UsernameToken>" % "2tNRY5D2fdJCdmXeBlmCZpZ4mkk="
    )
    import base64
    import hashlib

    right = base64.b64encode(hashlib.sha1(bytes(16) + b"2026-09-21T14:13:20Z" + b"pw").digest()).decode()
    token[1].text = right
    now = tokens.seconds_of("2026-09-21T14:13:20Z")
    assert tokens.check_username(token, {"anna": "pw"}, now, 300, text_allowed=False).name == "anna"
    token[1].text = base64.b64encode(hashlib.sha1(bytes(16) + b"2026-09-21T14:13:20Z").digest()).decode()
    with pytest.raises(Refusal):  # an unknown user has the empty password: that is no way in
        tokens.check_username(token, {}, now, 300, text_allowed=False)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.remove(t[2]),
        lambda t: t.remove(t[3]),
        lambda t: t.remove(t[0]),
        lambda t: t.remove(t[1]),
        lambda t: t.append(etree.fromstring(etree.tostring(t[0]))),
        lambda t: etree.SubElement(t, "x"),
        lambda t: t[1].set("Type", "urn:x"),
        lambda t: t.set("x", "y"),
        lambda t: t[2].set("EncodingType2", "z"),
        lambda t: setattr(t[2], "text", "A" * 2000),
    ],
)
def test_username_tokens_that_are_refused(change):
    token = tokens.add_username(security(), "anna", "pw", NOW, digest=True)
    change(token)
    with pytest.raises(Refusal):
        tokens.check_username(token, {"anna": "pw"}, NOW, 300, text_allowed=True)


def test_a_nonce_and_time_may_stand_in_either_order():
    token = tokens.add_username(security(), "anna", "pw", NOW, digest=True)
    token.append(token[2])
    assert tokens.check_username(token, {"anna": "pw"}, NOW, 300, text_allowed=False).name == "anna"


@pytest.mark.parametrize(("offset", "fits"), [(0, True), (300, True), (301, False), (-60, True), (-61, False)])
def test_freshness_is_a_boundary(offset, fits):
    created = tokens._time(NOW)
    if fits:
        tokens.check_fresh(created, NOW + offset, 300)
        return
    with pytest.raises(Refusal) as caught:
        tokens.check_fresh(created, NOW + offset, 300)
    assert caught.value.kind is Kind.STALE_MESSAGE


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2026-09-21T14:13:20Z", 1),
        ("2026-09-21T16:13:20.000+02:00", 1),
        ("2026-09-21T14:13:20.0000000Z", 1),  # .NET's seven digits
        ("2026-09-21T14:13:20", 0),
        ("20260921T141320Z", 0),  # what Python reads, and no schema
        ("2026-W39-1T14:13:20Z", 0),
        ("2026-09-21 14:13:20Z", 0),
        ("2026-09-21T14:13:20,0Z", 0),
        ("2026-09-21T14:13Z", 0),
        ("2026-09-21T14:13:20." + "0" * 60 + "Z", 0),
        ("2026-13-01T00:00:00Z", 0),
        ("", 0),
        ("now", 0),
    ],
)
def test_times(text, fits):
    if fits:
        assert tokens.seconds_of(text) == 1_790_000_000.0
        return
    with pytest.raises(Refusal):
        tokens.seconds_of(text)


def referred(change=lambda reference: None, how="token", known=None, certificate=None):
    root = etree.Element("root")
    header = security()
    root.append(header)
    info = etree.SubElement(header, f"{{{DS}}}KeyInfo")
    tokens.refer(header, info, certificate or samples.ALICE, how)
    change(info[0])
    return tokens.referred(info, Ids(root), known if known is not None else [samples.ALICE, samples.BOB])


@pytest.mark.parametrize("how", ["token", "issuer-serial", "key-identifier", "thumbprint"])
def test_references_mean_one_certificate(how):
    assert referred(how=how) == samples.ALICE
    assert referred(how=how, known=[samples.ALICE, samples.ALICE]) == samples.ALICE
    if how != "token":
        with pytest.raises(Refusal):
            referred(how=how, known=[samples.BOB])


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.append(etree.fromstring(etree.tostring(r[0]))), lambda r: r.remove(r[0]),
        lambda r: r.set("x", "y"), lambda r: r[0].set("URI", "http://127.0.0.1:9/"), lambda r: r[0].set("URI", "#none"),
        lambda r: setattr(r[0], "tag", f"{{{WSSE}}}Embedded"),
    ],
)  # fmt: skip
def test_references_that_are_refused(change):
    with pytest.raises(Refusal):
        referred(change)


def test_issuer_names_of_other_stacks():
    def spaced(reference):
        name = reference.find(f".//{{{DS}}}X509IssuerName")
        name.text = f" {name.text.lower().replace('cn=', 'cn = ')} "

    assert referred(spaced, how="issuer-serial") == samples.ALICE


def test_timestamps():
    header = security()
    node = tokens.add_timestamp(header, NOW, 300)
    tokens.check_timestamp(node, NOW, 300)
    with pytest.raises(Refusal):
        tokens.check_timestamp(node, NOW + 300, 300)
    node.remove(node[1])
    tokens.check_timestamp(node, NOW + 300, 300)
    node.remove(node[0])
    with pytest.raises(Refusal):
        tokens.check_timestamp(node, NOW, 300)


def usage(*given):
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{name: name in given for name in names})


def with_usage(key, name, *given, issuer=None, ca=False):
    """As `samples.certificate`, with a key usage."""
    plain = samples.certificate(key, name, issuer=issuer, ca=ca)
    built = x509.CertificateBuilder(
        plain.issuer, plain.subject, plain.public_key(), plain.serial_number, plain.not_valid_before_utc,
        plain.not_valid_after_utc, list(plain.extensions),
    )  # fmt: skip
    return built.add_extension(usage(*given), critical=True).sign(issuer[0] if issuer else key, hashes.SHA256())


@pytest.mark.parametrize(
    ("of", "authority", "fits"),
    [
        (("digital_signature",), ("key_cert_sign",), True),
        (("content_commitment",), ("key_cert_sign",), True),
        (("key_encipherment",), ("key_cert_sign",), False),
        (("digital_signature",), ("digital_signature",), False),
    ],
)
def test_a_certificate_is_trusted_for_what_it_is_for(of, authority, fits):
    ca = with_usage(samples.CA_KEY, "authority", *authority, ca=True)
    leaf = with_usage(samples.EVE_KEY, "leaf", *of, issuer=(samples.CA_KEY, ca))
    trust = Trust(authorities=(ca,))
    if fits:
        trust.check(leaf, samples.NOW)
    else:
        with pytest.raises(Refusal):
            trust.check(leaf, samples.NOW)
    Trust(peers=(leaf,)).check(leaf, samples.NOW)  # a peer that the operator names is one


def test_chains_end_with_the_first_authority_and_dates_count():
    middle = samples.certificate(samples.ALICE_KEY, "middle", issuer=(samples.CA_KEY, samples.CA), ca=True)
    leaf = samples.certificate(samples.EVE_KEY, "leaf", issuer=(samples.ALICE_KEY, middle))
    Trust(authorities=(middle,)).check(leaf, samples.NOW)
    no_ca = samples.certificate(samples.ALICE_KEY, "middle", issuer=(samples.CA_KEY, samples.CA))
    old = samples.certificate(samples.CA_KEY, "authority", ca=True, start=samples.NOW - 9 * 86400, days=8)
    for authorities, certificate in (
        ((samples.CA,), leaf),  # what stands between is not fetched nor taken from a message
        ((no_ca,), leaf),
        ((old,), samples.BY_CA),
        ((samples.CA,), samples.certificate(samples.EVE_KEY, "x", issuer=(samples.CA_KEY, samples.CA), start=samples.NOW + 60)),
        ((samples.CA,), samples.certificate(samples.EVE_KEY, "x", issuer=(samples.EVE_KEY, samples.CA))),
    ):
        with pytest.raises(Refusal):
            Trust(authorities=authorities).check(certificate, samples.NOW)


def test_a_certificate_by_sha1_is_vouched_for_by_nobody(tmp_path):
    def openssl(*given):
        subprocess.run(["openssl", *given], cwd=tmp_path, check=True, capture_output=True)

    for digest in ("sha256", "sha1"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf")
        openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "leaf.pem", f"-{digest}")
        ca, leaf = (x509.load_pem_x509_certificate((tmp_path / name).read_bytes()) for name in ("ca.pem", "leaf.pem"))
        trust, now = Trust(authorities=(ca,)), time.time() + 5
        if digest == "sha256":
            trust.check(leaf, now)
        else:
            with pytest.raises(Refusal):
                trust.check(leaf, now)
