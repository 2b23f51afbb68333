"""Laws of shared state: gateways, one store, faults and kills in any order; nothing lost, done twice, or held for ever.

Three stateful machines in the simulated world (`world`): the Projector's resources (locks, versions, sessions, limits),
numbered calls of the portal (counters, leases), calls that clients number. Beside chance there are rules that aim: an
answer that is lost after a write, a death around a call, holders that change before a steal. What such rules are good
for is held by `test_shared_mutants`. `make test` runs some schedules, the slow tests hundreds of each machine;
SOAPGW_SCHEDULES=4000 makes it twelve thousand, SOAPGW_SEARCH=1 draws new ones.
"""

from __future__ import annotations

import functools
import os
import re
from collections import Counter
from contextlib import contextmanager

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from lxml import etree

from gateway.build.book import build
from gateway.demo import portal, portal_state, projector, projector_state
from gateway.demo.projector_wire import REQ, SCH, canon_echo, canon_records
from gateway.settings import parse
from tests.property.world import World
from tests.wire.conftest import ROOT

PROJECT = "P002001-001"
TYPES = f"/projects/{PROJECT}/task-types"
UID = 1152921504607000061


STEAL = "        steal: on-request\n"
RULE = "        when: [{names: ['Mendes, Carl'], reason: he is on holiday}]\n"


@functools.cache
def projector_built():
    """As it ships, with a rule that takes over from one of the users."""
    text = (ROOT / "config" / "projector.yaml").read_text()
    assert STEAL in text
    return build(parse(text.replace(STEAL, STEAL + RULE), base=ROOT / "config", env={}))


PORTAL = """
plugins:
  locks:
    lease:
      take: [GetTask, SaveTask]
      give: [ReleaseTask, CancelTask]
      entity: {GetTask: /Info/Id, SaveTask: /Info/Task/Id, ReleaseTask: /Info/Id, CancelTask: /Info/Id}
      seconds: 40
      operation: ReleaseTask
      place: /Info/Id
  session:
    login:
      operation: Login
      request: {Info: {Certificate: "Y2VydA==", DateTime: "2026-11-22T00:00:00Z"}}
      ticket: /LoginResult/SessionId
    place: /Info/SessionId
    without: [GetVersion]
    counter: {place: /Info/Count}
    pool: 3
    expired: [{at: fault, path: /Code, equals: NPR_SESSION_UNKNOWN}]
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {url: "http://127.0.0.1:1/portal", soap: "1.1"}
    dangerous_allow_clear_text: true
    routes:
      - {route: POST /create, operation: CreateTask, unwrap: {request: [Info], response: [CreateTaskResult]}}
      - {route: POST /get, operation: GetTask, unwrap: {request: [Info], response: [GetTaskResult]}}
      - {route: POST /release, operation: ReleaseTask, unwrap: {request: [Info], response: [ReleaseTaskResult]}}
"""


@functools.cache
def portal_built():
    return build(parse(PORTAL, base=ROOT, env={}))


CLIENTS = """
plugins:
  session:
    login: {operation: Login, request: {}, ticket: /LoginResult/SessionId}
    place: /Info/SessionId
    without: [GetVersion]
    counter: {place: /Info/Count, whose: client}
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {url: "http://127.0.0.1:1/portal", soap: "1.1"}
    dangerous_allow_clear_text: true
    routes:
      - {route: POST /login, operation: Login, unwrap: {request: [Info], response: [LoginResult]}}
      - {route: POST /status, operation: GetLoginStatus, unwrap: {request: [Info], response: [GetLoginStatusResult]}}
"""
LOGIN = {"Certificate": "Y2VydA==", "DateTime": "2026-11-22T00:00:00Z"}


@functools.cache
def clients_built():
    return build(parse(CLIENTS, base=ROOT, env={}))


SHARES = st.sampled_from([0.0, 0.0, 0.3])


