"""The law of the Projector's locks: sets that are held as a unit, conflicts, stealing by exact echo, expiry.

PROJECTOR.md, "Locks". A lock is on an entity: a kind of lock (LockType) and what it is on. Two sets
never hold the same lock, not even two of one user: without its set's id your own lock blocks you.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.demo.projector_state import Project, ProjectorError, Record, State, User

LOCK_TYPES: Final = frozenset({"E", "C", "P", "R", "RT", "CP", "CB", "I"})
LONGEST: Final = 86400
MOST: Final = 100

Key = tuple[str, str]  # lock type, what it is on
Canon = Callable[[Sequence[Record]], Any]  # the wire form of PwsEntityLockSummary records, comparable


@dataclass(slots=True)
class Lock:
    """One lock of a set."""

    key: Key
    entity: Record  # PwsProjectorLockEntity
    at: datetime
    stealable: bool = True


@dataclass(slots=True)
class LockSet:
    """Locks that are held, renewed and released as a unit."""

    id: int
    user: User
    expires: datetime
    locks: dict[Key, Lock] = field(default_factory=dict)
    thieves: dict[Key, User] = field(default_factory=dict)
    released: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A lock that was given, and from whom it was stolen."""

    lock: Lock
    stolen: Record | None  # PwsEntityLockSummary as it was before


