"""The law of the Projector's memory: users, sessions, limits, projects; no XML, no sockets, no locks.

Locks are `projector_locks`. Whatever no page tells is a field of `Rules`; codes that a page prints are
constants here. Times are UTC; the clock is given from outside.
"""

from __future__ import annotations

import base64
import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

Clock = Callable[[], datetime]
Record = dict[str, Any]  # the members of a wire type by name; None or absent is nil

# number -> name, as the pages print them
CODES: Final[Mapping[int, str]] = {
    -101: "InvalidSession",
    136: "TestServer",
    10004: "WrongInstance",
    10016: "RequestExceededRateLimit",
    10111: "RequiredFieldMissing",
    10126: "InvalidLockType",
    15002: "ProjectNotSpecifiedForSaveTaskType",
    50469: "EntityAlreadyLocked",
    50475: "SpecifiedLockNotFound",
    50476: "LockAlreadyReleased",
    54646: "ProjectTaskTypeNameAlreadyInUse",
    54650: "ProjectRateTypeNotFound",
    55069: "TaskTypePurchaseOrderSpecifiedWhenInheriting",
    # from here on assumed: no page prints them
    -100: "AuthenticationFailed",
    10017: "TooManyActiveRequests",
    10112: "ValueOutOfRange",
    15001: "ProjectNotFound",
    50477: "LockStolen",
    50480: "TimestampMismatch",
    54640: "ProjectTaskTypeNotFound",
    54651: "StandardTaskTypeNotFound",
}


class ProjectorError(Exception):
    """A call that the service refuses. `fault` holds members of PwsFault; with any it is always a fault."""

    def __init__(self, number: int, about: str = "", **fault: Any) -> None:
        super().__init__(f"{number} {CODES.get(number, '')} {about}".strip())
        self.number = number
        self.about = about
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Rules:
    """What no page tells, each as a setting; and which of the known ways the service takes."""

    errors: Literal["fault", "status"] = "fault"  # status: a 200 with Status Fail
    session_errors: Literal["fault", "status"] = "status"  # status: FailSessionInvalid
    information: bool = True  # message 136 first in every answer
    fault_code: str = "Client"
    fault_reason: str = "The creator of this fault did not specify a Reason."  # WCF's own words
    ticket_seconds: float = 3600.0
    rate_limit: int = 0  # calls of a user in a rolling 60 s; 0: no limit
    active_limit: int = 4  # requests of a user at once
    stale_version: int = 50480
    stale_steal: int = 50469
    unstealable: int = 50469
    stolen: int = 50477
    steal_flag_honoured: bool = False
    wrong_instance: bool = False  # every call but PwsAuthenticate is answered with 10004
    steal_of_nothing: Literal["fault", "ok"] = "fault"  # LocksToSteal given, and nothing is held any more


@dataclass(frozen=True, slots=True)
class User:
    """A person or a service account."""

    uid: int
    id: int
    login: str
    password: str
    first: str
    last: str
    account: str = "DEMO"

    def ref(self) -> Record:
        """PwsUserRef."""
        return {"UserDisplayName": f"{self.last}, {self.first}", "UserId": self.id, "UserUid": self.uid}

    def summary(self) -> Record:
        """PwsUserSummary."""
        mail = f"{self.login}@demo.invalid"
        return {**self.ref(), "EmailAddress": mail, "FirstName": self.first, "LastName": self.last}


@dataclass(slots=True)
class Project:
    """A project with its task types. The versions are what the optimistic tokens stand for."""

    code: str
    id: int
    uid: int
    task_types: dict[int, Record] = field(default_factory=dict)
    rate_version: int = 1
    engagement_version: int = 1

    def ref(self) -> Record:
        """PwsProjectRef."""
        return {"ProjectCode": self.code, "ProjectId": self.id, "ProjectUid": self.uid}

    def rate_token(self) -> str:
        """RateTaskTimestamp: base64 of 8 bytes."""
        return token(self.uid, self.rate_version)

    def engagement_token(self) -> str:
        """EngagementTimestamp: base64 of 8 bytes."""
        return token(self.uid + 1, self.engagement_version)


def token(seed: int, version: int) -> str:
    """An opaque version of 8 bytes, as a rowversion column gives it, in base64."""
    return base64.b64encode(((seed % 9973) << 40 | version).to_bytes(8, "big")).decode()


