"""The law of echo tokens: what a client sends back to take a lock over is a reference, never the holders themselves.

256 random bits name an entry of the state store that lives for seconds, belongs to one caller, operation and
entity, and can be used once. The holders are kept value for value, numbers by their digits.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from decimal import Decimal
from typing import Any, Final

from gateway.core.ports import Store
from gateway.core.value import Value

_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST: Final = 256 * 1024  # bytes of one entry: a hundred holders need some 60 KiB


def packed(value: Value) -> bytes:
    """A value as bytes that give the very same value again."""
    return json.dumps(value, default=_decimal, separators=(",", ":"), ensure_ascii=False).encode()


def unpacked(raw: bytes) -> Any:
    """The value of such bytes."""
    return json.loads(raw, object_hook=_object)


def _decimal(value: Any) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    raise TypeError(type(value).__name__)


def _object(found: dict[str, Any]) -> Any:
    return Decimal(found["$decimal"]) if found.keys() == {"$decimal"} else found


async def issue(store: Store, bound: str, holders: Value, seconds: float) -> str:
    """A new token for these holders; '' when they are too many to keep. Raises Problem STATE_UNAVAILABLE.

    `bound` says whom and what it belongs to.
    """
    entry = packed({"bound": bound, "holders": holders})
    if len(entry) > _MOST:
        return ""
    token = secrets.token_urlsafe(32)
    await store.put(_key(token), entry, ttl=seconds, expect=None)
    return token


async def redeem(store: Store, token: str, bound: str) -> Value:
    """The holders of a token, which is used up by this; None when it is not one. Raises Problem STATE_UNAVAILABLE."""
    if not _FORM.fullmatch(token):
        return None
    raw = await store.get(_key(token))
    if raw is None:
        return None
    entry = unpacked(raw)
    if entry["bound"] != bound or not await store.delete(_key(token), expect=raw):
        return None
    holders: Value = entry["holders"]
    return holders


def _key(token: str) -> str:
    return f"locks:token:{hashlib.sha256(token.encode()).hexdigest()}"
