"""The plug-in `session` without a gateway: what becomes of a number, of a ticket that a client sends, of credentials.

Over real sockets: tests/wire/test_session.py and test_replicas.py.
"""

from __future__ import annotations

import base64

import pytest

from gateway.core.message import Exchange, Fault, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.sessions.session import SessionTickets
from gateway.testing import FakeHost, started

LOGIN = {"operation": "Login", "request": {"User": "{user}"}, "ticket": "/Ticket"}


def operation(name="Call", writes=True):
    return Operation(name, "s", "", "1.1", name, {}, writes=writes)


def exchange(value, **more):
    return Exchange(operation(), Message(None, value=value), **more)


class Service:
    """Logs in, keeps what it was asked, answers what the test says."""

    def __init__(self, *answers):
        self.answers, self.asked, self.logins = list(answers), [], []

    async def calls(self, name, value):
        self.logins.append(value)
        return Message(None, value={"Ticket": f"T{len(self.logins)}"})

    async def __call__(self, exchange):
        self.asked.append(exchange.request.value())
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Message) else Message(None, value=answer)


async def plugin(service, **more):
    host = FakeHost(calls=service.calls)
    made = await started(SessionTickets, {"login": LOGIN, "place": "/I/T", **more}, host)
    return made.layer(operation())(service), made


EXPIRED = Message(None, value={}, fault=Fault("Sender", "", detail={"Code": -101}))
SIGN = [{"path": "/Code", "equals": "-101"}]


async def test_filled_in_over_what_a_client_sends_unless_it_may_pass():
    service = Service()
    call, _ = await plugin(service)
    await call(exchange({"I": {"T": "mine", "Id": 7}}))
    assert service.asked == [{"I": {"T": "T1", "Id": 7}}]
    service = Service()
    call, _ = await plugin(service, client_tickets="pass")
    await call(exchange({"I": {"T": "mine"}}))
    assert (service.asked, service.logins) == ([{"I": {"T": "mine"}}], [])


@pytest.mark.parametrize(
    ("repeat", "writes", "calls"), [("always", True, 2), ("reads", True, 1), ("reads", False, 2), ("never", False, 1)]
)
async def test_once_more_only_where_the_settings_say_it_is_safe(repeat, writes, calls):
    service = Service(EXPIRED)
    call, _ = await plugin(service, expired=SIGN, repeat=repeat)
    asked = Exchange(operation(writes=writes), Message(None, value={}))
    if calls == 2:
        assert (await call(asked)).fault is None
    else:
        with pytest.raises(Problem):
            await call(asked)
    assert len(service.asked) == calls


async def test_a_service_that_forgets_every_session_is_asked_twice_and_no_more():
    service = Service(EXPIRED, EXPIRED, EXPIRED)
    call, _ = await plugin(service, expired=SIGN)
    with pytest.raises(Problem) as told:
        await call(exchange({}))
    assert (told.value.kind, told.value.outcome, len(service.asked)) == (Kind.UPSTREAM_AUTH, "rejected", 2)


def lost(outcome):
    return Problem(Kind.UPSTREAM_TIMEOUT, outcome=outcome)


FAULT = Message(None, value={}, fault=Fault("Sender", "", detail={}))


@pytest.mark.parametrize(
    ("settings", "first", "second", "logins"),
    [
        ({"unknown": "close"}, lost("unknown"), 1, 2),
        ({"unknown": "uses"}, lost("unknown"), 2, 1),
        ({"unknown": "keeps"}, lost("unknown"), 1, 1),
        ({"unknown": "close"}, lost("not-sent"), 1, 1),
        ({"failed": "uses"}, FAULT, 2, 1),
        ({"failed": "keeps"}, FAULT, 1, 1),
        ({}, {}, 2, 1),
    ],
)
async def test_what_becomes_of_a_number(settings, first, second, logins):
    service = Service(first)
    call, _ = await plugin(service, counter={"place": "/I/C", **settings})
    if isinstance(first, Problem):
        with pytest.raises(Problem):
            await call(exchange({}))
    else:
        await call(exchange({}))
    await call(exchange({}))
    assert [asked["I"]["C"] for asked in service.asked] == [1, second]
    assert len(service.logins) == logins


async def test_basic_credentials_are_words_for_the_login_and_none_are_401():
    service = Service()
    call, made = await plugin(service, per="basic")
    given = base64.b64encode(b"bea:s3cret").decode()
    await call(exchange({}, headers={"authorization": f"Basic {given}"}))
    assert service.logins == [{"User": "bea"}]
    assert not any("s3cret" in str(key) for key in made._pools)
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic !!!"}):
        with pytest.raises(Problem) as told:
            await call(exchange({}, headers=headers))
        assert told.value.kind is Kind.UNAUTHENTICATED


async def test_identities_have_accounts_or_are_refused():
    service = Service()
    call, _ = await plugin(service, per="caller", accounts={"alice": {"user": "A.Smith"}})
    await call(exchange({}, facts={"identity": "alice"}))
    assert service.logins == [{"User": "A.Smith"}]
    for facts, kind in (({}, Kind.UNAUTHENTICATED), ({"identity": "eve"}, Kind.FORBIDDEN)):
        with pytest.raises(Problem) as told:
            await call(exchange({}, facts=facts))
        assert told.value.kind is kind


async def test_it_logs_out_when_it_stops():
    service, seen = Service(), []
    host = FakeHost(calls=service.calls)
    made = await started(SessionTickets, {"login": LOGIN, "place": "/I/T", "logout": {"operation": "Logout"}}, host)
    await made.layer(operation())(service)(exchange({}))

    async def calls(name, value):
        seen.append((name, value))
        return Message(None, value={})

    host._calls = calls
    await made.stop()
    assert seen == [("Logout", {"I": {"T": "T1"}})]


def test_what_it_fills():
    made = SessionTickets(
        SessionTickets.Settings.model_validate(
            {
                "login": LOGIN,
                "place": "/I/T",
                "places": {"Other": "/T"},
                "without": ["Free"],
                "counter": {"place": "/I/C"},
            }
        )
    )
    assert made.fills(operation()) == ("/I/T", "/I/C")
    assert made.fills(operation("Other")) == ("/T", "/I/C")
    assert made.fills(operation("Login")) == made.fills(operation("Free")) == ()
