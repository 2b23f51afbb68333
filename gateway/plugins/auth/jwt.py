"""The law of the `jwt` plug-in: a bearer token becomes an identity, or the call ends here.

RFC 6750 and RFC 8725: the algorithm, issuer, audience and type are what the settings say, never what the token
says; keys come from the keyring (a JWKS file that is read again when it changes, or a JWKS by URL). Claims are
checked here by their types, in one table; scopes are asked for by operation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from gateway.core.layers import Layer, Send, Service, WireLayer
from gateway.core.message import Exchange, Message, Wire
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import Host, Plugin, PluginSettings, Refusal, around, around_wire, off_loop
from gateway.plugins.encryption import jose_tokens as tokens

_LIMIT = 16 * 1024  # characters; header fields have their own, lower limit
_YEARS = 1e12  # seconds: a time beyond them is a mistake; NaN and infinity are beyond, too
_JUDGED = "jwt_judged_by"


class JwtSettings(PluginSettings):
    """Settings of `jwt`."""

    keys: tuple[str, ...] = Field(min_length=1, description="ids of keys, or of a JWK Set")
    issuer: str
    audience: str
    algorithms: tuple[
        Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256"], ...
    ] = ("RS256", "PS256", "ES256")
    types: tuple[str, ...] = Field(default=("JWT", "at+jwt", ""), description="allowed `typ`; empty string: none given")
    leeway: float = Field(default=60.0, ge=0, le=600, description="seconds of difference between clocks")
    lifetime: float = Field(default=86400.0, gt=0, description="longest time from `iat` to `exp`, seconds")
    identity: str = Field(default="sub", description="claim that is the identity")
    scopes: Mapping[str, tuple[str, ...]] = Field(default_factory=dict, description="operation: scopes that it needs")
    open: tuple[str, ...] = Field(default=(), description="operations that need no token")


class JwtBearer(Plugin[JwtSettings]):
    """Authentication by bearer token."""

    name = "jwt"
    alone = True
    Settings = JwtSettings
    events: ClassVar[tuple[str, ...]] = ("accepted", "absent", "refused", "forbidden")

    async def start(self, host: Host) -> None:
        """Raises KeyError when a key that the settings name is not there."""
        await super().start(host)
        for name in self.settings.keys:
            if not host.keys.named(name) and not host.keys.expects(name):
                raise KeyError(name)

    def layer(self, operation: Operation) -> Layer | None:
        return None if operation.name in self.settings.open else around(self._checked)

    def gate(self, operation: Operation) -> WireLayer | None:
        """The same judgement before a kept answer is given again: a token that ended or was taken back gets none."""
        if operation.name in self.settings.open:
            return None

        async def checked(wire: Wire, inner: Send) -> Wire:
            await self._judge(operation, wire.headers, wire.facts)
            return await inner(wire)

        return around_wire(checked)

    async def _checked(self, exchange: Exchange, inner: Service) -> Message:
        if exchange.facts.get(_JUDGED) != (self, exchange.operation.name):  # by the gate before kept answers
            await self._judge(exchange.operation, exchange.headers, exchange.facts)
        return await inner(exchange)

    async def _judge(self, operation: Operation, headers: Mapping[str, str], facts: dict[str, Any]) -> None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            self.host.count("absent")
            raise _unauthenticated("Bearer")
        try:
            claims = await off_loop(self.claims, token.strip())
        except Refusal as error:
            self.host.count("refused")
            raise _unauthenticated('Bearer error="invalid_token"', cause=str(error)) from error
        needed = self.settings.scopes.get(operation.name, ())
        if missing := set(needed) - _scopes(claims):
            self.host.count("forbidden")
            challenge = f'Bearer error="insufficient_scope", scope="{" ".join(needed)}"'
            cause = f"missing scopes: {' '.join(sorted(missing))}"
            raise Problem(Kind.FORBIDDEN, cause=cause, headers={"WWW-Authenticate": challenge}, outcome="not-sent")
        self.host.count("accepted")
        facts["identity"] = claims[self.settings.identity]
        facts["claims"] = claims
        facts[_JUDGED] = (self, operation.name)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that is proven and holds now. Raises Refusal."""
        own = self.settings
        keys = [key for name in own.keys for key in self.host.keys.named(name)]
        try:
            opened = tokens.verify(token, keys, algorithms=own.algorithms, limit=_LIMIT)
        except Refusal:
            for name in own.keys:  # the token may be of a key that is newer than ours
                self.host.keys.unknown(name)
            raise
        if opened.header.get("typ", "") not in own.types:
            raise Refusal("refused", "typ is not allowed")
        try:
            claims = json.loads(opened.payload)
        except (ValueError, RecursionError) as error:
            raise Refusal("refused", "the claims are no JSON") from error
        if not isinstance(claims, dict):
            raise Refusal("refused", "the claims are no object")
        self._hold(claims, self.host.clock.now())
        return claims

    def _hold(self, claims: dict[str, Any], now: float) -> None:
        own = self.settings
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        times: dict[str, Any] = {"exp": claims.get("exp"), "nbf": claims.get("nbf", 0), "iat": claims.get("iat", now)}
        if any(isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _YEARS
               for value in times.values()):  # fmt: skip
            raise Refusal("refused", "exp is missing, or a time is no number")
        checks = {
            "iss": claims.get("iss") == own.issuer,
            "aud": own.audience in audiences,
            "exp": now < times["exp"] + own.leeway,
            "nbf": now >= times["nbf"] - own.leeway,
            "iat": now >= times["iat"] - own.leeway,
            "lifetime": times["exp"] - times["iat"] <= own.lifetime + own.leeway,
            own.identity: isinstance(claims.get(own.identity), str) and bool(claims.get(own.identity)),
        }
        if wrong := [name for name, right in checks.items() if not right]:
            raise Refusal("refused", f"claims that do not hold: {', '.join(wrong)}")


def _scopes(claims: dict[str, Any]) -> set[str]:
    """The scopes of `scope` (RFC 8693 §4.2) or of a list `scp`."""
    scope, listed = claims.get("scope"), claims.get("scp")
    found = set(scope.split()) if isinstance(scope, str) else set()
    return found | {item for item in listed if isinstance(item, str)} if isinstance(listed, list) else found


def _unauthenticated(challenge: str, *, cause: str = "") -> Problem:
    return Problem(Kind.UNAUTHENTICATED, cause=cause, headers={"WWW-Authenticate": challenge}, outcome="not-sent")
