"""The law of the `wssecurity` plug-in: settings to plans, wires to trees; trees are worked on in `wssecurity_process`.

One plug-in serves both edges: `send` is put on what leaves (requests to a service, replies to a client),
`receive` is asked of what arrives. Keys are looked up at each message, so that a rotated key counts at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.core.layers import WireLayer
from gateway.core.limits import Limits
from gateway.core.message import Wire
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import About, Edge, Host, Place, WireCipher
from gateway.xml import parse

from .wssecurity_encrypt import Encrypter
from .wssecurity_names import Allowed
from .wssecurity_policy import asked, objections, sent
from .wssecurity_process import Inbound, Outbound, Proof, prove, secure
from .wssecurity_saml import Assertion, Rules
from .wssecurity_session import SessionKey
from .wssecurity_settings import (
    EncryptSettings,
    EndorseSettings,
    ReceiveSettings,
    SamlSettings,
    SendSettings,
    SignSettings,
    WsSecuritySettings,
)
from .wssecurity_sign import Signer
from .wssecurity_tokens import Trust
from .wssecurity_tree import refuse, security_of, shape_of


class WsSecurity(WireCipher[WsSecuritySettings]):
    """OASIS WS-Security 1.1 on SOAP messages. See the module's docstring."""

    name = "wssecurity"
    Settings = WsSecuritySettings

    async def start(self, host: Host) -> None:
        """Raises KeyError when a key that the settings name is not there, or has no certificate."""
        await super().start(host)
        send, receive = self.settings.send, self.settings.receive
        for signs in (send.sign, send.endorse) if send is not None else ():
            if signs is not None:
                _ = host.keys.get(signs.key).certificate
        peer = (send.symmetric or send.encrypt) if send is not None else None
        if peer is not None and peer.certificate != "sender":
            _ = host.keys.get(peer.certificate).certificate
        if receive is not None:
            self._inbound(receive, host.limits)

    def wire_layer(self, edge: Edge, where: Place) -> WireLayer | None:
        return super().wire_layer(edge, where) if edge in self.settings.edges else None

    def answers(self) -> frozenset[str]:
        send = self.settings.send
        if send is None or "client" not in self.settings.edges:
            return frozenset()
        found = {"encrypted": send.encrypt or send.symmetric, "signed": send.sign or send.symmetric}
        return frozenset(name for name, how in found.items() if how is not None)

    def objections(self, operation: Operation) -> Sequence[str]:
        """What the contract's policy demands of this operation and these settings do not give."""
        return tuple(objections(self.settings, operation))

    def _policy(self, about: About) -> Any:
        """The contract's demands where they count: towards the service."""
        if about.edge != "upstream" or about.operation is None or self.settings.policy == "ignore":
            return None
        return about.operation.security

    # -- leaving

    def covers(self, wire: Wire, about: About) -> bool:
        if self.settings.send is None or not _is_xml(wire):
            return False
        if about.direction == "reply" and about.request is not None:
            return bool(about.request.facts.get("wssecurity"))
        chosen = self.settings.operations
        return not chosen or about.operation is None or about.operation.name in chosen

    def protect(self, wire: Wire, about: About) -> Wire:
        assert self.settings.send is not None
        send = sent(self.settings.send, self._policy(about))
        request: Proof | None = about.request.facts.get("wssecurity") if about.request is not None else None
        plan = self._outbound(send, request, _passed(send, wire))
        root = parse(wire.body, about.place.limits, response=about.direction == "reply")
        confirm = [request.signature] if send.confirm and about.direction == "reply" and request is not None else None
        made = secure(root, plan, self.host.clock.now(), confirm=confirm)
        facts = {**wire.facts, "wssecurity_signature": made.signature, "wssecurity_session": made.session}
        facts |= {"signed": made.signed} if made.signed else {}
        facts |= {"encrypted": made.encrypted} if made.encrypted else {}
        return replace(wire, body=_bytes(root), tree=None, facts=facts)

    def _outbound(self, send: SendSettings, asked: Proof | None, assertion: bytes) -> Outbound:
        signer = encrypter = session = None
        if send.sign is not None:
            signer = self._signer(send.sign)
        how = send.symmetric or send.encrypt
        if send.symmetric is not None and asked is not None:
            session = self._session(asked)
        elif how is not None:
            to = self._peer(how, asked)
            encrypter = Encrypter(to, how.reference, how.block, how.transport, how.digest, how.mgf)
        signs = send.symmetric.signed if send.symmetric else send.sign.parts if send.sign else ()
        user = send.username
        return Outbound(
            timestamp=send.timestamp,
            username=(user.name, user.password.get_secret_value()) if user else None,
            digest=user.digest if user else True,
            assertion=assertion,
            signer=signer,
            signed=signs,
            endorser=None if send.endorse is None else self._signer(send.endorse),
            encrypter=encrypter,
            encrypted=how.parts if how else (),
            symmetric=send.symmetric is not None,
            session=session,
            order=send.order,
            actor=send.actor,
            must_understand=send.must_understand,
            limits=self.host.limits,
        )

    def _signer(self, how: SignSettings | EndorseSettings) -> Signer:
        key = self.host.keys.get(how.key)
        return Signer(key.private, key.certificate, how.reference, how.method, how.digest)

    def _peer(self, how: EncryptSettings, asked: Proof | None) -> x509.Certificate:
        if how.certificate != "sender":
            found: x509.Certificate = self.host.keys.get(how.certificate).certificate
            return found
        if asked is None or asked.certificate is None:
            raise refuse("the request was not signed, so there is no sender's certificate to encrypt to")
        return asked.certificate

    def _session(self, asked: Proof) -> SessionKey:
        """The key that the request wrapped for us, by its name."""
        if asked.session is None:
            raise refuse("the request carried no session key to answer with")
        return replace(asked.session, id="")

    # -- arriving

    def unprotect(self, wire: Wire, about: About) -> Wire:
        receive = self.settings.receive
        if receive is None or not _is_xml(wire):
            return self._clear(wire, receive, about)
        response = about.direction == "reply"
        if response:
            receive = asked(receive, self._policy(about))
        try:
            root = wire.tree if wire.tree is not None else parse(wire.body, about.place.limits, response=response)
        except Problem:
            if response:
                return self._clear(wire, receive, about)
            raise
        if response and receive.clear_faults and _is_clear_fault(root, receive.actor):
            return replace(wire, tree=root)
        sent_with = about.request.facts.get("wssecurity_session") if response and about.request is not None else None
        plan = replace(
            self._inbound(receive, _bounds(about)),
            sessions=() if sent_with is None else (sent_with,),
            tokens_pass=response,
        )
        proof = prove(root, plan, self.host.clock.now())
        if response and receive.confirmed:
            self._confirmed(proof, about)
        if not proof.present:
            return replace(wire, tree=root)
        facts = {**wire.facts, "wssecurity": proof, "once": proof.once}
        if proof.whole:
            facts["signed"] = proof.signed
        if proof.sealed:
            facts["encrypted"] = proof.encrypted
        if proof.assertion is not None:
            facts["saml"] = proof.assertion
        who = proof.assertion.identity if proof.assertion else proof.username
        who = who or (proof.certificate.subject.rfc4514_string() if proof.certificate else "")
        if who and about.edge == "client":
            facts["identity"] = who
        return replace(wire, body=_bytes(root), tree=root, facts=facts)

    def _clear(self, wire: Wire, receive: ReceiveSettings | None, about: About) -> Wire:
        """No SOAP: nothing of ours on the way in; as an answer that should be protected, a refusal unless an error."""
        if receive is not None and receive.demand and about.direction == "reply" and wire.status < 400 and wire.body:
            raise refuse("the answer is no SOAP message")
        return wire

    def _confirmed(self, proof: Proof, about: About) -> None:
        sent = about.request.facts.get("wssecurity_signature", b"") if about.request is not None else b""
        if sent and sent not in proof.confirmations:
            raise refuse("the answer does not confirm our signature")

    def _rules(self, saml: SamlSettings) -> Rules:
        return Rules(
            {
                issuer: tuple(key.certificate for name in names for key in self.host.keys.named(name))
                for issuer, names in saml.issuers.items()
            },
            saml.audience,
            saml.methods,
            saml.recipients,
            saml.identity,
            saml.skew,
            saml.once,
        )

    def _inbound(self, receive: ReceiveSettings, limits: Limits) -> Inbound:
        keys = self.host.keys
        own = [key for name in receive.decrypt for key in keys.named(name)]
        return Inbound(
            trust=Trust(
                tuple(key.certificate for name in receive.trust for key in keys.named(name)),
                tuple(each for name in receive.authorities for key in keys.named(name) for each in key.certificates),
            ),
            keys={key.certificate.public_bytes(Encoding.DER): key.private for key in own},
            certificates=tuple(key.certificate for key in own),
            users={name: secret.get_secret_value() for name, secret in receive.users.items()},
            password_text=receive.password_text,
            nonce_required=receive.nonce_required,
            saml=None if receive.saml is None else self._rules(receive.saml),
            symmetric=receive.symmetric,
            demands=receive.demand,
            signed=receive.signed,
            encrypted=receive.encrypted,
            ttl=receive.ttl,
            actor=receive.actor,
            allowed=Allowed(legacy=receive.dangerous_legacy_algorithms),
            limits=limits,
        )


def _passed(send: SendSettings, wire: Wire) -> bytes:
    """The assertion that the caller proved at our other edge, as it came. Raises Problem UNAUTHENTICATED."""
    if send.saml == "none":
        return b""
    found: Assertion | None = wire.exchange.facts.get("saml") if wire.exchange is not None else None
    if found is not None:
        return found.raw
    if send.saml == "required":
        words = "The service is called for a caller's SAML assertion, and this call has none."
        raise Problem(Kind.UNAUTHENTICATED, words, outcome="not-sent")
    return b""


def _bounds(about: About) -> Limits:
    limits = about.place.limits
    return replace(limits, xml_elements=limits.xml_elements_response) if about.direction == "reply" else limits


def _bytes(root: Any) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _is_xml(wire: Wire) -> bool:
    return "xml" in wire.headers.get("content-type", "").lower()


def _is_clear_fault(root: Any, actor: str) -> bool:
    shape = shape_of(root)
    found = len(shape.body) == 1 and shape.body[0].tag == f"{{{shape.namespace}}}Fault"
    return found and security_of(shape, actor) is None
