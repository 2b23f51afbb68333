"""The law of processing a security header: `secure` writes one, `prove` takes one away and says what it proved.

The header's children are taken in document order, each kind at most as often as it makes sense; nothing
unknown is passed over. What must be signed is found by its absolute place (`wssecurity_tree.Shape`), never by
an id. Both functions are pure: a tree, a plan and the time in; the tree changed, a `Proof` out. WSS 1.1 §5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.limits import DEFAULT, Limits

from .wssecurity_encrypt import (
    Encrypter,
    decrypt,
    encrypt,
    encrypt_by,
    names_key,
    read_key,
    read_references,
    unwrap,
    wrap,
)
from .wssecurity_names import ASSERTION, BLOCKS, ID, WSSE11, Allowed, ds, wsse, wsu, xenc
from .wssecurity_parts import Type, of_body, parts, sealed, targets
from .wssecurity_saml import Assertion, Rules, add_assertion, read_assertion
from .wssecurity_session import SessionKey, SessionKeys, SessionSigner, name_of
from .wssecurity_sign import Signer, sign
from .wssecurity_tokens import (
    Login,
    Trust,
    add_timestamp,
    add_username,
    assertion_of,
    check_timestamp,
    check_username,
)
from .wssecurity_tree import (
    Ids,
    Shape,
    attributes,
    encoded,
    make_security,
    octets,
    refuse,
    security_of,
    shape_of,
    sub,
)
from .wssecurity_verify import Signed, require_parts, verify

CONFIRMATION: Final = f"{{{WSSE11}}}SignatureConfirmation"
Demand = Literal["signature", "timestamp", "username", "encryption", "saml", "endorsement"]

# how often each child of a security header may stand
_KINDS: Final[Mapping[str, int]] = {
    wsu("Timestamp"): 1,
    wsse("BinarySecurityToken"): 4,
    wsse("UsernameToken"): 1,
    wsse("SecurityTokenReference"): 2,  # that an STR-Transform is of
    ASSERTION: 1,
    ds("Signature"): 2,  # the second endorses the first
    xenc("EncryptedKey"): 2,
    xenc("ReferenceList"): 2,
    CONFIRMATION: 2,
}


# -- writing


@dataclass(frozen=True, slots=True)
class Outbound:
    """What is put on a message that leaves. Parts: `body`, `timestamp`, `username` or a header block's Clark name."""

    timestamp: float = 300.0  # seconds that it holds; 0: none
    username: tuple[str, str] | None = None
    digest: bool = True
    assertion: bytes = b""  # of the caller, passed on
    signer: Signer | None = None
    signed: Sequence[str] = ("body", "timestamp")
    endorser: Signer | None = None  # signs the signature (WS-SecurityPolicy 1.3 §8.3)
    encrypter: Encrypter | None = None
    encrypted: Sequence[str] = ("body",)
    symmetric: bool = False  # one fresh key, wrapped by the encrypter, signs and encrypts
    session: SessionKey | None = None  # the key of the request that this answers, in place of a fresh one
    order: Literal["sign-encrypt", "encrypt-sign"] = "sign-encrypt"
    actor: str = ""
    must_understand: bool = True
    limits: Limits = DEFAULT


@dataclass(frozen=True, slots=True)
class Secured:
    """What was put on: the signature's value (empty: none), and the session key that the answer may use."""

    signature: bytes = b""
    session: SessionKey | None = None
    signed: tuple[str, ...] = ()  # names of parts, where the body or something in it is one
    encrypted: tuple[str, ...] = ()


