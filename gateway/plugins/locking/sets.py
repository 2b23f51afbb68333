"""The law of lock sets: a unit of locks that a client acquires, renews and gives up as a resource.

A set's locks are taken at the service for the length of the lease and no longer, so a client or a gateway that
dies leaves nothing behind; use and renewal prolong it. Its name here is 256 random bits, bound to its owner.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson

from gateway.core.layers import Layer, Service
from gateway.core.message import Exchange, Message, Wire
from gateway.core.operation import Operation
from gateway.core.problem import Finding, Kind, Problem
from gateway.core.value import Value, pointer
from gateway.plugins.api import Host, around
from gateway.plugins.signs import at, put, seen, shown

from .conflict import conflict_in, problem_of
from .settings import LockSettings, Sets

_ENDED: Final = "There is no such lock set, or it has ended."
_EXPECTED: Final = 'an object {"locks": [...]}'
_JSON: Final = re.compile(r"application/([a-z0-9.-]+\+)?json").fullmatch


class _Gone(Problem):
    """The service says that the set is none any more."""


def _key(name: str) -> str:
    return f"locks:set:{hashlib.sha256(name.encode()).hexdigest()}"


def owner(facts: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Who calls: the proven identity, or a digest of the credentials sent along."""
    identity = facts.get("identity")
    given = headers.get("authorization", "")
    return str(identity) if identity else hashlib.sha256(given.encode()).hexdigest() if given else ""


class LockSets:
    """The lock sets of one configuration."""

    def __init__(self, settings: LockSettings, rule: Sets, host: Host) -> None:
        self._settings = settings
        self._rule = rule
        self._host = host

    def serve(self) -> None:
        """Give the paths to the host."""
        self._host.route("POST", self._rule.path, self._post)
        self._host.route("PUT", self._rule.path + "/{id}", self._put)
        self._host.route("DELETE", self._rule.path + "/{id}", self._delete)

    def layer(self, operation: Operation) -> Layer | None:
        """Whose set it is is judged inside of what proves identities, before the service is asked."""
        return around(self._owned) if operation.name in (self._rule.renew, self._rule.release) else None

    async def _owned(self, exchange: Exchange, inner: Service) -> Message:
        if "lock-set" in exchange.facts:
            await self._entry(exchange.facts["lock-set"], owner(exchange.facts, exchange.headers))
        return await inner(exchange)

    async def number(self, name: str, who: str) -> Value:
        """The service's id of a set that a write asserts, prolonged in passing. Raises PRECONDITION_FAILED."""
        entry = await self._entry(name, who)
        if entry["until"] - self._host.clock.now() < self._rule.seconds / 2:
            self._host.tasks.start(self._renewed(name, entry), name="renew")
        found: Value = entry["id"]
        return found

    async def _post(self, wire: Wire) -> Wire:
        locks = _locks(wire)
        value = put(put({}, self._rule.locks, locks), self._rule.duration, round(self._rule.seconds))
        try:
            result = seen(await self._call(self._rule.acquire, value, locks, wire))
        except Problem as problem:  # the client knows its own document, not the operation's
            problem.findings = tuple(_named(each, self._rule.locks) for each in problem.findings)
            raise
        name = secrets.token_urlsafe(32)
        entry = {"id": at(result, self._rule.id), "owner": owner(wire.facts, wire.headers)}
        try:
            await self._keep(name, entry)
        except Problem as problem:  # nobody could name it: it is given up, and was not taken
            with contextlib.suppress(Problem):
                await self._call(self._rule.release, put({}, self._rule.place, entry["id"]), None, wire)
            problem.outcome = "rejected"
            raise
        body = {"id": name, "seconds": self._rule.seconds}
        headers = {"content-type": "application/json", "location": f"{self._rule.path}/{name}"}
        return Wire(headers, orjson.dumps(body), status=201)

    async def _put(self, wire: Wire) -> Wire:
        name = wire.facts["path"]["id"]
        wire.facts["lock-set"] = name
        await self._renewed(name, await self._entry(name), wire)
        body = {"id": name, "seconds": self._rule.seconds}
        return Wire({"content-type": "application/json"}, orjson.dumps(body), status=200)

    async def _delete(self, wire: Wire) -> Wire:
        name = wire.facts["path"]["id"]
        wire.facts["lock-set"] = name
        entry = await self._entry(name)
        with contextlib.suppress(_Gone):  # what the service does not hold any more is given up
            await self._call(self._rule.release, put({}, self._rule.place, entry["id"]), None, wire)
        with contextlib.suppress(Problem):  # it is given up; the entry ends by itself
            await self._host.state.delete(_key(name))
        return Wire({}, b"", status=204)

    async def _renewed(self, name: str, entry: dict[str, Any], caller: Wire | None = None) -> None:
        value = put(put({}, self._rule.place, entry["id"]), self._rule.duration, round(self._rule.seconds))
        try:
            await self._call(self._rule.renew, value, None, caller)
        except _Gone:
            await self._host.state.delete(_key(name))
            raise
        try:
            await self._keep(name, entry)
        except Problem as problem:
            problem.outcome = "applied"
            raise

    async def _keep(self, name: str, entry: dict[str, Any]) -> None:
        whole = {**entry, "until": self._host.clock.now() + self._rule.seconds}
        await self._host.state.put(_key(name), orjson.dumps(whole), ttl=self._rule.seconds)

    async def _entry(self, name: str, who: str | None = None) -> dict[str, Any]:
        raw = await self._host.state.get(_key(name))
        entry: dict[str, Any] = orjson.loads(raw) if raw is not None else {}
        if not entry or who not in (None, entry["owner"]):
            raise Problem(Kind.PRECONDITION_FAILED, _ENDED, outcome="not-sent")
        return entry

    async def _call(self, operation: str, value: Value, entity: Value, caller: Wire | None = None) -> Message:
        """Raises Problem for a conflict and for any other fault."""
        reply = await self._host.call(operation, value, service=self._rule.service, caller=caller)
        conflict = conflict_in(self._settings.conflicts, reply, entity)
        if conflict is not None:
            raise problem_of(conflict, self._settings.status, reply=reply)
        if shown(self._rule.gone, reply):
            raise _Gone(Kind.PRECONDITION_FAILED, _ENDED, outcome="rejected")
        if reply.fault is not None:
            extra = {"fault": reply.fault.told()}
            raise Problem(Kind.FAULT, status=422 if reply.fault.declared else 502, outcome="rejected", extra=extra)
        return reply


