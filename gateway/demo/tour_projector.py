"""The law of the Projector tour: what is shown of locks, versions and sessions, in order, and what must come.

The story: a save meets Bea's lock (423), a steal on old knowledge is refused (412), a steal on the present state
succeeds, a change without a version (428) and one on an old version (412) fail, a session ends and nobody sees it, a
lock set is held and released. No client ever logs in. Bea and Carl are played by test control.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from typing import Any, Final

from gateway.demo.steps import Judge, Reply, Step, Steps, holds, members, part

PROJECT: Final = "P002001-001"
DRAFT: Final = {
    "ProjectTaskType": {
        "ProjectTaskTypeName": "Drafting",
        "DefaultProjectRateTypeIdentity": {"ProjectRateTypeId": 702},
        "StandardTaskTypeIdentity": {"StandardTaskTypeName": "Design"},
    }
}
HOLDER: Final = "holders.0.EntityLockSummary"
TYPES: Final = f"/projects/{PROJECT}/task-types"
LOCK: Final = {"locks": [{"EntityIdentity": {"EntityCode": PROJECT, "LockType": "RT"}}]}


def call(
    base: str, path: str, body: dict[str, Any] | None, status: int, title: str, judge: Judge,
    *, method: str = "POST", fields: Mapping[str, str] | None = None, **more: Any,
) -> Step:  # fmt: skip
    """A call with JSON, or without a body."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    return Step(
        title, method, base + path, status, judge, headers={**headers, **(fields or {})},
        body="" if body is None else json.dumps(body), **more,
    )  # fmt: skip


def locks_for(control: str, login: str, title: str, *, steal: bool = False) -> Step:
    """Another user's lock, taken where the gateway does not see it."""
    return call(
        control, "/control/plant", {"user": login, "project": PROJECT, "steal": steal}, 200, title,
        holds('"lock_sets"'),
        why="(Test control of the reference service plays the other users; the real one has no such address.)",
        show=part("lock_sets"),
    )  # fmt: skip


def steps(data: str, control: str) -> Steps:
    """The whole tour. `data` is the gateway before the service, `control` the service's own base address."""
    yield "══ The second service: Projector, with a gateway of its own (config/projector.yaml)"
    seen = yield call(
        data, f"/projects/{PROJECT}", None, 200, "A project, with the version of its task types as ETag",
        members(ProjectIdentity__ProjectUid=1152921504601000011), method="GET",
        why="The service wants a session for this; the gateway has logged in, and no client sees the ticket.",
        show=part("ProjectIdentity", "RateTaskTimestamp"), shown_headers=("Content-Type", "ETag"),
        after="ProjectUid is beyond 2^53: every digit came through.",
    )  # fmt: skip
    made = yield from _conflicts(data, control)
    yield from _versions(data, made, seen.headers.get("ETag", ""))
    yield from _session(data, control)
    yield from _sets(data)


def _conflicts(data: str, control: str) -> Generator[Step | str, Reply, Reply]:
    """A conflict, a steal that comes too late, a steal."""
    yield locks_for(control, "bea", "Bea locks the project's rate types and tasks")
    held = yield call(
        data, TYPES, DRAFT, 423, "Saving a task type now: 423, with the holders", holds("Lund, Bea", '"token"'),
        why="The service's fault names the holders; the plug-in `locks` makes a 423 of it, with a token for a steal.",
        show=part("status", HOLDER, "token"),
    )  # fmt: skip
    yield locks_for(control, "carl", "Meanwhile Carl steals it from her", steal=True)
    changed = yield call(
        data, TYPES, DRAFT, 412, "Stealing the lock from the holder seen before: 412, refused",
        holds("Mendes, Carl", "lock-changed"), fields={"Steal-Token": held.member("token") or ""},
        why="The service steals only from who holds it now, item by item. The new holders come back.",
        show=part("status", HOLDER),
    )  # fmt: skip
    stolen = yield call(
        data, TYPES, DRAFT, 201, "Stealing it from the present holder: a steal, with the new token",
        members(Status="Ok", LockStolenFromUserIdentity__UserDisplayName="Mendes, Carl"),
        fields={"Steal-Token": changed.member("token") or ""},
        why="LocksToSteal goes out as LockHolders came in, value for value, to the seventh digit of a second.",
        show=part("ProjectTaskTypeIdentity", "LockStolenFromUserIdentity"),
        shown_headers=("Location", "ETag"), after="The audit stream has the victim and the reason.",
    )  # fmt: skip
    return stolen


def _versions(data: str, made: Reply, old: str) -> Steps:
    """The version that the service keeps, as ETag and If-Match."""
    path = made.headers.get("Location", TYPES)
    new = {"ProjectTaskType": {"ProjectTaskTypeName": "Drawing"}}
    yield call(
        data, path, new, 428, "Changing it without a version: 428", members(status=428), method="PUT",
        show=part("status", "detail"),
    )  # fmt: skip
    yield call(
        data, path, new, 412, "With If-Match of the version that was read before: 412", members(conflict="stale"),
        method="PUT", fields={"If-Match": old}, why="The save in between has changed it: an optimistic conflict.",
        show=part("status", "detail"),
    )  # fmt: skip
    yield call(
        data, path, new, 200, "With If-Match of the present version", members(Status="Ok"), method="PUT",
        fields={"If-Match": made.headers.get("ETag", "")}, show=part("RateTaskTimestamp"), shown_headers=("ETag",),
        after="The ETag is the service's RateTaskTimestamp, verbatim.",
    )  # fmt: skip


def _session(data: str, control: str) -> Steps:
    """A session that ends, and nobody sees it."""
    yield call(
        control, "/control/expire", {}, 200, "The service ends every session", holds('"tickets": 0'),
        show=part("tickets"),
    )  # fmt: skip
    yield call(
        data, f"/projects/{PROJECT}", None, 200, "The next call: the session is renewed, no client sees it",
        members(Status="Ok"), method="GET",
        why="The service refuses the old ticket; the gateway logs in and asks again.",
        show=part("Status"),
    )  # fmt: skip


def _sets(data: str) -> Steps:
    """A lock set as a resource."""
    made = yield call(
        data, "/locks", LOCK, 201, "A lock set as a resource", holds('"id"'), shown_headers=("Location",),
    )  # fmt: skip
    more = {"ProjectTaskType": {**DRAFT["ProjectTaskType"], "ProjectTaskTypeName": "Sketching"}}
    yield call(
        data, TYPES, more, 423, "Saving without naming the set: 423, our own lock blocks us", members(status=423),
        show=part("status", HOLDER),
    )  # fmt: skip
    yield call(
        data, TYPES, more, 201, "Saving with the set asserted", members(Status="Ok"),
        fields={"Lock-Set": made.member("id") or ""}, show=part("Status"),
    )  # fmt: skip
    yield call(
        data, f"/locks/{made.member('id')}", None, 204, "The locks are released", lambda _: (), method="DELETE",
    )  # fmt: skip