class Shared(RuleBasedStateMachine):
    """What happens to gateways and store, whatever is behind them."""

    world: World

    def __init__(self):
        super().__init__()
        self.number = 0
        self.applied, self.not_done, self.unknown = set(), set(), set()
        self.again = []  # what came once more after it was carried out, whatever the service made of it
        self.well = True  # no fault and no kill so far
        self.killed = self.lost = False
        self.statuses = Counter()

    def opened(self, built, service, seed, wire, store):
        self.world = World(built, service, seed=seed)
        self.wire_fails(share=wire)
        self.store_fails(share=store)

    def told(self, number, status, body):
        self.statuses[status] += 1
        if status in (200, 201, 204):
            self.applied.add(number)
        elif status and body.get("outcome") in ("not-sent", "rejected"):
            self.not_done.add(number)
        else:
            assert status == 0 or body.get("outcome") in ("unknown", "applied"), (status, body)
            self.unknown.add(number)

    def new(self):
        self.number += 1
        return self.number

    @rule(which=st.integers(0, 1))
    def kill(self, which):
        self.well, self.killed = False, True
        if self.world.replicas[which].alive:
            self.world.replicas[which].kill()

    @rule(which=st.integers(0, 1))
    def start(self, which):
        if not self.world.replicas[which].alive:
            self.world.run(self.world.replicas[which].start())

    @contextmanager
    def calm(self, which):
        """The gateway serves and no fault is near, so that a rule comes to what it aims at."""
        chance, replica = self.world.chance, self.world.replicas[which]
        replica.dies = ""
        self.start(which)
        shares, chance.store, chance.wire, chance.next = (chance.store, chance.wire), 0.0, 0.0, []
        self.world.advance(15)
        yield
        self.world.advance(5)
        chance.store, chance.wire = shares

    @rule(share=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    def store_fails(self, share):
        self.well = self.well and not share
        self.world.chance.store = share

    @rule(share=st.sampled_from([0.0, 0.1, 0.5]))
    def wire_fails(self, share):
        self.well = self.well and not share
        self.world.chance.wire = share

    @rule(how=st.sampled_from(["refused", "lost", "unanswered"]), times=st.sampled_from([1, 2, 5]))
    def the_next_calls_fail(self, how, times):
        self.well = False
        self.world.chance.next = [how] * times

    @rule(which=st.integers(0, 1), moment=st.sampled_from(["before", "after"]))
    def it_will_die_around_a_call(self, which, moment):
        self.well, self.killed = False, True
        self.world.replicas[which].dies = moment

    @rule()
    def store_is_lost(self):
        self.well, self.lost = False, True
        self.world.lose_store()

    @rule(which=st.integers(0, 1), hours=st.sampled_from([-1, 0, 1]))
    def a_machine_has_the_wrong_time(self, which, hours):
        self.world.replicas[which].clock.shift = hours * 3600.0

    @rule(seconds=st.sampled_from([0.001, 0.01, 0.1, 1.0, 10.0, 45.0]))
    def time_passes(self, seconds):
        self.world.advance(seconds)

    @invariant()
    def nothing_is_done_twice_and_what_was_told_is_true(self):
        done = self.done()
        doubled = [number for number, times in Counter(done).items() if times > 1]
        assert not doubled, f"carried out twice: {doubled}"
        assert not self.again, f"sent once more after it was carried out: {self.again}"
        assert self.applied <= set(done), "told as done, and was not"
        assert not self.not_done & set(done), "told as not done, and was"

    def teardown(self):
        try:
            self.world.settle(120)
            self.nothing_is_done_twice_and_what_was_told_is_true()
            self.in_the_end()
            held = [key for key in self.world.stored() if key.startswith(("locks:turn", "session:limit"))]
            assert not held, held
        finally:
            self.world.close()


class Resources(Shared):
    """Clients make and change task types of one project, hold lock sets, take locks over."""

    @initialize(seed=st.integers(0, 2**16), wire=SHARES, store=SHARES)
    def begin(self, seed, wire=0.0, store=0.0):
        def service(world):
            rules = projector_state.Rules(rate_limit=0)
            state = projector_state.seeded(rules)
            state.clock = world.datetime
            state.users["dana"] = projector_state.User(4009, 4009, "dana", "demo-dana", "Dana", "Holm")
            return Admitting(state, self)

        self.opened(projector_built(), service, seed, wire, store)
        self.based, self.too_many = {}, 0
        self.shown = {}  # number of a steal -> the holders that its client was told of
        self.wrongly, self.refused = [], Counter()

    def done(self):
        return [number for number, _ in self.world.service.saved]

    @rule(which=st.integers(0, 1), clients=st.sampled_from([1, 3, 20]))
    def clients_make(self, which, clients):
        for _ in range(clients):
            self.world.client(self.makes(which, self.new()))

    async def makes(self, which, number, *, late=False, gives_up=False, **headers):
        body = {
            "RequestId": number,
            "ProjectTaskType": {
                "ProjectTaskTypeName": f"T{number}",
                "DefaultProjectRateTypeIdentity": {"ProjectRateTypeId": 702},
                "StandardTaskTypeIdentity": {"StandardTaskTypeName": "Design"},
            },
        }
        status, told, _ = await self.world.replicas[which].ask("POST", TYPES, body, **headers)
        self.told(number, status, told)
        if status == 423 and told.get("token") and "steal_token" not in headers:
            if late:
                self.held_by("dana")
                await self.makes(which, self.new(), steal_token="x" * 43)  # nobody's
                await self.makes(which, self.new(), gives_up=True)
            if gives_up:
                return
            again = self.new()
            self.shown[again] = canon_records(told["holders"])
            await self.makes(which, again, steal_token=told["token"])

    def held_by(self, login):
        project = self.world.service.state.project({"ProjectCode": PROJECT})
        self.world.service.locks.plant(login, project, "RT", seconds=5, steal=True)

    @rule(which=st.integers(0, 1), login=st.sampled_from(["bea", "carl"]))
    def a_client_takes_a_lock_over(self, which, login):
        self.held_by(login)
        self.world.client(self.makes(which, self.new()))

    @rule(which=st.integers(0, 1))
    def a_client_takes_it_over_too_late(self, which):
        with self.calm(which):
            self.held_by("bea")
            self.world.client(self.makes(which, self.new(), late=True))

    @rule(which=st.integers(0, 1), how=st.sampled_from(["lost", "unanswered"]))
    def a_write_gets_no_answer(self, which, how):
        self.well = False
        self.world.client(self.makes(which, self.new()))  # so that there is a session
        self.world.advance(5)
        self.world.chance.next = [how]
        self.world.client(self.makes(which, self.new()))
        self.world.advance(1)

    @rule(which=st.integers(0, 1), clients=st.sampled_from([1, 5]))
    def clients_change(self, which, clients):
        for _ in range(clients):
            self.world.client(self.changes(which, self.new()))

    async def changes(self, which, number):
        replica = self.world.replicas[which]
        status, _, headers = await replica.ask("GET", f"/projects/{PROJECT}")
        if status != 200:
            return
        tag = headers["etag"]
        body = {"RequestId": number, "ProjectTaskType": {"ProjectTaskTypeName": f"K{number}"}}
        self.based[number] = tag
        status, told, _ = await replica.ask("PUT", f"{TYPES}/{UID}", body, if_match=tag)
        self.told(number, status, told)

    @rule(which=st.integers(0, 1), gives=st.booleans())
    def a_client_holds_a_set(self, which, gives):
        self.world.client(self.holds(which, self.new(), gives))

    async def holds(self, which, number, gives):
        locks = [{"EntityIdentity": {"EntityCode": PROJECT, "LockType": "RT"}}]
        status, told, _ = await self.world.replicas[which].ask("POST", "/locks", {"locks": locks})
        if status == 201:
            await self.makes(which, number, lock_set=told["id"])
            if gives:
                await self.world.replicas[1 - which].ask("DELETE", f"/locks/{told['id']}")

    @rule(login=st.sampled_from(["bea", "carl", "dana"]))
    def somebody_else_holds_it(self, login):
        self.held_by(login)

    @invariant()
    def a_lock_is_taken_from_whom_the_client_was_told_of_and_once(self):
        assert not self.wrongly, f"taken over with other holders than were told: {self.wrongly}"
        twice = [number for number, times in self.refused.items() if times > 1]
        assert not twice, f"tried again after it was refused: {twice}"

    @rule()
    def sessions_expire(self):
        self.world.service.state.expire_tickets(None)

    @invariant()
    def no_update_is_lost(self):
        project = self.world.service.state.project({"ProjectCode": PROJECT})
        saved = self.world.service.saved
        assert project.rate_version == 1 + len(saved)
        for version, (number, _) in enumerate(saved, 1):
            if number in self.based:
                want = projector_state.token(project.uid, version)
                assert self.based[number] == f'"{want}"', "made on what was not the last version"

    @rule(which=st.integers(0, 1), clients=st.sampled_from([4, 30]))
    def clients_read(self, which, clients):
        for _ in range(clients):
            self.world.client(self.reads(which))

    async def reads(self, which):
        status, told, _ = await self.world.replicas[which].ask("GET", f"/projects/{PROJECT}")
        if self.well and status not in (200, 0):
            assert told["type"] == "/problems/overloaded", told

    @invariant()
    def limits_are_kept(self):
        assert not (self.well and self.too_many), "more at once than the service allows"

    def in_the_end(self):
        assert not self.world.service.locks.live(), "a lock is held for ever"
        for which in (0, 1):
            number = self.new()
            self.world.client(self.makes(which, number))
            self.world.settle(10)
            assert number in self.applied, "it serves again"


class Admitting(projector.Projector):
    """The Projector, and how often somebody was one too many."""

    def __init__(self, state, machine):
        super().__init__(state, delay=0.002)
        self.machine = machine
        self.stealing, self.by_rule = set(), {}

    async def __call__(self, call):
        asked = etree.fromstring(call.body).find(f".//{{{projector.PWS}}}PwsSaveProjectTaskType")
        if asked is not None:
            number = int(asked.findtext(f".//{{{REQ}}}RequestId"))
            if number in self.machine.done():
                self.machine.again.append(number)
            echo = asked.find(f".//{{{SCH}}}LocksToSteal")
            if echo is not None:
                self.stealing.add(number)
                rightly = self.machine.shown.get(number, self.by_rule.get(number))
                if canon_echo(echo) != rightly:
                    self.machine.wrongly.append(number)
        return await super().__call__(call)

    def _failed(self, error, request_id):
        self.machine.too_many += error.number == 10017
        holders = error.fault.get("LockHolders")
        if holders and request_id in self.stealing:
            self.machine.refused[request_id] += 1
        elif holders and "Mendes" in str(holders):
            self.by_rule[request_id] = canon_records(holders)
        return super()._failed(error, request_id)


class Numbered(Shared):
    """Clients make, take and give up tasks in sessions whose calls are numbered by the gateways."""

    @initialize(seed=st.integers(0, 2**16), wire=SHARES, store=SHARES)
    def begin(self, seed, wire=0.0, store=0.0):
        def service(world):
            rules = portal_state.Rules(counts="by-one", sessions="open")
            state = portal_state.seeded(rules, world.datetime)
            return Counting(state, self.again)

        self.opened(portal_built(), service, seed, wire, store)

    def done(self):
        kinds = [task.kind[1] for task in self.world.service.state.tasks.values()]
        return [int(kind[1:]) for kind in kinds if re.fullmatch(r"N\d+", kind)]

    @rule(which=st.integers(0, 1), clients=st.sampled_from([1, 3, 20]))
    def clients_make(self, which, clients):
        for _ in range(clients):
            self.world.client(self.makes(which, self.new()))

    async def makes(self, which, number):
        status, told, _ = await self.world.replicas[which].ask("POST", "/create", {"Type": f"N{number}", "Id": 61})
        self.told(number, status, told)

    @rule(which=st.integers(0, 1), task=st.integers(51001, 51005), gives=st.booleans())
    def a_client_takes_a_task(self, which, task, gives):
        self.world.client(self.takes(which, task, gives))

    async def takes(self, which, task, gives):
        status, _, _ = await self.world.replicas[which].ask("POST", "/get", {"Id": task})
        if status == 200 and gives:
            await self.world.replicas[1 - which].ask("POST", "/release", {"Id": task})

    @rule(which=st.integers(0, 1), how=st.sampled_from(["lost", "unanswered"]), takes=st.booleans())
    def a_number_is_in_doubt(self, which, how, takes):
        self.well = False
        self.world.client(self.makes(which, self.new()))  # so that there is a session
        self.world.advance(5)
        self.world.chance.next = [how]
        self.world.client(self.takes(which, 51001, gives=True) if takes else self.makes(which, self.new()))
        self.world.advance(35)
        for _ in range(3):
            self.world.client(self.makes(which, self.new()))

    @rule(which=st.integers(0, 1), task=st.integers(51001, 51005), how=st.sampled_from(["refused", "lost", "unanswered"]))
    def a_lease_ends_in_trouble(self, which, task, how):
        self.well = False
        self.world.client(self.takes(which, task, gives=False))
        self.world.advance(35)
        self.world.chance.next = [how] * 3
        self.world.advance(20)

    @rule(which=st.integers(0, 1), task=st.integers(51001, 51005), moment=st.sampled_from(["before", "after"]))
    def it_dies_while_a_task_is_taken(self, which, task, moment):
        self.well, self.killed = False, True
        self.world.advance(1)
        self.world.replicas[which].dies = moment
        self.world.client(self.takes(which, task, gives=False))

    @invariant()
    def no_number_comes_twice(self):
        assert not self.world.service.wrong, self.world.service.wrong

    def in_the_end(self):
        self.no_number_comes_twice()  # nor in what was under way when the schedule ended
        held = [n for n in range(51001, 51006) if self.world.service.state.tasks[n].processor]
        known = not (self.killed and self.lost)  # who knew of it is gone, and so is what was written down
        assert not (held and known), "a task is held for ever"
        for which in (0, 1):
            number = self.new()
            self.world.client(self.makes(which, number))
            self.world.settle(10)
            assert number in self.applied, "it serves again"


class Counting(portal.Portal):
    """The portal, and what its callers numbered: each number of a session once, and rising."""

    def __init__(self, state, again):
        super().__init__(state, delay=0.002)
        self.last, self.wrong, self.again = {}, [], again

    async def __call__(self, call):
        info = etree.fromstring(call.body).find(f".//{{{portal.NS}}}Info")
        session, count = (info.findtext(f"{{{portal.NS}}}{name}") for name in ("SessionId", "Count"))
        kind = info.findtext(f"{{{portal.NS}}}Type") or ""
        if any(task.kind[1] == kind for task in self.state.tasks.values()) and kind.startswith("N"):
            self.again.append(kind)
        if session and count:
            if int(count) <= self.last.get(session, 0):
                self.wrong.append((session, count))
            self.last[session] = int(count)
        return await super().__call__(call)


class ByClients(Shared):
    """Clients number their calls themselves; each number of a session is good once, whatever gateways it comes to."""

    @initialize(seed=st.integers(0, 2**16), wire=SHARES, store=SHARES)
    def begin(self, seed, wire=0.0, store=0.0):
        def service(world):
            rules = portal_state.Rules(counts="rising")
            return Receiving(portal_state.seeded(rules, world.datetime))

        self.opened(clients_built(), service, seed, wire, store)
        self.sessions = []

    def done(self):
        return self.world.service.came

    @rule(which=st.integers(0, 1))
    def a_client_logs_in(self, which):
        self.world.client(self.logs_in(which))
        self.world.advance(0.1)

    async def logs_in(self, which):
        status, told, _ = await self.world.replicas[which].ask("POST", "/login", LOGIN)
        if status == 200:
            self.sessions.append([told["SessionId"], 0])

    @rule(ahead=st.sampled_from([0, 1, 1, 2]), times=st.sampled_from([1, 2, 5, 20]))
    def a_number_is_used(self, ahead, times):
        if self.sessions:
            session = self.sessions[-1]
            session[1] += ahead
            for n in range(times):
                self.world.client(self.uses(n % 2, *session))

    @rule(which=st.integers(0, 1))
    def a_number_is_used_when_the_store_was_lost(self, which):
        self.a_client_logs_in(1 - which)
        self.a_number_is_used(1, 1)
        self.world.advance(1)
        self.store_is_lost()
        self.a_number_is_used(0, 2)

    async def uses(self, which, session, count):
        status, told, _ = await self.world.replicas[which].ask("POST", "/status", {"SessionId": session, "Count": count})
        self.told((session, str(count)), status, told)

    def told(self, number, status, body):
        """One of many with a number says what became of its own try: of the number only that it was carried out.

        Of two numbers that a client sends at once the higher may come first: then the service refuses the other.
        """
        if status == 200:
            assert number not in self.applied, "two were told that it was done"
            self.applied.add(number)
        else:
            assert status == 0 or body.get("outcome") or body["type"] == "/problems/fault", (status, body)

    def in_the_end(self):
        self.sessions.clear()
        self.world.client(self.logs_in(0))
        self.world.settle(1)
        self.world.client(self.uses(1, self.sessions[0][0], 1))
        self.world.settle(1)
        assert (self.sessions[0][0], "1") in self.applied, "it serves again"


class Receiving(portal.Portal):
    """The portal, and the numbers of sessions that came."""

    def __init__(self, state):
        super().__init__(state, delay=0.002)
        self.came = []

    async def __call__(self, call):
        info = etree.fromstring(call.body).find(f".//{{{portal.NS}}}Info")
        if info.findtext(f"{{{portal.NS}}}Count"):
            self.came.append(tuple(info.findtext(f"{{{portal.NS}}}{name}") for name in ("SessionId", "Count")))
        return await super().__call__(call)


MACHINES = [Resources, Numbered, ByClients]


@pytest.mark.parametrize("machine", MACHINES)
def test_some_schedules(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=15))


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_many_schedules(machine):
    many = int(os.environ.get("SOAPGW_SCHEDULES", "400"))
    run_state_machine_as_test(machine, settings=settings(max_examples=many, stateful_step_count=25))