def secure(root: Any, plan: Outbound, now: float, *, confirm: Sequence[bytes] | None = None) -> Secured:
    """Protect an envelope in place. Raises Refusal."""
    shape = shape_of(root)
    security = make_security(shape, plan.actor, must_understand=plan.must_understand)
    shape = shape_of(root)
    if plan.username is not None:
        add_username(security, *plan.username, now, digest=plan.digest)
    if plan.assertion:
        add_assertion(security, plan.assertion, plan.limits)
    confirmations = [_confirmation(security, value) for value in confirm or ()]
    if plan.timestamp:
        add_timestamp(security, now, plan.timestamp)
    session = plan.session
    if plan.symmetric and session is None:
        if plan.encrypter is None:
            raise refuse("there is nobody to wrap a session key for")
        session, _ = wrap(security, plan.encrypter)
    signer = plan.signer if session is None else SessionSigner(session)
    value = b""
    signed: tuple[str, ...] = ()
    encrypted: tuple[str, ...] = ()
    for step in ("sign", "encrypt") if plan.order == "sign-encrypt" else ("encrypt", "sign"):
        if step == "sign" and signer is not None:
            named = parts(shape, security, plan.signed)
            nodes = list({id(node): node for _, node in named}.values())
            signed = tuple(dict.fromkeys(name for name, _ in named)) if of_body(shape, nodes) else ()
            if nodes or confirmations:
                signature = sign(security, [*nodes, *confirmations], signer)
                value = octets(signature.find(ds("SignatureValue")))
                if plan.endorser is not None:
                    sign(security, [signature], plan.endorser)
        elif step == "encrypt" and plan.encrypted:
            chosen = targets(shape, security, plan.encrypted)
            encrypted = tuple(plan.encrypted) if of_body(shape, [node for node, _ in chosen]) else ()
            _encrypt(security, chosen, plan, session)
    for stamp in security.findall(wsu("Timestamp")):
        security.insert(0, stamp)  # every layout but LaxTsLast takes it there (WS-SecurityPolicy §6.7)
    return Secured(value, session, signed, encrypted)


def _encrypt(
    security: Any, chosen: Sequence[tuple[Any, Type]], plan: Outbound, session: SessionKey | None
) -> None:
    if session is not None:
        block = plan.encrypter.block if plan.encrypter is not None else _fitting(session)
        encrypt_by(security, chosen, session, block, last=plan.order == "encrypt-sign")
    elif plan.encrypter is not None:
        encrypt(security, chosen, plan.encrypter)


def _fitting(session: SessionKey) -> str:
    """The block encryption that a session key of a request is for."""
    return next(name for name, (size, _) in BLOCKS.items() if size == len(session.key))


def _confirmation(security: Any, value: bytes) -> Any:
    node = sub(security, CONFIRMATION)
    if value:
        node.set("Value", encoded(value))
    return node


# -- reading


@dataclass(frozen=True, slots=True)
class Inbound:
    """What is known about those who send, and what is demanded of them. `keys`: certificate DER -> private key."""

    trust: Trust = field(default_factory=Trust)
    keys: Mapping[bytes, Any] = field(default_factory=dict)
    certificates: Sequence[x509.Certificate] = ()  # our own, that an encrypted key may name
    sessions: Sequence[SessionKey] = ()  # of the request that this answers
    symmetric: bool = False  # a session key that the message carries may sign it
    tokens_pass: bool = False  # a UsernameToken that nobody asks for is passed over (in answers)
    users: Mapping[str, str] = field(default_factory=dict)
    password_text: bool = False
    nonce_required: bool = True
    saml: Rules | None = None
    demands: Sequence[Demand] = ()
    signed: Sequence[str] = ("body", "timestamp")
    encrypted: Sequence[str] = ("body",)
    ttl: float = 300.0
    actor: str = ""
    allowed: Allowed = field(default_factory=Allowed)
    limits: Limits = DEFAULT


@dataclass(slots=True)
class Proof:
    """What a security header proved. `once`: tokens that may not come twice, with seconds."""

    signed: tuple[str, ...] = ()
    whole: bool = False  # among them the body, or what of it was asked for
    encrypted: tuple[str, ...] = ()  # whatever came encrypted; `sealed`: all that has to, some of the body among it
    sealed: bool = False
    certificate: x509.Certificate | None = None
    username: str = ""
    assertion: Assertion | None = None
    method: str = ""  # how the assertion's subject was confirmed
    signature: bytes = b""
    confirmations: tuple[bytes, ...] = ()
    once: tuple[tuple[str, float], ...] = ()
    session: SessionKey | None = None
    present: bool = False


