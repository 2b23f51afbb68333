"""The law of leases: what a client took through the gateway is given up for it when its time is over.

The register is one entry of the state store, changed by compare-and-set, so any replica, and a gateway started
after a crash, gives up what is due. An entry that is being given up is claimed for a while, never lost; a store that
lost the register is told again by every gateway what was taken there.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from typing import Any, Final

import orjson

from gateway.core.layers import Layer, Service
from gateway.core.message import Exchange, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import Host, around
from gateway.plugins.signs import at, put, shown

from .settings import Lease

_KEPT: Final = 30 * 86_400.0
_CLAIM: Final = 30.0  # seconds that a replica has to give one up
_MOST: Final = 10_000
_TRIES: Final = 3  # a service that refuses may mean it, or may only be in trouble
Entry = dict[str, Any]
Register = dict[str, Entry]


class Leases:
    """The leases of one configuration."""

    def __init__(self, rule: Lease, host: Host) -> None:
        self._rule = rule
        self._host = host
        self._key = f"locks:leases:{rule.operation}"
        self._epoch = ""  # of the register that was seen last: another one means that the store lost it
        self._own: Register = {}  # what was taken here
        self._seen: dict[str, tuple[Entry, float]] = {}  # since when an entry has stood there unchanged

    def layer(self, operation: Operation) -> Layer | None:
        """The layer of an operation that takes or gives, None for others."""
        if operation.name in self._rule.take:
            return around(self._taking)
        return around(self._giving) if operation.name in self._rule.give else None

    async def _taking(self, exchange: Exchange, inner: Service) -> Message:
        """The lease is written before the call: a crash in between gives up what perhaps was never taken.

        An answer is that of the only sending: what a repeat is told says nothing of the try before it.
        """
        entity = at(exchange.request.value(), self._rule.entity.get(exchange.operation.name, ""))
        if entity is None:
            return await inner(exchange)
        exchange.once = True
        key = f"{exchange.operation.service}|{entity}"
        entry = {
            "entity": entity,
            "service": exchange.operation.service,
            "identity": str(exchange.facts.get("identity") or ""),
            "until": self._host.clock.now() + self._rule.seconds,
            "sure": False,
            "id": secrets.token_hex(8),  # two holds are never equal
        }
        before, written = await self._change(key, lambda held: _over(held, entry))
        try:
            reply = await inner(exchange)
        except Problem as problem:
            if problem.outcome in ("not-sent", "rejected"):
                await self._settled(key, lambda held: before if held == written else held)
            raise
        if reply.fault is not None or shown(self._rule.unless, reply):
            await self._settled(key, lambda held: before if held == written else held)
        else:
            # also where an older hold was given up meanwhile
            await self._settled(key, lambda _: {**entry, "sure": True})
            self._host.count("leased")
        return reply

    async def _giving(self, exchange: Exchange, inner: Service) -> Message:
        """Only what was surely taken before this call is given up by it: a take under way may come after it."""
        entity = at(exchange.request.value(), self._rule.entity.get(exchange.operation.name, ""))
        exchange.once = True
        key = f"{exchange.operation.service}|{entity}"
        given: Entry | None = None
        if entity is not None:
            try:
                given = (await self._read())[2].get(key)
            except Problem as problem:
                self._host.log("leases", problem.cause or str(problem))
        reply = await inner(exchange)
        if given is not None and given["sure"] and reply.fault is None:
            await self._settled(key, lambda held: None if held == given else held)
            self._host.count("given-up")
        return reply

    async def _settled(self, key: str, change: Callable[[Entry | None], Entry | None]) -> None:
        """After the call, whose answer stands whatever the store does: what stays registered is given up in time."""
        try:
            await self._change(key, change)
        except Problem as problem:
            self._host.log("leases", problem.cause or str(problem))

    # -- the register

    async def _read(self) -> tuple[bytes | None, str, Register]:
        """What stands in the store, whose register it is, and the register with what that store does not know."""
        raw = await self._host.state.get(self._key)
        whole: dict[str, Any] = orjson.loads(raw) if raw else {"epoch": secrets.token_hex(8), "held": {}}
        held: Register = whole["held"]
        if whole["epoch"] == self._epoch:  # what others gave up is not ours any more
            self._own = {key: entry for key, entry in self._own.items() if key in held}
        else:  # a store that lost everything is told again what was taken here
            held = {**self._own, **held}
        return raw, whole["epoch"], held

    async def _change(
        self, key: str, change: Callable[[Entry | None], Entry | None]
    ) -> tuple[Entry | None, Entry | None]:
        """Set what `change` makes of an entry, None where there is none; gives what stood there, and what does now."""
        for _ in range(100):
            raw, epoch, register = await self._read()
            before = register.pop(key, None)
            after = change(before)
            if after == before:
                return before, after
            if after is not None:
                if len(register) >= _MOST:
                    raise Problem(Kind.OVERLOADED, "Too many leases are held.", outcome="not-sent")
                register[key] = after
            if await self._write(raw, epoch, register):
                self._own.pop(key, None)
                if after is not None:
                    self._own[key] = after
                return before, after
            await asyncio.sleep(random.uniform(0, 0.01))  # noqa: S311  # jitter
        raise Problem(Kind.STATE_UNAVAILABLE, cause="the register of leases is contended")

    async def _write(self, raw: bytes | None, epoch: str, register: Register) -> bool:
        new = orjson.dumps({"epoch": epoch, "held": register})
        if not await self._host.state.put(self._key, new, ttl=_KEPT, expect=raw):
            return False
        self._epoch = epoch
        return True

    async def run(self) -> None:
        """Look for leases that are over, until cancelled."""
        while True:
            await asyncio.sleep(self._rule.every)
            try:
                raw, epoch, register = await self._read()
                if epoch != self._epoch and self._own:
                    await self._write(raw, epoch, register)
                for key, entry in self._due(register):
                    await self._give_up(key, entry)
            except Problem as problem:
                self._host.log("leases", problem.cause or str(problem))

    def _due(self, register: Register) -> list[tuple[str, Entry]]:
        """What is over by the time of day, or has stood here for its whole length: a clock may have been set back."""
        now, ticks, seen = self._host.clock.now(), self._host.clock.monotonic(), self._seen
        self._seen = {
            key: seen[key] if key in seen and seen[key][0] == entry else (entry, ticks)
            for key, entry in register.items()
        }
        whole = max(self._rule.seconds, _CLAIM)
        return [(key, e) for key, (e, since) in self._seen.items() if e["until"] <= now or ticks - since >= whole]

    async def _give_up(self, key: str, entry: Entry) -> None:
        """Only refusals count as tries: a claim whose call failed, or whose gateway died, was none."""
        claim = {**entry, "until": self._host.clock.now() + _CLAIM}
        before, _ = await self._change(key, lambda held: claim if held == entry else held)
        if before != entry:
            return  # renewed, or another replica's
        said = [await self._given_up(entry, who) for who in (entry["identity"], *entry.get("others", ()))]
        if "failed" in said:
            return  # the claim ends, and it is looked at again
        outcome = "given up" if "given up" in said else "refused"
        self._host.count("lease-ended")
        self._host.audit("lease-ended", entity=str(entry["entity"]), operation=self._rule.operation, outcome=outcome)
        tries = entry.get("tries", 0) + 1
        over = "refused" not in said or tries >= _TRIES
        await self._change(key, lambda held: (None if over else {**claim, "tries": tries}) if held == claim else held)

    async def _given_up(self, entry: Entry, identity: str) -> str:
        """What came of one identity's giving up; whatever it is, the others' leases are looked at, too."""
        value = put(dict(self._rule.request), self._rule.place, entry["entity"])
        try:
            reply = await self._host.call(self._rule.operation, value, service=entry["service"], identity=identity)
        except Problem as problem:
            self._host.log("leases", problem.cause or str(problem))
            return "failed"
        except KeyError as error:  # a configuration without that service: other gateways may still have it
            self._host.log("leases", f"there is no operation {error} of service {entry['service']!r} to give up with")
            return "failed"
        return "refused" if reply.fault is not None else "given up"


def _over(held: Entry | None, entry: Entry) -> Entry:
    """The entry of a take under way; it names all who may hold the entity, should the take's outcome stay unknown."""
    known = [] if held is None else [held["identity"], *held.get("others", ())]
    others = [who for who in dict.fromkeys(known) if who != entry["identity"]]
    return {**entry, "others": others} if others else entry
