"""The law of what the lock plug-in says of itself in the OpenAPI document: its header fields, problems and paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.core.described import Described, Refused, Served

from .settings import Guarded, LockSettings, Sets

_ANY: Final[Mapping[str, Any]] = {}
_HELD: Final[Mapping[str, Any]] = {
    "conflict": {"type": "string", "enum": ["held", "stolen", "guarded"]},
    "entity": {**_ANY, "description": "What is locked, as the request names it."},
    "holders": {**_ANY, "description": "Who holds it, as the service reported it."},
    "since": {"type": "string", "description": "Since when, in the service's words."},
    "stealable": {"type": "boolean"},
}
_TOKEN: Final[Mapping[str, Any]] = {"type": "string", "description": "Sent back, it takes the lock over; good once."}


def _problems(settings: LockSettings, token: bool) -> dict[int, Refused]:
    more = {"token": _TOKEN} if token else {}
    kinds = {rule.kind for rule in settings.conflicts}
    held = Refused("Someone holds it; nothing was done.", {**_HELD, **more})
    problems: dict[int, Refused] = {settings.status: held}
    if token or "stale" in kinds:
        members = {**_HELD, **more, "conflict": {"type": "string", "enum": ["held", "stale"]}}
        words = "Who holds it, or its version, is not what the request says; nothing was done."
        problems[412] = Refused(words, members)
    return problems


def described(settings: LockSettings, rule: Guarded) -> Described:
    """What an operation's callers should know."""
    headers = {}
    if rule.steal == "on-request":
        headers[settings.header] = "The token of a conflict: take the lock over from the holders that it told of."
    if rule.lock_set and settings.sets is not None:
        headers[settings.set_header] = "The id of a lock set of yours that this write asserts."
    return Described(headers, _problems(settings, rule.steal == "on-request"))


def served(settings: LockSettings, sets: Sets) -> Sequence[Served]:
    """Lock sets as a resource."""
    gives = {
        "id": {"type": "string", "description": f"The set's name, for {settings.set_header} and its path."},
        "seconds": {"type": "number", "description": "Until it ends by itself."},
    }
    gone = {412: Refused("There is no such set, or it has ended.")}
    one = f"{sets.path}/{{id}}"
    example = {"id": "s7Yk0vC1nQm2w3e4r5t6y7u8i9o0pAsDfGhJkLzXcVb", "seconds": sets.seconds}
    takes = {"locks": (sets.acquire, sets.locks)}
    return (
        Served("POST", sets.path, "Hold several locks for a while", sets.service, takes, 201, gives, example,
               _problems(settings, False), {"locks": sets.example} if sets.example is not None else None),
        Served("PUT", one, "Prolong a lock set", sets.service, {}, 200, gives, example, gone),
        Served("DELETE", one, "Give a lock set up", sets.service, {}, 204, {}, None, gone),
    )  # fmt: skip
