"""The law of the `locks` plug-in: a conflict at the service becomes 423, 412 or a policy's doing; nothing else does.

A conflict is known by the settings' signs (`conflict`). A lock is taken over once at most in a call: with the
client's own token (`tokens`), or by a `when` rule; each time the audit stream has victim and reason. SOAP callers
get the service's own fault where no policy could help.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.core.described import Described, Served
from gateway.core.layers import Layer, Service, stack
from gateway.core.message import Exchange, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value
from gateway.plugins.api import Host, Plugin, around
from gateway.plugins.signs import at, places, put, text

from . import tokens
from .conflict import Conflict, conflict_in, problem_of
from .leases import Leases
from .sets import LockSets, owner
from .settings import Guarded, LockSettings, StealRule
from .told import described, served
from .turns import Turns


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a guarded operation."""

    exchange: Exchange
    inner: Service
    rule: Guarded
    entity: Value
    request: Message  # as the service is to get it, but for what is taken over

    @property
    def bound(self) -> str:
        """Whom and what a token belongs to."""
        operation = self.exchange.operation
        who = owner(self.exchange.facts, self.exchange.headers)
        return tokens.packed([operation.service, operation.name, who, self.entity]).decode()

    async def send(self, holders: Value = None) -> Message:
        """Call the service, with the holders to take the lock from."""
        exchange = self.exchange
        exchange.request = self.request
        if holders is not None:
            exchange.request = self.request.replace(put(self.request.value(), self.rule.echo, holders))
        return await self.inner(exchange)


