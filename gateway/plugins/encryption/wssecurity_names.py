"""The law of WS-Security's names: namespaces, algorithms and token profiles, each one once, each in a closed table.

What is not in a table is refused. Legacy algorithms stand in tables of their own, that only a dangerous
setting opens (OASIS WSS 1.1, XML Signature 1.1, XML Encryption 1.1, RFC 9231).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.hazmat.primitives import hashes

_OASIS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE: Final = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU: Final = f"{_OASIS}wssecurity-utility-1.0.xsd"
WSSE11: Final = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
XENC11: Final = "http://www.w3.org/2009/xmlenc11#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = f"{DS}enveloped-signature"
MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12: Final = "http://www.w3.org/2003/05/soap-envelope"
ID: Final = f"{{{WSU}}}Id"

_TOKEN: Final = f"{_OASIS}x509-token-profile-1.0#"
X509V3: Final = f"{_TOKEN}X509v3"
SKI: Final = f"{_TOKEN}X509SubjectKeyIdentifier"
THUMBPRINT: Final = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
ENCRYPTED_KEY: Final = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey"
ENCRYPTED_KEY_SHA1: Final = f"{ENCRYPTED_KEY}SHA1"
STR_TRANSFORM: Final = f"{_OASIS}soap-message-security-1.0#STR-Transform"
BASE64: Final = f"{_OASIS}soap-message-security-1.0#Base64Binary"
SAML2: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
ASSERTION: Final = f"{{{SAML2}}}Assertion"
_SAML_PROFILE: Final = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#"
SAML_ID: Final = f"{_SAML_PROFILE}SAMLID"
SAML_TOKEN: Final = f"{_SAML_PROFILE}SAMLV2.0"
PASSWORD_TEXT: Final = f"{_OASIS}username-token-profile-1.0#PasswordText"
PASSWORD_DIGEST: Final = f"{_OASIS}username-token-profile-1.0#PasswordDigest"

PREFIXES: Final[Mapping[str, str]] = {"wsse": WSSE, "wsu": WSU, "ds": DS, "xenc": XENC, "xenc11": XENC11}
NCNAME: Final = re.compile(r"#[A-Za-z_][A-Za-z0-9_.-]{0,255}")


def wsse(name: str) -> str:
    """Clark name in the WSS namespace."""
    return f"{{{WSSE}}}{name}"


def wsu(name: str) -> str:
    """Clark name in the utility namespace."""
    return f"{{{WSU}}}{name}"


def saml(name: str) -> str:
    """Clark name in the namespace of SAML 2.0's assertions."""
    return f"{{{SAML2}}}{name}"


def ds(name: str) -> str:
    """Clark name in XML Signature's namespace."""
    return f"{{{DS}}}{name}"


def xenc(name: str) -> str:
    """Clark name in XML Encryption's namespace."""
    return f"{{{XENC}}}{name}"


@dataclass(frozen=True, slots=True)
class Signing:
    """A signature algorithm: the kind of key and the hash."""

    kind: Literal["rsa", "pss", "ec"]
    digest: type[hashes.HashAlgorithm]


SIGNATURES: Final[Mapping[str, Signing]] = {
    f"{MORE}rsa-sha256": Signing("rsa", hashes.SHA256),
    f"{MORE}rsa-sha384": Signing("rsa", hashes.SHA384),
    f"{MORE}rsa-sha512": Signing("rsa", hashes.SHA512),
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1": Signing("pss", hashes.SHA256),
    f"{MORE}ecdsa-sha256": Signing("ec", hashes.SHA256),
    f"{MORE}ecdsa-sha384": Signing("ec", hashes.SHA384),
    f"{MORE}ecdsa-sha512": Signing("ec", hashes.SHA512),
}
LEGACY_SIGNATURES: Final[Mapping[str, Signing]] = {f"{DS}rsa-sha1": Signing("rsa", hashes.SHA1)}

HMACS: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    f"{MORE}hmac-sha256": hashes.SHA256,
    f"{MORE}hmac-sha384": hashes.SHA384,
    f"{MORE}hmac-sha512": hashes.SHA512,
}
LEGACY_HMACS: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {f"{DS}hmac-sha1": hashes.SHA1}

DIGESTS: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    f"{XENC}sha256": hashes.SHA256,
    f"{MORE}sha384": hashes.SHA384,
    f"{XENC}sha512": hashes.SHA512,
}
LEGACY_DIGESTS: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {f"{DS}sha1": hashes.SHA1}

# algorithm -> (key length, GCM or CBC), bytes
BLOCKS: Final[Mapping[str, tuple[int, Literal["gcm", "cbc"]]]] = {
    f"{XENC11}aes128-gcm": (16, "gcm"),
    f"{XENC11}aes192-gcm": (24, "gcm"),
    f"{XENC11}aes256-gcm": (32, "gcm"),
}
LEGACY_BLOCKS: Final[Mapping[str, tuple[int, Literal["gcm", "cbc"]]]] = {
    f"{XENC}aes128-cbc": (16, "cbc"),
    f"{XENC}aes192-cbc": (24, "cbc"),
    f"{XENC}aes256-cbc": (32, "cbc"),
}

OAEP_MGF1P: Final = f"{XENC}rsa-oaep-mgf1p"
OAEP: Final = f"{XENC11}rsa-oaep"
RSA15: Final = f"{XENC}rsa-1_5"
TRANSPORTS: Final = frozenset({OAEP_MGF1P, OAEP})
LEGACY_TRANSPORTS: Final = frozenset({RSA15})
# OAEP's own hash may be SHA-1: its security does not rest on collisions
OAEP_DIGESTS: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {**DIGESTS, **LEGACY_DIGESTS}
MGFS: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    f"{XENC11}mgf1sha1": hashes.SHA1,
    f"{XENC11}mgf1sha256": hashes.SHA256,
    f"{XENC11}mgf1sha384": hashes.SHA384,
    f"{XENC11}mgf1sha512": hashes.SHA512,
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which algorithms a message may use. `legacy` opens SHA-1, CBC and RSA 1.5: for old services only."""

    legacy: bool = False

    @property
    def signatures(self) -> Mapping[str, Signing]:
        """Signature methods."""
        return {**SIGNATURES, **LEGACY_SIGNATURES} if self.legacy else SIGNATURES

    @property
    def hmacs(self) -> Mapping[str, type[hashes.HashAlgorithm]]:
        """Signature methods of a session key."""
        return {**HMACS, **LEGACY_HMACS} if self.legacy else HMACS

    @property
    def digests(self) -> Mapping[str, type[hashes.HashAlgorithm]]:
        """Digest methods."""
        return {**DIGESTS, **LEGACY_DIGESTS} if self.legacy else DIGESTS

    @property
    def blocks(self) -> Mapping[str, tuple[int, Literal["gcm", "cbc"]]]:
        """Block encryption."""
        return {**BLOCKS, **LEGACY_BLOCKS} if self.legacy else BLOCKS

    @property
    def transports(self) -> frozenset[str]:
        """Key transport."""
        return TRANSPORTS | LEGACY_TRANSPORTS if self.legacy else TRANSPORTS