def _locks(wire: Wire) -> Any:
    """The locks that a client's JSON names, read as strictly as any body. Raises Problem."""
    kind, _, _ = wire.headers.get("content-type", "").partition(";")
    if not _JSON(kind.strip().lower()):
        taken = {"accept": "application/json", "accept-post": "application/json"}
        raise Problem(Kind.UNSUPPORTED_MEDIA_TYPE, headers=taken, outcome="not-sent")
    try:
        whole = json.loads(wire.body, object_pairs_hook=_members, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, InvalidOperation):
        raise Problem(Kind.MALFORMED_JSON, _EXPECTED, outcome="not-sent") from None
    findings = [Finding("", "", "It is no object.", _EXPECTED)] if not isinstance(whole, dict) else []
    if not findings and "locks" not in whole:
        findings = [Finding("/locks", "", "It is missing.", _EXPECTED)]
    if not findings:
        more = [name for name in whole if name != "locks"]
        findings = [Finding(pointer((name,)), "", "There is no such member.", _EXPECTED) for name in more]
    if findings:
        raise Problem(Kind.INVALID_MESSAGE, findings=findings, outcome="not-sent")
    return whole["locks"]


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member stands there twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _named(finding: Finding, place: str) -> Finding:
    inside = finding.pointer == place or finding.pointer.startswith(f"{place}/")
    return replace(finding, pointer="/locks" + finding.pointer[len(place) :]) if inside else finding
