"""The law of the reference Projector service: one SOAP call in, one answer out; operations in one table.

As PROJECTOR.md has it: message 136 on every answer, errors as faults or as a 200 with Status Fail,
members that are wrongly named or ordered ignored and answered Ok. State is `projector_state`, locks
are `projector_locks`, saving is `projector_tasks`, words are `projector_wire`.
Run: `python -m gateway.demo.projector --listen 127.0.0.1:8091`.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from lxml import etree

from gateway.demo import projector_control, projector_tasks
from gateway.demo.contract import describe
from gateway.demo.projector_locks import Locks, Taken
from gateway.demo.projector_state import CODES, ProjectorError, Record, Rules, State, User, seeded
from gateway.demo.projector_wire import (
    ACTION,
    COM,
    CONTENT_TYPE,
    PWS,
    RSP,
    SCH,
    SVC,
    TYPES,
    canon_echo,
    canon_records,
    read,
    request_members,
    write,
)
from gateway.demo.server import Answer, Call, Running, serve, stay
from gateway.demo.soap11 import Element, SoapFault, action_of, build, envelope, fault_envelope, read_body

PATH: Final = "/OpsProjectorWcfSvc/PwsProjectorServices.svc"
PREFIXES: Final[dict[str | None, str]] = {"pws": PWS, "rsp": RSP, "sch": SCH, "com": COM, "svc": SVC}
INFORMATION: Final[Record] = {
    "ErrorCode": CODES[136], "ErrorNumber": 136, "ErrorText": "This is a test server.", "Type": "Information",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read: its members, and the echo in the form in which it is compared."""

    operation: str
    members: Record
    steal: Any
    user: User | None  # None for PwsAuthenticate alone

    @property
    def caller(self) -> User:
        """Who calls, with a ticket."""
        assert self.user is not None
        return self.user