@dataclass(slots=True)
class Locks:
    """The lock table. `canon` gives records the form in which an echo is compared."""

    state: State
    canon: Canon
    sets: dict[int, LockSet] = field(default_factory=dict)
    next_id: int = 3000

    # -- the four services

    def acquire(
        self, user: User, seconds: int | None, wanted: Sequence[Record], steal: Any, set_id: int | None
    ) -> tuple[LockSet, list[Taken]]:
        """Take locks into a set, new or existing. Raises ProjectorError and then nothing has changed."""
        duration = _duration(seconds)
        held = self.asserted(user, set_id) if set_id is not None else None
        entities = self._entities(wanted)
        taken = self._take(user, entities, steal, held)
        if held is None:
            self.next_id += 1
            held = self.sets[self.next_id] = LockSet(self.next_id, user, self.state.clock())
        held.expires = self.state.clock() + timedelta(seconds=duration)
        for one in taken:
            held.locks.setdefault(one.lock.key, one.lock)
            held.thieves.pop(one.lock.key, None)
        return held, taken

    def check(self, user: User, wanted: Sequence[Record], steal: Any, set_id: int | None) -> list[Taken]:
        """Whether `acquire` would give these locks; takes none."""
        held = self.asserted(user, set_id) if set_id is not None else None
        return self._take(user, self._entities(wanted), steal, held, really=False)

    def renew(self, user: User, seconds: int | None, set_id: int | None) -> LockSet:
        """Prolong the whole set from now on."""
        duration = _duration(seconds)
        held = self.asserted(user, set_id)
        held.expires = self.state.clock() + timedelta(seconds=duration)
        return held

    def release(self, user: User, set_id: int | None) -> tuple[bool, User | None]:
        """Give the whole set up: whether it was held until now, and who had stolen a lock of it."""
        known = self.sets.get(set_id or 0)
        if known is None or known.user != user:
            raise ProjectorError(50475)
        live = not known.released and known.expires > self.state.clock()
        known.released = True
        known.locks.clear()
        return live, next(iter(known.thieves.values()), None)

    # -- what a save needs

    def asserted(self, user: User, set_id: int | None) -> LockSet:
        """The user's live set. Raises ProjectorError when it is none, or when a lock of it was stolen."""
        known = self.sets.get(set_id or 0)
        if known is None or known.user != user or known.released or known.expires <= self.state.clock():
            raise ProjectorError(50475)
        if known.thieves:
            thief = next(iter(known.thieves.values()))
            raise ProjectorError(self.state.rules.stolen, LockTaker=thief.ref())
        return known

    def pass_by(
        self, user: User, project: Project, set_id: int | None, steal: Any, flag: bool
    ) -> tuple[Record, User] | None:
        """The lock that a save of a task type needs for its moment: what was stolen for it, and from whom."""
        held = self.asserted(user, set_id) if set_id is not None else None
        entity = _entity_of(project, "RT")
        if flag and self.state.rules.steal_flag_honoured and not steal:
            steal = self.canon([summary for summary, _ in self._in_the_way([entity], held)])
        victims = [victim.user for _, sets in self._in_the_way([entity], held) for victim in sets]
        taken = self._take(user, [entity], steal, held)
        stolen = taken[0].stolen
        return (stolen, victims[0]) if stolen is not None else None

    # -- what only a test or the tour does

    def plant(
        self,
        login: str,
        project: Project,
        kind: str = "RT",
        *,
        seconds: float = 3600,
        stealable: bool = True,
        steal: bool = False,
    ) -> LockSet:
        """Another user's lock, as if taken now: beside the locks that are there, or stolen from all who hold them."""
        self.next_id += 1
        now = self.state.clock()
        entity = _entity_of(project, kind)
        lock = Lock(_key(entity), entity, now, stealable)
        expires = now + timedelta(seconds=seconds)
        for victim in self.live() if steal else ():
            if victim.locks.pop(lock.key, None):
                victim.thieves[lock.key] = self.state.users[login]
        planted = LockSet(self.next_id, self.state.users[login], expires, {lock.key: lock})
        self.sets[planted.id] = planted
        return planted

    def live(self) -> list[LockSet]:
        """All sets that hold anything now."""
        now = self.state.clock()
        return [one for one in self.sets.values() if not one.released and one.expires > now and one.locks]

    # -- inside

    def _entities(self, wanted: Sequence[Record]) -> list[Record]:
        if not wanted:
            raise ProjectorError(10111, "Locks")
        if len(wanted) > MOST:
            raise ProjectorError(10112, "Locks")
        entities = []
        for request in wanted:
            entity = request.get("EntityIdentity") or {}
            if entity.get("LockType") not in LOCK_TYPES:
                raise ProjectorError(10126)
            project = self._project(entity)
            stamp = request.get("EntityTimestamp")
            if stamp is not None and project is not None and stamp != project.rate_token():
                raise ProjectorError(self.state.rules.stale_version)
            entities.append(_entity_of(project, entity["LockType"]) if project else entity)
        return entities

    def _project(self, entity: Record) -> Project | None:
        names = {"EntityCode": "code", "EntityId": "id", "EntityUid": "uid"}
        given = {names[name]: entity[name] for name in names if entity.get(name) is not None}
        if not given:
            raise ProjectorError(10111, "EntityIdentity")
        for project in self.state.projects:
            if all(getattr(project, name) == value for name, value in given.items()):
                return project
        return None  # an engagement, a client, …: known by what was said of it

    def _in_the_way(self, entities: Iterable[Record], own: LockSet | None) -> list[tuple[Record, list[LockSet]]]:
        """Per entity, the summary of who holds it and their sets; a set's own locks are not in its way."""
        found = []
        for entity in entities:
            key = _key(entity)
            sets = [one for one in self.live() if one is not own and key in one.locks]
            if not sets:
                continue
            items = []
            for uid in dict.fromkeys(one.user.uid for one in sets):
                theirs = [one for one in sets if one.user.uid == uid]
                latest = max(one.locks[key].at for one in theirs)
                items.append(
                    {
                        "LockCount": len(theirs),
                        "LockHolderUserIdentity": theirs[0].user.ref(),
                        "MostRecentLockAcquisitionTimestamp": moment(latest),
                    }
                )
            found.append(({"EntityIdentity": entity, "EntityLockSummary": items}, sets))
        return found

    def _take(
        self, user: User, entities: Sequence[Record], steal: Any, own: LockSet | None, *, really: bool = True
    ) -> list[Taken]:
        rules = self.state.rules
        blocked = self._in_the_way(entities, own)
        summaries = [summary for summary, _ in blocked]
        if steal:
            if (blocked or rules.steal_of_nothing == "fault") and self.canon(summaries) != steal:
                raise self._conflict(rules.stale_steal, blocked)
            if any(not one.locks[_key(s["EntityIdentity"])].stealable for s, sets in blocked for one in sets):
                raise self._conflict(rules.unstealable, blocked)
        elif blocked:
            raise self._conflict(50469, blocked)
        if really:
            for summary, sets in blocked:
                for victim in sets:
                    del victim.locks[_key(summary["EntityIdentity"])]
                    victim.thieves[_key(summary["EntityIdentity"])] = user
        was = {_key(summary["EntityIdentity"]): summary for summary in summaries}
        now = self.state.clock()
        return [Taken(Lock(_key(e), e, now), was.get(_key(e))) for e in entities]

    def _conflict(self, number: int, blocked: Sequence[tuple[Record, list[LockSet]]]) -> ProjectorError:
        summaries = [summary for summary, _ in blocked]
        stealable = all(one.locks[_key(s["EntityIdentity"])].stealable for s, sets in blocked for one in sets)
        holder = blocked[0][1][0].user.ref() if blocked else None
        return ProjectorError(
            number, LockHolderUserIdentity=holder, LockHolders=summaries, AllowLocksToBeStolenFlag=stealable
        )


def _duration(seconds: int | None) -> int:
    if seconds is None:
        raise ProjectorError(10111, "LockDurationSeconds")
    if not 1 <= seconds <= LONGEST:
        raise ProjectorError(10112, "LockDurationSeconds")
    return seconds


def _entity_of(project: Project, kind: str) -> Record:
    return {"EntityCode": project.code, "EntityId": project.id, "EntityUid": project.uid, "LockType": kind}


def _key(entity: Record) -> Key:
    named = next((str(entity[n]) for n in ("EntityUid", "EntityCode", "EntityId") if entity.get(n) is not None), "")
    return str(entity["LockType"]), named


def moment(at: datetime) -> str:
    """A time as .NET writes one without a zone: seven digits of a second, of which Python knows six."""
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "7"
