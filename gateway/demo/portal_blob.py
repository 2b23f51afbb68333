"""The law of the portal's half of message encryption: the scheme of NETID.md's profile, written from its text.

An independent half: nothing of the gateway's plug-ins may be imported here, so that a mistake cannot
cancel itself out. Session keys hang on the session; every refusal is the same `PortalError`.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import secrets
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.demo.portal_state import PortalError, Session
from gateway.demo.portal_wire import NS, leaf
from gateway.demo.soap11 import Element

_BLOCK = 16


def _refuse() -> PortalError:
    return PortalError("NPR_SECURITY", "The message could not be processed.")


@dataclass(slots=True)
class SessionSecrets:
    """What Login leaves on a session: first the nonce and the caller's certificate, then the two keys."""

    nonce: bytes
    certificate: bytes
    cipher_key: bytes = b""
    mac_key: bytes = b""


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True)
class BlobHalf:
    """The portal's key, certificate and scheme; satisfies the portal's `Cipher`."""

    key: rsa.RSAPrivateKey = field(default_factory=_new_key)
    compress: bool = False
    certificate: bytes = b""

    def __post_init__(self) -> None:
        if not self.certificate:
            self.certificate = self_signed("portal.demo", self.key)

    def mode(self) -> dict[str, object]:
        """The members of SecurityMode, as ApplicationInfo announces them."""
        return {
            "IsEnabled": True,
            "EncryptionAlgorithm": "AES",
            "EncryptionLength": 256,
            "CompressionAlgorithm": "GZ" if self.compress else "None",
            "HashAlgorithm": "SHA256-HMAC",
        }

    def hello(self, session: Session, certificate: bytes) -> list[Element]:
        """Login, step 1: own certificate, and a fresh nonce encrypted to the caller's certificate."""
        try:
            public = x509.load_der_x509_certificate(certificate).public_key()
        except ValueError:
            return []  # a caller without a usable certificate has a session, but never an encrypted one
        if not isinstance(public, rsa.RSAPublicKey):
            return []
        kept = SessionSecrets(secrets.token_bytes(32), certificate)
        session.keys = kept
        return [leaf("Certificate", self.certificate), leaf("Value", public.encrypt(kept.nonce, _oaep()))]

    def settle(self, session: Session, value: bytes, signature: bytes) -> None:
        """Login, step 2: the caller's nonce, encrypted to us and signed by the key of its certificate."""
        kept = session.keys
        if not isinstance(kept, SessionSecrets) or kept.cipher_key:
            raise _refuse()
        public = x509.load_der_x509_certificate(kept.certificate).public_key()
        if not isinstance(public, rsa.RSAPublicKey):
            raise _refuse()
        try:
            public.verify(signature, _framed(session.id, value), padding.PKCS1v15(), hashes.SHA256())
            theirs = self.key.decrypt(value, _oaep())
        except (InvalidSignature, ValueError):
            raise _refuse() from None
        if len(theirs) != 32:
            raise _refuse()
        kept.cipher_key = _expand(session.id, kept.nonce + theirs, b"encryption")
        kept.mac_key = _expand(session.id, kept.nonce + theirs, b"mac")

    def open(self, session: Session, count: int, blob: bytes) -> Element:
        """The blob's elements inside an Info. The MAC is checked before anything is decrypted."""
        kept = _settled(session)
        iv, sealed, tag = blob[:_BLOCK], blob[_BLOCK:-32], blob[-32:]
        expected = hmac.new(kept.mac_key, _framed(session.id, b"%d" % count, iv, sealed), hashlib.sha256).digest()
        if not hmac.compare_digest(expected, tag) or not sealed or len(sealed) % _BLOCK:
            raise _refuse()
        decryptor = Cipher(algorithms.AES256(kept.cipher_key), modes.CBC(iv)).decryptor()
        plain = _unpadded(decryptor.update(sealed) + decryptor.finalize())
        try:
            if self.compress:
                plain = zlib.decompress(plain, wbits=31)
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            return etree.fromstring(b'<Info xmlns="%s">%s</Info>' % (NS.encode(), plain), parser)
        except (zlib.error, etree.XMLSyntaxError):
            raise _refuse() from None

    def seal(self, session: Session, count: int, members: Sequence[Element]) -> bytes:
        """The blob that holds these members."""
        kept = _settled(session)
        plain = b"".join(etree.tostring(member, encoding="utf-8", with_tail=False) for member in members)
        if self.compress:
            packer = zlib.compressobj(wbits=31)
            plain = packer.compress(plain) + packer.flush()
        missing = _BLOCK - len(plain) % _BLOCK
        iv = secrets.token_bytes(_BLOCK)
        encryptor = Cipher(algorithms.AES256(kept.cipher_key), modes.CBC(iv)).encryptor()
        sealed = encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()
        framed = _framed(session.id, b"%d" % count, iv, sealed)
        return iv + sealed + hmac.new(kept.mac_key, framed, hashlib.sha256).digest()


def _settled(session: Session) -> SessionSecrets:
    kept = session.keys
    if not isinstance(kept, SessionSecrets) or not kept.cipher_key:
        raise _refuse()
    return kept


def _framed(*parts: bytes) -> bytes:
    """Each part after its length in four bytes."""
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def _expand(salt: bytes, material: bytes, label: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869) for 32 bytes: extract, then one block of expand."""
    extracted = hmac.new(salt, material, hashlib.sha256).digest()
    return hmac.new(extracted, label + b"\x01", hashlib.sha256).digest()


def _unpadded(data: bytes) -> bytes:
    size = data[-1]
    if not 1 <= size <= _BLOCK or data[-size:] != bytes([size]) * size:
        raise _refuse()
    return data[:-size]


def _oaep() -> padding.OAEP:
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def self_signed(name: str, key: rsa.RSAPrivateKey, days: int = 365) -> bytes:
    """A certificate (DER) for a demonstration: nobody but this process trusts it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=days))
    )
    return built.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
