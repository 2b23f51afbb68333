"""The law of JOSE tokens: compact JWE and JWS, by allow-list, with the header read strictly before any cryptography.

RFC 7515, 7516, 7518 and 8725. No `none`, no compression, no passwords, no JSON serialisation, no key from a
header (`jwk`, `jku`, `x5c`, `x5u` refuse the token); a header is at most 4 KiB. Every failure is one `Refusal`.
HTTP, bodies and fields are not known here.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateway.plugins.api import Refusal
from gateway.plugins.keys import Key

HEADER_LIMIT: Final = 4096  # characters of the encoded header
ENCRYPTION: Final = frozenset({"RSA-OAEP-256", "ECDH-ES+A256KW", "A256KW", "dir"})
CONTENT: Final = frozenset({"A256GCM", "A128GCM"})
SIGNATURE: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256"})
_JWE_NAMES: Final = frozenset({"alg", "enc", "kid", "typ", "cty", "epk", "apu", "apv", "iv", "tag"})
_JWS_NAMES: Final = frozenset({"alg", "kid", "typ", "cty"})
_CURVES: Final = ("secp256r1", "secp384r1", "secp521r1")
_TRIED: Final = 4  # keys, where a token's kid does not say which
_FAILURES: Final = (JoseError, ValueError, TypeError, KeyError, binascii.Error, AttributeError)

JoseKey: TypeAlias = RSAKey | ECKey | OctKey
Kind = Literal["jwe", "jws"]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a token held: the payload and the header, which was checked."""

    payload: bytes
    header: dict[str, Any]


def kind_of(token: str) -> Kind | None:
    """JWE or JWS by the number of parts of a compact token, or None."""
    return {4: "jwe", 2: "jws"}.get(token.count("."))  # type: ignore[return-value]  # the table's own values


def jose_key(key: Key, *, private: bool) -> JoseKey:
    """The key as joserfc has it. Raises Refusal when it is too short, or not there."""
    if key.symmetric is not None:
        return OctKey(key.symmetric, key.symmetric)
    material = key.private if private else key.public or (key.private and key.private.public_key())
    if isinstance(material, rsa.RSAPrivateKey | rsa.RSAPublicKey) and material.key_size >= 2048:
        return RSAKey(material, material)
    if isinstance(material, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) and material.curve.name in _CURVES:
        return ECKey(material, material)
    raise Refusal("refused", f"key {key.id} cannot be used for JOSE")


def encrypt(plain: bytes, key: Key, alg: str, enc: str, *, cty: str = "") -> str:
    """A compact JWE. Raises Refusal."""
    header = {"alg": alg, "enc": enc, "kid": key.id, **({"cty": cty} if cty else {})}
    try:
        return jwe.encrypt_compact(header, plain, jose_key(key, private=False), algorithms=[alg, enc])
    except _FAILURES as error:
        raise Refusal("refused", f"a JWE could not be made: {type(error).__name__}") from error


def decrypt(token: str, keys: Sequence[Key], *, algorithms: Collection[str], limit: int) -> Opened:
    """What a compact JWE held. `limit`: bytes of its ciphertext. Raises Refusal, one for every cause."""
    header = _header(token, "jwe", limit)
    _listed(header, "alg", set(algorithms) & ENCRYPTION)
    _listed(header, "enc", set(algorithms) & CONTENT)
    registry = jwe.JWERegistry(algorithms=[header["alg"], header["enc"]])
    registry.max_ciphertext_length = registry.max_protected_header_length = len(token)  # ours were checked
    for key in _candidates(keys, header):
        try:
            opened = jwe.decrypt_compact(token, jose_key(key, private=True), registry=registry)
        except (*_FAILURES, Refusal):
            continue
        return Opened(opened.plaintext or b"", header)
    raise _refused("a JWE could not be opened")


def sign(payload: bytes, key: Key, alg: str, *, cty: str = "", typ: str = "") -> str:
    """A compact JWS. Raises Refusal."""
    header = {"alg": alg, "kid": key.id, **({"cty": cty} if cty else {}), **({"typ": typ} if typ else {})}
    try:
        return jws.serialize_compact(header, payload, jose_key(key, private=True), algorithms=[alg])
    except _FAILURES as error:
        raise Refusal("refused", f"a JWS could not be made: {type(error).__name__}") from error


def verify(token: str, keys: Sequence[Key], *, algorithms: Collection[str], limit: int) -> Opened:
    """What a compact JWS held, proven. Raises Refusal, one for every cause."""
    header = _header(token, "jws", limit)
    _listed(header, "alg", set(algorithms) & SIGNATURE)
    registry = jws.JWSRegistry(algorithms=[header["alg"]])
    registry.max_payload_length = registry.max_header_length = len(token)  # ours were checked
    for key in _candidates(keys, header):
        try:
            proven = jws.deserialize_compact(token, _verifying(key, header["alg"]), registry=registry)
        except (*_FAILURES, Refusal):
            continue
        return Opened(proven.payload, header)
    raise _refused("a JWS could not be verified")


def _verifying(key: Key, alg: str) -> JoseKey:
    """The key; a public key is never the secret of an HMAC, nor a short secret."""
    found = jose_key(key, private=False)
    if isinstance(found, OctKey) != alg.startswith("HS"):
        raise Refusal("refused", "the key does not fit the algorithm")
    if isinstance(found, OctKey) and len(key.symmetric or b"") < 32:
        raise Refusal("refused", "the secret is too short")
    return found


def _candidates(keys: Sequence[Key], header: dict[str, Any]) -> list[Key]:
    """The keys that the header's kid names, or all (a few) when it names none of ours."""
    kid = header.get("kid")
    if isinstance(kid, str):
        named = [key for key in keys if _is_named(key.id, kid)]
        if named:
            return named[:_TRIED]
    return list(keys)[:_TRIED]


def _is_named(key_id: str, kid: str) -> bool:
    """Whether a key is that of a kid: by its whole id, or as a member of a set; a kid may hold dots."""
    return any(name == kid or name.endswith(f".{kid}") for name in (key_id, key_id.removesuffix(".previous")))


# -- the header


def _header(token: str, kind: Kind, limit: int) -> dict[str, Any]:
    if kind_of(token) != kind or not token.isascii():
        raise _refused(f"no compact {kind.upper()}")
    encoded, *parts = token.split(".")
    if len(encoded) > HEADER_LIMIT:
        raise _refused("the header is too long")
    if max(len(part) for part in parts) * 3 // 4 > limit:
        raise _refused("the token is too long")
    try:
        raw = base64.b64decode(encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4), validate=True)
        header = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _refused("the header is no JSON") from error
    allowed = _JWE_NAMES if kind == "jwe" else _JWS_NAMES
    if not isinstance(header, dict) or set(header) - allowed:
        raise _refused("the header holds something that is not allowed")
    return header


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _listed(header: dict[str, Any], name: str, allowed: Collection[str]) -> None:
    found = header.get(name)
    if not isinstance(found, str) or found not in allowed:
        raise _refused(f"{name} is not allowed")


def _refused(cause: str) -> Refusal:
    return Refusal("refused", cause)
