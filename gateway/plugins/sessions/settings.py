"""The law of the session plug-in's settings: what a service's sessions are like, said in places and signs.

Pointers are those of the canonical value, wrappers and all. Nothing here is done; it is only said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.plugins.api import PluginSettings
from gateway.plugins.signs import Sign
from gateway.xml import parse

POINTER = r"^/.+"
OPTIONAL = r"^(/.+)?$"
BLOCK = r"^(\{[^{}]*\}[^{}/]+(/[^{}/]+)*)?$"
_NAME: Final = re.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch  # RFC 9110 §5.6.2
_TEXT: Final = re.compile("[ -~]+").fullmatch


class Login(PluginSettings):
    """How a session is opened."""

    operation: str
    request: Mapping[str, Any] = Field(description="its whole message; secrets by ${NAME} or ${file:…}")
    ticket: str = Field(default="", pattern=OPTIONAL, description="where the answer has the ticket, or session's id")
    block: str = Field(
        default="", pattern=BLOCK, description="or the header block that has it: {namespace}Block, or …/Member in it"
    )
    field: str = Field(default="", description="or the HTTP field")
    cookie: str = Field(default="", description="or the cookie")
    redirect: str = Field(default="", description="where the answer names another base address")
    bases: tuple[str, ...] = Field(default=(), description="addresses that it may name: https://*.example.com")
    hops: int = Field(default=3, ge=1, le=10, description="addresses tried before it counts as a loop")

    @model_validator(mode="after")
    def _fits(self) -> Login:
        if sum(map(bool, (self.ticket, self.block, self.field, self.cookie))) != 1:
            raise ValueError("a ticket comes from one place: `ticket`, `block`, `field` or `cookie`")
        return self


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
    place: str = Field(default="", pattern=OPTIONAL, description="where a request takes the ticket")
    block: str = Field(default="", description="or the SOAP header block that carries it: XML with {ticket} in it")
    fields: Mapping[str, str] = Field(default_factory=dict, description="or HTTP fields: text with {ticket} in it")
    places: Mapping[str, str] = Field(default_factory=dict, description="the same for single operations")
    operations: tuple[str, ...] = Field(default=(), description="only these; by default all but the login's")
    without: tuple[str, ...] = Field(default=(), description="operations without a session")
    expired: tuple[Sign, ...] = Field(default=(), description="answers that say: the session has ended")
    unauthorized: bool = Field(default=False, description="HTTP 401 without SOAP says so, too")
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
        if not (self.place or self.places or self.block or self.fields):
            raise ValueError("a request takes the ticket somewhere: `place`, `block` or `fields`")
        if self.counter is not None and self.counter.whose == "client" and not (self.place and self.login.ticket):
            raise ValueError("`whose: client` needs `place` and the login's `ticket`: the calls name their session")
        if self.block:
            _checked(self.block)
        for name, text in self.fields.items():
            if not _NAME(name) or not _TEXT(text) or "{ticket}" not in text:
                raise ValueError(f"`fields`: {name} is no header field with {{ticket}} in its text")
        if self.per == "caller" and not self.accounts:
            raise ValueError("`per: caller` needs `accounts`")
        if self.pool > 1 and self.counter is None:
            raise ValueError("`pool` is for sessions with a `counter`; others carry any number of calls")
        return self


def _checked(block: str) -> None:
    if block.count("{ticket}") != 1:
        raise ValueError("`block` has {ticket} in it, once")
    try:
        tag = str(parse(block.encode(), DEFAULT).tag)
    except Problem as problem:
        raise ValueError(f"`block` is no XML: {problem.detail}") from problem
    if not tag.startswith("{"):
        raise ValueError("`block`: a header block has a namespace (SOAP 1.1 §4.2)")