@dataclass(slots=True)
class _Run:
    """The state of one reading."""

    shape: Shape
    security: Any
    plan: Inbound
    now: float
    counts: dict[str, int] = field(default_factory=dict)
    signed: Signed | None = None
    signature: Any = None  # the element that `signed` was proven by
    endorsed: Signed | None = None
    login: Login | None = None
    assertion: Assertion | None = None
    opened: list[str] = field(default_factory=list)
    hidden: list[Any] = field(default_factory=list)  # the elements that were encrypted, whole or their content
    instead: list[Any] = field(default_factory=list)  # opened elements whose encrypted form was signed
    confirmations: list[bytes] = field(default_factory=list)
    session: SessionKeys = field(default_factory=SessionKeys)
    carried: SessionKey | None = None  # the last key that the message carries


def prove(root: Any, plan: Inbound, now: float) -> Proof:
    """Verify, decrypt and remove the security header for us. Raises Refusal, or Problem from the limits."""
    shape = shape_of(root)
    security = security_of(shape, plan.actor)
    if security is None:
        if plan.demands:
            raise refuse("there is no security header")
        return Proof()
    attributes(security, *[name for name in security.attrib if name.startswith(f"{{{shape.namespace}}}")])
    run = _Run(shape, security, plan, now, session=SessionKeys(plan.sessions))
    at = 0
    while at < len(security):
        _take(run, security[at])
        at += 1
    proof = _judged(run)
    shape.header.remove(security)
    for node in run.signed.nodes if run.signed is not None else ():
        node.attrib.pop(ID, None)  # the sender's mark: no contract knows it
    _bounded(root, plan.limits)
    return proof


def _take(run: _Run, node: Any) -> None:
    """One child of the header."""
    allowed = _KINDS.get(node.tag)
    if allowed is None:
        raise refuse("the security header holds something that is not known")
    run.counts[node.tag] = run.counts.get(node.tag, 0) + 1
    if run.counts[node.tag] > allowed:
        raise refuse("the security header holds something too often")
    if node.tag == wsu("Timestamp"):
        check_timestamp(node, run.now, run.plan.ttl)
    elif node.tag == wsse("UsernameToken"):
        plan = run.plan
        if plan.tokens_pass and not plan.users:
            return
        run.login = check_username(
            node,
            plan.users,
            run.now,
            plan.ttl,
            text_allowed=plan.password_text,
            nonce_required=plan.nonce_required,
        )
    elif node.tag == ds("Signature"):
        ids = Ids(run.shape.envelope)
        plan = run.plan

        def vouched(key_info: Any) -> tuple[Any, x509.Certificate | None] | None:
            found = assertion_of(key_info, ids)
            return None if found is None else _holder(run, found, ids)

        proven = verify(
            node, ids, plan.trust, plan.allowed, run.now,
            session=run.session, symmetric=plan.symmetric, vouched=vouched,
        )  # fmt: skip
        _signed(run, node, proven)
    elif node.tag == ASSERTION:
        _assertion(run, node, Ids(run.shape.envelope))
    elif node.tag == xenc("EncryptedKey"):
        _key(run, node)
    elif node.tag == xenc("ReferenceList"):
        _decrypt(run, read_references(node), run.session.key_for)
    elif node.tag == CONFIRMATION:
        run.confirmations.append(_confirmed(node))


def _signed(run: _Run, node: Any, proven: Signed) -> None:
    """The message's signature, or one that endorses it: by a key that is known, over the first whole."""
    if run.signed is None:
        run.signed, run.signature = proven, node
    elif proven.certificate is None or not proven.covers(run.signature):
        raise refuse("a second signature does not endorse the first")
    else:
        run.endorsed = proven


def _assertion(run: _Run, node: Any, ids: Ids) -> Assertion:
    """The assertion of the header, read once: where it stands, or where a signature before it names it."""
    if run.plan.saml is None or node.getparent() is not run.security:
        raise refuse("an assertion stands where none is looked for")
    if run.assertion is None:
        run.assertion = read_assertion(node, ids, run.plan.saml, run.plan.allowed, run.now)
    return run.assertion


def _holder(run: _Run, node: Any, ids: Ids) -> tuple[Any, x509.Certificate | None]:
    assertion = _assertion(run, node, ids)
    if not assertion.keys:
        raise refuse("the assertion names no key that could sign")
    return assertion.keys[0], assertion.certificate


def _confirmed(node: Any) -> bytes:
    value = etree.Element("value")
    value.text = node.get("Value", "")
    return octets(value)


