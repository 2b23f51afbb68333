"""The law of the `fields` plug-in: named members that are stored or passed on encrypted or masked, each by itself.

For data at rest, not on the wire: what leaves for the service (or the client, or both) has its named members
replaced; encrypted ones come back in clear on the other way. A value is `enc:<key id>:<base64url of nonce,
ciphertext and tag>`: AES-GCM, bound to the pointer, so that a value cannot be moved to another member. The
key id in the value lets keys rotate. Masks are one-way.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field, model_validator

from gateway.core.layers import Layer, Service
from gateway.core.message import Exchange, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value
from gateway.plugins.api import Host, Plugin, PluginSettings, Refusal, around
from gateway.plugins.keys import Key

from .places import places
from .uses import Uses

PREFIX: Final = "enc:"


class FieldRule(PluginSettings):
    """Members of one operation's messages."""

    operation: str
    request: tuple[str, ...] = Field(default=(), description="pointers: encrypted on the way to the service")
    reply: tuple[str, ...] = Field(default=(), description="pointers: opened on the way back")
    mask: tuple[str, ...] = Field(default=(), description="pointers of the reply: masked for the client")


class FieldsSettings(PluginSettings):
    """Settings of `fields`."""

    key: str = Field(description="id of a symmetric key of 16, 24 or 32 bytes")
    rules: tuple[FieldRule, ...] = Field(min_length=1)
    show: int = Field(default=4, ge=0, le=8, description="last characters that a mask leaves")
    clear: Literal["pass", "refuse"] = Field(default="pass", description="a stored value that is not encrypted")

    @model_validator(mode="after")
    def _pointers(self) -> FieldsSettings:
        for rule in self.rules:
            if any(not pointer.startswith("/") for pointer in (*rule.request, *rule.reply, *rule.mask)):
                raise ValueError("a JSON pointer begins with /")
        return self


def seal(key: Key, text: str, place: str) -> str:
    """The value in its encrypted form. `place` is bound into it. Raises Refusal."""
    nonce = os.urandom(12)
    sealed = nonce + AESGCM(_secret(key)).encrypt(nonce, text.encode(), place.encode())
    return f"{PREFIX}{key.id}:{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def unseal(keys: Sequence[Key], value: str, place: str) -> str:
    """The value in clear; of keys with its id the present one is tried first. Raises Refusal, one for every cause."""
    name, _, data = value.removeprefix(PREFIX).rpartition(":")
    for key in keys:
        if key.id.removesuffix(".previous") == name:
            try:
                raw = base64.b64decode(data + "=" * (-len(data) % 4), altchars=b"-_", validate=True)
                return AESGCM(_secret(key)).decrypt(raw[:12], raw[12:], place.encode()).decode()
            except (ValueError, binascii.Error, InvalidTag):
                continue
    raise Refusal("refused", "a stored value could not be opened")


def mask(text: str, show: int) -> str:
    """Stars, and the last characters, of which at most a third is shown."""
    shown = min(show, len(text) // 3)
    return "*" * (len(text) - shown) + (text[-shown:] if shown else "")


def _secret(key: Key) -> bytes:
    if key.symmetric is None or len(key.symmetric) not in (16, 24, 32):
        raise Refusal("refused", f"key {key.id} is no AES key")
    return key.symmetric


class Fields(Plugin[FieldsSettings]):
    """Encryption and masks of named members."""

    name = "fields"
    alone = True
    Settings = FieldsSettings
    events: ClassVar[tuple[str, ...]] = ("sealed", "opened", "masked", "clear", "refused")

    def __init__(self, settings: FieldsSettings) -> None:
        super().__init__(settings)
        self._rules = {rule.operation: rule for rule in settings.rules}
        self._uses = Uses()

    async def start(self, host: Host) -> None:
        """Raises KeyError or Refusal when the key is not there or no AES key."""
        await super().start(host)
        _secret(host.keys.get(self.settings.key))

    def layer(self, operation: Operation) -> Layer | None:
        return around(self._both_ways) if operation.name in self._rules else None

    async def _both_ways(self, exchange: Exchange, inner: Service) -> Message:
        rule = self._rules[exchange.operation.name]
        if rule.request:
            value = _copied(exchange.request.value())
            self._seal(value, rule.request)
            exchange.request = exchange.request.replace(value)
        reply = await inner(exchange)
        if reply.fault is not None or not (rule.reply or rule.mask):
            return reply
        value = _copied(reply.value())
        self._open(value, rule.reply)
        for pointer in rule.mask:
            for holder, name in _strings(value, pointer):
                holder[name] = mask(holder[name], self.settings.show)
                self.host.count("masked")
        return reply.replace(value)

    def _seal(self, value: Value, pointers: tuple[str, ...]) -> None:
        key: Key = self.host.keys.get(self.settings.key)
        for pointer in pointers:
            for holder, name in _strings(value, pointer):
                if not self._uses.another(_secret(key)):
                    raise Problem(Kind.INTERNAL, cause="fields: the key has been used too often; give a new one")
                holder[name] = seal(key, holder[name], pointer)
                self.host.count("sealed")

    def _open(self, value: Value, pointers: tuple[str, ...]) -> None:
        keys = self.host.keys.named(self.settings.key)
        for pointer in pointers:
            for holder, name in _strings(value, pointer):
                holder[name] = self._opened(keys, holder[name], pointer)

    def _opened(self, keys: Sequence[Key], text: str, pointer: str) -> str:
        if not text.startswith(PREFIX):
            self.host.count("clear")
            if self.settings.clear == "refuse":
                raise Problem(Kind.UPSTREAM_PROTECTION, cause=f"fields: {pointer} is in clear", outcome="unknown")
            return text
        try:
            opened = unseal(keys, text, pointer)
        except Refusal as error:
            self.host.count("refused")
            raise Problem(Kind.UPSTREAM_PROTECTION, cause=f"fields: {pointer}: {error}", outcome="unknown") from error
        self.host.count("opened")
        return opened


def _strings(value: Value, pointer: str) -> list[tuple[Any, Any]]:
    return [(holder, name) for holder, name in places(value, pointer) if isinstance(holder[name], str)]


def _copied(value: Value) -> Value:
    """A copy whose containers may be changed."""
    if isinstance(value, dict):
        return {name: _copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
