"""The law of the seam: all that a plug-in imports stands here, and nothing that only the gateway needs.

A plug-in is a class with strict settings and hooks: `start`, `wire_layer` (bytes, at an edge), `layer`
(values, for an operation), `gate` (before kept answers) and `stop`. A hook that returns None is not in the
path: nothing is paid per request. A cipher derives from `Cipher` (bodies) or `WireCipher` (whole wires) and gives
two pure functions; which of them runs when, off the event loop, with one uniform answer for every
failure, is written here once. This module knows the core and pydantic, nothing else.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Generic, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.core.described import Described, Served
from gateway.core.layers import Layer, Send, Service, WireLayer
from gateway.core.limits import DEFAULT, Limits
from gateway.core.message import Exchange, HeaderBlock, Message, Wire
from gateway.core.operation import Operation
from gateway.core.peers import By, Failures, Peers
from gateway.core.ports import Clock, Store
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value

Edge: TypeAlias = Literal["client", "upstream"]
Direction: TypeAlias = Literal["request", "reply"]
T = TypeVar("T")


class PluginSettings(BaseModel):
    """Settings of a plug-in: unknown names are refused, values never shown in errors, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class CipherSettings(PluginSettings):
    """What every cipher has: how many failures of one peer in a minute are still looked at, and who a peer is."""

    failures_per_minute: int = Field(default=10, ge=1, description="further messages are refused unread for a minute")
    failures_by: By = Field(
        default="address",
        description="a peer: its address; its client certificate's identity; the address that a proxy says",
    )
    proxies: tuple[str, ...] = Field(
        default=(), description="addresses and networks of proxies whose X-Forwarded-For counts for `forwarded`"
    )

    @model_validator(mode="after")
    def _peers(self) -> CipherSettings:
        if (self.failures_by == "forwarded") != bool(self.proxies):
            raise ValueError("`failures_by: forwarded` goes by what `proxies` say, and only it: give both or neither")
        Peers.of(self.failures_by, self.proxies)
        return self


S = TypeVar("S", bound=PluginSettings)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a wire layer would stand: a service's address and the operations behind it."""

    service: str
    operations: tuple[Operation, ...] = ()
    limits: Limits = DEFAULT


class Keys(Protocol):
    """The loaded key material, by id; read again when its files change (`gateway.plugins.keys`)."""

    def get(self, key_id: str) -> Any:
        """The `Key` of this id as it is now. Raises KeyError."""

    def named(self, prefix: str) -> Sequence[Any]:
        """All keys whose id is `prefix` or begins with `prefix.`, newest first: overlap while keys rotate."""

    def expects(self, prefix: str) -> bool:
        """Whether keys of this id are fetched, though they may not be here yet."""

    def unknown(self, prefix: str) -> None:
        """Say that a key of this id was looked for in vain: one that is fetched is asked for again soon."""