class Locks(Plugin[LockSettings]):
    """The plug-in `locks`. See the module's docstring."""

    name = "locks"
    Settings = LockSettings
    events: ClassVar[tuple[str, ...]] = (
        "conflict", "stale", "retried", "stolen", "steal-refused", "guarded", "leased", "given-up", "lease-ended",
    )  # fmt: skip

    def __init__(self, settings: LockSettings) -> None:
        super().__init__(settings)
        self._turns: Turns | None = None
        self._leases: Leases | None = None
        self._sets: LockSets | None = None

    async def start(self, host: Host) -> None:
        """Begin to look after leases, serve lock sets."""
        await super().start(host)
        self._turns = Turns(host.state)
        if self.settings.lease is not None:
            self._leases = Leases(self.settings.lease, host)
            host.tasks.start(self._leases.run(), name="leases")
        if self.settings.sets is not None:
            self._sets = LockSets(self.settings, self.settings.sets, host)
            self._sets.serve()

    def layer(self, operation: Operation) -> Layer | None:
        rule = self.settings.operations.get(operation.name)
        layers = [
            self._sets.layer(operation) if self._sets is not None else None,
            around(self._guard(rule)) if rule is not None else None,
            self._leases.layer(operation) if self._leases is not None else None,
        ]
        return (lambda inner: stack(layers, inner)) if any(layers) else None

    def fills(self, operation: Operation) -> Sequence[str]:
        rule = self.settings.operations.get(operation.name)
        return () if rule is None else tuple(place for place in (rule.echo, rule.lock_set) if place)

    def names(self, operation: Operation) -> Sequence[str]:
        rule, lease = self.settings.operations.get(operation.name), self.settings.lease
        named = [rule.entity, *rule.deprecated] if rule is not None else []
        if lease is not None and operation.name in (*lease.take, *lease.give):
            named.append(lease.entity.get(operation.name, ""))
        if lease is not None and operation.name == lease.operation:
            named.append(lease.place)
        if self.settings.sets is not None:
            named += self.settings.sets.named(operation.name)
        return [place for place in named if place]

    def speaks_of(self) -> Sequence[str]:
        own, lease, sets = self.settings, self.settings.lease, self.settings.sets
        named = list(own.operations)
        named += [*lease.take, *lease.give, *lease.entity, lease.operation] if lease is not None else []
        return named + ([sets.acquire, sets.renew, sets.release] if sets is not None else [])

    def describes(self, operation: Operation) -> Described | None:
        rule = self.settings.operations.get(operation.name)
        return None if rule is None else described(self.settings, rule)

    def serves(self) -> Sequence[Served]:
        return () if self.settings.sets is None else served(self.settings, self.settings.sets)

    # -- a call

    def _guard(self, rule: Guarded):  # type: ignore[no-untyped-def]  # the type is that of `around`
        async def guard(exchange: Exchange, inner: Service) -> Message:
            value = exchange.request.value()
            self._deprecated(rule, exchange, value)
            call = Call(exchange, inner, rule, at(value, rule.entity), await self._asserted(rule, exchange, value))
            if rule.guard is None or call.entity is None:
                return await self._call(call)
            assert self._turns is not None
            line = f"{exchange.operation.service}|{text(call.entity)}"
            try:
                async with self._turns.turn(line, rule.guard):
                    return await self._call(call)
            except Problem as problem:
                if problem.extra.get("conflict") == "guarded":
                    self.host.count("guarded")
                    problem.status = self.settings.status
                raise

        return guard

    def _deprecated(self, rule: Guarded, exchange: Exchange, value: Value) -> None:
        for place, what in rule.deprecated.items():
            if not places(value, place):
                continue
            if what == "refuse":
                words = f"{place.rpartition('/')[2]} is not taken any more."
                raise Problem(Kind.INVALID_MESSAGE, words, outcome="not-sent")
            exchange.reply_headers["deprecation"] = f"@{self.settings.deprecated_since}"

    async def _asserted(self, rule: Guarded, exchange: Exchange, value: Value) -> Message:
        """The request with the caller's lock set asserted. Raises Problem PRECONDITION_FAILED."""
        given = exchange.headers.get(self.settings.set_header.lower(), "")
        if not (given and rule.lock_set and self._sets is not None):
            return exchange.request
        number = await self._sets.number(given, owner(exchange.facts, exchange.headers))
        return exchange.request.replace(put(value, rule.lock_set, number))

    async def _call(self, call: Call) -> Message:
        holders = await self._asked(call)
        reply = await call.send(holders)
        conflict = self._conflict(call, reply)
        if holders is not None:
            return await self._after_steal(call, reply, conflict, holders, "asked by the client")
        if conflict is None:
            return reply
        for rule in call.rule.when:
            if conflict.kind == "held" and conflict.stealable and conflict.holders and self._holds(rule, conflict):
                reply = await call.send(conflict.holders)
                after = self._conflict(call, reply)
                return await self._after_steal(call, reply, after, conflict.holders, rule.reason, conflict.names)
        if conflict.kind == "held" and call.rule.retry is not None:
            reply, conflict = await self._again(call, reply, conflict)
        return reply if conflict is None else await self._told(call, reply, conflict)

    def _conflict(self, call: Call, reply: Message) -> Conflict | None:
        conflict = conflict_in(self.settings.conflicts, reply, call.entity)
        if conflict is not None:
            self.host.count("stale" if conflict.kind == "stale" else "conflict")
        return conflict

    async def _again(self, call: Call, reply: Message, conflict: Conflict) -> tuple[Message, Conflict | None]:
        """Try again while it is held. Each answer so far said that nothing was done."""
        rule = call.rule.retry
        assert rule is not None
        clock, pause, found = self.host.clock, rule.pause, conflict
        began = clock.monotonic()
        ends = began + rule.seconds
        for _ in range(rule.tries - 1):
            wait = pause * random.uniform(0.5, 1.5)  # noqa: S311  # jitter: no herd comes back at once
            if clock.monotonic() + wait >= ends:
                break
            await asyncio.sleep(wait)
            pause = min(pause * 2, 2.0)
            self.host.count("retried")
            reply = await call.send()
            now = self._conflict(call, reply)
            if now is None or now.kind != "held":
                self.host.waited(clock.monotonic() - began)
                return reply, now
            found = now
        self.host.waited(clock.monotonic() - began)
        return reply, found

    # -- taking over

    async def _asked(self, call: Call) -> Value:
        """The holders that the client's token stands for, None without one. Raises Problem FORBIDDEN, LOCK_CHANGED."""
        token = call.exchange.headers.get(self.settings.header.lower(), "").strip()
        given = bool(call.rule.echo) and at(call.request.value(), call.rule.echo)
        if (token or given) and call.rule.steal == "never":
            self.host.count("steal-refused")
            raise Problem(Kind.FORBIDDEN, "Locks are not taken over here.", outcome="not-sent")
        if not token:
            return None
        holders = await tokens.redeem(self.host.state, token, call.bound)
        if holders is None:
            self.host.count("steal-refused")
            words = "The token has run out, was used, or belongs to another request."
            raise Problem(Kind.LOCK_CHANGED, words, outcome="not-sent")
        return holders

    async def _after_steal(
        self,
        call: Call,
        reply: Message,
        conflict: Conflict | None,
        holders: Value,
        reason: str,
        names: tuple[str, ...] = (),
    ) -> Message:
        """One attempt, whatever came of it: audited, and never made again by itself."""
        # digit for digit: 1.5 and 1.50 are one number, and two texts that a service compares
        changed = (
            conflict is not None
            and conflict.kind == "held"
            and tokens.packed(conflict.holders) != tokens.packed(holders)
        )
        refused = conflict is not None or reply.fault is not None
        victims = names or self._names(holders)
        self.host.count("steal-refused" if refused else "stolen")
        self.host.audit(
            "lock-steal-refused" if refused else "lock-stolen",
            operation=call.exchange.operation.name,
            entity=text(call.entity),
            victims="; ".join(victims),
            reason=reason,
            by=str(call.exchange.facts.get("identity") or ""),
            request_id=call.exchange.request_id,
        )
        if conflict is None:
            return reply
        return await self._told(call, reply, conflict, changed=changed)

    def _names(self, holders: Value) -> tuple[str, ...]:
        for rule in self.settings.conflicts:
            if rule.holders and rule.names.startswith(rule.holders + "/"):
                return tuple(text(name) for name in places(holders, rule.names[len(rule.holders) :]))
        return ()

    def _holds(self, rule: StealRule, conflict: Conflict) -> bool:
        names = set(conflict.names)
        if rule.own and not (names and names <= set(self.settings.own_names)):
            return False
        if rule.names and not (names and names <= set(rule.names)):
            return False
        return not rule.older or conflict.age(self.host.clock.now()) >= rule.older

    # -- telling

    async def _told(self, call: Call, reply: Message, conflict: Conflict, *, changed: bool = False) -> Message:
        """A REST client's problem; for a SOAP caller the service's own answer. Raises Problem."""
        if call.exchange.route is None:
            return reply
        token = ""
        may = call.rule.steal == "on-request" and conflict.kind == "held" and conflict.stealable
        if may and conflict.holders:
            try:
                token = await tokens.issue(self.host.state, call.bound, conflict.holders, self.settings.token_seconds)
            except Problem as problem:
                problem.outcome = "rejected"  # by the service, which was asked
                raise
        raise problem_of(conflict, self.settings.status, token=token, changed=changed, reply=reply)
