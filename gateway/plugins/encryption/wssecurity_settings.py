"""The law of `wssecurity`'s settings: what may be put on a message and asked of one, refused where it makes no sense.

What is not written here is taken from the contract's policy where there is one (`wssecurity_policy`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from gateway.plugins.api import CipherSettings, Edge, PluginSettings

from .wssecurity_names import BLOCKS, DIGESTS, MGFS, OAEP, SIGNATURES, TRANSPORTS, XENC11
from .wssecurity_process import Demand
from .wssecurity_saml import Method
from .wssecurity_sign import SHA256
from .wssecurity_tokens import Reference


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
    parts: tuple[str, ...] = Field(
        default=("body", "timestamp"), description="or `username`, `saml`, or `{namespace}Header`"
    )
    reference: Reference = "token"
    method: str = Field(default="", description="URI; by default the one that fits the key")
    digest: str = SHA256

    @model_validator(mode="after")
    def _algorithms(self) -> SignSettings:
        _known(self.method, SIGNATURES, "method")
        _known(self.digest, DIGESTS, "digest")
        return self


class EndorseSettings(PluginSettings):
    """A second signature, over the first: whose key it is that the message comes from."""

    key: str = Field(description="id of the private key with its certificate")
    reference: Reference = "token"
    method: str = Field(default="", description="URI; by default the one that fits the key")
    digest: str = SHA256

    @model_validator(mode="after")
    def _algorithms(self) -> EndorseSettings:
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


class SymmetricSettings(EncryptSettings):
    """One fresh key a request, wrapped for the peer: it signs (HMAC-SHA256), encrypts, and protects the answer."""

    signed: tuple[str, ...] = Field(default=("body", "timestamp"), description="or `username`, or `{namespace}Header`")


class SendSettings(PluginSettings):
    """What is put on a message that leaves."""

    timestamp: float = Field(default=300.0, ge=0, le=3600, description="seconds that it holds; 0: none")
    username: UsernameSettings | None = None
    saml: Literal["none", "preferred", "required"] = Field(
        default="none", description="pass on the assertion that the caller proved; required: no call without"
    )
    sign: SignSettings | None = None
    encrypt: EncryptSettings | None = None
    symmetric: SymmetricSettings | None = Field(default=None, description="in place of `sign` and `encrypt`")
    endorse: EndorseSettings | None = Field(default=None, description="sign the signature (WS-SecurityPolicy 1.3 §8.3)")
    order: Literal["sign-encrypt", "encrypt-sign"] = "sign-encrypt"
    actor: str = ""
    must_understand: bool = True
    confirm: bool = Field(default=False, description="replies confirm the request's signature (WSS 1.1 §8.5)")

    @model_validator(mode="after")
    def _one_way(self) -> SendSettings:
        if self.symmetric is not None and (self.sign is not None or self.encrypt is not None):
            raise ValueError("`symmetric` signs and encrypts: leave `sign` and `encrypt` away")
        if self.endorse is not None and self.symmetric is None and self.sign is None:
            raise ValueError("`endorse` signs the signature: give `sign` or `symmetric`")
        return self


class SamlSettings(PluginSettings):
    """SAML 2.0 assertions that callers bring."""

    issuers: Mapping[str, tuple[str, ...]] = Field(
        min_length=1, description="each issuer by its entity id: ids of the certificates that it signs with"
    )
    audience: tuple[str, ...] = Field(min_length=1, description="who we are: an assertion names one of these")
    methods: tuple[Method, ...] = Field(default=("bearer", "holder-of-key"), min_length=1)
    recipients: tuple[str, ...] = Field(default=(), description="addresses that a confirmation's Recipient may name")
    identity: str = Field(default="", description="attribute that is the identity; empty: the subject's NameID")
    skew: float = Field(default=60.0, ge=0, le=600, description="seconds of difference between clocks")
    once: bool = Field(default=False, description="a bearer's assertion counts once, also without its OneTimeUse")


class ReceiveSettings(PluginSettings):
    """What is asked of a SOAP message that arrives; of other calls, the operation's policy asks."""

    demand: tuple[Demand, ...] = Field(
        default=(), description="signature, endorsement, timestamp, username, encryption, saml"
    )
    trust: tuple[str, ...] = Field(default=(), description="ids of certificates of peers")
    authorities: tuple[str, ...] = Field(default=(), description="ids of CA certificates that vouch for peers")
    decrypt: tuple[str, ...] = Field(default=(), description="ids of our private keys with their certificates")
    users: Mapping[str, SecretStr] = Field(default_factory=dict, description="UsernameToken: name and password")
    password_text: bool = Field(default=False, description="accept a password in clear, for TLS only")
    nonce_required: bool = Field(default=True, description="false: a clear password may come without Nonce and Created")
    saml: SamlSettings | None = Field(default=None, description="read assertions; without it they are refused")
    signed: tuple[str, ...] = Field(
        default=("body", "timestamp"), description="parts that a signature must cover; or `username`, `saml`, a header"
    )
    encrypted: tuple[str, ...] = Field(
        default=("body",), min_length=1, description="without which a message counts as clear; or `{namespace}Element`"
    )
    ttl: float = Field(default=300.0, gt=0, le=3600, description="seconds that a message is fresh")
    actor: str = ""
    clear_faults: bool = Field(default=True, description="a reply that is a fault may come without protection")
    confirmed: bool = Field(default=False, description="replies must confirm our signature")
    symmetric: bool = Field(
        default=False, description="a key that the message wraps for us may sign it: whole, but from anybody"
    )
    dangerous_legacy_algorithms: bool = Field(default=False, description="read SHA-1, CBC and RSA 1.5 of old services")

    @model_validator(mode="after")
    def _trusts_somebody(self) -> ReceiveSettings:
        holders = self.saml is not None and "holder-of-key" in self.saml.methods
        if "signature" in self.demand and not (self.trust or self.authorities or self.symmetric or holders):
            raise ValueError("a signature is demanded, but nobody is trusted: name `trust` or `authorities`")
        if "endorsement" in self.demand and not (self.trust or self.authorities):
            raise ValueError("an endorsement is demanded, but nobody is trusted: name `trust` or `authorities`")
        if "encryption" in self.demand and not self.decrypt:
            raise ValueError("encryption is demanded, but `decrypt` names no key")
        if "saml" in self.demand and self.saml is None:
            raise ValueError("an assertion is demanded, but `saml` names no issuer")
        if "username" in self.demand and not self.users:
            raise ValueError("a user is demanded, but `users` names none")
        return self


class WsSecuritySettings(CipherSettings):
    """Settings of `wssecurity`."""

    edges: tuple[Edge, ...] = ("upstream",)
    send: SendSettings | None = None
    receive: ReceiveSettings | None = None
    operations: tuple[str, ...] = Field(default=(), description="only these; empty: all")
    policy: Literal["contract", "ignore"] = Field(
        default="contract", description="its WS-SecurityPolicy fills what is left open; ignore: as if it had none"
    )
