"""The law of the `session` plug-in: it logs in, fills in the ticket and the call's number, and nobody sees it.

What a session is like stands in `settings`, who has one in `pool`. A repeat is made only after an answer that the
settings declare to mean "the session has ended" or "asked too often, not carried out".
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from gateway.core.layers import Layer, Service
from gateway.core.message import Exchange, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value
from gateway.plugins.api import Plugin, around
from gateway.plugins.signs import at, put, seen, shown

from .pool import Lost, Pool, Session, counter_key
from .settings import SessionSettings
from .tickets import Shown, ticket_in


class SessionTickets(Plugin[SessionSettings]):
    """The plug-in `session`. See the module's docstring."""

    name = "session"
    Settings = SessionSettings
    events: ClassVar[tuple[str, ...]] = (
        "login", "login-failed", "redirect", "expired", "lost", "pause", "alone", "replayed",
    )  # fmt: skip

    def __init__(self, settings: SessionSettings) -> None:
        super().__init__(settings)
        self._pools: dict[tuple[str, str], Pool] = {}
        self._secret = secrets.token_bytes(32)
        self._shown = Shown(settings)

    # -- where it stands

    def layer(self, operation: Operation) -> Layer | None:
        counter = self.settings.counter
        if counter is not None and counter.whose == "client":
            if operation.name == self.settings.login.operation:
                return around(self._registered)
            return around(self._once) if self._covers(operation) else None
        return around(self._call) if self._covers(operation) else None

    def fills(self, operation: Operation) -> Sequence[str]:
        counter = self.settings.counter
        if not self._covers(operation) or (counter is not None and counter.whose == "client"):
            return ()
        places = (self._place(operation), counter.place if counter is not None else "")
        return tuple(place for place in places if place)

    def speaks_of(self) -> Sequence[str]:
        own = self.settings
        logout = [own.logout.operation] if own.logout is not None else []
        return [own.login.operation, *logout, *own.operations, *own.without, *own.places]

    def _covers(self, operation: Operation) -> bool:
        own = self.settings
        if operation.name == own.login.operation or operation.name in own.without:
            return False
        return not own.operations or operation.name in own.operations

    def _place(self, operation: Operation) -> str:
        return self.settings.places.get(operation.name, self.settings.place)

    # -- a call in a session of ours

    async def _call(self, exchange: Exchange, inner: Service) -> Message:
        own, original = self.settings, exchange.request
        place = self._place(exchange.operation)
        if own.client_tickets == "pass" and (at(original.value(), place) or self._shown.carried(original)):
            return await inner(exchange)
        pool = self._pool(exchange)
        renewed, paused, lost = False, 0, 0
        while True:
            async with pool.session() as session:
                try:
                    reply = await self._tried(pool, session, exchange, original, inner)
                except Lost:
                    self.host.count("lost")
                    lost += 1
                    if lost > own.pool + 1:  # a store that lost everything has lost every session that is idle
                        raise Problem(Kind.STATE_UNAVAILABLE, cause="numbers get lost", outcome="not-sent") from None
                    continue
                if reply is None or shown(own.expired, reply):
                    pool.end(session)
                    self.host.count("expired")
                    if renewed or not self._repeats(exchange.operation):
                        raise _expired(reply)
                    renewed = True
                    continue
            if own.pause is None or not shown(own.pause.when, reply):
                return reply
            await pool.limits.pause(own.pause.seconds)
            self.host.count("pause")
            if paused >= own.pause.tries or own.pause.seconds > own.wait:
                pause = {"retry-after": str(max(1, round(own.pause.seconds)))}
                raise Problem(Kind.QUOTA_EXCEEDED, headers=pause, outcome="rejected")
            paused += 1

    async def _tried(
        self, pool: Pool, session: Session, exchange: Exchange, original: Message, inner: Service
    ) -> Message | None:
        """The answer; None where the settings read the service's 401 as: not done, the session has ended."""
        try:
            return await self._numbered(pool, session, exchange, original, inner)
        except Problem as problem:
            refused = problem.kind is Kind.UPSTREAM_AUTH and problem.cause.startswith("HTTP 401")
            if refused and self.settings.unauthorized:
                return None
            raise

    async def _numbered(
        self, pool: Pool, session: Session, exchange: Exchange, original: Message, inner: Service
    ) -> Message:
        """One try; what becomes of the number is settled before the session is given back."""
        counter = self.settings.counter
        place, blocks = self._place(exchange.operation), self._shown.blocks(session.ticket, original.headers)
        if place or counter is not None:
            value = put(original.value(), place, session.ticket) if place else original.value()
            if counter is not None:
                value = put(value, counter.place, await pool.number(session))
                exchange.once = True
            exchange.request = original.replace(value, headers=blocks)
        else:
            exchange.request = original.with_headers(blocks) if self.settings.block else original
        exchange.upstream_headers.update(self._shown.fields(session.ticket))
        if session.base:
            exchange.facts["base"] = session.base
        try:
            reply = await inner(exchange)
        except Problem as problem:
            if counter is not None:
                await self._after_problem(pool, session, problem)
            raise
        except BaseException:  # cancelled: whether it arrived is not known
            if counter is not None:
                pool.end(session)
            raise
        if counter is not None and reply.fault is not None and counter.failed == "keeps":
            try:
                await pool.give_back(session)
            except (Lost, Problem):  # the call was made: its answer stands, the session does not
                pool.end(session)
        return reply

    async def _after_problem(self, pool: Pool, session: Session, problem: Problem) -> None:
        counter = self.settings.counter
        assert counter is not None
        try:
            if problem.outcome == "not-sent" or counter.unknown == "keeps":
                await pool.give_back(session)
            elif counter.unknown == "close":
                pool.end(session)
        except (Lost, Problem):
            pool.end(session)

    def _repeats(self, operation: Operation) -> bool:
        rule = self.settings.repeat
        return rule == "always" or (rule == "reads" and not operation.writes)

    # -- whose session

    def _pool(self, exchange: Exchange) -> Pool:
        who, words = self._who(exchange)
        key = (exchange.operation.service, who)
        pool = self._pools.get(key)
        if pool is None:
            self._make_room()
            service = exchange.operation.service

            async def log_in() -> Session:
                return await self._log_in(service, words)

            def alone() -> None:
                self.host.count("alone")

            own = words.get("user", who)  # a user's limits are one, whatever the password
            made = Pool(self.settings, service, self.host.state, self.host.clock, log_in, name=own, alone=alone)
            pool = self._pools[key] = made
        return pool

    def _make_room(self) -> None:
        if len(self._pools) < self.settings.identities:
            return
        idle = [key for key, pool in self._pools.items() if not pool.calls]
        if not idle:
            raise Problem(Kind.OVERLOADED, "Too many identities are in use.", outcome="not-sent")
        gone = self._pools.pop(min(idle, key=lambda key: self._pools[key].used))
        self.host.tasks.start(self._log_out(gone), name="logout")

    def _who(self, exchange: Exchange) -> tuple[str, Mapping[str, str]]:
        """A name for the identity, and the words for its login. Raises Problem UNAUTHENTICATED, FORBIDDEN."""
        if self.settings.per == "gateway":
            return "", {}
        if self.settings.per == "caller":
            identity = str(exchange.facts.get("identity") or "")
            if not identity:
                raise Problem(Kind.UNAUTHENTICATED, outcome="not-sent")
            words = self.settings.accounts.get(identity)
            if words is None:
                raise Problem(Kind.FORBIDDEN, "The caller has no account at the service.", outcome="not-sent")
            return identity, words
        scheme, _, given = exchange.headers.get("authorization", "").partition(" ")
        try:
            user, colon, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if scheme.lower() != "basic" or not colon:
            raise Problem(Kind.UNAUTHENTICATED, headers={"www-authenticate": "Basic"}, outcome="not-sent")
        name = hmac.new(self._secret, f"{user}:{password}".encode(), hashlib.sha256).hexdigest()
        return name, {"user": user, "password": password}

    # -- in and out

    async def _log_in(self, service: str, words: Mapping[str, str]) -> Session:
        """A new session, wherever the service sends us. Raises Problem UPSTREAM_AUTH; nothing was sent of the call."""
        own, base, tried = self.settings.login, "", set[str]()
        for _ in range(own.hops + 1):
            facts = {"base": base} if base else {}
            try:
                reply = await self.host.call(own.operation, _spoken(own.request, words), service=service, facts=facts)
            except Problem as problem:
                raise self._refused(f"login: {problem.kind.slug} {problem.cause}", problem) from problem
            if reply.fault is not None:
                raise self._refused("login: the service answered with a fault")
            value = seen(reply)
            other = at(value, own.redirect)
            if other:
                base = self._allowed(str(other), tried)
                self.host.count("redirect")
                continue
            ticket = ticket_in(own, reply)
            if not ticket or not self._shown.fits(ticket):
                raise self._refused("login: the answer has no ticket that a call could show")
            self.host.count("login")
            return Session(ticket, base)
        raise self._refused("login: more redirects than hops are allowed")

    def _allowed(self, other: str, tried: set[str]) -> str:
        parts = urlsplit(other)
        for base in self.settings.login.bases:
            known = urlsplit(base)
            same = known.netloc == parts.netloc
            if known.netloc.startswith("*."):
                same = parts.netloc.endswith(known.netloc[1:])
            if same and known.scheme == parts.scheme and not parts.username:
                break
        else:
            raise self._refused("login: redirected to an address that `bases` does not have")
        if other in tried:
            raise self._refused("login: redirected in a loop")
        tried.add(other)
        return other

    def _refused(self, cause: str, why: Problem | None = None) -> Problem:
        self.host.count("login-failed")
        if why is not None and why.outcome == "not-sent":
            return Problem(why.kind, why.detail, cause=cause, headers=why.headers, outcome="not-sent")
        if self.settings.per == "basic":
            fields = {"www-authenticate": "Basic"}
            return Problem(Kind.UNAUTHENTICATED, cause=cause, headers=fields, outcome="not-sent")
        return Problem(Kind.UPSTREAM_AUTH, cause=cause, outcome="not-sent")

    async def stop(self) -> None:
        """End every session, within the logout's seconds."""
        pools, self._pools = list(self._pools.values()), {}
        await asyncio.gather(*(self._log_out(pool) for pool in pools))

    async def _log_out(self, pool: Pool) -> None:
        own = self.settings.logout
        if own is None:
            return
        place = self.settings.places.get(own.operation, self.settings.place)
        for session in pool.live:
            pool.end(session)
            value = put(dict(own.request), place, session.ticket) if place else dict(own.request)
            if self.settings.counter is not None:
                value = put(value, self.settings.counter.place, session.count + 1)
            facts = {"base": session.base} if session.base else {}
            try:
                async with asyncio.timeout(own.seconds):
                    await self.host.call(
                        own.operation, value, service=pool.service, facts=facts,
                        blocks=self._shown.blocks(session.ticket), fields=self._shown.fields(session.ticket),
                    )  # fmt: skip
            except (Problem, TimeoutError) as error:
                self.host.log("logout", str(error))

    # -- sessions of clients: each number once, whichever replica it comes to

    async def _registered(self, exchange: Exchange, inner: Service) -> Message:
        reply = await inner(exchange)
        counter, ticket = self.settings.counter, None
        if reply.fault is None:
            ticket = at(seen(reply), self.settings.login.ticket)
        if ticket and counter is not None:
            key = counter_key(exchange.operation.service, ticket)
            try:
                await self.host.state.put(key, str(counter.first - 1).encode(), ttl=counter.kept, expect=None)
            except Problem as problem:  # no call of this session will pass
                problem.outcome = "applied"
                raise
        return reply

    async def _once(self, exchange: Exchange, inner: Service) -> Message:
        counter = self.settings.counter
        assert counter is not None
        value = exchange.request.value()
        ticket, given = at(value, self._place(exchange.operation)), at(value, counter.place)
        if not ticket or not isinstance(given, int):
            raise Problem(Kind.SESSION_EXPIRED, "The call names no session and number.", outcome="not-sent")
        key = counter_key(exchange.operation.service, ticket)
        known = await self.host.state.get(key)
        if known is None:  # never restarted: what the store has lost is over
            raise Problem(Kind.SESSION_EXPIRED, outcome="not-sent")
        taken = given > int(known) and await self.host.state.put(
            key, str(given).encode(), ttl=counter.kept, expect=known
        )
        if not taken:
            self.host.count("replayed")
            raise Problem(Kind.REPLAYED_CALL, outcome="not-sent")
        exchange.once = True
        return await inner(exchange)


def _spoken(request: Any, words: Mapping[str, str]) -> Any:
    """The template with its {word}s said; without words it stands as it is."""
    if isinstance(request, Mapping):
        return {name: _spoken(value, words) for name, value in request.items()}
    if isinstance(request, str) and request.startswith("{") and request.endswith("}"):
        return words.get(request[1:-1], request)
    return request


def _expired(reply: Message | None) -> Problem:
    extra: dict[str, Value] = {}
    if reply is not None and reply.fault is not None:
        extra["fault"] = {name: value for name, value in reply.fault.told().items() if name != "detail"}
    return Problem(
        Kind.UPSTREAM_AUTH,
        "The service ends every session that the gateway opens.",
        cause="expired twice",
        outcome="rejected",
        extra=extra,
    )
