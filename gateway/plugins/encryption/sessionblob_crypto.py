"""The law of the session blob's bytes: the Net iD scheme as a pure function of a profile, keys and a call.

Blob = IV || ciphertext || tag. AES-256-CBC with HMAC-SHA-256 over what was encrypted, or AES-256-GCM; keys
from both nonces by HKDF-SHA-256; every line of it is a field of `Profile`, because the vendor prints none
of it. The tag is compared in constant time before anything is decrypted. Every failure of `open_blob` is
the same `Refusal`; XML, JSON, sessions and sockets are not known here.
"""

from __future__ import annotations

import gzip
import hmac
import os
import zlib
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.plugins.api import Refusal

Hash = Literal["SHA1", "SHA256", "SHA384", "SHA512"]
_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "SHA1": hashes.SHA1,
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
_IV: Final = {"cbc-hmac": 16, "gcm": 12}
_GCM_TAG: Final = 16
_PADDINGS: Final[dict[str, Any]] = {"pkcs7": padding.PKCS7, "ansi-x923": padding.ANSIX923}


@dataclass(frozen=True, slots=True)
class Profile:
    """Every line of the scheme that no page prints; the defaults are NETID.md's profile. Lengths in bytes."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    mode: Literal["cbc-hmac", "gcm"] = "cbc-hmac"
    compression: Literal["none", "gzip"] = "none"
    padding: Literal["pkcs7", "ansi-x923"] = "pkcs7"  # of CBC
    key_length: int = 32
    mac_key_length: int = 32
    mac_hash: Hash = "SHA256"
    tag_length: int = 32  # of the HMAC, cut from its left; GCM's is 16
    layout: Literal["iv-ciphertext-tag", "iv-tag-ciphertext", "tag-iv-ciphertext"] = "iv-ciphertext-tag"
    bound: tuple[Literal["session", "count"], ...] = ("session", "count")  # under the tag, before IV and ciphertext
    count_form: Literal["decimal", "int32", "int64"] = "decimal"  # under the tag: ASCII, or big-endian
    length_prefix: Literal[0, 2, 4, 8] = 4  # of each part under the tag, and of what Login signs; big-endian
    derivation_hash: Hash = "SHA256"
    nonce_order: Literal["server-client", "client-server"] = "server-client"
    salt: Literal["session", "none"] = "session"
    encryption_label: str = "encryption"
    mac_label: str = "mac"
    nonce_length: int = 32
    transport_hash: Hash = "SHA256"  # OAEP's, also MGF1's
    signature: Literal["pkcs1", "pss"] = "pkcs1"
    signature_hash: Hash = "SHA256"
    signed: Literal["session-value", "value"] = "session-value"
    plaintext_limit: int = 10 * 1024 * 1024

    def __post_init__(self) -> None:
        """Raises ValueError where a number makes no key, or a protection that is none."""
        size = _HASHES[self.mac_hash]().digest_size
        for name, fits, words in (
            ("key_length", self.key_length in (16, 24, 32), "AES keys have 16, 24 or 32 bytes"),
            ("mac_key_length", 16 <= self.mac_key_length <= 128, "16 to 128 bytes"),
            ("tag_length", 16 <= self.tag_length <= size, f"16 to {size} bytes of {self.mac_hash}"),
            ("nonce_length", 16 <= self.nonce_length <= 128, "16 to 128 bytes"),
            ("plaintext_limit", self.plaintext_limit > 0, "at least 1"),
            ("bound", len(set(self.bound)) == len(self.bound), "each once"),
            ("length_prefix", self.length_prefix or self.count_form != "decimal", "0 needs a fixed `count_form`"),
            ("mac_label", self.mac_label != self.encryption_label, "other than `encryption_label`: two keys"),
        ):
            if not fits:
                raise ValueError(f"{name}: {words}")


@dataclass(frozen=True, slots=True, repr=False)
class BlobKeys:
    """The two keys of a session. `repr` shows neither."""

    encryption: bytes
    mac: bytes

    def __repr__(self) -> str:
        return "BlobKeys(***)"


def derive(profile: Profile, session_id: bytes, server_nonce: bytes, client_nonce: bytes) -> BlobKeys:
    """Both keys of a session: HKDF (RFC 5869) over the two nonces, one label each. Raises Refusal."""
    if len(server_nonce) != profile.nonce_length or len(client_nonce) != profile.nonce_length:
        raise Refusal("refused", f"a nonce is not {profile.nonce_length} bytes long")
    ordered = (server_nonce, client_nonce) if profile.nonce_order == "server-client" else (client_nonce, server_nonce)
    salt = session_id if profile.salt == "session" else None

    def key(label: str, length: int) -> bytes:
        algorithm = _HASHES[profile.derivation_hash]()
        return HKDF(algorithm=algorithm, length=length, salt=salt, info=label.encode()).derive(b"".join(ordered))

    return BlobKeys(key(profile.encryption_label, profile.key_length), key(profile.mac_label, profile.mac_key_length))


def prefixed(*parts: bytes, size: int = 4) -> bytes:
    """The parts, each with its length before it in `size` bytes (0: none), big-endian: no two splits are the same.

    Raises ValueError for a part that is longer than its length can say.
    """
    try:
        return b"".join((len(part).to_bytes(size, "big") if size else b"") + part for part in parts)
    except OverflowError as error:
        raise ValueError("a part is too long") from error


def _bound(profile: Profile, session_id: bytes, count: int) -> tuple[bytes, ...]:
    """What of the call is under the tag. Raises ValueError for a count that does not fit."""
    try:
        size = {"decimal": 0, "int32": 4, "int64": 8}[profile.count_form]
        number = count.to_bytes(size, "big") if size else str(count).encode()
    except OverflowError as error:
        raise ValueError("count") from error
    parts = {"session": session_id, "count": number}
    return tuple(parts[name] for name in profile.bound)


def _laid(profile: Profile, iv: bytes, sealed: bytes, tag: bytes) -> bytes:
    parts = {"iv": iv, "ciphertext": sealed, "tag": tag}
    return b"".join(parts[name] for name in profile.layout.split("-"))


def _split(profile: Profile, blob: bytes) -> tuple[bytes, bytes, bytes]:
    """IV, ciphertext and tag; of a blob that is too short, what there is."""
    iv, tag = _IV[profile.mode], profile.tag_length if profile.mode == "cbc-hmac" else _GCM_TAG
    if profile.layout == "iv-ciphertext-tag":
        return blob[:iv], blob[iv:-tag], blob[iv:][-tag:]
    if profile.layout == "iv-tag-ciphertext":
        return blob[:iv], blob[iv + tag :], blob[iv : iv + tag]
    return blob[tag : tag + iv], blob[tag + iv :], blob[:tag]


def seal_blob(profile: Profile, keys: BlobKeys, session_id: bytes, count: int, plain: bytes) -> bytes:
    """The blob of one call. A fresh random IV each time."""
    if profile.compression == "gzip":
        plain = gzip.compress(plain, mtime=0)
    iv = os.urandom(_IV[profile.mode])
    try:
        bound = _bound(profile, session_id, count)
    except ValueError as error:
        raise Refusal("refused", "the count does not fit its form") from error
    if profile.mode == "gcm":
        both = AESGCM(keys.encryption).encrypt(iv, plain, prefixed(*bound, size=profile.length_prefix))
        return _laid(profile, iv, both[:-_GCM_TAG], both[-_GCM_TAG:])
    padder = _PADDINGS[profile.padding](128).padder()
    encryptor = Cipher(algorithms.AES(keys.encryption), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    return _laid(profile, iv, sealed, _tag(profile, keys, *bound, iv, sealed))


def open_blob(profile: Profile, keys: BlobKeys, session_id: bytes, count: int, blob: bytes) -> bytes:
    """The plaintext of one call. Raises Refusal("refused"), the same for every reason."""
    try:
        plain = _decrypted(profile, keys, _bound(profile, session_id, count), blob)
        return _inflated(plain, profile.plaintext_limit) if profile.compression == "gzip" else plain
    except (ValueError, InvalidTag, zlib.error) as error:
        raise Refusal("refused", "the blob could not be opened") from error


def _decrypted(profile: Profile, keys: BlobKeys, bound: tuple[bytes, ...], blob: bytes) -> bytes:
    iv, sealed, tag = _split(profile, blob)
    if profile.mode == "gcm":
        return AESGCM(keys.encryption).decrypt(iv, sealed + tag, prefixed(*bound, size=profile.length_prefix))
    # always computed, also over nothing, so that length is not told by time
    if not hmac.compare_digest(_tag(profile, keys, *bound, iv, sealed), tag):
        raise ValueError("tag")
    decryptor = Cipher(algorithms.AES(keys.encryption), modes.CBC(iv)).decryptor()
    unpadder = _PADDINGS[profile.padding](128).unpadder()
    plain: bytes = unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
    return plain


def _tag(profile: Profile, keys: BlobKeys, *parts: bytes) -> bytes:
    return hmac.digest(keys.mac, prefixed(*parts, size=profile.length_prefix), profile.mac_hash)[: profile.tag_length]


def _inflated(data: bytes, limit: int) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    plain = reader.decompress(data, limit + 1)
    if len(plain) > limit or not reader.eof or reader.unused_data:
        raise ValueError("compressed data")
    return plain


# -- Login: two steps, one function for each thing that one side does


def wrap_nonce(profile: Profile, certificate: bytes, nonce: bytes) -> bytes:
    """A nonce encrypted (RSA-OAEP) to the key of a certificate (DER). Raises Refusal."""
    key = _public(certificate)
    return key.encrypt(nonce, _oaep(profile))


def unwrap_nonce(profile: Profile, private: RSAPrivateKey, value: bytes) -> bytes:
    """The nonce in `value`. Raises Refusal, the same for every reason."""
    try:
        nonce = private.decrypt(value, _oaep(profile))
    except ValueError as error:
        raise Refusal("refused", "the nonce could not be decrypted") from error
    if len(nonce) != profile.nonce_length:
        raise Refusal("refused", f"the nonce is not {profile.nonce_length} bytes long")
    return nonce


def sign_value(profile: Profile, private: RSAPrivateKey, session_id: bytes, value: bytes) -> bytes:
    """The client's signature over step 2: SessionId and Value, each with its length before it."""
    return private.sign(_signed(profile, session_id, value), *_scheme(profile))


