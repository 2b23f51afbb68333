"""The law of the gateway's own sessions at the service: Login's two steps, and calls that are numbered in order.

Each session has one call in flight and a strictly rising count; a pool of sessions gives parallelism; one
login runs at a time however many callers wait. What a failed call does to the count is a setting. A session
whose count is in doubt is dropped, never guessed. The bytes of the scheme are `sessionblob_crypto`.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from gateway.core.message import Message
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value
from gateway.plugins.api import Host, Refusal

from . import sessionblob_crypto as crypto
from .sessionblob_shape import octets


@dataclass(frozen=True, slots=True)
class LoginPlan:
    """Who logs in, and whom it trusts."""

    key: str  # id of the caller's key and certificate
    service_certificate: str = ""  # id of the pinned certificate; empty: trusted by the transport
    operation: str = "Login"
    container: str = "Info"
    role: str = "Self"
    service: str = ""
    client: Mapping[str, str] = field(default_factory=dict)  # what it says of itself: Device, Application, Language


@dataclass(slots=True, eq=False)
class BlobSession:
    """One session at the service. `count` is the last number that was used."""

    id: bytes
    keys: crypto.BlobKeys
    count: int = 0
    alive: bool = True


class SessionPool:
    """At most `size` sessions, each with one call in flight."""

    def __init__(self, host: Host, profile: crypto.Profile, plan: LoginPlan, *, size: int, first: int) -> None:
        self._host = host
        self._profile = profile
        self._plan = plan
        self._first = first
        self._slots = asyncio.Semaphore(size)
        self._idle: list[BlobSession] = []
        self._login = asyncio.Lock()
        self.by_id: dict[bytes, BlobSession] = {}

    @asynccontextmanager
    async def session(self) -> AsyncIterator[BlobSession]:
        """A session that nobody else uses meanwhile; logged in when there is none. Raises Problem."""
        async with self._slots:
            session = self._idle.pop() if self._idle else await self._begin()
            try:
                yield session
            finally:
                if session.alive:
                    self._idle.append(session)

    def drop(self, session: BlobSession) -> None:
        """Forget a session: it ended, or its count is in doubt."""
        session.alive = False
        self.by_id.pop(session.id, None)

    def drained(self) -> list[BlobSession]:
        """The idle sessions, which nobody gets any more: they are logged out at the end."""
        idle, self._idle = self._idle, []
        return idle

    async def _begin(self) -> BlobSession:
        async with self._login:
            session = await log_in(self._host, self._profile, self._plan)
        session.count = self._first - 1
        self.by_id[session.id] = session
        self._host.count("logins")
        return session


async def log_in(host: Host, profile: crypto.Profile, plan: LoginPlan) -> BlobSession:
    """Both steps of Login. Raises Problem UPSTREAM_AUTH, or what the calls raise."""
    try:
        key = host.keys.get(plan.key)
        private, own = key.private, key.certificate_der
    except KeyError as error:
        raise Problem(Kind.UPSTREAM_AUTH, cause=f"no key {plan.key}", outcome="not-sent") from error
    if not isinstance(private, RSAPrivateKey):
        raise Problem(Kind.UPSTREAM_AUTH, cause=f"key {plan.key} is no RSA key", outcome="not-sent")
    first: dict[str, Value] = {
        "Certificate": _text(own),
        "DateTime": datetime.now(UTC).isoformat(timespec="seconds"),
        "Role": plan.role,
    }
    if plan.client:
        first["Client"] = {name: {"Name": text} for name, text in plan.client.items()}
    try:
        answer = await _call(host, plan, first)
        session_id, theirs = octets(_member(answer, "SessionId")), octets(_member(answer, "Certificate"))
        _pinned(host, plan, theirs)
        server_nonce = await asyncio.to_thread(crypto.unwrap_nonce, profile, private, octets(_member(answer, "Value")))
        client_nonce = secrets.token_bytes(profile.nonce_length)
        value = crypto.wrap_nonce(profile, theirs, client_nonce)
        signature = await asyncio.to_thread(crypto.sign_value, profile, private, session_id, value)
        second = {"SessionId": _text(session_id), "Value": _text(value), "Signature": _text(signature)}
        await _call(host, plan, second)
        return BlobSession(session_id, crypto.derive(profile, session_id, server_nonce, client_nonce))
    except Refusal as error:
        raise Problem(Kind.UPSTREAM_AUTH, cause=f"login: {error}", outcome="not-sent") from error


async def _call(host: Host, plan: LoginPlan, members: Mapping[str, Any]) -> Value:
    value: Value = {plan.container: dict(members)} if plan.container else dict(members)
    reply = await host.call(plan.operation, value, service=plan.service)
    if reply.fault is not None:
        raise Refusal("refused", f"the service answered Login with a fault: {reply.fault.reason}")
    return reply.value()


def _pinned(host: Host, plan: LoginPlan, theirs: bytes) -> None:
    if plan.service_certificate and host.keys.get(plan.service_certificate).certificate_der != theirs:
        raise Refusal("refused", "the service's certificate is not the pinned one")


def _member(answer: Value, name: str) -> str:
    """A member of the answer, inside its wrappers or not. Raises Refusal."""
    while isinstance(answer, dict) and name not in answer and len(answer) == 1:
        answer = next(iter(answer.values()))
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, str):
        raise Refusal("refused", f"the service's answer to Login has no {name}")
    return found


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


FailedCall = Literal["uses", "keeps"]


def after_problem(pool: SessionPool, session: BlobSession, problem: Problem) -> None:
    """What a call that got no answer does to its session: a number that never left is free again."""
    if problem.outcome == "not-sent":
        session.count -= 1
    else:
        pool.drop(session)


def after_fault(
    pool: SessionPool, session: BlobSession, reply: Message, *, failed: FailedCall, ended: Sequence[str]
) -> bool:
    """What a fault does to its session; whether it says that the session has ended."""
    if fault_codes(reply) & set(ended):
        pool.drop(session)
        return True
    if failed == "keeps":
        session.count -= 1
    return False


def fault_codes(reply: Message) -> set[str]:
    """All that a fault's typed detail names as a code: the strings of members called Code, at any depth."""
    found: set[str] = set()
    todo: list[Any] = [reply.fault.detail if reply.fault else None]
    while todo:
        here = todo.pop()
        if isinstance(here, dict):
            found |= {value for name, value in here.items() if name == "Code" and isinstance(value, str)}
            todo += here.values()
        elif isinstance(here, list):
            todo += here
    return found