class Projector:
    """The service. `received` and `executed` count calls by operation; `saved` lists what saves took effect."""

    def __init__(self, state: State | None = None, *, delay: float = 0.0, control: bool = False) -> None:
        self.state = state or seeded()
        self.locks = Locks(self.state, canon_records)
        self.delay = delay  # seconds that each call is held
        self.control = control  # whether the test-control addresses answer; for loopback only
        self.received: Counter[str] = Counter()
        self.executed: Counter[str] = Counter()
        self.saved: list[tuple[int | None, str]] = []  # RequestId and name of the task type, one a save
        self.log: list[bytes] = []

    async def __call__(self, call: Call) -> Answer:
        """Answer one HTTP request."""
        if self.control and call.path.startswith(projector_control.PREFIX):
            return projector_control.answer(self, call)
        if call.method == "GET":
            return describe("projector/projector.wsdl", call)
        if call.method != "POST":
            return Answer(405, b"", "text/plain", {"Allow": "GET, POST"})
        if call.headers.get("Content-Type", "").split(";")[0].strip().lower() != "text/xml":
            return Answer(415, b"", "text/plain")
        self.log = [*self.log[-99:], call.body]
        try:
            return Answer(200, envelope(await self._run(call), PREFIXES), CONTENT_TYPE)
        except SoapFault as fault:
            return Answer(500, fault_envelope(fault, PREFIXES), CONTENT_TYPE)

    async def _run(self, call: Call) -> Element:
        body = read_body(call.body)
        name = etree.QName(body)
        if name.namespace != PWS or name.localname not in OPERATIONS:
            raise SoapFault("Client", "The message cannot be processed at the receiver: no such operation.")
        operation = name.localname
        if action_of(call.headers) != ACTION + operation:
            raise SoapFault("Client", "The message cannot be processed at the receiver, due to an Action mismatch.")
        self.received[operation] += 1
        node = body.find(f"{{{PWS}}}serviceRequest")
        members = read(node, request_members(operation))
        request_id = members.get("RequestId")
        try:
            with self._admitted(operation, members) as user:
                if self.delay:
                    await asyncio.sleep(self.delay)
                asked = Asked(operation, members, canon_echo(_echo(node)), user)
                result = OPERATIONS[operation](self, asked)
                self.executed[operation] += 1
        except ProjectorError as error:
            result = self._failed(error, request_id)
        record = {
            "Status": "Ok", "ServerTimestampUtc": self._now(), "ResponseId": request_id, **result,
            "Messages": [*self._information(), *result.get("Messages", [])],
        }  # fmt: skip
        answer = write(PWS, f"{operation}Result", [*TYPES["Response"], *TYPES[f"{operation}Response"]], record)
        return build(PWS, f"{operation}Response", answer)

    @contextmanager
    def _admitted(self, operation: str, members: Record) -> Iterator[User | None]:
        """The caller, known and within its limits for as long as the block runs."""
        if operation == "PwsAuthenticate":
            yield None
            return
        if self.state.rules.wrong_instance:
            raise ProjectorError(10004)
        user = self.state.user_of(members.get("SessionTicket"))
        self.state.enter(user.login)
        try:
            yield user
        finally:
            self.state.leave(user.login)

    def _failed(self, error: ProjectorError, request_id: int | None) -> Record:
        """The members of an answer that says Fail. Raises SoapFault where the rules want a fault."""
        rules = self.state.rules
        number = error.number
        message = {
            "ErrorNumber": number, "ErrorCode": CODES.get(number, f"Error{number}"), "Type": "Error",
            "ErrorText": f"{CODES.get(number, 'The call failed')}.", "AdditionalErrorText": error.about or None,
        }  # fmt: skip
        way = rules.session_errors if number == -101 else rules.errors
        if way == "status" and not error.fault:
            return {"Status": "FailSessionInvalid" if number == -101 else "Fail", "Messages": [message]}
        fault = {
            "Messages": [*self._information(), message], "ResponseId": request_id,
            "ServiceName": "PwsProjectorServices", **error.fault,
        }  # fmt: skip
        raise SoapFault(rules.fault_code, rules.fault_reason, [write(COM, "PwsFault", TYPES["PwsFault"], fault)])

    def _information(self) -> list[Record]:
        return [INFORMATION] if self.state.rules.information else []

    def _now(self) -> str:
        now = self.state.clock().astimezone(UTC)
        return now.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _echo(node: Element | None) -> Element | None:
    """LocksToSteal, wherever the reader took it from: its namespace is the request's own."""
    if node is None:
        return None
    found = [child for child in node if etree.QName(child).localname == "LocksToSteal"]
    return found[0] if found else None


# -- the operations; each answers the members of its result

Operation = Callable[[Projector, Asked], Record]


def _authenticate(projector: Projector, asked: Asked) -> Record:
    given = asked.members
    for name in ("AccountCode", "Password", "UserName"):
        if not given.get(name):
            raise ProjectorError(10111, name)
    redirect = projector.state.redirects.get(given["AccountCode"])
    if redirect is not None:
        return {"RedirectUrl": redirect}
    ticket = projector.state.authenticate(given["AccountCode"], given["UserName"], given["Password"])
    return {"SessionTicket": ticket}


def _unauthenticate(projector: Projector, asked: Asked) -> Record:
    projector.state.tickets.pop(asked.members["SessionTicket"], None)
    return {}


def _given(projector: Projector, taken: Sequence[Taken]) -> list[Record]:
    tokens = {project.uid: project.rate_token() for project in projector.state.projects}
    return [
        {
            "EntityIdentity": one.lock.entity, "EntityTimestamp": tokens.get(one.lock.entity.get("EntityUid") or 0),
            "LockStolenFlag": one.stolen is not None,
            "StolenLocks": one.stolen["EntityLockSummary"] if one.stolen else None,
        }
        for one in taken
    ]  # fmt: skip


def _acquire(projector: Projector, asked: Asked) -> Record:
    given = asked.members
    held, taken = projector.locks.acquire(
        asked.caller, given.get("LockDurationSeconds"), given.get("Locks", []), _steal(asked),
        given.get("ProjectorLockSetId"),
    )  # fmt: skip
    return {"Locks": _given(projector, taken), "ProjectorLockSetId": held.id}


