"""The law of the `wssecurity` plug-in: settings to plans, wires to trees; trees are worked on in `wssecurity_process`.

One plug-in serves both edges: `send` is put on what leaves (requests to a service, replies to a client),
`receive` is asked of what arrives. Keys are looked up at each message, so that a rotated key counts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from pydantic import Field, SecretStr, model_validator

from gateway.core.layers import WireLayer
from gateway.core.limits import Limits
from gateway.core.message import Wire
from gateway.core.problem import Problem
from gateway.plugins.api import About, CipherSettings, Edge, Host, Place, PluginSettings, WireCipher
from gateway.xml import parse

from .wssecurity_encrypt import Encrypter
from .wssecurity_names import BLOCKS, DIGESTS, MGFS, OAEP, SIGNATURES, TRANSPORTS, XENC11, Allowed
from .wssecurity_process import Demand, Inbound, Outbound, Proof, prove, secure
from .wssecurity_sign import SHA256, Signer
from .wssecurity_tokens import Reference, Trust
from .wssecurity_tree import refuse, security_of, shape_of


def _known(value: str, table: Collection[str], what: str) -> None:
    if value and value not in table:
        raise ValueError(f"{what}: no such algorithm; allowed are {', '.join(sorted(table))}")


class UsernameSettings(PluginSettings):
    """A UsernameToken that is sent."""

    name: str
    password: SecretStr
    digest: bool = Field(default=True, description="false: the password itself, for TLS only")


class SignSettings(PluginSettings):
    """A signature that is put on."""

    key: str = Field(description="id of the private key with its certificate")
    parts: tuple[str, ...] = Field(default=("body", "timestamp"), description="or `username`, or `{namespace}Header`")
    reference: Reference = "token"
    method: str = Field(default="", description="URI; by default the one that fits the key")
    digest: str = SHA256

    @model_validator(mode="after")
    def _algorithms(self) -> SignSettings:
        _known(self.method, SIGNATURES, "method")
        _known(self.digest, DIGESTS, "digest")
        return self


class EncryptSettings(PluginSettings):
    """Encryption that is put on."""

    certificate: str = Field(description="id of the peer's certificate; `sender`: the one that signed the request")
    parts: tuple[str, ...] = Field(default=("body",), description="or `username`, or `{namespace}Element`")
    reference: Reference = "thumbprint"
    block: str = f"{XENC11}aes256-gcm"
    transport: str = OAEP
    digest: str = SHA256
    mgf: str = f"{XENC11}mgf1sha256"

    @model_validator(mode="after")
    def _algorithms(self) -> EncryptSettings:
        _known(self.block, BLOCKS, "block")
        _known(self.transport, TRANSPORTS, "transport")
        _known(self.mgf, MGFS, "mgf")
        return self


class SendSettings(PluginSettings):
    """What is put on a message that leaves."""

    timestamp: float = Field(default=300.0, ge=0, le=3600, description="seconds that it holds; 0: none")
    username: UsernameSettings | None = None
    sign: SignSettings | None = None
    encrypt: EncryptSettings | None = None
    order: Literal["sign-encrypt", "encrypt-sign"] = "sign-encrypt"
    actor: str = ""
    must_understand: bool = True
    confirm: bool = Field(default=False, description="replies confirm the request's signature (WSS 1.1 §8.5)")


class ReceiveSettings(PluginSettings):
    """What is asked of a SOAP message that arrives; of other calls, the operation's policy asks."""

    demand: tuple[Demand, ...] = Field(default=(), description="signature, timestamp, username, encryption")
    trust: tuple[str, ...] = Field(default=(), description="ids of certificates of peers")
    authorities: tuple[str, ...] = Field(default=(), description="ids of CA certificates that vouch for peers")
    decrypt: tuple[str, ...] = Field(default=(), description="ids of our private keys with their certificates")
    users: Mapping[str, SecretStr] = Field(default_factory=dict, description="UsernameToken: name and password")
    password_text: bool = Field(default=False, description="accept a password in clear, for TLS only")
    signed: tuple[str, ...] = Field(default=("body", "timestamp"), description="parts that a signature must cover")
    ttl: float = Field(default=300.0, gt=0, le=3600, description="seconds that a message is fresh")
    actor: str = ""
    clear_faults: bool = Field(default=True, description="a reply that is a fault may come without protection")
    confirmed: bool = Field(default=False, description="replies must confirm our signature")
    dangerous_legacy_algorithms: bool = Field(default=False, description="read SHA-1, CBC and RSA 1.5 of old services")

    @model_validator(mode="after")
    def _trusts_somebody(self) -> ReceiveSettings:
        if "signature" in self.demand and not (self.trust or self.authorities):
            raise ValueError("a signature is demanded, but nobody is trusted: name `trust` or `authorities`")
        if "encryption" in self.demand and not self.decrypt:
            raise ValueError("encryption is demanded, but `decrypt` names no key")
        if "username" in self.demand and not self.users:
            raise ValueError("a user is demanded, but `users` names none")
        return self


class WsSecuritySettings(CipherSettings):
    """Settings of `wssecurity`."""

    edges: tuple[Edge, ...] = ("upstream",)
    send: SendSettings | None = None
    receive: ReceiveSettings | None = None
    operations: tuple[str, ...] = Field(default=(), description="only these; empty: all")


