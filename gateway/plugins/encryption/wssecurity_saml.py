"""The law of SAML 2 assertions: what an issuer that is known says of a caller, read once its signature is proven.

SAML token profile 1.1, SAML core §2 and §5. The assertion stands in the security header itself and its own signature
is over all of it: enveloped, exclusive C14N, by a certificate that configuration names for the issuer. Nothing in a
KeyInfo is trusted. Conditions, audience and subject confirmation are judged here; a restriction that cannot be checked
is a refusal. Whether the holder of a key has signed the message is judged in `wssecurity_process`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree

from gateway.core.limits import Limits
from gateway.plugins.api import Refusal
from gateway.xml import parse

from .wssecurity_names import ASSERTION, ENVELOPED, Allowed, ds, saml
from .wssecurity_sign import hashed
from .wssecurity_tokens import seconds_of
from .wssecurity_tree import Ids, algorithm, attributes, children, leaf, octets, refuse
from .wssecurity_verify import canonical_form, check_bytes, exclusive

Method = Literal["bearer", "holder-of-key"]
_METHODS: Final[Mapping[str, Method]] = {
    "urn:oasis:names:tc:SAML:2.0:cm:bearer": "bearer",
    "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key": "holder-of-key",
}
_STATEMENTS: Final = frozenset(map(saml, ("AuthnStatement", "AttributeStatement", "AuthzDecisionStatement")))
_NAMED: Final = ("Format", "NameQualifier", "SPNameQualifier", "SPProvidedID")
_XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_KEY_INFO: Final = frozenset(map(ds, (
    "X509Data", "X509Certificate", "X509IssuerSerial", "X509IssuerName", "X509SerialNumber", "X509SubjectName",
    "X509SKI", "KeyName", "KeyValue", "RSAKeyValue", "Modulus", "Exponent",
)))  # fmt: skip
_ELEMENTS: Final = 16  # of a KeyInfo, which is not read but bounded
_CURVES: Final[Mapping[str, type[ec.EllipticCurve]]] = {
    "urn:oid:1.2.840.10045.3.1.7": ec.SECP256R1,
    "urn:oid:1.3.132.0.34": ec.SECP384R1,
    "urn:oid:1.3.132.0.35": ec.SECP521R1,
}
_DS11: Final = "{http://www.w3.org/2009/xmldsig11#}"


@dataclass(frozen=True, slots=True)
class Rules:
    """Whose assertions count, for whom they must be meant, and how their subject may be confirmed."""

    issuers: Mapping[str, Sequence[x509.Certificate]]
    audience: Sequence[str]
    methods: Sequence[Method] = ("bearer", "holder-of-key")
    recipients: Sequence[str] = ()
    identity: str = ""  # the attribute that names the caller; else the subject's NameID
    skew: float = 60.0
    once: bool = False  # bearer tokens count once, also where they do not say so


@dataclass(frozen=True, slots=True)
class Assertion:
    """What was proven. `raw`: as it came, to be passed on; `keys`: whose holder is the subject."""

    id: str
    issuer: str
    subject: str
    attributes: Mapping[str, tuple[str, ...]]
    until: float
    bearer: bool
    keys: tuple[Any, ...]
    certificate: x509.Certificate | None  # of the first key, where the issuer names it so
    one_time: bool
    identity: str
    raw: bytes = field(repr=False)

    @property
    def token(self) -> str:
        """Its name among those that count once."""
        return hashlib.sha256(f"saml\0{self.issuer}\0{self.id}".encode()).hexdigest()


def read_assertion(node: Any, ids: Ids, rules: Rules, allowed: Allowed, now: float) -> Assertion:
    """The assertion of a security header, whole. Raises Refusal."""
    if node.tag != ASSERTION:
        raise refuse("there is no assertion")
    attributes(node, "ID", "Version", "IssueInstant", _XSI_TYPE)
    if node.get("Version") != "2.0":
        raise refuse("the assertion is not of SAML 2.0")
    parts = list(node)
    head = [part for part in parts if part.tag not in _STATEMENTS]
    if parts[: len(head)] != head:
        raise refuse("something follows the assertion's statements")
    issuer, signature, subject, conditions = _head(node, head)
    name = leaf(issuer, *_NAMED)
    certificates = rules.issuers.get(name, ())
    if not certificates:
        raise refuse("the assertion's issuer is not known")
    _proven(node, signature, ids, certificates, allowed, now)
    if seconds_of(node.get("IssueInstant", "")) > now + rules.skew:
        raise refuse("the assertion was issued in the future")
    valid, one_time = _conditions(conditions, rules, now)
    name_id, bearer, keys, confirmed = _subject(subject, rules, now)
    ends = [*valid, *confirmed]
    if not ends:
        raise refuse("the assertion does not end")
    said = _attributes(node)
    return Assertion(
        id=node.get("ID"),
        issuer=name,
        subject=name_id,
        attributes=said,
        until=min(ends) + rules.skew,
        bearer=bearer,
        keys=tuple(key for key, _ in keys),
        certificate=keys[0][1] if keys else None,
        one_time=one_time,
        identity=_identity(name_id, said, rules),
        raw=etree.tostring(node, encoding="utf-8", with_tail=False),
    )


def _head(node: Any, head: list[Any]) -> tuple[Any, Any, Any, Any]:
    """Issuer, Signature, Subject, Conditions: in this order, each once; Advice is nobody's business here."""
    if (node.text or "").strip() or any((part.tail or "").strip() for part in node):
        raise refuse("text stands in the assertion")
    wanted = [saml("Issuer"), ds("Signature"), saml("Subject"), saml("Conditions")]
    if [part.tag for part in head[:4]] != wanted or len(head) > 5:
        raise refuse("the assertion is not Issuer, Signature, Subject and Conditions")
    if len(head) == 5 and head[4].tag != saml("Advice"):
        raise refuse("the assertion holds something that is not known")
    return head[0], head[1], head[2], head[3]


