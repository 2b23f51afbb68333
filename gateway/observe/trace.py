"""The law of trace ids: W3C Trace Context in and out, and a request id that is always there.

A `traceparent` is taken only when it is well-formed (W3C Trace Context §3.2), else a new one is begun;
the service gets a child of it. An `X-Request-Id` is taken when it is 1 to 128 of `[A-Za-z0-9._-]`.
"""

from __future__ import annotations

import random
import re
from contextvars import ContextVar
from typing import Final

_PARENT: Final = re.compile(
    r"(?!ff)(?!00.{53}-)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?"
)
_KEY: Final = r"(?:[a-z][_0-9a-z*/-]{0,255}|[a-z0-9][_0-9a-z*/-]{0,240}@[a-z][_0-9a-z*/-]{0,13})"
_MEMBER: Final = re.compile(_KEY + r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]")
_STATE_MOST: Final = 512  # characters that a gateway must be able to pass on (§3.3.1.5)
_MEMBERS: Final = 32
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_draw: Final = random.Random().getrandbits  # noqa: S311  # ids keep nothing secret; seeded by the system's own
# (traceparent, tracestate) of the request that is being served: what plug-ins call on its behalf stands in its trace
SERVED: Final[ContextVar[tuple[str, str]]] = ContextVar("trace", default=("", ""))


def request_id(given: str | None) -> str:
    """The caller's id where it is fit to be echoed, else a new one."""
    return given if given and _ID.fullmatch(given) else f"{_draw(96):024x}"


def child(traceparent: str | None) -> str:
    """The `traceparent` for the next hop: same trace, new span; a new trace without a valid parent."""
    match = _PARENT.fullmatch(traceparent) if traceparent else None
    if match is None:
        return f"00-{_draw(128):032x}-{_draw(64):016x}-00"
    return f"00-{match[1]}-{_draw(64):016x}-{match[2]}"


def begun(traceparent: str | None) -> str:
    """The id of the caller's span, empty without a valid one."""
    return traceparent[36:52] if traceparent and _PARENT.fullmatch(traceparent) else ""


def span_id(traceparent: str) -> str:
    """The 16 hexadecimal digits of a valid one's span."""
    return traceparent[36:52]


def state(traceparent: str | None, tracestate: str | None) -> str:
    """The `tracestate` to carry on; empty where it, or what it belongs to, is not valid (§3.3.1, §4.3)."""
    if not tracestate or len(tracestate) > _STATE_MOST or not begun(traceparent):
        return ""
    members = [member.strip(" \t") for member in tracestate.split(",")]
    given = [member for member in members if member]
    keys = {member.partition("=")[0] for member in given}
    fit = len(keys) == len(given) <= _MEMBERS and all(map(_MEMBER.fullmatch, given))
    return ",".join(given) if fit else ""


def sampled(traceparent: str) -> bool:
    """Whether the caller keeps this trace (§3.2.2.5: the lowest bit of the flags; others may be set beside it)."""
    return bool(int(traceparent[53:55], 16) & 1)


def trace_id(traceparent: str) -> str:
    """The 32 hexadecimal digits of the trace."""
    return traceparent[3:35]