def check_value(profile: Profile, certificate: bytes, session_id: bytes, value: bytes, signature: bytes) -> None:
    """Step 2 at the service: the signature is by the key of the certificate that step 1 sent. Raises Refusal."""
    try:
        _public(certificate).verify(signature, _signed(profile, session_id, value), *_scheme(profile))
    except InvalidSignature as error:
        raise Refusal("refused", "the signature over the nonce is wrong") from error


def _signed(profile: Profile, session_id: bytes, value: bytes) -> bytes:
    return prefixed(session_id, value, size=profile.length_prefix) if profile.signed == "session-value" else value


def _scheme(profile: Profile) -> tuple[Any, hashes.HashAlgorithm]:
    algorithm = _HASHES[profile.signature_hash]()
    if profile.signature == "pss":
        return rsa_padding.PSS(rsa_padding.MGF1(algorithm), rsa_padding.PSS.DIGEST_LENGTH), algorithm
    return rsa_padding.PKCS1v15(), algorithm


def _oaep(profile: Profile) -> rsa_padding.OAEP:
    algorithm = _HASHES[profile.transport_hash]()
    return rsa_padding.OAEP(rsa_padding.MGF1(algorithm), algorithm, None)


def _public(certificate: bytes) -> RSAPublicKey:
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except ValueError as error:
        raise Refusal("refused", "the certificate cannot be read") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < 2048:
        raise Refusal("refused", "the certificate has no RSA key of 2048 bits or more")
    return key
