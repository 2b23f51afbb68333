"""The law of verifying: what is not proven is not read.

The ds:Signature is read element by element against an allow-list before any cryptography; a reference is
`#id` and nothing else, and names one element; the parts that policy requires are compared by identity with
the elements at their absolute places, so that a wrapped copy proves nothing (XSW). The result is the nodes
that were proven. XML Signature 1.1 §3.2, WSS 1.1 §8.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from gateway.core.problem import Problem
from gateway.xml import canonical

from .wssecurity_names import ENVELOPED, EXC_C14N, STR_TRANSFORM, Allowed, Signing, ds, wsse
from .wssecurity_session import SessionKeys, mac
from .wssecurity_sign import hashed, scheme
from .wssecurity_tokens import Trust, referred, referred_token
from .wssecurity_tree import Ids, algorithm, attributes, children, octets, refuse

MAX_REFERENCES: Final = 10  # Santuario 30
_NONE: Final = SessionKeys()
_INCLUSIVE: Final = f"{{{EXC_C14N}}}InclusiveNamespaces"
# the orders of the curves that may sign (SEC 2)
_ORDERS: Final[Mapping[str, int]] = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp384r1": int(f"{'F' * 48}C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16),
    "secp521r1": int(f"1{'F' * 65}A51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 16),
}
Vouched: TypeAlias = Callable[[Any], tuple[Any, x509.Certificate | None] | None]


@dataclass(frozen=True, slots=True)
class Part:
    """One reference of a signature, read but not proven."""

    node: Any
    prefixes: tuple[str, ...]
    digest: str
    value: bytes
    token: bool = False  # by the STR-Transform: what a token reference means

    def octets(self) -> bytes:
        """What its digest is over. Raises Refusal."""
        form = canonical_form(self.node, self.prefixes)
        end = form.index(b">")
        if not self.token or b" xmlns=" in form[:end]:
            return form
        space = form.index(b" ")  # every apex declares its namespace; an empty default one is written first (§8.3)
        return form[:space] + b' xmlns=""' + form[space:]


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature proved: these nodes, by the key of this certificate. `value` names the message."""

    nodes: tuple[Any, ...]
    certificate: x509.Certificate | None  # None: a session key, or a key that an assertion names as such
    value: bytes
    key: Any = None  # the public key that made it
    name: bytes = b""  # of the message: the same however the value is written

    def covers(self, node: Any) -> bool:
        """Whether this very node was proven."""
        return any(proven is node for proven in self.nodes)


def verify(
    signature: Any,
    ids: Ids,
    trust: Trust,
    allowed: Allowed,
    now: float,
    *,
    session: SessionKeys = _NONE,
    symmetric: bool = False,
    vouched: Vouched = lambda _: None,
) -> Signed:
    """Prove a ds:Signature. Raises Refusal.

    `symmetric`: a session key that is not ours may have made it; `vouched`: the key that an assertion, proven before,
    gives to whom it is about, with its certificate, where a KeyInfo means one.
    """
    attributes(signature, "Id")
    info, value_node, key_info = children(signature, ds("SignedInfo"), ds("SignatureValue"), ds("KeyInfo"))
    key = session.named(key_info)
    prefixes, method, parts = _signed_info(info, ids, allowed, allowed.signatures if key is None else allowed.hmacs)
    value = octets(value_node, "Id")
    certificate = public = None
    data = canonical_form(info, prefixes)
    if key is None:
        holder = vouched(key_info)
        if holder is None:
            certificate = referred(key_info, ids, trust.known())
            trust.check(certificate, now)
            public = certificate.public_key()
        else:
            public, certificate = holder
        check_bytes(public, allowed.signatures[method], value, data)
    elif not (key.ours or symmetric):
        raise refuse("a session key that is not ours proves nothing here")
    elif not hmac.compare_digest(mac(key.key, allowed.hmacs[method], data), value):
        raise refuse("the signature is wrong")
    for part in parts:
        found = hashed(part.octets(), allowed.digests[part.digest])
        if not hmac.compare_digest(found, part.value):
            raise refuse("a digest is wrong")
    return Signed(tuple(part.node for part in parts), certificate, value, public, lowest(public, value))


def canonical_form(node: Any, prefixes: tuple[str, ...]) -> bytes:
    try:
        return canonical(node, prefixes=prefixes)
    except Problem as error:  # a relative namespace name has no canonical form
        raise refuse("a signed part has no canonical form") from error