def add_assertion(security: Any, raw: bytes, limits: Limits) -> Any:
    """The assertion in another header, the very same to its signature. Raises Problem from the limits."""
    node = parse(raw, replace(limits, xml_namespaces=limits.xml_namespaces_total), response=True)
    security.insert(0, node)
    return node


# -- the issuer's signature


def _proven(
    node: Any, signature: Any, ids: Ids, certificates: Sequence[x509.Certificate], allowed: Allowed, now: float
) -> None:
    attributes(signature, "Id")
    info, value, key_info = children(signature, ds("SignedInfo"), ds("SignatureValue"), ds("KeyInfo") + "?")
    if key_info is not None:
        _bounded(key_info)
    attributes(info, "Id")
    canonicalization, method, reference = children(
        info, ds("CanonicalizationMethod"), ds("SignatureMethod"), ds("Reference")
    )
    prefixes = exclusive(canonicalization)
    chosen = allowed.signatures[algorithm(method, allowed.signatures)]
    children(method)
    attributes(reference, "URI", "Id")
    transforms, digest, expected = children(reference, ds("Transforms"), ds("DigestMethod"), ds("DigestValue"))
    if ids.one(reference.get("URI")) is not node:
        raise refuse("the assertion's signature is not over the assertion")
    attributes(transforms)
    enveloped, transform = children(transforms, ds("Transform"), ds("Transform"))
    algorithm(enveloped, (ENVELOPED,))
    children(enveloped)
    inner, hashing = exclusive(transform), allowed.digests[algorithm(digest, allowed.digests)]
    children(digest)
    data, given = canonical_form(info, prefixes), octets(value, "Id")
    if not any(_by(certificate, chosen, given, data, now) for certificate in certificates):
        raise refuse("the assertion is not signed by its issuer")
    if not hmac.compare_digest(hashed(_without(node, signature, inner), hashing), octets(expected)):
        raise refuse("the assertion was changed")


def _by(certificate: x509.Certificate, how: Any, value: bytes, data: bytes, now: float) -> bool:
    if not (certificate.not_valid_before_utc.timestamp() <= now <= certificate.not_valid_after_utc.timestamp()):
        return False
    try:
        check_bytes(certificate.public_key(), how, value, data)
    except Refusal:  # of several certificates one fits
        return False
    return True


def _without(node: Any, signature: Any, prefixes: tuple[str, ...]) -> bytes:
    """The canonical form without the signature (the enveloped transform); the tree is as it was afterwards."""
    at, before, tail = node.index(signature), signature.getprevious(), signature.tail
    said = before.tail
    before.tail = ((said or "") + (tail or "")) or None
    node.remove(signature)
    try:
        return canonical_form(node, prefixes)
    finally:
        before.tail = said
        node.insert(at, signature)
        signature.tail = tail


def _bounded(key_info: Any) -> None:
    """A KeyInfo that is passed over: names and certificates, not much of them."""
    inside = list(key_info.iterdescendants())
    if len(inside) > _ELEMENTS or any(each.tag not in _KEY_INFO for each in inside):
        raise refuse("the assertion's KeyInfo holds something that it should not")


# -- what it says


def _conditions(node: Any, rules: Rules, now: float) -> tuple[list[float], bool]:
    attributes(node, "NotBefore", "NotOnOrAfter")
    ends = _within(node, rules, now)
    if ends is None:
        raise refuse("the assertion is not valid now")
    meant, one_time = False, False
    for child in node:
        if child.tag == saml("AudienceRestriction"):
            attributes(child)
            heard = [leaf(each) for each in children(child, *[saml("Audience")] * len(child))]
            if not set(heard) & set(rules.audience):
                raise refuse("the assertion is for another audience")
            meant = True
        elif child.tag == saml("OneTimeUse") and not len(child):
            one_time = True
        elif child.tag != saml("ProxyRestriction"):  # which binds those who issue
            raise refuse("the assertion has a condition that is not known")
    if not meant:
        raise refuse("the assertion does not say for whom it is")
    return ends, one_time


