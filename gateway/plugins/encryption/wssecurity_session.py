"""The law of session keys: a fresh symmetric key that is wrapped once and then named, for HMAC and AES-GCM.

WSS 1.1 §7.7 (EncryptedKey, EncryptedKeySHA1), WS-SecurityPolicy's symmetric binding. A key proves nothing about who
sent it: only that of our own request proves its answer, any other has to be allowed. Keys never show themselves.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from .wssecurity_names import BASE64, ENCRYPTED_KEY, ENCRYPTED_KEY_SHA1, ID, MORE, WSSE11, XENC, wsse
from .wssecurity_tree import attributes, encoded, octets, refuse, sub

TOKEN_TYPE: Final = f"{{{WSSE11}}}TokenType"
HMAC_SHA256: Final = f"{MORE}hmac-sha256"


@dataclass(frozen=True, slots=True)
class SessionKey:
    """A symmetric key, by the SHA-1 over its wrapped octets; `id`: of its EncryptedKey in this very message."""

    key: bytes = field(repr=False)
    name: bytes
    id: str = ""
    ours: bool = False  # made by us for the request that this message answers


def name_of(wrapped: bytes) -> bytes:
    """How later messages name the key: a name, not a proof."""
    return hashlib.sha1(wrapped).digest()  # noqa: S324  # the profile's own


def mac(key: bytes, algorithm: type[hashes.HashAlgorithm], data: bytes) -> bytes:
    """HMAC, whole."""
    one = HMAC(key, algorithm())
    one.update(data)
    return one.finalize()


@dataclass(frozen=True, slots=True)
class SessionSigner:
    """Signs with a session key: the interface of `Signer`."""

    session: SessionKey
    digest: str = f"{XENC}sha256"

    @property
    def algorithm(self) -> str:
        """The signature method's identifier."""
        return HMAC_SHA256

    def refer(self, _: Any, key_info: Any) -> None:
        """Name the key."""
        refer(key_info, self.session)

    def value(self, data: bytes) -> bytes:
        """The signature value."""
        return mac(self.session.key, hashes.SHA256, data)


def refer(key_info: Any, session: SessionKey) -> None:
    """A reference to the key: by its place in this message, or by its name where an earlier message carried it."""
    reference = sub(key_info, wsse("SecurityTokenReference"))
    reference.set(TOKEN_TYPE, ENCRYPTED_KEY)
    if session.id:
        sub(reference, wsse("Reference"), None, URI=f"#{session.id}", ValueType=ENCRYPTED_KEY)
    else:
        name = encoded(session.name)
        sub(reference, wsse("KeyIdentifier"), name, EncodingType=BASE64, ValueType=ENCRYPTED_KEY_SHA1)


class SessionKeys:
    """The keys of one reading: those known before, and those that this message carries."""

    def __init__(self, known: Sequence[SessionKey] = ()) -> None:
        self._keys = list(known)

    def add(self, key: SessionKey) -> None:
        """One more that the message carries."""
        self._keys.append(key)

    def named(self, key_info: Any) -> SessionKey | None:
        """The key that a KeyInfo means; None when it means no session key. Raises Refusal when it is not known."""
        references = key_info.findall(wsse("SecurityTokenReference"))
        child = references[0][0] if len(references) == 1 and len(references[0]) == 1 else None
        if child is None or len(key_info) != 1:
            return None
        attributes(references[0], ID, "Id", TOKEN_TYPE)
        if child.tag == wsse("Reference"):
            attributes(child, "URI", "ValueType")
            uri = child.get("URI", "")
            return next((key for key in self._keys if key.id and uri == f"#{key.id}"), None)
        if child.tag != wsse("KeyIdentifier") or child.get("ValueType") != ENCRYPTED_KEY_SHA1:
            return None
        name = octets(child, "ValueType", "EncodingType")
        for key in self._keys:
            if hmac.compare_digest(key.name, name):
                return key
        raise refuse("the session key is not known")

    def key_for(self, key_info: Any) -> bytes:
        """The key of encrypted data, which must name one. Raises Refusal."""
        found = None if key_info is None else self.named(key_info)
        if found is None:
            raise refuse("encrypted data names no key that is known")
        return found.key
