"""The law of the portal's state: users, sessions, tasks and who holds them; no XML, no sockets.

NETID.md knows what a task is and that GetTask takes it and ReleaseTask gives it up. What no page
tells (the answer to a held, missing or foreign task, who may release) is a field of `Rules`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

READY: Final = (10, "Ready")
PROCESSING: Final = (30, "Processing")
# numbers of these three are assumed: no page prints them
COMPLETED: Final = (40, "Completed")
CANCELLED: Final = (90, "Cancelled")

Clock = Callable[[], datetime]


def local_now() -> datetime:
    """The server's local time: the portal's dates have no zone."""
    return datetime.now().replace(microsecond=0)  # noqa: DTZ005


class PortalError(Exception):
    """A call that the portal refuses: `code` is stable, `description` is for people."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class Rules:
    """What no page tells, each as a setting. All of it is assumed."""

    sessions: Literal["open", "checked"] = "open"  # open: an unknown SessionId is the default user's
    counts: Literal["off", "rising", "by-one"] = "off"
    failed_call_uses_count: bool = True
    release: Literal["holder", "anyone"] = "holder"
    release_ready: Literal["fault", "ok"] = "fault"
    errors: Literal["fault", "status"] = "fault"  # status: a 200 whose Status names the error
    action: Literal["required", "checked", "ignored"] = "checked"
    idle_release: float = 0.0  # seconds until the portal's own timer gives an idle task up; 0: never
    default_user: int = 21
    action_list: bool = False  # whether a task shows its ActionList, of which the pages print nothing