def _signed_info(
    info: Any, ids: Ids, allowed: Allowed, methods: Collection[str]
) -> tuple[tuple[str, ...], str, list[Part]]:
    attributes(info, "Id")
    count = len(info) - 2
    if not 1 <= count <= MAX_REFERENCES:
        raise refuse("a signature has no reference, or too many")
    names = [ds("CanonicalizationMethod"), ds("SignatureMethod"), *[ds("Reference")] * count]
    canonicalization, method, *references = children(info, *names)
    prefixes = exclusive(canonicalization)
    chosen = algorithm(method, methods)
    children(method)
    parts = [_reference(reference, ids, allowed) for reference in references]
    if len({id(part.node) for part in parts}) != len(parts):
        raise refuse("two references name one element")
    return prefixes, chosen, parts


def _reference(reference: Any, ids: Ids, allowed: Allowed) -> Part:
    attributes(reference, "URI", "Id")
    transforms, method, value = children(reference, ds("Transforms"), ds("DigestMethod"), ds("DigestValue"))
    attributes(transforms)
    node = ids.one(reference.get("URI"))
    token = len(transforms) == 1 and transforms[0].get("Algorithm") == STR_TRANSFORM
    if token:
        node, transform = referred_token(_reference_node(node), ids), _parameters(transforms[0])
    elif len(transforms) > 1:  # node-soap's habit: it takes the signature out of a part that does not hold it
        enveloped, transform = children(transforms, ds("Transform"), ds("Transform"))
        algorithm(enveloped, (ENVELOPED,))
        children(enveloped)
    else:
        (transform,) = children(transforms, ds("Transform"))
    if node in reference.iterancestors():
        raise refuse("a signature covers an element around itself")
    prefixes = exclusive(transform)
    digest = algorithm(method, allowed.digests)
    children(method)
    return Part(node, prefixes, digest, octets(value), token)


def _reference_node(node: Any) -> Any:
    if node.tag != wsse("SecurityTokenReference"):
        raise refuse("the STR-Transform is of something else than a token reference")
    return node


def _parameters(transform: Any) -> Any:
    """The canonicalization that an STR-Transform names (§8.3)."""
    (parameters,) = children(transform, wsse("TransformationParameters"))
    attributes(parameters)
    (method,) = children(parameters, ds("CanonicalizationMethod"))
    return method


def exclusive(node: Any) -> tuple[str, ...]:
    """Exclusive C14N and nothing else; its prefix list."""
    algorithm(node, (EXC_C14N,))
    (inclusive,) = children(node, _INCLUSIVE + "?")
    if inclusive is None:
        return ()
    attributes(inclusive, "PrefixList")
    children(inclusive)
    prefixes = tuple(inclusive.get("PrefixList", "").split())
    if len(prefixes) > 16:
        raise refuse("too many inclusive prefixes")
    return tuple(prefix for prefix in prefixes if prefix != "#default") + (("",) if "#default" in prefixes else ())


def check_bytes(public: Any, how: Signing, value: bytes, data: bytes) -> None:
    """The signature is by this key, which is long enough and fits the method. Raises Refusal."""
    try:
        if how.kind == "ec" and isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in _ORDERS:
            size = (public.curve.key_size + 7) // 8
            if len(value) != 2 * size:
                raise refuse("an ECDSA signature of a wrong length")
            both = (int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big"))
            public.verify(utils.encode_dss_signature(*both), data, ec.ECDSA(how.digest()))
        elif how.kind != "ec" and isinstance(public, rsa.RSAPublicKey) and public.key_size >= 2048:
            public.verify(value, data, scheme(how), how.digest())
        else:
            raise refuse("the key is too short, or does not fit the signature method")
    except InvalidSignature as error:
        raise refuse("the signature is wrong") from error


def lowest(public: Any, value: bytes) -> bytes:
    """One writing of a signature: of ECDSA's two, s and n - s, that anybody turns into each other, the lower."""
    order = _ORDERS.get(public.curve.name) if isinstance(public, ec.EllipticCurvePublicKey) else None
    if order is None:
        return value
    half = len(value) // 2
    s = int.from_bytes(value[half:], "big")
    return value[:half] + min(s, order - s).to_bytes(half, "big")


def require_parts(signed: Signed, required: Sequence[tuple[str, Any]]) -> None:
    """Each of these (name, node at its absolute place) was proven itself. Raises Refusal."""
    for name, node in required:
        if node is None or not signed.covers(node):
            raise refuse(f"{name} is not signed")
