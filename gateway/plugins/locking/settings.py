"""The law of the lock plug-in's settings: what a conflict looks like at a service, and what to do about it.

Pointers are those of the canonical value. A conflict is told by signs on typed places, never by words in a text;
`holders` of a fault stand in its detail, those of a status inside a good answer in the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from gateway.plugins.api import PluginSettings
from gateway.plugins.held import SECONDS
from gateway.plugins.signs import Sign

POINTER = r"^/.+"
OPTIONAL = r"^(/.*)?$"


class ConflictRule(PluginSettings):
    """One kind of conflict: by which sign it is known, and where it says more."""

    kind: Literal["held", "stolen", "stale"] = Field(description="someone holds it; ours was taken; the version is old")
    when: tuple[Sign, ...] = Field(min_length=1)
    holders: str = Field(default="", pattern=OPTIONAL, description="where the holders stand, as they may be echoed")
    names: str = Field(default="", pattern=OPTIONAL, description="where the holders' names stand")
    since: str = Field(default="", pattern=OPTIONAL, description="where it stands since when")
    stealable: str = Field(default="", pattern=OPTIONAL, description="where it stands whether they may be taken over")
    entity: str = Field(default="", pattern=OPTIONAL, description="where the entity stands; else the request's")


class RetryRule(PluginSettings):
    """Try again while someone holds it: bounded, with jitter."""

    tries: int = Field(default=5, ge=1, le=20, description="calls in all")
    seconds: float = Field(default=10.0, gt=0, le=120)
    pause: float = Field(default=0.1, gt=0, description="the first pause; doubled each time, up to 2 s")


class StealRule(PluginSettings):
    """When the gateway itself takes a lock over; all that is given must hold for every holder."""

    own: bool = Field(default=False, description="the holder is one of `own_names`")
    older: float = Field(default=0.0, ge=0, description="seconds that the lock must be old")
    names: tuple[str, ...] = Field(default=(), description="the holder is one of these")
    reason: str = Field(description="for the audit stream")

    @model_validator(mode="after")
    def _some_condition(self) -> StealRule:
        if not (self.own or self.older or self.names):
            raise ValueError("a rule needs a condition: `own`, `older` or `names`")
        return self


class Guard(PluginSettings):
    """The gateway's own callers take turns, over all replicas that share the state."""

    wait: float = Field(default=10.0, gt=0, description="seconds until a caller in line is told 423")
    lease: float = Field(default=SECONDS, gt=0, description="seconds until the turn of a gateway that died passes on")
    across: bool = Field(default=True, description="among replicas, too, not in this process only")


class Guarded(PluginSettings):
    """An operation whose conflicts are looked at."""

    entity: str = Field(default="", pattern=OPTIONAL, description="where the request names the entity")
    echo: str = Field(default="", pattern=OPTIONAL, description="where the request takes the holders back")
    steal: Literal["never", "on-request"] = Field(default="never", description="whether a client may take a lock over")
    when: tuple[StealRule, ...] = Field(default=(), description="rules by which the gateway does so itself")
    retry: RetryRule | None = None
    guard: Guard | None = None
    lock_set: str = Field(default="", pattern=OPTIONAL, description="where the request asserts a lock set")
    deprecated: Mapping[str, Literal["pass", "refuse"]] = Field(
        default_factory=dict, description="members that should not be sent any more"
    )

    @model_validator(mode="after")
    def _fits(self) -> Guarded:
        if (self.steal != "never" or self.when) and not self.echo:
            raise ValueError("to take a lock over needs `echo`: where the holders go back")
        if self.guard is not None and not self.entity:
            raise ValueError("`guard` needs `entity`")
        return self


class Lease(PluginSettings):
    """What one operation takes is given up by another, at the latest when its lease ends."""

    take: tuple[str, ...] = Field(min_length=1, description="operations that take or keep")
    give: tuple[str, ...] = Field(default=(), description="operations after which nothing is held any more")
    entity: Mapping[str, str] = Field(description="where each of these operations' requests names the entity")
    unless: tuple[Sign, ...] = Field(default=(), description="answers after which nothing is held")
    seconds: float = Field(default=900.0, gt=0)
    operation: str = Field(description="the operation that gives up")
    request: Mapping[str, Any] = Field(default_factory=dict, description="its message")
    place: str = Field(pattern=POINTER, description="where it takes the entity")
    every: float = Field(default=1.0, gt=0, description="seconds between two looks")


class Sets(PluginSettings):
    """Lock sets as a resource: POST, renewal by PUT, DELETE."""

    path: str = Field(pattern=r"^/.*[^/]$")
    seconds: float = Field(default=60.0, ge=1, description="a set's lease: renewed by its owner, else it ends")
    service: str = ""
    acquire: str = Field(description="operation")
    renew: str = Field(description="operation")
    release: str = Field(description="operation")
    locks: str = Field(pattern=POINTER, description="where the locks stand in the request to acquire")
    duration: str = Field(pattern=POINTER, description="where the seconds stand, in acquire and renew")
    id: str = Field(pattern=POINTER, description="where the answer has the set's id")
    place: str = Field(pattern=POINTER, description="where renew and release take the id")
    gone: tuple[Sign, ...] = Field(default=(), description="answers that say: there is no such set any more")
    example: Any = Field(default=None, description="locks that a client may ask for; for the documentation")

    def named(self, operation: str) -> list[str]:
        """The members of an operation's request that these settings name."""
        places = [self.locks] if operation == self.acquire else []
        places += [self.duration] if operation in (self.acquire, self.renew) else []
        return places + ([self.place] if operation in (self.renew, self.release) else [])


class LockSettings(PluginSettings):
    """Settings of `locks`."""

    conflicts: tuple[ConflictRule, ...] = ()
    operations: Mapping[str, Guarded] = Field(default_factory=dict)
    status: Literal[423, 409] = 423
    token_seconds: float = Field(default=120.0, gt=0, le=3600)
    header: str = Field(default="Steal-Token", description="by which a client sends the token back")
    set_header: str = Field(default="Lock-Set", description="by which a client asserts its lock set")
    own_names: tuple[str, ...] = ()
    deprecated_since: int = Field(default=1_577_836_800, description="for the Deprecation header; epoch seconds")
    lease: Lease | None = None
    sets: Sets | None = None
