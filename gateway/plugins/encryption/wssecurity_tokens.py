"""The law of tokens: who speaks, since when, and whose certificate a reference means.

UsernameToken (profile 1.1), Timestamp (WSS 1.1 §10) and references to X.509 certificates: by
BinarySecurityToken, issuer and serial, subject key identifier, or thumbprint (X.509 profile 1.1). A
certificate counts only when it is trusted by configuration; nothing is fetched, no key is taken from a message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.problem import Kind
from gateway.plugins.api import Refusal

from .wssecurity_names import (
    ASSERTION,
    BASE64,
    ENCRYPTED_KEY,
    ID,
    PASSWORD_DIGEST,
    PASSWORD_TEXT,
    SAML_ID,
    SAML_TOKEN,
    SKI,
    THUMBPRINT,
    WSSE11,
    X509V3,
    ds,
    wsse,
    wsu,
)
from .wssecurity_tree import Ids, attributes, children, encoded, id_of, leaf, octets, refuse, sub

Reference = Literal["token", "issuer-serial", "key-identifier", "thumbprint"]
_TOKEN_TYPE: Final = f"{{{WSSE11}}}TokenType"
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_FUTURE: Final = 60.0  # seconds that a sender's clock may be ahead


# -- certificates


@dataclass(frozen=True, slots=True)
class Trust:
    """The certificates that configuration trusts: peers themselves, and authorities that may vouch for others."""

    peers: Sequence[x509.Certificate] = ()
    authorities: Sequence[x509.Certificate] = ()

    def check(self, certificate: x509.Certificate, now: float) -> None:
        """Valid now, and a peer or directly issued by an authority. Raises Refusal."""
        if not (certificate.not_valid_before_utc.timestamp() <= now <= certificate.not_valid_after_utc.timestamp()):
            raise refuse("the certificate is not valid now")
        der = certificate.public_bytes(Encoding.DER)
        if any(hmac.compare_digest(der, peer.public_bytes(Encoding.DER)) for peer in self.peers):
            return
        if not any(_issued(certificate, authority, now) for authority in self.authorities):
            raise refuse("the certificate is not trusted")

    def known(self) -> list[x509.Certificate]:
        """Those that a reference without a token may mean."""
        return [*self.peers, *self.authorities]


def _issued(certificate: x509.Certificate, authority: x509.Certificate, now: float) -> bool:
    """RFC 5280 §4.2.1: an authority that may vouch, a certificate that may sign, by a hash that is not broken."""
    try:
        if not authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        vouches, signs = _usage(authority), _usage(certificate)
        if not (vouches is None or vouches.key_cert_sign):
            return False
        if not (signs is None or signs.digital_signature or signs.content_commitment):
            return False
        if isinstance(certificate.signature_hash_algorithm, hashes.SHA1 | hashes.MD5):
            return False
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    return authority.not_valid_before_utc.timestamp() <= now <= authority.not_valid_after_utc.timestamp()


def _usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def key_identifier(certificate: x509.Certificate) -> bytes:
    """The subject key identifier: the extension's, else SHA-1 over the key (RFC 5280 §4.2.1.2)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest


def thumbprint(certificate: x509.Certificate) -> bytes:
    """SHA-1 over the DER: a name, not a proof."""
    return certificate.fingerprint(hashes.SHA1())  # noqa: S303  # the profile's own


def issuer_name(certificate: x509.Certificate) -> str:
    """The issuer as RFC 4514 writes it."""
    return certificate.issuer.rfc4514_string()


# -- references to certificates


def refer(security: Any, key_info: Any, certificate: x509.Certificate, how: Reference) -> None:
    """Put a SecurityTokenReference into KeyInfo; `token` also puts the certificate into the header."""
    reference = sub(key_info, wsse("SecurityTokenReference"))
    if how == "token":
        token = _token(security, certificate)
        sub(reference, wsse("Reference"), None, URI=f"#{id_of(token)}", ValueType=X509V3)
    elif how == "issuer-serial":
        pair = sub(sub(reference, ds("X509Data")), ds("X509IssuerSerial"))
        sub(pair, ds("X509IssuerName"), issuer_name(certificate))
        sub(pair, ds("X509SerialNumber"), str(certificate.serial_number))
    else:
        value, kind = (key_identifier, SKI) if how == "key-identifier" else (thumbprint, THUMBPRINT)
        sub(
            reference,
            wsse("KeyIdentifier"),
            encoded(value(certificate)),
            EncodingType=BASE64,
            ValueType=kind,
        )


def _token(security: Any, certificate: x509.Certificate) -> Any:
    text = encoded(certificate.public_bytes(Encoding.DER))
    for node in security.findall(wsse("BinarySecurityToken")):
        if node.text == text:
            return node
    token = etree.Element(wsse("BinarySecurityToken"), {"EncodingType": BASE64, "ValueType": X509V3})
    token.text = text
    security.insert(0, token)
    return token


