"""Keys, certificates and envelopes for the WS-Security tests."""

from __future__ import annotations

import base64
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.limits import DEFAULT
from gateway.plugins.encryption.wssecurity_encrypt import Encrypter
from gateway.plugins.encryption.wssecurity_process import Inbound, Outbound
from gateway.plugins.encryption.wssecurity_sign import Signer
from gateway.plugins.encryption.wssecurity_tokens import Trust
from gateway.xml import parse

NOW = 1_790_000_000.0
NS = "urn:bank"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:b="urn:bank"><s:Header>'
    '<b:Trace>abc</b:Trace></s:Header><s:Body><b:Pay b:currency="EUR"><b:amount>1000</b:amount>'
    "<b:to>Ann &amp; Bob åäö</b:to></b:Pay></s:Body></s:Envelope>"
)


def certificate(key, name, *, issuer=None, ca=False, days=365, start=NOW - 86400):
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    by_key, by_cert = issuer or (key, None)
    begin = datetime.datetime.fromtimestamp(start, datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by_cert.subject if by_cert else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return built.sign(by_key, hashes.SHA256())


def rsa_key(size=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


ALICE_KEY, BOB_KEY, EVE_KEY, CA_KEY = rsa_key(), rsa_key(), rsa_key(), rsa_key()
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ALICE, BOB, EVE = certificate(ALICE_KEY, "alice"), certificate(BOB_KEY, "bob"), certificate(EVE_KEY, "eve")
CA = certificate(CA_KEY, "authority", ca=True)
EC = certificate(EC_KEY, "curve")
BY_CA = certificate(EVE_KEY, "vouched", issuer=(CA_KEY, CA))


def der(cert):
    return cert.public_bytes(Encoding.DER)


def envelope(text=ENVELOPE):
    return parse(text.encode() if isinstance(text, str) else text, DEFAULT)


def again(root):
    """As it arrives at the other side: bytes, parsed."""
    return parse(etree.tostring(root, encoding="utf-8"), DEFAULT)


def outbound(**changes):
    return Outbound(**{"signer": Signer(ALICE_KEY, ALICE), "encrypter": Encrypter(BOB), **changes})


def signing(**changes):
    return outbound(encrypter=None, **changes)


def inbound(**changes):
    settings = {
        "trust": Trust(peers=(ALICE, EC)),
        "keys": {der(BOB): BOB_KEY},
        "certificates": (BOB,),
        "users": {"anna": "pass word"},
    }
    return Inbound(**{**settings, **changes})


def encoded(data):
    return base64.b64encode(data).decode()


def b64(text):
    return base64.b64decode(text)


def encoded_der(cert):
    return encoded(der(cert))
