"""The law of leases: what a client took through the gateway is given up for it when its time is over.

The register is one entry of the state store, changed by compare-and-set, so any replica, and a gateway started
after a crash, gives up what is due. An entry that is being given up is claimed for a while, never lost; a store that
lost the register is told again by every gateway what was taken there.
"""

from __future__ import annotations

import asyncio
import random
import secrets
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
Register = dict[str, dict[str, Any]]


class Leases:
    """The leases of one configuration."""

    def __init__(self, rule: Lease, host: Host) -> None:
        self._rule = rule
        self._host = host
        self._key = f"locks:leases:{rule.operation}"
        self._epoch = ""  # of the register that was seen last: another one means that the store lost it
        self._own: Register = {}  # what was taken here

    def layer(self, operation: Operation) -> Layer | None:
        """The layer of an operation that takes or gives, None for others."""
        if operation.name in self._rule.take:
            return around(self._taking)
        return around(self._giving) if operation.name in self._rule.give else None

    async def _taking(self, exchange: Exchange, inner: Service) -> Message:
        """The lease is written before the call: a crash in between gives up what perhaps was never taken."""
        entity = at(exchange.request.value(), self._rule.entity.get(exchange.operation.name, ""))
        if entity is None:
            return await inner(exchange)
        key = f"{exchange.operation.service}|{entity}"
        entry = {
            "entity": entity,
            "service": exchange.operation.service,
            "identity": str(exchange.facts.get("identity") or ""),
            "until": self._host.clock.now() + self._rule.seconds,
            "sure": False,
            "id": secrets.token_hex(8),  # two holds are never equal
        }
        before = await self._change(key, entry)
        try:
            reply = await inner(exchange)
        except Problem as problem:
            if problem.outcome in ("not-sent", "rejected"):
                await self._settled(key, before, only=entry)
            raise
        if reply.fault is not None or shown(self._rule.unless, reply):
            await self._settled(key, before, only=entry)
        else:
            await self._settled(key, {**entry, "sure": True})  # also where somebody gave up an older hold meanwhile
            self._host.count("leased")
        return reply

    async def _giving(self, exchange: Exchange, inner: Service) -> Message:
        """Only what was surely taken before this call is given up by it: a take under way may come after it."""
        entity = at(exchange.request.value(), self._rule.entity.get(exchange.operation.name, ""))
        key = f"{exchange.operation.service}|{entity}"
        held = None
        if entity is not None:
            try:
                held = (await self._read())[2].get(key)
            except Problem as problem:
                self._host.log("leases", problem.cause or str(problem))
        reply = await inner(exchange)
        if held is not None and held["sure"] and reply.fault is None:
            await self._settled(key, None, only=held)
            self._host.count("given-up")
        return reply

    async def _settled(
        self, key: str, entry: dict[str, Any] | None, *, only: dict[str, Any] | None = None
    ) -> None:
        """After the call, whose answer stands whatever the store does: what stays registered is given up in time."""
        try:
            await self._change(key, entry, only=only)
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

    async def _change(self, key: str, entry: dict[str, Any] | None, *, only: dict[str, Any] | None = None) -> Any:
        """Set or remove an entry, `only` if that stands there; gives what stood there before."""
        for _ in range(100):
            raw, epoch, register = await self._read()
            before = register.pop(key, None)
            if only is not None and before != only:
                return None
            if entry is not None:
                if len(register) >= _MOST:
                    raise Problem(Kind.OVERLOADED, "Too many leases are held.", outcome="not-sent")
                register[key] = entry
            elif before is None:
                return None
            if await self._write(raw, epoch, register):
                self._own.pop(key, None)
                if entry is not None:
                    self._own[key] = entry
                return before
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
                now = self._host.clock.now()
                for key, entry in register.items():
                    if entry["until"] <= now:
                        await self._give_up(key, entry)
            except Problem as problem:
                self._host.log("leases", problem.cause or str(problem))

    async def _give_up(self, key: str, entry: dict[str, Any]) -> None:
        claim = {**entry, "until": self._host.clock.now() + _CLAIM, "tries": entry.get("tries", 0) + 1}
        if await self._change(key, claim, only=entry) is None:
            return  # renewed, or another replica's
        value = put(dict(self._rule.request), self._rule.place, entry["entity"])
        reply = await self._host.call(self._rule.operation, value, service=entry["service"], identity=entry["identity"])
        said = "refused" if reply.fault is not None else "given up"
        self._host.count("lease-ended")
        self._host.audit("lease-ended", entity=str(entry["entity"]), operation=self._rule.operation, outcome=said)
        if reply.fault is None or claim["tries"] >= _TRIES:
            await self._change(key, None, only=claim)