class Tasks(Protocol):
    """Background work that the host owns: cancelled and awaited when the plug-in stops."""

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run it; an exception is logged and counted, never lost."""


@runtime_checkable
class Host(Protocol):
    """What the gateway gives to a plug-in, from `start` until `stop`."""

    @property
    def state(self) -> Store:
        """Shared state: compare-and-set."""

    @property
    def clock(self) -> Clock:
        """Time."""

    @property
    def tasks(self) -> Tasks:
        """Owned background work."""

    @property
    def keys(self) -> Keys:
        """The loaded key material."""

    @property
    def limits(self) -> Limits:
        """The bounds on messages here."""

    async def call(
        self,
        operation: str,
        value: Value,
        *,
        service: str = "",
        identity: str = "",
        facts: Mapping[str, Any] | None = None,
        caller: Wire | None = None,
        blocks: Sequence[HeaderBlock] = (),
        fields: Mapping[str, str] | None = None,
    ) -> Message:
        """Call an operation through the value layers inside this plug-in. A fault is a reply.

        `blocks` are SOAP header blocks of the request, `fields` its header fields in HTTP.

        With `caller` (the wire of a path of the plug-in's own) it is that client's call: every layer judges
        its header fields, this plug-in's own too, and what they find out stands in the wire's facts.
        """

    def audit(self, event: str, **fields: str | int | float | bool) -> None:
        """One line of the audit stream. No secrets: fields are written as they are."""

    def count(self, event: str) -> None:
        """Add one to `soapgw_plugin_events_total{plugin,event}`; `event` is one of `Plugin.events`."""

    def waited(self, seconds: float) -> None:
        """Add one wait of a request to `soapgw_plugin_wait_seconds{plugin}`: for a lock, a session, a turn."""

    def log(self, event: str, cause: str = "") -> None:
        """One warning for the operator, with the cause that no client sees."""

    def route(self, method: str, path: str, answer: Callable[[Wire], Awaitable[Wire]]) -> None:
        """Serve a path of the plug-in's own on the data port; only from `start`."""


class Plugin(Generic[S]):
    """A plug-in: subclass, name it, give it settings, override the hooks that you need.

    `name` is what the configuration calls it, `events` the closed list of what it may count,
    `fills` names the members of a request that the plug-in sets (JSON pointers into the body), so
    that a client need not send them.
    """

    name: ClassVar[str]
    alone: ClassVar[bool] = False  # several processes need not agree on anything: no locks, counters, seen nonces
    Settings: ClassVar[type[PluginSettings]] = PluginSettings
    events: ClassVar[tuple[str, ...]] = ()
    host: Host

    def __init__(self, settings: S) -> None:
        self.settings = settings

    async def start(self, host: Host) -> None:
        """Make ready; raise to refuse the configuration. Call `super().start(host)` first."""
        self.host = host

    def wire_layer(self, edge: Edge, where: Place) -> WireLayer | None:
        """The layer on bytes at this edge of this service, or None: not in this path."""
        return None

    def layer(self, operation: Operation) -> Layer | None:
        """The layer on values for this operation, or None: not in this path."""
        return None

    def gate(self, operation: Operation) -> WireLayer | None:
        """The layer that judges who calls before an answer that was kept is given again, or None: not in this path.

        Only routes that keep answers have it: a plug-in whose `layer` refuses callers says it here, too, since a
        kept answer never comes to `layer`. What is judged here need not be judged again:
        `wire.facts` are the exchange's.
        """
        return None

    def objections(self, operation: Operation) -> Sequence[str]:
        """What in the settings cannot serve this operation, in words for the operator; asked before `start`."""
        return ()

    def fills(self, operation: Operation) -> Sequence[str]:
        """JSON pointers of the request members that this plug-in fills in."""
        return ()

    def names(self, operation: Operation) -> Sequence[str]:
        """JSON pointers of the request members that the settings name beside those: one that is none is refused."""
        return ()

    def speaks_of(self) -> Sequence[str]:
        """Operations that the settings name: one that none of its services has is refused."""
        return ()

    def describes(self, operation: Operation) -> Described | None:
        """For the OpenAPI document: header fields that it reads and problems that it answers with."""
        return None

    def serves(self) -> Sequence[Served]:
        """For the OpenAPI document: the paths that `start` gives to the host."""
        return ()

    async def stop(self) -> None:
        """Give everything back; called once, also when another plug-in failed to start."""


def around(call: Callable[[Exchange, Service], Awaitable[Message]]) -> Layer:
    """A value layer from one coroutine function `(exchange, inner) -> message`."""

    def layer(inner: Service) -> Service:
        async def service(exchange: Exchange) -> Message:
            return await call(exchange, inner)

        return service

    return layer


def around_wire(call: Callable[[Wire, Send], Awaitable[Wire]]) -> WireLayer:
    """A wire layer from one coroutine function `(wire, inner) -> wire`."""

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            return await call(wire, inner)

        return send

    return layer


class Refusal(Exception):
    """A message's protection failed. `reason` is for the metric (one of a closed list), `cause` for the log.

    What a client sees is the same for every reason; `kind` differs only where a caller must tell
    the cases apart to go on (stale, replayed, expired session).
    """

    def __init__(self, reason: str, cause: str = "", *, kind: Kind = Kind.SECURITY_PROCESSING_FAILED) -> None:
        super().__init__(f"{reason}: {cause}" if cause else reason)
        self.reason = reason
        self.cause = cause
        self.kind = kind


@dataclass(frozen=True, slots=True)
class About:
    """What a cipher may know of the message that it protects or opens."""

    edge: Edge
    direction: Direction
    place: Place
    operation: Operation | None = None  # on the way in at the client's edge not known yet
    facts: Mapping[str, Any] = field(default_factory=dict)
    request: Wire | None = None  # for a reply: the request that it answers, as it was before/after opening

    def aad(self) -> bytes:
        """Associated data that binds a ciphertext to its direction and service, a reply also to its operation.

        Each part has a four-byte length before it. (A request's operation is inside what is sealed.)
        """
        name = self.operation.name if self.operation and self.direction == "reply" else ""
        parts = (self.direction, self.place.service, name)
        return b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)