class WsSecurity(WireCipher[WsSecuritySettings]):
    """OASIS WS-Security 1.1 on SOAP messages. See the module's docstring."""

    name = "wssecurity"
    Settings = WsSecuritySettings

    async def start(self, host: Host) -> None:
        """Raises KeyError when a key that the settings name is not there, or has no certificate."""
        await super().start(host)
        send, receive = self.settings.send, self.settings.receive
        if send is not None and send.sign is not None:
            _ = host.keys.get(send.sign.key).certificate
        if send is not None and send.encrypt is not None and send.encrypt.certificate != "sender":
            _ = host.keys.get(send.encrypt.certificate).certificate
        if receive is not None:
            self._inbound(receive, host.limits)

    def wire_layer(self, edge: Edge, where: Place) -> WireLayer | None:
        return super().wire_layer(edge, where) if edge in self.settings.edges else None

    # -- leaving

    def covers(self, wire: Wire, about: About) -> bool:
        if self.settings.send is None or not _is_xml(wire):
            return False
        if about.direction == "reply" and about.request is not None:
            return bool(about.request.facts.get("wssecurity"))
        chosen = self.settings.operations
        return not chosen or about.operation is None or about.operation.name in chosen

    def protect(self, wire: Wire, about: About) -> Wire:
        send = self.settings.send
        assert send is not None
        asked: Proof | None = about.request.facts.get("wssecurity") if about.request is not None else None
        plan = self._outbound(send, asked)
        root = parse(wire.body, about.place.limits, response=about.direction == "reply")
        confirm = [asked.signature] if send.confirm and about.direction == "reply" and asked is not None else None
        value = secure(root, plan, self.host.clock.now(), confirm=confirm)
        facts = {**wire.facts, "wssecurity_signature": value}
        if plan.signer is not None:
            facts["signed"] = tuple(plan.signed)
        if plan.encrypter is not None:
            facts["encrypted"] = tuple(plan.encrypted)
        return replace(wire, body=_bytes(root), tree=None, facts=facts)

    def _outbound(self, send: SendSettings, asked: Proof | None) -> Outbound:
        signer = encrypter = None
        if send.sign is not None:
            key = self.host.keys.get(send.sign.key)
            signer = Signer(key.private, key.certificate, send.sign.reference, send.sign.method, send.sign.digest)
        if send.encrypt is not None:
            to = self._peer(send.encrypt, asked)
            how = send.encrypt
            encrypter = Encrypter(to, how.reference, how.block, how.transport, how.digest, how.mgf)
        user = send.username
        return Outbound(
            timestamp=send.timestamp,
            username=(user.name, user.password.get_secret_value()) if user else None,
            digest=user.digest if user else True,
            signer=signer,
            signed=send.sign.parts if send.sign else (),
            encrypter=encrypter,
            encrypted=send.encrypt.parts if send.encrypt else (),
            order=send.order,
            actor=send.actor,
            must_understand=send.must_understand,
        )

    def _peer(self, how: EncryptSettings, asked: Proof | None) -> x509.Certificate:
        if how.certificate != "sender":
            found: x509.Certificate = self.host.keys.get(how.certificate).certificate
            return found
        if asked is None or asked.certificate is None:
            raise refuse("the request was not signed, so there is no sender's certificate to encrypt to")
        return asked.certificate

    # -- arriving

    def unprotect(self, wire: Wire, about: About) -> Wire:
        receive = self.settings.receive
        if receive is None or not _is_xml(wire):
            return self._clear(wire, receive, about)
        response = about.direction == "reply"
        try:
            root = wire.tree if wire.tree is not None else parse(wire.body, about.place.limits, response=response)
        except Problem:
            if response:
                return self._clear(wire, receive, about)
            raise
        if response and receive.clear_faults and _is_clear_fault(root, receive.actor):
            return replace(wire, tree=root)
        proof = prove(root, self._inbound(receive, _bounds(about)), self.host.clock.now())
        if response and receive.confirmed:
            self._confirmed(proof, about)
        if not proof.present:
            return replace(wire, tree=root)
        facts = {**wire.facts, "wssecurity": proof, "once": proof.once}
        if proof.signed:
            facts["signed"] = proof.signed
        if proof.encrypted:
            facts["encrypted"] = proof.encrypted
        who = proof.username or (proof.certificate.subject.rfc4514_string() if proof.certificate else "")
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

    def _inbound(self, receive: ReceiveSettings, limits: Limits) -> Inbound:
        keys = self.host.keys
        own = [key for name in receive.decrypt for key in keys.named(name)]
        return Inbound(
            trust=Trust(
                tuple(key.certificate for name in receive.trust for key in keys.named(name)),
                tuple(key.certificate for name in receive.authorities for key in keys.named(name)),
            ),
            keys={key.certificate.public_bytes(Encoding.DER): key.private for key in own},
            certificates=tuple(key.certificate for key in own),
            users={name: secret.get_secret_value() for name, secret in receive.users.items()},
            password_text=receive.password_text,
            demands=receive.demand,
            signed=receive.signed,
            ttl=receive.ttl,
            actor=receive.actor,
            allowed=Allowed(legacy=receive.dangerous_legacy_algorithms),
            limits=limits,
        )


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