def _key(run: _Run, node: Any) -> None:
    """An EncryptedKey: what it lists is opened, and it may be named from here on."""
    wrapped = read_key(node, Ids(run.shape.envelope), run.plan.certificates, run.plan.allowed)
    key = unwrap(wrapped, run.plan.keys.get(wrapped.certificate.public_bytes(Encoding.DER)))
    run.carried = SessionKey(key, name_of(wrapped.value), node.get("Id", ""))
    run.session.add(run.carried)

    def listed(key_info: Any) -> bytes:
        names_key(key_info, node)
        return key

    if wrapped.references:
        _decrypt(run, wrapped.references, listed)


def _decrypt(run: _Run, uris: Sequence[str], key_for: Callable[[Any], bytes]) -> None:
    ids = Ids(run.shape.envelope)
    places = [ids.one(uri) for uri in uris]
    whole = [place.getparent() is run.shape.body for place in places]
    parents = [place.getparent() for place in places]
    opened = decrypt(uris, key_for, ids, run.plan.allowed, run.plan.limits)
    for (gone, found), is_body, parent in zip(opened, whole, parents, strict=True):
        content = str(gone.get("Type", "")).endswith("Content")
        owners = [parent] if content or (is_body and len(parent) == 1) else found
        run.hidden += [*owners, *found]
        run.opened += ["body" if owner is run.shape.body else etree.QName(owner).localname for owner in owners]
        if run.signed is not None and run.signed.covers(gone):
            run.instead += found


def _judged(run: _Run) -> Proof:
    plan, security = run.plan, run.security
    proof = Proof(present=True, encrypted=tuple(run.opened), confirmations=tuple(run.confirmations))
    proof.session = run.carried
    hidden, proof.sealed = sealed(run.shape, security, plan.encrypted, run.hidden)
    stamps = security.findall(wsu("Timestamp"))
    if run.signed is not None:
        signed = replace(run.signed, nodes=(*run.signed.nodes, *run.instead))
        if "timestamp" in plan.signed and not stamps:
            raise refuse("a signed message has no timestamp")
        required = parts(run.shape, security, plan.signed)
        confirmations = [("confirmation", node) for node in security.findall(CONFIRMATION)]
        require_parts(signed, [*required, *confirmations])
        proof.signed = tuple(dict.fromkeys(name for name, _ in required))
        proof.whole = of_body(run.shape, [node for _, node in required])
        endorser = None if run.endorsed is None else run.endorsed.certificate
        proof.certificate, proof.signature = signed.certificate or endorser, signed.value
        proof.once = ((hashlib.sha256(signed.name).hexdigest(), plan.ttl + 60.0),)
    if run.login is not None:
        proof.username = run.login.name
        if run.login.nonce:
            token = hashlib.sha256(f"{run.login.name}\0{run.login.nonce}".encode()).hexdigest()
            proof.once = (*proof.once, (token, plan.ttl + 60.0))
    if run.assertion is not None:
        _confirm(run, run.assertion, proof)
    had = {
        "saml": run.assertion is not None,
        "signature": run.signed is not None,
        "endorsement": run.endorsed is not None,
        "timestamp": bool(stamps),
        "username": run.login is not None,
        "encryption": hidden,
    }
    for demand in plan.demands:
        if not had[demand]:
            raise refuse(f"there is no {demand}")
    return proof


def _confirm(run: _Run, assertion: Assertion, proof: Proof) -> None:
    """Who sent the message is whom the assertion is about: its key's holder, or whoever bears it."""
    holds = run.signed is not None and any(run.signed.key == key for key in assertion.keys)
    if not (holds or assertion.bearer):
        raise refuse("the message is not signed by the holder of the assertion's key")
    rules = run.plan.saml
    if assertion.one_time or (rules is not None and rules.once and not holds):
        proof.once = (*proof.once, (assertion.token, max(1.0, assertion.until - run.now)))
    proof.assertion, proof.method = assertion, "holder-of-key" if holds else "bearer"


def _bounded(root: Any, limits: Limits) -> None:
    """The limits once more, over all that was decrypted together. Raises Refusal."""
    depth = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            depth += 1
            elements += 1
        else:
            depth -= 1
        if depth > limits.xml_depth or elements > limits.xml_elements:
            raise refuse("what was decrypted is larger or deeper than allowed")
