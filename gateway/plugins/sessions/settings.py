"""The law of the session plug-in's settings: what a service's sessions are like, said in places and signs.

Pointers are those of the canonical value, wrappers and all. Nothing here is done; it is only said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from gateway.plugins.api import PluginSettings
from gateway.plugins.signs import Sign

POINTER = r"^/.+"


class Login(PluginSettings):
    """How a session is opened."""

    operation: str
    request: Mapping[str, Any] = Field(description="its whole message; secrets by ${NAME} or ${file:…}")
    ticket: str = Field(pattern=POINTER, description="where the answer has the ticket, or the session's id")
    redirect: str = Field(default="", description="where the answer names another base address")
    bases: tuple[str, ...] = Field(default=(), description="addresses that it may name: https://*.example.com")
    hops: int = Field(default=3, ge=1, le=10, description="addresses tried before it counts as a loop")


class Logout(PluginSettings):
    """How a session is ended; the ticket is filled in as in any call."""

    operation: str
    request: Mapping[str, Any] = Field(default_factory=dict)
    seconds: float = Field(default=2.0, gt=0, description="that it may take while the gateway stops")


class Counter(PluginSettings):
    """Calls of a session are numbered, strictly rising."""

    place: str = Field(pattern=POINTER, description="where the number stands")
    first: int = 1
    whose: Literal["own", "client"] = Field(default="own", description="`client`: clients number; each number once")
    failed: Literal["uses", "keeps"] = Field(default="uses", description="what a fault does to the call's number")
    unknown: Literal["close", "uses", "keeps"] = Field(
        default="close", description="what a lost answer does: end the session, or use or keep the number"
    )
    kept: float = Field(default=86_400.0, gt=0, description="seconds that a session's number is remembered")


class Pause(PluginSettings):
    """What the service answers when it is asked too often: before it carries out anything."""

    when: tuple[Sign, ...] = Field(min_length=1)
    seconds: float = Field(default=5.0, gt=0, description="that nobody of this identity calls")
    tries: int = Field(default=2, ge=0, le=5, description="repeats after a pause, within `wait`")


class SessionSettings(PluginSettings):
    """Settings of `session`."""

    login: Login
    logout: Logout | None = None
    place: str = Field(pattern=POINTER, description="where a request takes the ticket")
    places: Mapping[str, str] = Field(default_factory=dict, description="the same for single operations")
    operations: tuple[str, ...] = Field(default=(), description="only these; by default all but the login's")
    without: tuple[str, ...] = Field(default=(), description="operations without a session")
    expired: tuple[Sign, ...] = Field(default=(), description="answers that say: the session has ended")
    repeat: Literal["always", "reads", "never"] = Field(
        default="always", description="repeat the call once in a new session; `always`: such an answer means not done"
    )
    client_tickets: Literal["replace", "pass"] = Field(default="replace", description="a ticket that a client sends")
    seconds: float = Field(default=0.0, ge=0, description="age at which a session is renewed; 0: never by age")
    pool: int = Field(default=1, ge=1, le=256, description="sessions of an identity; more than one only with a counter")
    active: int = Field(default=0, ge=0, le=10_000, description="calls of an identity at once, over all gateways")
    wait: float = Field(default=10.0, gt=0, description="seconds that a call waits for its turn or for a pause")
    per: Literal["gateway", "caller", "basic"] = Field(
        default="gateway", description="whose sessions: the gateway's, each identity's, or HTTP Basic credentials'"
    )
    accounts: Mapping[str, Mapping[str, str]] = Field(
        default_factory=dict, description="per caller: words for {word} in the login's request, by identity"
    )
    identities: int = Field(default=1000, ge=1, description="identities with sessions at once")
    counter: Counter | None = None
    pause: Pause | None = None

    @model_validator(mode="after")
    def _fits(self) -> SessionSettings:
        if self.login.redirect and not self.login.bases:
            raise ValueError("`redirect` needs `bases`: the addresses that an answer may name")
        if self.per == "caller" and not self.accounts:
            raise ValueError("`per: caller` needs `accounts`")
        if self.pool > 1 and self.counter is None:
            raise ValueError("`pool` is for sessions with a `counter`; others carry any number of calls")
        return self
