"""The law of the service's half of the scheme at the client's edge: logins answered, calls opened, answers sealed.

Sessions stand in the shared state, so that any replica may answer; a call's number is used up by
compare-and-set after its tag was found right, so that exactly one of many copies goes on. A wrong tag, a
used number and an unknown session have one answer. Who may log in is a closed list of certificates.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import orjson
from lxml import etree

from gateway.core.layers import Send
from gateway.core.limits import Limits
from gateway.core.message import Wire
from gateway.core.problem import Problem
from gateway.plugins.api import About, Host, Place, Refusal
from gateway.xml import parse

from . import sessionblob_crypto as crypto
from . import sessionblob_shape as shapes

_ABSOLUTE: Final = 8 * 3600.0  # seconds; a session ends then, used or not
_LOGIN: Final = 60.0  # seconds between the two steps of Login

ProblemOf = Callable[[Exception, About], Problem]


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """Whose key answers, who may log in, how Count must rise, when a session ends (seconds)."""

    key: str
    clients: tuple[str, ...]
    login: str
    step: Literal["by-one", "rising"]
    idle: float


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """A session as it stands in the state. `keys` None: step 2 has not come yet."""

    client: str
    nonce: bytes
    keys: crypto.BlobKeys | None
    count: int
    until: float

    def write(self) -> bytes:
        """The bytes in the store."""
        keys = [self.keys.encryption.hex(), self.keys.mac.hex()] if self.keys else None
        return orjson.dumps([self.client, self.nonce.hex(), keys, self.count, self.until])

    @classmethod
    def read(cls, raw: bytes) -> Record:
        """From the bytes in the store."""
        client, nonce, keys, count, until = orjson.loads(raw)
        pair = crypto.BlobKeys(*(bytes.fromhex(key) for key in keys)) if keys else None
        return cls(client, bytes.fromhex(nonce), pair, count, until)


@dataclass(frozen=True, slots=True)
class Opened:
    """A request as it came: the tree or object that holds it, and its sealed members."""

    document: Any
    container: Any
    method: str
    sealed: shapes.Sealed | None


class BlobServer:
    """The service's half. `serve` is the wire layer's function."""

    def __init__(self, host: Host, profile: crypto.Profile, shape: shapes.Shape, plan: ServerPlan) -> None:
        self._host = host
        self._profile = profile
        self._shape = shape
        self._plan = plan

    def serve(self, where: Place, problem: ProblemOf) -> Callable[[Wire, Send], Awaitable[Wire]]:
        """Around every request of a service: `(wire, inner) -> wire`."""

        async def serve(wire: Wire, inner: Send) -> Wire:
            about = About("client", "request", where, wire.operation, wire.facts)
            try:
                opened = await asyncio.to_thread(self._read, wire, where.limits)
                if opened is None:
                    return await inner(wire)
                if opened.method == self._plan.login:
                    return await self._logged_in(wire, opened)
                if opened.sealed is None:
                    return await inner(wire)
                record = await self._record(opened.sealed.session_id)
                assert record.keys is not None
                request = await asyncio.to_thread(self._open, wire, opened, record.keys, where.limits)
                await self._use(opened.sealed, record)
            except Refusal as error:
                self._host.count("refused")
                raise problem(error, about) from error
            self._host.count("opened")
            request.facts.update(encrypted=("parameters",), identity=record.client)
            reply = await inner(request)
            sealed = await asyncio.to_thread(self._seal, reply, opened.sealed, record.keys, where.limits)
            self._host.count("protected" if sealed is not reply else "clear")
            return sealed

        return serve

    # -- reading and opening

    def _read(self, wire: Wire, limits: Limits) -> Opened | None:
        """The request's members, or None when it is nothing of ours."""
        if wire.method != "POST":
            return None
        if "json" in wire.headers.get("content-type", "").lower():
            try:
                members = orjson.loads(wire.body)
            except orjson.JSONDecodeError:
                return None
            return Opened(members, members, wire.path.rsplit("/", 1)[-1], shapes.json_sealed(members, self._shape))
        root = wire.tree if wire.tree is not None else parse(wire.body, limits)
        wire.tree = root
        method = shapes.method_of(root)
        container = shapes.container_of(method)
        if container is None:
            return None
        return Opened(root, container, etree.QName(method).localname, shapes.xml_sealed(container, self._shape))

    def _open(self, wire: Wire, opened: Opened, keys: crypto.BlobKeys, limits: Limits) -> Wire:
        sealed = opened.sealed
        assert sealed is not None
        plain = crypto.open_blob(self._profile, keys, sealed.session_id, sealed.count, sealed.blob)
        if isinstance(opened.document, dict):
            members = self._json(plain)
            document = {
                self._shape.session: opened.document[self._shape.session],
                **members,
                self._shape.count: opened.document[self._shape.count],
            }
            return replace(wire, body=orjson.dumps(document), tree=None, facts=dict(wire.facts))
        shapes.xml_open(opened.container, self._shape, plain, limits, sealed=sealed, response=False)
        body = etree.tostring(opened.document, encoding="utf-8", xml_declaration=True)
        return replace(wire, body=body, tree=opened.document, facts=dict(wire.facts))

    def _json(self, plain: bytes) -> dict[str, Any]:
        try:
            members = orjson.loads(plain)
        except orjson.JSONDecodeError as error:
            raise Refusal("refused", "the plaintext is no JSON") from error
        if not isinstance(members, dict) or set(members) & {*self._shape.clear, self._shape.blob}:
            raise Refusal("refused", "the plaintext is no object, or repeats a clear member")
        return members

    def _seal(self, reply: Wire, asked: shapes.Sealed, keys: crypto.BlobKeys, limits: Limits) -> Wire:
        """The answer, sealed; a fault or problem goes in clear, and holds no parameter."""
        if "json" in reply.headers.get("content-type", "").lower():
            if reply.status >= 400:
                return reply
            blob = crypto.seal_blob(self._profile, keys, asked.session_id, asked.count, reply.body)
            answer = shapes.Sealed(asked.session_id, asked.count, blob)
            body = orjson.dumps(shapes.json_seal(self._shape, answer, count_as_string=True))
            return replace(reply, body=body, tree=None, facts={**reply.facts, "encrypted": ("result",)})
        root = parse(reply.body, limits, response=True)
        container = shapes.container_of(shapes.method_of(root))
        if container is None:
            return reply
        plain = shapes.xml_take(container, replace(self._shape, session="", count=""))
        blob = crypto.seal_blob(self._profile, keys, asked.session_id, asked.count, plain)
        shapes.xml_seal(container, self._shape, shapes.Sealed(asked.session_id, asked.count, blob))
        body = etree.tostring(root, encoding="utf-8", xml_declaration=True)
        return replace(reply, body=body, tree=None, facts={**reply.facts, "encrypted": ("result",)})

    # -- sessions

    async def _record(self, session_id: bytes) -> Record:
        raw = await self._host.state.get(_key(session_id))
        record = Record.read(raw) if raw else None
        if record is None or record.keys is None or record.until < self._host.clock.now():
            raise Refusal("refused", "the session is not known or not settled")
        return record

    async def _use(self, sealed: shapes.Sealed, record: Record) -> None:
        """Use the number up, once over all replicas. Raises Refusal."""
        fits = sealed.count == record.count + 1 if self._plan.step == "by-one" else sealed.count > record.count
        if not fits or not await self._keep(sealed.session_id, replace(record, count=sealed.count), record):
            self._host.count("replayed")
            raise Refusal("refused", "the call's number is not the next one")

    async def _keep(self, session_id: bytes, new: Record, old: Record | None) -> bool:
        ttl = min(self._plan.idle if new.keys else _LOGIN, max(new.until - self._host.clock.now(), 1.0))
        expect = old.write() if old else None
        return await self._host.state.put(_key(session_id), new.write(), ttl=ttl, expect=expect)

    # -- Login

    async def _logged_in(self, wire: Wire, opened: Opened) -> Wire:
        members = opened.document if isinstance(opened.document, dict) else shapes.xml_members(opened.container)
        if "Signature" in members:
            await self._settle({name: str(value) for name, value in members.items()})
            return self._answer(wire, opened, {})
        certificate = shapes.octets(str(members.get("Certificate", "")))
        client = next(
            (id_ for id_ in self._plan.clients if self._host.keys.get(id_).certificate_der == certificate), ""
        )
        if not client:
            raise Refusal("refused", "the certificate is not one that may log in")
        session_id, nonce = secrets.token_bytes(20), secrets.token_bytes(self._profile.nonce_length)
        until = self._host.clock.now() + _ABSOLUTE
        await self._keep(session_id, Record(client, nonce, None, 0, until), None)
        value = crypto.wrap_nonce(self._profile, certificate, nonce)
        own = self._host.keys.get(self._plan.key).certificate_der
        return self._answer(wire, opened, {"SessionId": session_id, "Certificate": own, "Value": value})

    async def _settle(self, members: dict[str, str]) -> None:
        session_id, value = shapes.octets(members.get("SessionId", "")), shapes.octets(members.get("Value", ""))
        raw = await self._host.state.get(_key(session_id))
        record = Record.read(raw) if raw else None
        if record is None or record.keys is not None:
            raise Refusal("refused", "there is no login to finish")
        certificate = self._host.keys.get(record.client).certificate_der
        crypto.check_value(self._profile, certificate, session_id, value, shapes.octets(members["Signature"]))
        private = self._host.keys.get(self._plan.key).private
        client_nonce = await asyncio.to_thread(crypto.unwrap_nonce, self._profile, private, value)
        keys = crypto.derive(self._profile, session_id, record.nonce, client_nonce)
        if not await self._keep(session_id, replace(record, keys=keys, nonce=b""), record):
            raise Refusal("refused", "the login was finished already")

    def _answer(self, wire: Wire, opened: Opened, members: dict[str, bytes]) -> Wire:
        texts = {name: base64.b64encode(value).decode() for name, value in members.items()}
        status = {"Code": "Success", "Description": "Success"}
        if isinstance(opened.document, dict):
            body = orjson.dumps({**texts, "Status": status})
            return Wire({"content-type": "application/json"}, body, status=200)
        method = shapes.method_of(opened.document)
        namespace = etree.QName(method).namespace
        named = etree.QName(namespace, f"{opened.method}Response")
        answer = etree.Element(named)
        result = etree.SubElement(answer, etree.QName(namespace, f"{opened.method}Result"))
        for name, text in texts.items():
            etree.SubElement(result, etree.QName(namespace, name)).text = text
        group = etree.SubElement(result, etree.QName(namespace, "Status"))
        for name, text in status.items():
            etree.SubElement(group, etree.QName(namespace, name)).text = text
        envelope = method.getparent().getparent()
        root = etree.Element(envelope.tag, nsmap={"s": etree.QName(envelope).namespace})
        etree.SubElement(root, method.getparent().tag).append(answer)
        etree.cleanup_namespaces(root, top_nsmap={"p": namespace} if namespace else None)
        body = etree.tostring(root, encoding="utf-8", xml_declaration=True)
        media = wire.headers.get("content-type", "text/xml").partition(";")[0]
        return Wire({"content-type": f"{media}; charset=utf-8"}, body, status=200)


def _key(session_id: bytes) -> str:
    if not session_id:
        raise Refusal("refused", "there is no session")
    return f"sessionblob:{session_id.hex()[:128]}"