def _within(node: Any, rules: Rules, now: float) -> list[float] | None:
    """Where it ends, if it says so; None when that is not now."""
    begins, ends = node.get("NotBefore"), node.get("NotOnOrAfter")
    if begins is not None and now < seconds_of(begins) - rules.skew:
        return None
    if ends is None:
        return []
    until = seconds_of(ends)
    return [until] if now < until + rules.skew else None


def _subject(
    node: Any, rules: Rules, now: float
) -> tuple[str, bool, list[tuple[Any, x509.Certificate | None]], list[float]]:
    """NameID; whether its bearer is the subject; the keys whose holder is; where the first that fits ends."""
    attributes(node)
    name, *confirmations = children(node, saml("NameID"), *[saml("SubjectConfirmation")] * (len(node) - 1))
    bearer, keys = False, list[tuple[Any, x509.Certificate | None]]()
    ends: list[float] = []
    for each in confirmations[:8]:
        attributes(each, "Method")
        method = _METHODS.get(each.get("Method", ""))
        if method not in rules.methods or not all(part.tag == saml("SubjectConfirmationData") for part in each):
            continue  # another way to confirm, or somebody else who may
        (data,) = children(each, saml("SubjectConfirmationData") + "?")
        found = [] if data is None else _holds(data, rules, now)
        if found is None:
            continue
        if method == "bearer" and (data is None or not len(data)):
            bearer, ends = True, ends + found
        elif method == "holder-of-key" and data is not None and len(data) == 1:
            keys.append(_key(data[0], now))
            ends += found
    if not (bearer or keys):
        raise refuse("the assertion's subject is confirmed in no way that is allowed here")
    return leaf(name, *_NAMED), bearer, keys, ends


def _holds(data: Any, rules: Rules, now: float) -> list[float] | None:
    """Where this confirmation ends; None when it does not hold, or asks for what cannot be checked."""
    known = {"NotBefore", "NotOnOrAfter", "Recipient", _XSI_TYPE}
    recipient = data.get("Recipient")
    if set(data.attrib) - known or (recipient is not None and recipient not in rules.recipients):
        return None
    return _within(data, rules, now)


def _key(key_info: Any, now: float) -> tuple[Any, x509.Certificate | None]:
    """The public key that an issuer names in a confirmation, and its certificate when that is how."""
    if key_info.tag != ds("KeyInfo"):
        raise refuse("the holder's key is not in a KeyInfo")
    attributes(key_info, "Id")
    (child,) = children(key_info, *[each.tag for each in key_info[:1]] or [ds("X509Data")])
    if child.tag == ds("X509Data"):
        certificate = _certificate(child)
        if not (certificate.not_valid_before_utc.timestamp() <= now <= certificate.not_valid_after_utc.timestamp()):
            raise refuse("the holder's certificate is not valid now")
        return certificate.public_key(), certificate
    if child.tag == ds("KeyValue") and len(child) == 1:
        return _key_value(child[0]), None
    raise refuse("the holder's key is neither a certificate nor a key")


def _certificate(data: Any) -> x509.Certificate:
    certificates = data.findall(ds("X509Certificate"))
    if len(certificates) != 1:
        raise refuse("the holder has no certificate, or two")
    try:
        return x509.load_der_x509_certificate(octets(certificates[0]))
    except ValueError as error:
        raise refuse("the holder's certificate cannot be read") from error


def _key_value(value: Any) -> Any:
    try:
        if value.tag == ds("RSAKeyValue"):
            modulus, exponent = children(value, ds("Modulus"), ds("Exponent"))
            numbers = (int.from_bytes(octets(exponent), "big"), int.from_bytes(octets(modulus), "big"))
            return rsa.RSAPublicNumbers(*numbers).public_key()
        if value.tag == f"{_DS11}ECKeyValue":
            curve, point = children(value, f"{_DS11}NamedCurve", f"{_DS11}PublicKey")
            known = _CURVES.get(curve.get("URI", ""))
            if known is not None:
                return ec.EllipticCurvePublicKey.from_encoded_point(known(), octets(point))
    except ValueError as error:
        raise refuse("the holder's key cannot be read") from error
    raise refuse("the holder's kind of key is not known")


def _attributes(node: Any) -> dict[str, tuple[str, ...]]:
    """The attributes that are plain text, by name."""
    found: dict[str, tuple[str, ...]] = {}
    for statement in node.findall(saml("AttributeStatement")):
        for each in statement.findall(saml("Attribute")):
            values = [value for value in each.findall(saml("AttributeValue")) if not len(value)]
            texts = tuple(leaf(value, *value.attrib) for value in values)
            found[each.get("Name", "")] = found.get(each.get("Name", ""), ()) + texts
    return found


def _identity(name_id: str, said: Mapping[str, tuple[str, ...]], rules: Rules) -> str:
    if not rules.identity:
        return name_id
    values = said.get(rules.identity, ())
    if len(values) != 1:
        raise refuse("the assertion does not say who it is, or says two")
    return values[0]
