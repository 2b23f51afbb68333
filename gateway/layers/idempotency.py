"""The law of idempotency keys: the same key and the same request get the same answer, carried out once.

Scope is caller and operation; the first request runs to its end even when its caller goes away; its
answer is kept for a day. Without the store nothing is carried out (fail closed). IETF draft
httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson

from ..core.layers import Send, WireLayer
from ..core.message import Wire
from ..core.ports import Store
from ..core.problem import Kind, Problem

_KEY: Final = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([A-Za-z0-9._:-]{1,255})')
DAY: Final = 86_400.0
RUNNING: Final = 120.0  # seconds after which a request whose process died may be tried again; more for a slow call
_KEPT: Final = ("content-type", "etag", "location", "preference-applied", "vary")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as given, in its scope."""

    store: str
    digest: str


def idempotency(
    store: Store,
    scope: str,
    need: Literal["optional", "required"],
    fields: Sequence[str] = (),
    running: float = RUNNING,
) -> WireLayer:
    """The layer of a writing route. `scope` names the operation, `fields` the header fields that are part of it.

    `running`: seconds in which a request with the same key waits for the first one; longer than any call takes.
    """

    def layer(inner: Send) -> Send:
        async def send(wire: Wire) -> Wire:
            key = _key(wire, scope, need, fields)
            if key is None:
                return await inner(wire)
            begun = _entry("running", key.digest, {})
            if not await store.put(key.store, begun, ttl=running, expect=None):
                return _again(await store.get(key.store), key)
            # The caller may go away: the write is carried to its end, and its answer kept.
            return await asyncio.shield(asyncio.ensure_future(_first(store, inner, wire, key, begun)))

        return send

    return layer


async def _first(store: Store, inner: Send, wire: Wire, key: Key, running: bytes) -> Wire:
    try:
        reply = await inner(wire)
    except BaseException:
        await store.delete(key.store, expect=running)
        raise
    problem: Problem | None = reply.facts.get("problem")
    if problem is not None and problem.outcome in (None, "not-sent"):
        await store.delete(key.store, expect=running)  # nothing was carried out: the key is free again
        return reply
    kept = {
        "status": reply.status,
        "headers": {name: reply.headers[name] for name in _KEPT if name in reply.headers},
        "body": reply.body.decode(),
    }
    await store.put(key.store, _entry("done", key.digest, kept), ttl=DAY, expect=running)
    return reply


def _key(wire: Wire, scope: str, need: str, fields: Sequence[str]) -> Key | None:
    text = wire.headers.get("idempotency-key")
    if text is None:
        if need == "required":
            raise Problem(Kind.IDEMPOTENCY_KEY_REQUIRED)
        return None
    match = _KEY.fullmatch(text)
    if match is None:
        raise Problem(Kind.PARAMETER_INVALID, 'Idempotency-Key is a string in quotes of at most 255 characters: "…".')
    name = hashlib.sha256("\0".join((caller(wire), scope, match[1] or match[2])).encode()).hexdigest()
    said = [f"{each}:{wire.headers[each]}" for each in sorted({*fields, "if-match"}) if each in wire.headers]
    asked = "\0".join((wire.method, wire.path, wire.query, *said)).encode() + b"\0" + wire.body
    return Key(f"idempotency:{name}", hashlib.sha256(asked).hexdigest())


def caller(wire: Wire) -> str:
    """Who calls, as far as a kept answer must know: identity, credentials and the certificate of the connection."""
    facts = wire.facts
    credentials = wire.headers.get("authorization", "")
    return "\0".join((str(facts.get("identity", "")), credentials, repr(facts.get("certificate"))))


def _entry(state: str, digest: str, kept: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"state": state, "digest": digest, **kept})


def _again(entry: bytes | None, key: Key) -> Wire:
    if entry is None:  # the first one failed just now, or ran out
        raise Problem(Kind.IDEMPOTENCY_IN_PROGRESS, headers={"retry-after": "1"})
    kept = orjson.loads(entry)
    if kept["digest"] != key.digest:
        raise Problem(Kind.IDEMPOTENCY_KEY_REUSED)
    if kept["state"] == "running":
        raise Problem(Kind.IDEMPOTENCY_IN_PROGRESS, headers={"retry-after": "1"})
    return Wire({**kept["headers"], "idempotency-replayed": "true"}, kept["body"].encode(), status=kept["status"])