# Two: more of them only take the interpreter from the event loop, whose lag is four times as long with six (docs).
_CRYPTO: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="crypto")


async def off_loop(work: Callable[..., T], *given: Any) -> T:
    """Do heavy work, RSA above all, off the event loop, in threads that are for nothing else."""
    return await asyncio.get_running_loop().run_in_executor(_CRYPTO, work, *given)


class WireCipher(Plugin[S]):
    """A cipher on whole wires: `protect` what leaves, `unprotect` what arrives; both pure, both in a thread.

    At the client's edge requests are opened and replies sealed; at the upstream's edge the other way round.
    `unprotect` leaves a message in clear alone (policy is judged by `require`, from the facts) and sets
    `facts["encrypted"]` or `facts["signed"]` (tuples of part names) on what it proved, and `facts["once"]`
    (pairs of a token and seconds) on what may not come twice: nonces, message ids. It raises `Refusal`;
    any other exception is a refusal, too, told apart only in the log.
    """

    edges: ClassVar[tuple[Edge, ...]] = ("client", "upstream")
    offload: ClassVar[bool] = True
    events: ClassVar[tuple[str, ...]] = ("protected", "opened", "clear", "refused", "throttled", "replayed")

    def __init__(self, settings: S) -> None:
        super().__init__(settings)
        self._failures = Failures(getattr(settings, "failures_per_minute", 10))
        self._peers = Peers.of(getattr(settings, "failures_by", "address"), getattr(settings, "proxies", ()))

    def protect(self, wire: Wire, about: About) -> Wire:
        """The wire as it leaves. Raises Refusal when it cannot be protected: then nothing leaves."""
        raise NotImplementedError

    def unprotect(self, wire: Wire, about: About) -> Wire:
        """The wire as it was before protection, with the facts proven."""
        raise NotImplementedError

    def answers(self) -> frozenset[str]:
        """How replies leave at the client's edge by these settings: `encrypted`, `signed`."""
        return frozenset({"encrypted", "signed"} if "client" in self.edges else ())

    def covers(self, wire: Wire, about: About) -> bool:
        """Whether a message that leaves is to be protected; replies follow their request by default."""
        if about.direction == "reply" and about.request is not None:
            facts = about.request.facts
            return bool(facts.get("encrypted") or facts.get("signed"))
        return True

    def wire_layer(self, edge: Edge, where: Place) -> WireLayer | None:
        if edge not in self.edges:
            return None
        return around_wire(self._serve(where) if edge == "client" else self._call(where))

    def _serve(self, where: Place) -> Callable[[Wire, Send], Awaitable[Wire]]:
        async def serve(wire: Wire, inner: Send) -> Wire:
            about = About("client", "request", where, wire.operation, wire.facts)
            request = await self._open(wire, about)
            reply = await inner(request)
            back = About("client", "reply", where, request.operation or reply.operation, reply.facts, request)
            return await self._seal(reply, back)

        return serve

    def _call(self, where: Place) -> Callable[[Wire, Send], Awaitable[Wire]]:
        async def call(wire: Wire, inner: Send) -> Wire:
            about = About("upstream", "request", where, wire.operation, wire.facts)
            sealed = await self._seal(wire, about)
            reply = await inner(sealed)
            return await self._open(reply, replace(about, direction="reply", facts=reply.facts, request=sealed))

        return call

    async def _seal(self, wire: Wire, about: About) -> Wire:
        if not self.covers(wire, about):
            return wire
        try:
            sealed = await self._run(self.protect, wire, about)
        except Problem:
            raise
        except Exception as error:  # whatever failed, nothing may leave in clear
            raise self._problem(error, about, sealing=True) from error
        self.host.count("protected")
        return sealed

    async def _open(self, wire: Wire, about: About) -> Wire:
        peer = self._peers.name(wire.facts, wire.headers, about.place.service)
        now = self.host.clock.monotonic()
        if self._failures.spent(peer, now):
            self.host.count("throttled")
            raise self._problem(Refusal("throttled"), about)
        try:
            opened = await self._run(self.unprotect, wire, about)
        except Problem:
            self._failures.fail(peer, now)
            raise
        except Exception as error:  # one indistinguishable answer for every failure
            self._failures.fail(peer, now)
            self.host.count(error.reason if isinstance(error, Refusal) and error.reason in self.events else "refused")
            raise self._problem(error, about) from error
        self.host.count("opened" if opened is not wire else "clear")
        await self._once(opened, about)
        return opened

    async def _once(self, wire: Wire, about: About) -> None:
        """Use up what may be used but once over all replicas. Raises Problem REPLAYED_CALL, STATE_UNAVAILABLE."""
        for token, seconds in wire.facts.pop("once", ()):
            if not await self.host.state.put(f"once:{self.name}:{token}", b"1", ttl=seconds, expect=None):
                self.host.count("replayed")
                raise self._problem(Refusal("replayed", kind=Kind.REPLAYED_CALL), about)

    async def _run(self, work: Callable[[Wire, About], Wire], wire: Wire, about: About) -> Wire:
        if not self.offload:
            return work(wire, about)
        return await off_loop(work, wire, about)

    def _problem(self, error: Exception, about: About, *, sealing: bool = False) -> Problem:
        kind = error.kind if isinstance(error, Refusal) else Kind.SECURITY_PROCESSING_FAILED
        if sealing:
            kind = Kind.INTERNAL
        elif about.edge == "upstream":
            kind = Kind.UPSTREAM_PROTECTION
        outcome: Literal["not-sent", "unknown"] = "not-sent" if about.direction == "request" else "unknown"
        return Problem(kind, cause=f"{self.name}: {_told(error)}", outcome=outcome)