def _check(projector: Projector, asked: Asked) -> Record:
    given = asked.members
    taken = projector.locks.check(asked.caller, given.get("Locks", []), _steal(asked), given.get("ProjectorLockSetId"))
    return {"Locks": _given(projector, taken)}


def _renew(projector: Projector, asked: Asked) -> Record:
    given = asked.members
    projector.locks.renew(asked.caller, given.get("LockDurationSeconds"), given.get("ProjectorLockSetId"))
    return {}


def _release(projector: Projector, asked: Asked) -> Record:
    set_id = asked.members.get("ProjectorLockSetId")
    live, thief = projector.locks.release(asked.caller, set_id)
    stolen = {"LockStolenByUser": thief.summary(), "ProjectorLockSetId": set_id} if thief else None
    if live:
        return {"StolenLock": stolen}
    warning = {"ErrorNumber": 50476, "ErrorCode": CODES[50476], "ErrorText": f"{CODES[50476]}.", "Type": "Warning"}
    return {"StolenLock": stolen, "Status": "OkWithWarnings", "Messages": [warning]}


def _get_project(projector: Projector, asked: Asked) -> Record:
    project = projector.state.project(asked.members.get("ProjectIdentity"))
    return {
        "EngagementTimestamp": project.engagement_token(), "ProjectIdentity": project.ref(),
        "ProjectTaskTypes": list(project.task_types.values()), "RateTaskTimestamp": project.rate_token(),
    }  # fmt: skip


def _save(projector: Projector, asked: Asked) -> Record:
    given = asked.members
    project = projector.state.project(given.get("ProjectIdentity"))
    draft = projector_tasks.drafted(projector.state, project, given)
    steal, flag = _steal(asked), bool(given.get("StealLockFlag"))
    stolen = projector.locks.pass_by(asked.caller, project, given.get("ProjectorLockSetId"), steal, flag)
    identity = projector_tasks.stored(projector.state, project, draft)
    projector.saved.append((given.get("RequestId"), draft["ProjectTaskTypeName"]))
    return {
        "ProjectTaskTypeIdentity": identity, "EngagementTimestamp": project.engagement_token(),
        "RateTaskTimestamp": project.rate_token(),
        "LockStolenFromUserIdentity": stolen[1].ref() if stolen else None, "StolenLocks": stolen[0] if stolen else None,
    }  # fmt: skip


def _steal(asked: Asked) -> Any:
    """The echo, if the reader took LocksToSteal at all: out of order or misnamed it was ignored."""
    return asked.steal if "LocksToSteal" in asked.members else ()


OPERATIONS: Final[dict[str, Operation]] = {
    "PwsAuthenticate": _authenticate, "PwsUnauthenticate": _unauthenticate, "PwsAcquireProjectorLocks": _acquire,
    "PwsCheckProjectorLocks": _check, "PwsRenewProjectorLocks": _renew, "PwsReleaseProjectorLocks": _release,
    "PwsGetProject": _get_project, "PwsSaveProjectTaskType": _save,
}  # fmt: skip


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    projector: Projector | None = None,
    tls: ssl.SSLContext | None = None,
) -> Running:
    """The service on a real socket: `.url` is its address, `await .stop()` ends it. Raises OSError."""
    return await serve(projector or Projector(), host, port, path=PATH, tls=tls)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of the reference Projector service."""
    parser = argparse.ArgumentParser(prog="python -m gateway.demo.projector", description="The reference Projector.")
    parser.add_argument("--listen", default="127.0.0.1:8091", metavar="HOST:PORT")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="hold each call for so long")
    parser.add_argument("--errors", choices=("fault", "status"), default="fault")
    parser.add_argument("--control", action="store_true", help="answer the test-control addresses, too")
    given = parser.parse_args(arguments)
    projector = Projector(seeded(Rules(errors=given.errors)), delay=given.delay, control=given.control)
    return asyncio.run(stay(lambda host, port: start(host, port, projector=projector), given.listen, "projector"))


if __name__ == "__main__":
    raise SystemExit(main())