@dataclass(frozen=True, slots=True)
class User:
    """A person who may hold a task."""

    id: int
    name: str
    certificate: bytes = b""  # DER; who logs in with it is this user


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `processor` 0: nobody holds it."""

    id: int
    entity: int
    entity_type: str
    description: str
    kind: tuple[int, str]
    requestor: int
    processor: int
    status: tuple[int, str]
    status_at: datetime
    at: datetime
    valid_from: datetime
    valid_to: datetime
    organization: int = 2
    behalf_of: int = 0
    action: int = 0
    actions: tuple[str, ...] = ("Review", "Approve")
    message: tuple[str, str] | None = None


@dataclass(slots=True)
class Session:
    """A logged-in user, and the last Count that was taken from this session."""

    id: bytes
    user: int
    count: int = 0
    keys: object | None = None  # the cipher's, when the session is encrypted


@dataclass(slots=True)
class State:
    """Everything that the portal remembers."""

    rules: Rules = field(default_factory=Rules)
    clock: Clock = local_now
    users: dict[int, User] = field(default_factory=dict)
    sessions: dict[bytes, Session] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    audit: list[str] = field(default_factory=list)
    next_task: int = 51000

    # -- sessions

    def login(self, user: int, session_id: bytes | None = None) -> Session:
        """A new session of 20 bytes for the user."""
        session = Session(session_id or secrets.token_bytes(20), user)
        self.sessions[session.id] = session
        return session

    def session(self, session_id: bytes) -> Session:
        """The session, or by `Rules.sessions` the default user's. Raises PortalError."""
        session = self.sessions.get(session_id)
        if session is not None:
            return session
        if self.rules.sessions == "open":
            return Session(session_id, self.rules.default_user)
        raise PortalError("NPR_SESSION_UNKNOWN", "The session is not known or has ended.")

    def check_count(self, session: Session, count: int) -> None:
        """Whether this call number may come now. Raises PortalError."""
        rule = self.rules.counts
        if rule != "off" and (count <= session.count or (rule == "by-one" and count != session.count + 1)):
            raise PortalError("NPR_COUNT_INVALID", "The call count is not the next one of this session.")

    def take_count(self, session: Session, count: int) -> None:
        """Check the call number, and use it up. Raises PortalError."""
        self.check_count(session, count)
        session.count = max(session.count, count)

    # -- tasks

    def create(self, user: int, kind: str, entity: int) -> Task:
        """A new task, in progress with its requestor."""
        now = self.clock()
        self.next_task += 1
        named = (int(kind), "Updateuser") if kind.isdecimal() else (123, kind)
        task = Task(
            self.next_task, entity, "User", f"Entity {entity}", named, user, user, PROCESSING, now, now, now,
            now + timedelta(days=7),
        )  # fmt: skip
        return self._keep(task)

    def take(self, user: int, task_id: int) -> Task:
        """GetTask: works if the task is released, or in progress with the caller already."""
        task = self._present(task_id)
        if task.processor not in (0, user):
            raise PortalError("NPR_TASK_HELD", "The task is in progress with another user.")
        return self._move(task, PROCESSING, user, None)

    def look(self, task_id: int) -> Task:
        """GetTask with ReadOnly (assumed): shows the task and takes nothing."""
        return self._present(task_id)

    def save(self, user: int, task_id: int, description: str | None) -> Task:
        """SaveTask: the holder keeps it; what the caller may change is stored."""
        task = self._held(user, task_id)
        if description:
            task = replace(task, description=description)
        return self._move(task, task.status, user, ("NPR_TASK_SAVED", "Info"))

    def execute(self, user: int, task_id: int) -> Task:
        """ExecuteTask: completes the current action; after the last the task is done and nobody's."""
        task = self._held(user, task_id)
        done = task.action + 1 >= len(task.actions)
        task = replace(task, action=min(task.action + 1, len(task.actions)))
        message = ("NPR_TASK_EXECUTED", "Info")  # assumed
        return self._move(task, COMPLETED if done else PROCESSING, 0 if done else user, message)

    def back(self, user: int, task_id: int) -> Task:
        """BackTask: the action before becomes the current one."""
        task = self._held(user, task_id)
        return self._move(replace(task, action=max(task.action - 1, 0)), PROCESSING, user, None)

    def release(self, user: int, task_id: int) -> Task:
        """ReleaseTask: gives it up, so that the next user can load it."""
        task = self._present(task_id)
        if task.processor == 0 and self.rules.release_ready == "fault":
            raise PortalError("NPR_TASK_NOT_HELD", "The task is in progress with nobody.")
        if task.processor not in (0, user) and self.rules.release == "holder":
            raise PortalError("NPR_TASK_HELD", "The task is in progress with another user.")
        return self._move(task, READY, 0, ("NPR_TASK_RELEASED", "Info"))

    def cancel(self, user: int, task_id: int) -> Task:
        """CancelTask: cancelled, audited, deleted; the answer shows it a last time."""
        task = self._held(user, task_id)
        gone = self._move(task, CANCELLED, 0, ("NPR_TASK_CANCELLED", "Info"))  # message assumed
        self.audit.append(f"task {task_id} cancelled by {user}")
        del self.tasks[task_id]
        return gone

    def _present(self, task_id: int) -> Task:
        task = self.tasks.get(task_id)
        if task is None:
            raise PortalError("NPR_TASK_MISSING", "There is no such task.")
        idle = self.rules.idle_release
        if idle and task.processor and (self.clock() - task.at).total_seconds() >= idle:
            task = self._move(task, READY, 0, None)  # the server's own timer
        return task

    def _held(self, user: int, task_id: int) -> Task:
        task = self._present(task_id)
        if task.processor == 0:
            raise PortalError("NPR_TASK_NOT_HELD", "The task is in progress with nobody.")
        if task.processor != user:
            raise PortalError("NPR_TASK_HELD", "The task is in progress with another user.")
        return task

    def _move(self, task: Task, status: tuple[int, str], processor: int, message: tuple[str, str] | None) -> Task:
        now = self.clock()
        since = task.status_at if status == task.status else now
        return self._keep(replace(task, status=status, status_at=since, processor=processor, message=message, at=now))

    def _keep(self, task: Task) -> Task:
        self.tasks[task.id] = task
        return task


def seeded(rules: Rules | None = None, clock: Clock = local_now) -> State:
    """A portal in use: two officers with a session each, and five released tasks, 51001 to 51005."""
    state = State(rules or Rules(), clock)
    for user in (User(21, "Anna Lind"), User(22, "Omar Haddad")):
        state.users[user.id] = user
    state.login(21, ANNA)
    state.login(22, OMAR)
    for entity, person in ((61, "Mika Berg"), (62, "Ines Costa"), (63, "Jon Falk"), (64, "Wen Li"), (65, "Åsa Öberg")):
        task = state.create(21, "123", entity)
        state.tasks[task.id] = replace(task, processor=0, status=READY, description=person)
    return state


ANNA: Final = b"session-of-anna-21!!"
OMAR: Final = b"session-of-omar-22!!"