class ShiftedClock:
    """UTC now, and as much later as a test or the tour asks for."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.shift += timedelta(seconds=seconds)


@dataclass(slots=True)
class Ticket:
    """A session."""

    user: User
    expires: datetime


@dataclass(slots=True)
class State:
    """Everything that the service remembers, but for locks."""

    rules: Rules = field(default_factory=Rules)
    clock: Clock = field(default_factory=ShiftedClock)
    users: dict[str, User] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    projects: list[Project] = field(default_factory=list)
    rate_types: dict[int, Record] = field(default_factory=dict)
    standard_types: list[Record] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)  # account -> base URL of the right server
    active: dict[str, int] = field(default_factory=dict)
    recent: dict[str, deque[datetime]] = field(default_factory=dict)
    next_uid: int = 1152921504700000001

    # -- sessions

    def authenticate(self, account: str, login: str, password: str) -> str:
        """A new ticket. Raises ProjectorError."""
        user = self.users.get(login)
        right = user is not None and secrets.compare_digest(user.password.encode(), password.encode())
        if user is None or not right or user.account != account:
            raise ProjectorError(-100)
        ticket = base64.b64encode(secrets.token_bytes(16)).decode()
        self.tickets[ticket] = Ticket(user, self.clock() + timedelta(seconds=self.rules.ticket_seconds))
        return ticket

    def user_of(self, ticket: str | None) -> User:
        """Whose ticket it is. Raises ProjectorError -101 for a missing, unknown or expired one."""
        known = self.tickets.get(ticket or "")
        if known is None or known.expires <= self.clock():
            raise ProjectorError(-101)
        return known.user

    def expire_tickets(self, login: str | None = None) -> int:
        """End the sessions of one user, or of all; how many there were."""
        ended = [key for key, ticket in self.tickets.items() if login in (None, ticket.user.login)]
        for key in ended:
            del self.tickets[key]
        return len(ended)

    # -- limits

    def enter(self, login: str) -> None:
        """A request begins: `leave` must follow, unless this raises ProjectorError; nothing is executed then."""
        now = self.clock()
        recent = self.recent.setdefault(login, deque())
        while recent and recent[0] <= now - timedelta(seconds=60):
            recent.popleft()
        if self.rules.rate_limit and len(recent) >= self.rules.rate_limit:
            raise ProjectorError(10016)
        if self.active.get(login, 0) >= self.rules.active_limit:
            raise ProjectorError(10017)
        recent.append(now)
        self.active[login] = self.active.get(login, 0) + 1

    def leave(self, login: str) -> None:
        """A request ends."""
        self.active[login] -= 1

    # -- finding

    def project(self, ref: Record | None) -> Project:
        """The project that a PwsProjectRef names. Raises ProjectorError."""
        given = {name: value for name, value in (ref or {}).items() if value is not None}
        if not given:
            raise ProjectorError(15002)
        for project in self.projects:
            if all(project.ref().get(name) == value for name, value in given.items()):
                return project
        raise ProjectorError(15001)

    def rate_type(self, ref: Record | None) -> Record:
        """The rate type that a ref names. Raises ProjectorError 54650."""
        return self._named(list(self.rate_types.values()), ref, 54650)

    def standard_type(self, ref: Record | None) -> Record:
        """The standard task type that a ref names. Raises ProjectorError."""
        return self._named(self.standard_types, ref, 54651)

    @staticmethod
    def _named(known: Sequence[Record], ref: Record | None, missing: int) -> Record:
        given = {name: value for name, value in (ref or {}).items() if value is not None}
        for record in known:
            if given and all(record.get(name) == value for name, value in given.items()):
                return record
        raise ProjectorError(missing)

    def new_uid(self) -> int:
        """An id beyond 2^53, as the real service gives them."""
        self.next_uid += 2
        return self.next_uid


def seeded(rules: Rules | None = None, clock: Clock | None = None) -> State:
    """A service in use: three users, two projects, three rate types, one task type."""
    state = State(rules or Rules(), clock or ShiftedClock())
    people = (("gateway", "Service", "Gateway"), ("bea", "Bea", "Lund"), ("carl", "Carl", "Mendes"))
    for number, (login, first, last) in enumerate(people, 1):
        uid = 1152921504600000000 + 101 * number
        state.users[login] = User(uid, 4000 + number, login, f"demo-{login}", first, last)
    for number, name in enumerate(("Standard", "Senior", "Travel"), 1):
        uid = 1152921504608000000 + 7 * number
        state.rate_types[uid] = {
            "ExternalSystemIdentifier": f"RT-{name.upper()}", "ProjectRateTypeId": 700 + number,
            "ProjectRateTypeUid": uid,
        }  # fmt: skip
    for number, name in enumerate(("Design", "Build", "Test"), 1):
        state.standard_types.append(
            {
                "StandardTaskTypeCode": name[:3].upper(), "StandardTaskTypeId": 80 + number,
                "StandardTaskTypeName": name, "StandardTaskTypeUid": 1152921504609000000 + number,
            }
        )  # fmt: skip
    state.projects = [Project(f"P00200{n}-001", 9000 + n, 1152921504601000000 + 11 * n) for n in (1, 2)]
    first_rate = next(iter(state.rate_types.values()))
    kickoff: Record = {
        "ProjectTaskTypeId": 61, "ProjectTaskTypeUid": 1152921504607000061, "ProjectTaskTypeName": "Kick-off",
        "AllowedProjectRateTypeIdentities": [], "DefaultProjectRateTypeIdentity": first_rate, "InactiveFlag": False,
        "NarrativeRequiredFlag": False, "SortOrder": 1, "StandardTaskTypeIdentity": state.standard_types[0],
        "InheritPurchaseOrderNumberFlag": True,
    }  # fmt: skip
    state.projects[0].task_types[kickoff["ProjectTaskTypeUid"]] = kickoff
    return state
