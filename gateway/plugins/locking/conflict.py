"""The law of conflicts: one model for every service; read from typed places by the rules of the settings.

A conflict is entity, kind, holders as the service reported them (value for value, since they may have to go back),
their names, since when, and whether they may be taken over. What a client sees of it is made here, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from gateway.core.message import Message
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value
from gateway.plugins.signs import at, places, seen, shown, text

from .settings import ConflictRule

_FRACTION: Final = re.compile(r"\.(\d{6})\d+")


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands in the way of a call."""

    kind: Literal["held", "stolen", "stale"]
    entity: Value = None
    holders: Value = None
    names: tuple[str, ...] = ()
    since: str = ""
    stealable: bool = True

    def age(self, now: float) -> float:
        """Seconds since the youngest of the locks was taken; 0 when that is not told."""
        try:
            taken = datetime.fromisoformat(_FRACTION.sub(r".\1", self.since))
        except ValueError:
            return 0.0
        whole = taken if taken.tzinfo is not None else taken.replace(tzinfo=UTC)
        return max(0.0, now - whole.timestamp())


def conflict_in(rules: Sequence[ConflictRule], reply: Message, entity: Value) -> Conflict | None:
    """The conflict that an answer tells of, None when it is none."""
    for rule in rules:
        if shown(rule.when, reply):
            document = reply.fault.detail if reply.fault is not None else seen(reply)
            since = sorted(text(value) for value in places(document, rule.since)) if rule.since else []
            said = at(document, rule.stealable)
            return Conflict(
                rule.kind,
                at(document, rule.entity) if rule.entity else entity,
                at(document, rule.holders),
                tuple(text(value) for value in places(document, rule.names)) if rule.names else (),
                since[-1] if since else "",
                said not in (False, "false", "0") if said is not None else True,
            )
    return None


def problem_of(
    conflict: Conflict, status: int, *, token: str = "", changed: bool = False, reply: Message | None = None
) -> Problem:
    """What the client is told: 423 (or 409), 412 for an old version and for holders that have changed."""
    extra: dict[str, Any] = {"conflict": conflict.kind}
    told: Mapping[str, Value] = {
        "entity": conflict.entity,
        "holders": conflict.holders,
        "since": conflict.since or None,
        "token": token or None,
    }
    extra.update({name: value for name, value in told.items() if value not in (None, "", [])})
    if conflict.kind == "held":
        extra["stealable"] = conflict.stealable
    if reply is not None and reply.fault is not None:
        extra["fault"] = reply.fault.told()
    if conflict.kind == "stale":
        return Problem(Kind.PRECONDITION_FAILED, outcome="rejected", extra=extra)
    if changed:
        return Problem(Kind.LOCK_CHANGED, outcome="rejected", extra=extra)
    headers = {"retry-after": "1"} if conflict.kind == "held" else {}
    detail = "" if conflict.kind == "held" else "A lock that was asserted has been taken over by someone else."
    return Problem(Kind.LOCK_CONFLICT, detail, status=status, headers=headers, outcome="rejected", extra=extra)