def _told(error: Exception) -> str:
    """An exception for the log: a Refusal's words; of any other its type and place, for its text may quote secrets."""
    if isinstance(error, Refusal):
        return f"Refusal: {error}"
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"


class Cipher(WireCipher[S]):
    """A cipher on whole bodies: give `seal` and `open`, bytes to bytes; that is all.

    A sealed message carries the header `content-protection: <name>`; one without it is in clear.
    Bind `about.aad()` into the ciphertext, so that it cannot be moved to another direction or service.
    """

    def seal(self, body: bytes, about: About) -> bytes:
        """The protected body."""
        raise NotImplementedError

    def open(self, body: bytes, about: About) -> bytes:
        """The body in clear. Raises Refusal, or anything."""
        raise NotImplementedError

    def protect(self, wire: Wire, about: About) -> Wire:
        headers = {**wire.headers, "content-protection": self.name}
        body = self.seal(wire.body, about)
        return replace(wire, headers=headers, body=body, tree=None, facts={**wire.facts, "encrypted": ("body",)})

    def unprotect(self, wire: Wire, about: About) -> Wire:
        if wire.headers.get("content-protection") != self.name:
            return wire
        body = self.open(wire.body, about)
        headers = {k: v for k, v in wire.headers.items() if k != "content-protection"}
        return replace(wire, headers=headers, body=body, tree=None, facts={**wire.facts, "encrypted": ("body",)})