def referred(key_info: Any, ids: Ids, known: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate that a KeyInfo means: a token's own, or one of those known. Raises Refusal."""
    attributes(key_info, "Id")
    (reference,) = children(key_info, wsse("SecurityTokenReference"))
    attributes(reference, ID, "Id", _TOKEN_TYPE)
    if len(reference) != 1:
        raise refuse("a token reference does not hold one reference")
    child = reference[0]
    if child.tag == wsse("Reference"):
        attributes(child, "URI", "ValueType")
        return token_certificate(ids.one(child.get("URI")))
    if child.tag == wsse("KeyIdentifier"):
        return _identified(child, known)
    if child.tag == ds("X509Data"):
        return _by_issuer(child, known)
    raise refuse("the kind of token reference is not known")


def referred_token(reference: Any, ids: Ids) -> Any:
    """The token in this message that a SecurityTokenReference means: an X.509 token, an assertion. Raises Refusal."""
    attributes(reference, ID, "Id", _TOKEN_TYPE)
    child = reference[0] if len(reference) == 1 else None
    found = None
    if child is not None and child.tag == wsse("KeyIdentifier") and child.get("ValueType") == SAML_ID:
        found = ids.one(f"#{leaf(child, 'ValueType', 'EncodingType')}")
    elif child is not None and child.tag == wsse("Reference"):
        attributes(child, "URI", "ValueType")
        found = ids.one(child.get("URI"))
    if found is None or found.tag not in (wsse("BinarySecurityToken"), ASSERTION):
        raise refuse("the reference means no token of this message")
    return found


def assertion_of(key_info: Any, ids: Ids) -> Any:
    """The assertion that a KeyInfo means (SAML token profile §3.4), None for any other token. Raises Refusal."""
    references = key_info.findall(wsse("SecurityTokenReference"))
    if len(key_info) != 1 or len(references) != 1 or len(references[0]) != 1:
        return None
    child = references[0][0]
    kinds = (wsse("Reference"), wsse("KeyIdentifier"))
    if child.tag not in kinds or child.get("ValueType") not in (SAML_ID, SAML_TOKEN, None):
        return None
    found = referred_token(references[0], ids)
    return found if found.tag == ASSERTION else None


def token_certificate(token: Any) -> x509.Certificate:
    """The certificate in a BinarySecurityToken. Raises Refusal."""
    if token.tag != wsse("BinarySecurityToken") or token.get("ValueType") != X509V3:
        raise refuse("the reference does not mean an X.509 token")
    if token.get("EncodingType", BASE64) != BASE64:
        raise refuse("the token is not base64")
    try:
        return x509.load_der_x509_certificate(octets(token, ID, "ValueType", "EncodingType"))
    except ValueError as error:
        raise refuse("the token is no certificate") from error


def _identified(node: Any, known: Sequence[x509.Certificate]) -> x509.Certificate:
    kind = node.get("ValueType", "")
    if kind == ENCRYPTED_KEY or kind not in (SKI, THUMBPRINT, X509V3):
        raise refuse("the kind of key identifier is not known")
    value = octets(node, "ValueType", "EncodingType")
    if kind == X509V3:
        try:
            return x509.load_der_x509_certificate(value)
        except ValueError as error:
            raise refuse("the key identifier is no certificate") from error
    of = key_identifier if kind == SKI else thumbprint
    return _only([certificate for certificate in known if hmac.compare_digest(of(certificate), value)])


def _by_issuer(data: Any, known: Sequence[x509.Certificate]) -> x509.Certificate:
    attributes(data)
    certificates = data.findall(ds("X509Certificate"))
    if certificates:  # some stacks put both there; whether it is trusted is judged like that of a token
        if len(certificates) > 1 or len(data) > 2 or len(data) - len(data.findall(ds("X509IssuerSerial"))) != 1:
            raise refuse("X509Data does not hold one certificate")
        try:
            return x509.load_der_x509_certificate(octets(certificates[0]))
        except ValueError as error:
            raise refuse("X509Data holds no certificate") from error
    (pair,) = children(data, ds("X509IssuerSerial"))
    name, serial = children(pair, ds("X509IssuerName"), ds("X509SerialNumber"))
    number = leaf(serial)
    if not (number.isascii() and number.isdigit() and len(number) <= 64):
        raise refuse("the serial number is no number")
    wanted = _parts(leaf(name))
    return _only([c for c in known if c.serial_number == int(number) and _parts(issuer_name(c)) == wanted])


def _parts(name: str) -> tuple[str, ...]:
    """A distinguished name for comparing: stacks differ in white space and in the case of types."""
    parts = []
    for part in name.replace("\\,", "\0").split(","):
        kind, _, value = part.partition("=")
        parts.append(f"{_TYPES.get(kind.strip().upper(), kind.strip().upper())}={value.strip()}")
    return tuple(sorted(parts))


_TYPES: Final[Mapping[str, str]] = {
    "EMAILADDRESS": "1.2.840.113549.1.9.1",
    "E": "1.2.840.113549.1.9.1",
    "S": "ST",
    "SERIALNUMBER": "2.5.4.5",
}


def _only(found: list[x509.Certificate]) -> x509.Certificate:
    distinct = {certificate.public_bytes(Encoding.DER): certificate for certificate in found}
    if len(distinct) != 1:
        raise refuse("the reference means no certificate that is known, or two")
    return next(iter(distinct.values()))


# -- Timestamp


def add_timestamp(security: Any, now: float, seconds: float) -> Any:
    """A Timestamp that holds from now for some seconds."""
    node = etree.Element(wsu("Timestamp"))
    security.insert(0, node)
    sub(node, wsu("Created"), _time(now))
    sub(node, wsu("Expires"), _time(now + seconds))
    return node


def check_timestamp(node: Any, now: float, ttl: float) -> None:
    """Created within the last `ttl` seconds, not ahead, not expired. Raises Refusal (STALE_MESSAGE)."""
    attributes(node, ID, "Id")  # node-soap's marks have no namespace
    created, expires = children(node, wsu("Created"), wsu("Expires") + "?")
    check_fresh(leaf(created, ID, "ValueType"), now, ttl)
    if expires is not None and seconds_of(leaf(expires, ID, "ValueType")) <= now:
        raise _stale("the timestamp has expired")


def check_fresh(created: str, now: float, ttl: float) -> None:
    """A time of creation that is neither too old nor too far ahead. Raises Refusal (STALE_MESSAGE)."""
    age = now - seconds_of(created)
    if age > ttl:
        raise _stale("the message is too old")
    if age < -_FUTURE:
        raise _stale("the message is from the future")


def seconds_of(text: str) -> float:
    """An xs:dateTime with a zone, as seconds since the epoch. Raises Refusal."""
    if len(text) > 64 or not _MOMENT.fullmatch(text):  # Python reads more forms than the schema has
        raise refuse("a time is no xs:dateTime")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise refuse("a time is no xs:dateTime") from error
    if moment.tzinfo is None:
        raise refuse("a time has no zone")
    return moment.timestamp()


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _stale(cause: str) -> Refusal:
    return Refusal("refused", cause, kind=Kind.STALE_MESSAGE)


# -- UsernameToken


@dataclass(frozen=True, slots=True)
class Login:
    """Who a UsernameToken says it is, and the nonce that may not come twice (empty: it has none)."""

    name: str
    nonce: str


def add_username(security: Any, name: str, password: str, now: float, *, digest: bool) -> Any:
    """A UsernameToken: the password's digest with nonce and time (profile 1.1 §3), or its text."""
    token = etree.Element(wsse("UsernameToken"))
    security.insert(0, token)
    sub(token, wsse("Username"), name)
    nonce, created = os.urandom(16), _time(now)
    value = encoded(_digest(nonce, created, password)) if digest else password
    sub(token, wsse("Password"), value, Type=PASSWORD_DIGEST if digest else PASSWORD_TEXT)
    sub(token, wsse("Nonce"), encoded(nonce), EncodingType=BASE64)
    sub(token, wsu("Created"), created)
    return token


def check_username(
    token: Any, passwords: Mapping[str, str], now: float, ttl: float, *, text_allowed: bool, nonce_required: bool = True
) -> Login:
    """The user, whose password is right and fresh. Raises Refusal, the same for a wrong name and a wrong password."""
    attributes(token, ID)
    username, password, nonce, created = _username_parts(token)
    if password is None:
        raise refuse("a UsernameToken has no password")
    name, kind = leaf(username), password.get("Type", PASSWORD_TEXT)
    given = leaf(password, "Type")
    expected = passwords.get(name, "")
    if created is not None:
        check_fresh(leaf(created), now, ttl)
    if kind == PASSWORD_DIGEST:
        if nonce is None or created is None:
            raise refuse("a digest without nonce and time")
        right = hmac.compare_digest(
            _digest(octets(nonce, "EncodingType", limit=1024), leaf(created), expected), _base64(given)
        )
    elif kind == PASSWORD_TEXT and text_allowed:
        if nonce_required and (nonce is None or created is None):
            raise refuse("a password without nonce and time")
        right = hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(expected.encode()).digest())
    else:
        raise refuse("the kind of password is not allowed")
    if not right or name not in passwords:
        raise refuse("the user or the password is wrong")
    return Login(name, "" if nonce is None else encoded(octets(nonce, "EncodingType", limit=1024)))


def _username_parts(token: Any) -> tuple[Any, Any, Any, Any]:
    """Username, Password, Nonce, Created: the last two in either order, since stacks differ."""
    names = (wsse("Username"), wsse("Password"), wsse("Nonce"), wsu("Created"))
    found: dict[str, Any] = {}
    for child in token:
        if child.tag not in names or child.tag in found:
            raise refuse("a UsernameToken holds something that it should not")
        found[child.tag] = child
    if names[0] not in found:
        raise refuse("a UsernameToken has no name")
    return found[names[0]], found.get(names[1]), found.get(names[2]), found.get(names[3])


def _digest(nonce: bytes, created: str, password: str) -> bytes:
    return hashlib.sha1(nonce + created.encode() + password.encode()).digest()  # noqa: S324  # the profile's own


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
