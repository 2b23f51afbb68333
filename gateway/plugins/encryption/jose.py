"""The law of the `jose` plug-in: JWE and JWS around JSON bodies, or around named members of them.

A whole body travels as `application/jose`: signed, encrypted, or signed and then encrypted (RFC 7516 §2,
nested); the inner media type stands in `cty`. Named members keep their place and hold a compact JWE of their
JSON text. Tokens are `jose_tokens`; SOAP is not touched here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from pydantic import Field, model_validator

from gateway.core.layers import WireLayer
from gateway.core.message import Wire
from gateway.plugins.api import About, CipherSettings, Edge, Host, Place, PluginSettings, Refusal, WireCipher
from gateway.plugins.keys import Key

from . import exact
from . import jose_tokens as tokens
from .places import places
from .uses import Uses

MEDIA: Final = "application/jose"


class SignSettings(PluginSettings):
    """A JWS that is made."""

    key: str
    alg: Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256"] = "PS256"


class EncryptSettings(PluginSettings):
    """A JWE that is made."""

    key: str
    alg: Literal["RSA-OAEP-256", "ECDH-ES+A256KW", "A256KW", "dir"] = "RSA-OAEP-256"
    enc: Literal["A256GCM", "A128GCM"] = "A256GCM"


class JoseSettings(CipherSettings):
    """Settings of `jose`."""

    edges: tuple[Edge, ...] = ("client",)
    sign: SignSettings | None = None
    encrypt: EncryptSettings | None = None
    verify: tuple[str, ...] = Field(default=(), description="ids of the keys that may have signed what arrives")
    decrypt: tuple[str, ...] = Field(default=(), description="ids of our own keys")
    algorithms: tuple[str, ...] = Field(
        default=("RSA-OAEP-256", "ECDH-ES+A256KW", "A256KW", "dir", "A256GCM", "A128GCM", "PS256", "RS256", "ES256"),
        description="what may arrive",
    )
    demand: tuple[Literal["encryption", "signature"], ...] = Field(default=(), description="of JSON bodies that arrive")
    fields: tuple[str, ...] = Field(
        default=(), description="JSON pointers of members to encrypt; empty: the whole body"
    )

    @model_validator(mode="after")
    def _fits(self) -> JoseSettings:
        known = tokens.ENCRYPTION | tokens.CONTENT | tokens.SIGNATURE
        if wrong := sorted(set(self.algorithms) - known):
            raise ValueError(f"algorithms: not allowed are {', '.join(wrong)}; known are {', '.join(sorted(known))}")
        if "signature" in self.demand and not self.verify:
            raise ValueError("a signature is demanded, but `verify` names no key")
        if "encryption" in self.demand and not self.decrypt:
            raise ValueError("encryption is demanded, but `decrypt` names no key")
        if self.fields and self.sign is not None:
            raise ValueError("members are encrypted, never signed: leave `sign` or `fields` away")
        if any(not pointer.startswith("/") for pointer in self.fields):
            raise ValueError("fields: a JSON pointer begins with /")
        return self


class Jose(WireCipher[JoseSettings]):
    """JWE and JWS on the JSON side."""

    name = "jose"
    alone = True
    Settings = JoseSettings

    def __init__(self, settings: JoseSettings) -> None:
        super().__init__(settings)
        self._uses = Uses()

    async def start(self, host: Host) -> None:
        """Raises KeyError when a key that the settings name is not there."""
        await super().start(host)
        own = self.settings
        for one in (own.sign, own.encrypt):
            if one is not None:
                tokens.jose_key(host.keys.get(one.key), private=one is own.sign)
        for name in (*own.verify, *own.decrypt):
            if not host.keys.named(name):
                raise KeyError(name)

    def wire_layer(self, edge: Edge, where: Place) -> WireLayer | None:
        return super().wire_layer(edge, where) if edge in self.settings.edges else None

    def answers(self) -> frozenset[str]:
        own = self.settings
        if "client" not in own.edges:
            return frozenset()
        return frozenset(name for name, how in (("encrypted", own.encrypt), ("signed", own.sign)) if how is not None)

    # -- leaving

    def covers(self, wire: Wire, about: About) -> bool:
        own = self.settings
        if (own.sign is None and own.encrypt is None) or not wire.body or not _is_json(wire):
            return False
        if about.direction == "reply" and about.request is not None:
            asked = about.request
            accepts = MEDIA in asked.headers.get("accept", "").lower()
            return accepts or bool(asked.facts.get("encrypted") or asked.facts.get("signed"))
        return True

    def protect(self, wire: Wire, about: About) -> Wire:
        return self._members_sealed(wire) if self.settings.fields else self._body_sealed(wire)

    def _body_sealed(self, wire: Wire) -> Wire:
        own, facts = self.settings, dict(wire.facts)
        cty = (
            wire.headers.get("content-type", "application/json").partition(";")[0].strip().removeprefix("application/")
        )
        body = wire.body
        if own.sign is not None:
            body = tokens.sign(body, self.host.keys.get(own.sign.key), own.sign.alg, cty=cty).encode()
            facts["signed"], cty = ("body",), "JOSE"
        if own.encrypt is not None:
            key = self._encrypting(own.encrypt)
            body = tokens.encrypt(body, key, own.encrypt.alg, own.encrypt.enc, cty=cty).encode()
            facts["encrypted"] = ("body",)
        return replace(wire, headers={**wire.headers, "content-type": MEDIA}, body=body, tree=None, facts=facts)

    def _encrypting(self, how: EncryptSettings) -> Key:
        """The key; one that encrypts by itself (`dir`) ends with its nonces. Raises Refusal."""
        key: Key = self.host.keys.get(how.key)
        if how.alg == "dir" and not self._uses.another(key.symmetric or b""):
            raise Refusal("refused", "the key has been used too often; give a new one")
        return key

    def _members_sealed(self, wire: Wire) -> Wire:
        how = self.settings.encrypt
        assert how is not None
        document = exact.loads(wire.body)
        done = []
        for pointer in self.settings.fields:
            for holder, name in places(document, pointer):
                holder[name] = tokens.encrypt(exact.dumps(holder[name]), self._encrypting(how), how.alg, how.enc)
                done.append(pointer)
        facts = {**wire.facts, "encrypted": tuple(dict.fromkeys(done))} if done else wire.facts
        return replace(wire, body=exact.dumps(document), tree=None, facts=facts)

    # -- arriving

    def unprotect(self, wire: Wire, about: About) -> Wire:
        media = wire.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media == MEDIA:
            opened = self._body_opened(wire, about)
        elif self.settings.fields and _is_json(wire) and wire.body:
            opened = self._members_opened(wire, about)
        else:
            opened = wire
        error = about.direction == "reply" and wire.status >= 400
        if (_is_json(wire) or media == MEDIA) and wire.body and not error:
            facts = {"encryption": "encrypted", "signature": "signed"}
            if any(not opened.facts.get(facts[demand]) for demand in self.settings.demand):
                raise Refusal("refused", "the body is not protected as demanded")
        return opened

    def _body_opened(self, wire: Wire, about: About) -> Wire:
        own, facts = self.settings, dict(wire.facts)
        limit = about.place.limits.response if about.direction == "reply" else about.place.limits.body
        payload, cty = wire.body, ""
        for kind in ("jwe", "jws"):
            text = payload.decode("ascii", "replace").strip() if payload.count(b".") in (2, 4) else ""
            if tokens.kind_of(text) != kind or (kind == "jws" and cty not in ("", "JOSE", "JWT")):
                continue
            if kind == "jwe":
                opened = tokens.decrypt(text, self._keys(own.decrypt), algorithms=own.algorithms, limit=limit)
                facts["encrypted"] = ("body",)
            else:
                opened = tokens.verify(text, self._keys(own.verify), algorithms=own.algorithms, limit=limit)
                facts["signed"] = ("body",)
            payload, cty = opened.payload, str(opened.header.get("cty", "json"))
        if not cty or cty == "JOSE":
            raise Refusal("refused", "the body is no token")
        media = cty if "/" in cty else f"application/{cty}"
        if media not in ("application/json", "application/problem+json"):
            raise Refusal("refused", "what was protected is no JSON")
        return replace(wire, headers={**wire.headers, "content-type": media}, body=payload, tree=None, facts=facts)

    def _members_opened(self, wire: Wire, about: About) -> Wire:
        own = self.settings
        try:
            document = exact.loads(wire.body)
        except exact.NotExact:
            return wire  # the dialect says what is wrong with it
        clear = False
        done = []
        for pointer in own.fields:
            for holder, name in places(document, pointer):
                token = holder[name]
                if not isinstance(token, str) or tokens.kind_of(token) != "jwe":
                    clear = True
                    continue
                keys = self._keys(own.decrypt)
                opened = tokens.decrypt(token, keys, algorithms=own.algorithms, limit=about.place.limits.body)
                holder[name] = exact.loads(opened.payload)
                done.append(pointer)
        if clear and "encryption" in own.demand:
            raise Refusal("refused", "a member that must be encrypted is in clear")
        if not done:
            return wire
        facts = wire.facts if clear else {**wire.facts, "encrypted": tuple(dict.fromkeys(done))}
        return replace(wire, body=exact.dumps(document), tree=None, facts=facts)

    def _keys(self, names: tuple[str, ...]) -> list[Key]:
        return [key for name in names for key in self.host.keys.named(name)]


def _is_json(wire: Wire) -> bool:
    media = wire.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media == "application/json" or media.endswith("+json")
