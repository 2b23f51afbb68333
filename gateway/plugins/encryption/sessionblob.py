"""The law of the `sessionblob` plug-in: the Net iD scheme at either edge, all of it settings; no bytes are made here.

At the upstream's edge it logs in, numbers the calls, seals each call that its operation's policy wants
encrypted and opens the answers, so that a REST client knows nothing of it. At the client's edge it is the
service's half (`sessionblob_server`). The scheme is `sessionblob_crypto`, the message `sessionblob_shape`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal

import orjson
from lxml import etree
from pydantic import Field, model_validator

from gateway.core.layers import Layer, Service, WireLayer
from gateway.core.message import Exchange, Message, Wire
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value
from gateway.plugins.api import (
    About,
    CipherSettings,
    Edge,
    Host,
    Place,
    PluginSettings,
    Refusal,
    WireCipher,
    around,
    around_wire,
)
from gateway.xml import parse

from . import sessionblob_crypto as crypto
from . import sessionblob_shape as shapes
from .sessionblob_server import BlobServer, ServerPlan
from .sessionblob_sessions import LoginPlan, SessionPool, after_fault, after_problem


class ClearRule(PluginSettings):
    """A call that is never encrypted: an operation, perhaps only with certain parameters."""

    operation: str
    when: Mapping[str, str] = Field(default_factory=dict, description="parameter: value; all must match")


class SessionBlobSettings(CipherSettings):
    """Settings of `sessionblob`. Defaults are the profile of NETID.md."""

    edges: tuple[Edge, ...] = Field(default=("upstream",), description="where the scheme is terminated")
    key: str = Field(description="id of the gateway's own key and certificate")
    scheme: crypto.Profile = Field(default_factory=crypto.Profile)
    session_member: str = "SessionId"
    blob_member: str = "Blob"
    count_member: str = "Count"
    plaintext: Literal["members", "container"] = Field(
        default="members", description="in XML: the parameters one after another, or the element that holds them"
    )
    count_as_string: bool = Field(default=True, description="in the JSON form")
    container: str = Field(default="Info", description="member of a request that holds the parameters")
    operations: Literal["policy", "all"] | tuple[str, ...] = Field(
        default="policy", description="`policy`: those whose operation says `encryption: required` or `preferred`"
    )
    clear: tuple[ClearRule, ...] = (
        ClearRule(operation="Login"),
        ClearRule(operation="GetVersion"),
        ClearRule(operation="GetObject", when={"Type": "ApplicationInfo"}),
    )
    sessions: Literal["own", "client"] = Field(default="own", description="`own`: log in, fill in session and count")
    sessionless: tuple[str, ...] = Field(default=("Login", "GetVersion"), description="operations without a session")
    pool: int = Field(default=1, ge=1, le=64, description="sessions at the service, each with one call in flight")
    first_count: int = Field(default=1, ge=0)
    failed_call: Literal["uses", "keeps"] = Field(default="uses", description="what a fault does to the call's number")
    session_ended: tuple[str, ...] = Field(
        default=("NPR_SECURITY", "NPR_SESSION_UNKNOWN"), description="codes of faults: log in again, repeat once"
    )
    clear_faults: bool = Field(default=True, description="a fault may answer an encrypted call in clear")
    role: str = "Self"
    client: Mapping[Literal["Device", "Application", "Language"], str] = Field(
        default_factory=dict, description="names that Login says of the caller"
    )
    login_operation: str = "Login"
    logout_operation: str = Field(default="Logout", description="called for each session at the end; empty: none")
    service_certificate: str = Field(default="", description="id of the service's pinned certificate")
    trust_transport: bool = Field(default=False, description="no pin: whoever answers at the upstream's TLS is trusted")
    clients: tuple[str, ...] = Field(default=(), description="client's edge: ids of the certificates that may log in")
    step: Literal["by-one", "rising"] = Field(default="by-one", description="client's edge: how Count must rise")
    idle: float = Field(default=900.0, gt=0, description="client's edge: seconds until an unused session ends")

    @model_validator(mode="after")
    def _trusts_somebody(self) -> SessionBlobSettings:
        if (
            "upstream" in self.edges
            and self.sessions == "own"
            and not (self.service_certificate or self.trust_transport)
        ):
            raise ValueError(
                "name `service_certificate`, or set `trust_transport` where the upstream's TLS is verified"
            )
        if "client" in self.edges and not self.clients:
            raise ValueError("name the `clients` that may log in")
        return self


class SessionBlob(WireCipher[SessionBlobSettings]):
    """The Net iD scheme. See the module's docstring."""

    name = "sessionblob"
    Settings = SessionBlobSettings
    events: ClassVar[tuple[str, ...]] = (*WireCipher.events, "exempt", "logins", "logouts", "sessions-ended")

    def __init__(self, settings: SessionBlobSettings) -> None:
        super().__init__(settings)
        self.shape = shapes.Shape(
            settings.session_member, settings.blob_member, settings.count_member, settings.plaintext == "container"
        )
        self._pool: SessionPool | None = None
        self._server: BlobServer | None = None

    async def start(self, host: Host) -> None:
        """Raises KeyError when a key that the settings name is not there."""
        await super().start(host)
        own = self.settings
        for key_id in (own.key, *own.clients, *([own.service_certificate] if own.service_certificate else [])):
            host.keys.get(key_id)
        if "upstream" in own.edges and own.sessions == "own":
            plan = LoginPlan(
                own.key,
                own.service_certificate,
                own.login_operation,
                own.container,
                own.role,
                client={str(name): text for name, text in own.client.items()},
            )
            self._pool = SessionPool(host, own.scheme, plan, size=own.pool, first=own.first_count)
        if "client" in own.edges:
            served = ServerPlan(own.key, own.clients, own.login_operation, own.step, own.idle)
            self._server = BlobServer(host, own.scheme, self.shape, served)

    async def stop(self) -> None:
        """Log every idle session out; a service that does not answer ends them by itself."""
        pool, operation = self._pool, self.settings.logout_operation
        if pool is None or not operation:
            return
        name = self.settings.container
        for session in pool.drained():
            members: dict[str, Value] = {
                self.shape.session: shapes.encoded(session.id),
                self.shape.count: session.count + 1,
            }
            try:
                async with asyncio.timeout(2.0):
                    await self.host.call(operation, {name: members} if name else members)
            except (Problem, TimeoutError, KeyError) as error:
                self.host.log("logout-failed", str(error) if isinstance(error, Problem) else type(error).__name__)
                return
            finally:
                pool.drop(session)
            self.host.count("logouts")

    # -- where it stands

    def wire_layer(self, edge: Edge, where: Place) -> WireLayer | None:
        if edge not in self.settings.edges:
            return None
        if edge == "client":
            assert self._server is not None
            return around_wire(self._server.serve(where, self._problem))
        return super().wire_layer(edge, where)

    def answers(self) -> frozenset[str]:
        return frozenset({"encrypted", "signed"} if "client" in self.settings.edges else ())

    def layer(self, operation: Operation) -> Layer | None:
        if self._pool is None or operation.name in self.settings.sessionless:
            return None
        return around(self._numbered)

    def fills(self, operation: Operation) -> Sequence[str]:
        if self.settings.sessions != "own" or operation.name in self.settings.sessionless:
            return ()
        prefix = f"/{self.settings.container}" if self.settings.container else ""
        return tuple(f"{prefix}/{name}" for name in self.shape.clear)

    # -- values: session and count

    async def _numbered(self, exchange: Exchange, inner: Service) -> Message:
        """A call in a session of ours; once more in a new one when its session has ended."""
        original = exchange.request
        for last in (False, True):
            assert self._pool is not None
            async with self._pool.session() as session:
                session.count += 1
                exchange.request = self._filled(original, session.id, session.count)
                try:
                    reply = await inner(exchange)
                except Problem as problem:
                    after_problem(self._pool, session, problem)
                    raise
                except BaseException:
                    self._pool.drop(session)
                    raise
                if reply.fault is None:
                    return reply
                ended = after_fault(
                    self._pool, session, reply, failed=self.settings.failed_call, ended=self.settings.session_ended
                )
            if not ended or last:
                return reply
            self.host.count("sessions-ended")
        raise AssertionError("unreachable")

    def _filled(self, request: Message, session_id: bytes, count: int) -> Message:
        value = request.value()
        whole: dict[str, Value] = dict(value) if isinstance(value, dict) else {}
        name = self.settings.container
        inside = whole.get(name) if name else whole
        members: dict[str, Value] = dict(inside) if isinstance(inside, dict) else {}
        own = {key: member for key, member in members.items() if key not in self.shape.clear}
        filled = {self.shape.session: shapes.encoded(session_id), **own, self.shape.count: count}
        return request.replace({**whole, name: filled} if name else filled)

    # -- bytes: the upstream's edge

    def covers(self, wire: Wire, about: About) -> bool:
        operation = about.operation
        wanted = self.settings.operations
        if operation is None or wanted == "all":
            return True
        if wanted == "policy":
            return operation.encryption != "none"
        return operation.name in wanted

    def protect(self, wire: Wire, about: About) -> Wire:
        """Seal the parameters. Raises Problem SESSION_EXPIRED when the call's session has no keys."""
        if "json" in wire.headers.get("content-type", "").lower():
            return self._protect_json(wire, about)
        root = wire.tree if wire.tree is not None else parse(wire.body, about.place.limits)
        container = shapes.container_of(shapes.method_of(root))
        if container is None:
            raise Refusal("refused", "the message has no parameters to seal")
        members = shapes.xml_members(container)
        if self._exempt(about, members):
            return replace(wire, facts={**wire.facts, "exempt": True})
        sealed = self._sealed(members, shapes.xml_take(container, self.shape))
        shapes.xml_seal(container, self.shape, sealed)
        return self._out(wire, etree.tostring(root, encoding="utf-8", xml_declaration=True), sealed)

    def _protect_json(self, wire: Wire, about: About) -> Wire:
        members = orjson.loads(wire.body)
        texts = {name: str(value) for name, value in members.items() if isinstance(value, str | int)}
        if self._exempt(about, texts):
            return replace(wire, facts={**wire.facts, "exempt": True})
        sealed = self._sealed(texts, shapes.json_take(members, self.shape))
        body = orjson.dumps(shapes.json_seal(self.shape, sealed, count_as_string=self.settings.count_as_string))
        return self._out(wire, body, sealed)

    def _out(self, wire: Wire, body: bytes, sealed: shapes.Sealed) -> Wire:
        facts = {**wire.facts, "encrypted": ("parameters",), "sessionblob": (sealed.session_id, sealed.count)}
        return replace(wire, body=body, tree=None, facts=facts)

    def _sealed(self, members: Mapping[str, str], plain: bytes) -> shapes.Sealed:
        session_id = shapes.octets(members.get(self.shape.session, ""))
        count = shapes.number(members.get(self.shape.count, ""))
        session = self._pool.by_id.get(session_id) if self._pool else None
        if session is None:
            raise Problem(Kind.SESSION_EXPIRED, "The session is not one that can encrypt.", outcome="not-sent")
        blob = crypto.seal_blob(self.settings.scheme, session.keys, session_id, count, plain)
        return shapes.Sealed(session_id, count, blob)

    def _exempt(self, about: About, members: Mapping[str, str]) -> bool:
        name = about.operation.name if about.operation else ""
        return any(
            rule.operation == name and all(members.get(key) == value for key, value in rule.when.items())
            for rule in self.settings.clear
        )

    def unprotect(self, wire: Wire, about: About) -> Wire:
        """Open an answer; it must be of the very call that was sealed."""
        asked: tuple[bytes, int] | None = about.request.facts.get("sessionblob") if about.request else None
        if asked is None:
            return wire
        if "json" in wire.headers.get("content-type", "").lower():
            found = shapes.json_sealed(orjson.loads(wire.body), self.shape)
            if found is None and wire.status >= 400 and self.settings.clear_faults:
                return wire
            return replace(wire, body=self._plain(found, asked), facts={**wire.facts, "encrypted": ("result",)})
        try:
            root = parse(wire.body, about.place.limits, response=True)
        except Problem:
            return wire  # no XML at all: the dialect refuses it, and knows what to call it
        method = shapes.method_of(root)
        if method is None and self.settings.clear_faults:
            return wire
        container = shapes.container_of(method)
        found = shapes.xml_sealed(container, self.shape)
        plain = self._plain(found, asked)
        shapes.xml_open(container, self.shape, plain, about.place.limits, sealed=None, response=True)
        body = etree.tostring(root, encoding="utf-8", xml_declaration=True)
        return replace(wire, body=body, tree=root, facts={**wire.facts, "encrypted": ("result",)})

    def _plain(self, found: shapes.Sealed | None, asked: tuple[bytes, int]) -> bytes:
        if found is None:
            raise Refusal("refused", "the answer to an encrypted call is in clear")
        session = self._pool.by_id.get(found.session_id) if self._pool else None
        if session is None or (found.session_id, found.count) != asked:
            raise Refusal("refused", "the answer is that of another call")
        return crypto.open_blob(self.settings.scheme, session.keys, found.session_id, found.count, found.blob)
