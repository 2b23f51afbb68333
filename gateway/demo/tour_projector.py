"""The law of the Projector tour: what is shown of locks, versions and sessions, in order, and what must come.

The story: a save meets Bea's lock, a steal on old knowledge is refused, a steal on the present state
succeeds, a save on an old version fails, a session ends. Bea and Carl are played by test control.
"""

from __future__ import annotations

import json
from typing import Any, Final

from gateway.demo.steps import Judge, Step, Steps, holds, members, part

PROJECT: Final = "P002001-001"
DRAFT: Final = {
    "ProjectTaskTypeName": "Drafting",
    "DefaultProjectRateTypeIdentity": {"ProjectRateTypeId": 702},
    "StandardTaskTypeIdentity": {"StandardTaskTypeName": "Design"},
}  # fmt: skip
HOLDER: Final = "fault.detail.LockHolders.0.EntityLockSummary"


def call(base: str, path: str, body: dict[str, Any], status: int, title: str, judge: Judge, **more: Any) -> Step:
    """A JSON call."""
    return Step(
        title, "POST", base + path, status, judge, headers={"Content-Type": "application/json"},
        body=json.dumps(body), **more,
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
    logged_in = yield call(
        data, "/authenticate", {"AccountCode": "DEMO", "UserName": "gateway", "Password": "demo-gateway"}, 200,
        "A session", members(Status="Ok"), show=part("SessionTicket", "Messages.0.ErrorNumber"),
        after="Message 136 stands first in every answer of a test server: it is never taken for the answer.",
    )  # fmt: skip
    base = {"SessionTicket": logged_in.member("SessionTicket"), "ProjectIdentity": {"ProjectCode": PROJECT}}
    seen = yield call(
        data, "/projects/get", base, 200, "A project, with the version of its task types",
        members(ProjectIdentity__ProjectUid=1152921504601000011),
        show=part("ProjectIdentity", "RateTaskTimestamp"), after="ProjectUid is beyond 2^53: every digit came through.",
    )  # fmt: skip
    save = {**base, "ProjectTaskType": DRAFT}
    yield from _locks(data, control, save)
    yield call(
        data, "/task-types/save", {**save, "RateTaskTimestamp": seen.member("RateTaskTimestamp")}, 412,
        "Saving with the version that was read before", members(status=412),
        why="The save before has changed it: an optimistic conflict.", show=part("fault.detail.Messages.1"),
    )  # fmt: skip
    yield call(
        control,
        "/control/expire",
        {},
        200,
        "The service ends all sessions",
        holds('"tickets": 0'),
        show=part("tickets"),
    )
    yield call(
        data, "/task-types/save", save, 401, "What a client with the old ticket sees", members(status=401),
        show=part("fault.detail.Messages.1"),
    )  # fmt: skip


def _locks(data: str, control: str, save: dict[str, Any]) -> Steps:
    """A conflict, a steal that comes too late, a steal."""
    yield locks_for(control, "bea", "Bea locks the project's rate types and tasks")
    held = yield call(
        data, "/task-types/save", save, 423, "Saving a task type now",
        holds("Lund, Bea", "EntityAlreadyLocked"),
        why="The service's fault names the holders; a rule makes a 423 of it.",
        show=part("status", HOLDER),
    )  # fmt: skip
    yield locks_for(control, "carl", "Meanwhile Carl steals it from her", steal=True)
    changed = yield call(
        data, "/task-types/save", {**save, "LocksToSteal": held.member("fault", "detail", "LockHolders")}, 423,
        "Stealing the lock from the holder seen before", holds("Mendes, Carl", "EntityAlreadyLocked"),
        why="The service steals only from who holds it now, item by item: it is refused, with the new state.",
        show=part("status", HOLDER),
    )  # fmt: skip
    yield call(
        data, "/task-types/save", {**save, "LocksToSteal": changed.member("fault", "detail", "LockHolders")}, 200,
        "Stealing it from the present holder",
        members(Status="Ok", LockStolenFromUserIdentity__UserDisplayName="Mendes, Carl"),
        why="LocksToSteal is what LockHolders was, value for value, to the seventh digit of a second.",
        show=part("ProjectTaskTypeIdentity", "LockStolenFromUserIdentity", "RateTaskTimestamp"),
    )  # fmt: skip
