"""The law of signing: a ds:Signature over named parts of an envelope, exclusive C14N, nothing optional.

XML Signature 1.1, WSS 1.1 §8. The parts keep their places; the token that is needed goes to the top of the security
header, the signature behind what it covers there, before the key of what was encrypted earlier: a receiver meets it
before what it covers was changed, and every token before its use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from lxml import etree

from gateway.xml import canonical

from .wssecurity_names import DIGESTS, EXC_C14N, MORE, SIGNATURES, XENC, Signing, ds
from .wssecurity_session import SessionSigner
from .wssecurity_tokens import Reference, refer
from .wssecurity_tree import encoded, id_of, refuse, sub

SHA256: Final = f"{XENC}sha256"
_LIST: Final = f"{{{XENC}}}ReferenceList"
_KEY: Final = f"{{{XENC}}}EncryptedKey"
_DEFAULT: Final = {"rsa": f"{MORE}rsa-sha256", "ec": f"{MORE}ecdsa-sha256"}


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose key signs, how its certificate is named, which algorithms (by default those that fit the key)."""

    private: Any
    certificate: x509.Certificate
    reference: Reference = "token"
    method: str = ""
    digest: str = SHA256

    @property
    def algorithm(self) -> str:
        """The signature method's identifier."""
        return self.method or _DEFAULT["rsa" if isinstance(self.private, rsa.RSAPrivateKey) else "ec"]

    def refer(self, security: Any, key_info: Any) -> None:
        """Name the certificate."""
        refer(security, key_info, self.certificate, self.reference)

    def value(self, data: bytes) -> bytes:
        """The signature value."""
        return sign_bytes(self.private, SIGNATURES[self.algorithm], data)


def sign(security: Any, parts: Sequence[Any], signer: Signer | SessionSigner) -> Any:
    """Sign these elements of the envelope; the ds:Signature, already in its place."""
    digest = DIGESTS[signer.digest]
    signature = etree.Element(ds("Signature"))
    security.insert(_place(security, parts), signature)
    signed = sub(signature, ds("SignedInfo"))
    sub(signed, ds("CanonicalizationMethod"), None, Algorithm=EXC_C14N)
    sub(signed, ds("SignatureMethod"), None, Algorithm=signer.algorithm)
    for part in parts:
        reference = sub(signed, ds("Reference"), None, URI=f"#{id_of(part)}")
        sub(sub(reference, ds("Transforms")), ds("Transform"), None, Algorithm=EXC_C14N)
        sub(reference, ds("DigestMethod"), None, Algorithm=signer.digest)
        sub(reference, ds("DigestValue"), encoded(hashed(canonical(part), digest)))
    value = sub(signature, ds("SignatureValue"))
    signer.refer(security, sub(signature, ds("KeyInfo")))
    value.text = encoded(signer.value(canonical(signed)))
    return signature


def _place(security: Any, parts: Sequence[Any]) -> int:
    """Behind what it covers in the header and the key that it names, before the list of what was encrypted first."""
    places = [security.index(part) + 1 for part in parts if part.getparent() is security]
    lists = [next(each.iterancestors(), None) for each in security.iter(f"{{{XENC}}}ReferenceList")]
    keys = [each for each in security if any(each is found or each.tag == _LIST for found in lists)]
    after = [security.index(key) + 1 for key in security.findall(_KEY) if key.find(_LIST) is None]
    return int(max([min([max(places, default=0), *map(security.index, keys)]), *after]))


def hashed(data: bytes, algorithm: type[hashes.HashAlgorithm]) -> bytes:
    """The digest."""
    digest = hashes.Hash(algorithm())
    digest.update(data)
    return digest.finalize()


def sign_bytes(private: Any, how: Signing, data: bytes) -> bytes:
    """The signature value as XML Signature writes it (§6.4: ECDSA as r and s, each of the curve's size)."""
    algorithm = how.digest()
    if how.kind == "ec" and isinstance(private, ec.EllipticCurvePrivateKey):
        size = (private.curve.key_size + 7) // 8
        r, s = utils.decode_dss_signature(private.sign(data, ec.ECDSA(algorithm)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    if how.kind != "ec" and isinstance(private, rsa.RSAPrivateKey):
        return private.sign(data, scheme(how), algorithm)
    raise refuse("the key does not fit the signature method")


def scheme(how: Signing) -> padding.AsymmetricPadding:
    """The padding of an RSA signature; PSS with a salt of the hash's length (RFC 9231 §2.3.9)."""
    if how.kind == "pss":
        algorithm = how.digest()
        return padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
    return padding.PKCS1v15()
