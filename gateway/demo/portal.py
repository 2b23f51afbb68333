"""The law of the reference Net iD portal: one SOAP call in, one answer out; operations in one table.

SOAP 1.1 as NETID.md has it. State is `portal_state`, words are `portal_wire`, message encryption
is a `Cipher` beside it (`portal_cipher`), absent unless asked for.
Run: `python -m gateway.demo.portal --listen 127.0.0.1:8090`.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from lxml import etree

from gateway.demo.contract import describe
from gateway.demo.portal_state import PortalError, Rules, Session, State, Task, seeded
from gateway.demo.portal_wire import ACTION, CONTENT_TYPE, NS, Parameters, call_status, fault_detail, group, leaf
from gateway.demo.portal_wire import task_node as task_of
from gateway.demo.server import Answer, Call, Running, serve, stay
from gateway.demo.soap11 import Element, SoapFault, action_of, build, envelope, fault_envelope, read_body

PATH: Final = "/portal"
VERSION: Final = "6.0"
# NETID.md, column "must be encrypted"; GetObject is exempt for ApplicationInfo
ENCRYPTED: Final = frozenset({"GetLoginStatus", "GetObject", "Search", "SaveTask", "ReleaseTask"})
PREFIXES: Final[dict[str | None, str]] = {None: NS}


class Cipher(Protocol):
    """Message encryption, seen from the portal. Every refusal is the same PortalError."""

    def mode(self) -> dict[str, object]:
        """The members of SecurityMode."""

    def hello(self, session: Session, certificate: bytes) -> list[Element]:
        """Login, step 1: what the answer has beside SessionId and Status."""

    def settle(self, session: Session, value: bytes, signature: bytes) -> None:
        """Login, step 2: agree on the keys. Raises PortalError."""

    def open(self, session: Session, count: int, blob: bytes) -> Element:
        """An Info holding the parameters that the blob held. Raises PortalError."""

    def seal(self, session: Session, count: int, members: Sequence[Element]) -> bytes:
        """The blob that holds these members."""


class Portal:
    """The service. `received` and `executed` count calls by operation; `log` holds the bodies last received."""

    def __init__(self, state: State | None = None, *, cipher: Cipher | None = None, delay: float = 0.0) -> None:
        self.state = state or seeded()
        self.cipher = cipher
        self.delay = delay  # seconds that each call is held, for measurements
        self.received: Counter[str] = Counter()
        self.executed: Counter[str] = Counter()
        self.log: list[bytes] = []

    async def __call__(self, call: Call) -> Answer:
        """Answer one HTTP request."""
        if call.method == "GET":
            return describe("netid/portal.wsdl", call)
        if call.method != "POST":
            return Answer(405, b"", "text/plain", {"Allow": "GET, POST"})
        if self.delay:
            await asyncio.sleep(self.delay)
        self.log = [*self.log[-99:], call.body]
        try:
            if call.headers.get("Content-Type", "").split(";")[0].strip().lower() != "text/xml":
                return Answer(415, b"", "text/plain")
            return Answer(200, envelope(self._run(call), PREFIXES), CONTENT_TYPE)
        except SoapFault as fault:
            return Answer(500, fault_envelope(fault, {}), CONTENT_TYPE)

    def _run(self, call: Call) -> Element:
        body = read_body(call.body)
        name = etree.QName(body)
        if name.namespace != NS or name.localname not in OPERATIONS:
            raise SoapFault("Client", "The portal has no such method.")
        operation = name.localname
        self._check_action(action_of(call.headers), operation)
        self.received[operation] += 1
        try:
            result = self._answer(operation, body.find(f"{{{NS}}}Info"))
        except PortalError as error:
            if self.state.rules.errors == "fault":
                raise SoapFault("Client", error.description, [fault_detail(error)]) from error
            result = [call_status(error.code, error.description)]
        return build(NS, f"{operation}Response", group(f"{operation}Result", *result))

    def _check_action(self, action: str | None, operation: str) -> None:
        rule = self.state.rules.action
        if rule == "ignored" or (rule == "checked" and not action):
            return
        if action != ACTION + operation:
            raise SoapFault("Client", "The action is not that of the method in the body.")

    def _answer(self, operation: str, info: Element | None) -> list[Element]:
        given = Parameters.of(info)
        if operation in {"Login", "GetVersion"}:
            members = OPERATIONS[operation](self, Session(b"", 0), given)
            self.executed[operation] += 1
            return members
        if given.has("Blob"):
            return self._sealed(operation, given)
        session = self.state.session(given.binary("SessionId"))
        if self.cipher is not None and operation in ENCRYPTED and not self._exempt(operation, given):
            raise PortalError("NPR_SECURITY", "This call must be encrypted.")
        return self._counted(operation, session, given.number("Count"), given)

    def _counted(self, operation: str, session: Session, count: int, given: Parameters) -> list[Element]:
        before = session.count
        self.state.take_count(session, count)
        try:
            members = OPERATIONS[operation](self, session, given)
        except PortalError:
            if not self.state.rules.failed_call_uses_count:
                session.count = before
            raise
        self.executed[operation] += 1
        return members

    def _sealed(self, operation: str, given: Parameters) -> list[Element]:
        """A call in a blob. An unknown session, a wrong MAC and a used Count get one and the same answer."""
        if self.cipher is None:
            raise PortalError("NPR_SECURITY", "Message encryption is not enabled.")
        try:
            session = self.state.session(given.binary("SessionId"))
            count = given.number("Count")
            inside = Parameters.of(self.cipher.open(session, count, given.binary("Blob")))
            self.state.check_count(session, count)
        except PortalError:
            raise PortalError("NPR_SECURITY", "The message could not be processed.") from None
        members = self._counted(operation, session, count, inside)
        blob = self.cipher.seal(session, count, members)
        return [leaf("SessionId", session.id), leaf("Blob", blob), leaf("Count", count)]

    @staticmethod
    def _exempt(operation: str, given: Parameters) -> bool:
        return operation == "GetObject" and given.word("Type", "") == "ApplicationInfo"


# -- the operations; each answers the members of its result

Operation = Callable[[Portal, Session, Parameters], list[Element]]


def _login(portal: Portal, _: Session, given: Parameters) -> list[Element]:
    state = portal.state
    if given.has("Signature"):
        if portal.cipher is None:
            raise PortalError("NPR_SECURITY", "Message encryption is not enabled.")
        session = state.session(given.binary("SessionId"))
        portal.cipher.settle(session, given.binary("Value"), given.binary("Signature"))
        return [call_status()]
    certificate = given.binary("Certificate")
    given.word("DateTime")
    known = [user.id for user in state.users.values() if user.certificate and user.certificate == certificate]
    if not known and state.rules.sessions == "checked":
        raise PortalError("NPR_LOGIN_FAILED", "The certificate belongs to no user.")
    session = state.login(known[0] if known else state.rules.default_user)
    more = portal.cipher.hello(session, certificate) if portal.cipher else []
    return [leaf("SessionId", session.id), *more, call_status()]


def _logout(portal: Portal, session: Session, _: Parameters) -> list[Element]:
    portal.state.sessions.pop(session.id, None)
    return [call_status()]


def _version(_: Portal, __: Session, ___: Parameters) -> list[Element]:
    return [leaf("Version", VERSION), call_status()]


def _login_status(portal: Portal, session: Session, _: Parameters) -> list[Element]:
    user = portal.state.users.get(session.user)
    members = [leaf("UserId", session.user), leaf("Name", user.name if user else "")]
    return [group("LoginStatus", *members), call_status()]


def _object(portal: Portal, _: Session, given: Parameters) -> list[Element]:
    kind = given.word("Type")
    if kind == "ApplicationInfo":
        mode = portal.cipher.mode() if portal.cipher else {"IsEnabled": False}
        security = group("SecurityMode", *(leaf(name, value) for name, value in mode.items()))
        return [group("ApplicationInfo", security, leaf("Version", VERSION)), call_status()]
    number = given.number("Id")
    user = portal.state.users.get(number)
    if kind != "User" or user is None:
        raise PortalError("NPR_OBJECT_MISSING", "There is no such object.")
    return [group("Object", group("User", leaf("Id", user.id), leaf("Name", user.name))), call_status()]


def _search(portal: Portal, _: Session, given: Parameters) -> list[Element]:
    kind, wanted = given.word("Type"), given.word("Directive", "").lower()
    page = given.number("Offset") if given.has("Offset") else 0
    limit = max(given.number("Limit"), 0) if given.has("Limit") else 20
    users = [user for user in portal.state.users.values() if kind == "User" and wanted in user.name.lower()]
    shown = users[max(page, 0) * limit :][:limit]
    found = [group("User", leaf("Id", user.id), leaf("Name", user.name)) for user in shown]
    return [group("ObjectList", *found), call_status()]


def _list(portal: Portal, _: Session, given: Parameters) -> list[Element]:
    entity = given.number("Id") if given.has("Id") else None
    tasks = [task for task in portal.state.tasks.values() if entity is None or task.entity == entity]
    listed = tasks if given.word("Type") == "Task" else []
    return [group("ObjectList", *(task_of(task) for task in listed)), call_status()]


def _data(portal: Portal, _: Session, given: Parameters) -> list[Element]:
    user = portal.state.users.get(given.number("Id"))
    wanted = given.word("Type").strip("{}").rsplit(".", 1)[-1]
    value = {"ID": str(user.id), "NAME": user.name}.get(wanted.upper(), "") if user else ""
    return [leaf("Data", value), call_status()]


def _create(portal: Portal, session: Session, given: Parameters) -> list[Element]:
    return _told(portal, portal.state.create(session.user, given.word("Type"), given.number("Id")))


def _get(portal: Portal, session: Session, given: Parameters) -> list[Element]:
    number = given.number("Id")
    if given.flag("ReadOnly"):
        return _told(portal, portal.state.look(number))
    return _told(portal, portal.state.take(session.user, number))


def _save(portal: Portal, session: Session, given: Parameters) -> list[Element]:
    task = given.task()
    return _told(portal, portal.state.save(session.user, task.number("Id"), task.word("EntityDescription", "")))


def _execute(portal: Portal, session: Session, given: Parameters) -> list[Element]:
    return _told(portal, portal.state.execute(session.user, given.task().number("Id")))


def _back(portal: Portal, session: Session, given: Parameters) -> list[Element]:
    return _told(portal, portal.state.back(session.user, given.number("Id")))


def _cancel(portal: Portal, session: Session, given: Parameters) -> list[Element]:
    return _told(portal, portal.state.cancel(session.user, given.number("Id")))


def _release(portal: Portal, session: Session, given: Parameters) -> list[Element]:
    return _told(portal, portal.state.release(session.user, given.number("Id")))


def _told(portal: Portal, task: Task) -> list[Element]:
    return [task_of(task, portal.state.rules.action_list), call_status()]


OPERATIONS: Final[dict[str, Operation]] = {
    "Login": _login, "Logout": _logout, "GetVersion": _version, "GetLoginStatus": _login_status,
    "GetObject": _object, "Search": _search, "GetList": _list, "GetData": _data,
    "CreateTask": _create, "GetTask": _get, "SaveTask": _save, "ExecuteTask": _execute,
    "BackTask": _back, "CancelTask": _cancel, "ReleaseTask": _release,
}  # fmt: skip


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    portal: Portal | None = None,
    tls: ssl.SSLContext | None = None,
) -> Running:
    """The portal on a real socket: `.url` is its address, `await .stop()` ends it. Raises OSError."""
    return await serve(portal or Portal(), host, port, path=PATH, tls=tls)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of the reference portal."""
    parser = argparse.ArgumentParser(prog="python -m gateway.demo.portal", description="The reference Net iD portal.")
    parser.add_argument("--listen", default="127.0.0.1:8090", metavar="HOST:PORT")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="hold each call for so long")
    parser.add_argument("--counts", choices=("off", "rising", "by-one"), default="off")
    parser.add_argument("--sessions", choices=("open", "checked"), default="open")
    given = parser.parse_args(arguments)
    portal = Portal(seeded(Rules(counts=given.counts, sessions=given.sessions)), delay=given.delay)
    return asyncio.run(stay(lambda host, port: start(host, port, portal=portal), given.listen, "portal"))


if __name__ == "__main__":
    raise SystemExit(main())
