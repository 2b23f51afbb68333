"""The plug-in `locks` without a gateway: policies over a service that answers as the test says.

Over real sockets: tests/wire/test_locks.py.
"""

from __future__ import annotations

import pytest

from gateway.core.message import Exchange, Fault, Message
from gateway.core.operation import Face, Operation, Route
from gateway.core.problem import Kind, Problem
from gateway.plugins.locking.locks import Locks
from gateway.testing import FakeHost, started

SAVE = Operation("Save", "s", "", "1.1", "Save", {})
ROUTE = Route("POST", "/save", SAVE, Face(None, None))
CONFLICTS = [
    {"kind": "held", "when": [{"path": "/N", "equals": "1"}], "holders": "/H", "names": "/H/*/Who", "since": "/H/*/At"},
    {"kind": "stale", "when": [{"path": "/N", "equals": "2"}]},
]


def held(*who, at="2023-11-14T00:00:00"):
    detail = {"N": 1, "H": [{"Who": name, "At": at} for name in who]}
    return Message(None, value=detail, fault=Fault("Sender", "", detail=detail))


GOOD = Message(None, value={"ok": True})


class Story:
    """A plug-in, its host, what the service was asked."""

    def __init__(self, *answers):
        self.answers, self.asked, self.host = list(answers), [], FakeHost()

    async def begin(self, **rule):
        settings = {"conflicts": CONFLICTS, "own_names": ["Us"], "operations": {"Save": {"entity": "/Id", **rule}}}
        self.plugin = await started(Locks, settings, self.host)
        return self

    async def __call__(self, exchange):
        self.asked.append(exchange.request.value())
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def save(self, route=ROUTE, value=None, **headers):
        exchange = Exchange(SAVE, Message(None, value=value or {"Id": 7}), route=route, headers=headers)
        return await self.plugin.layer(SAVE)(self)(exchange)

    async def told(self, **more):
        with pytest.raises(Problem) as found:
            await self.save(**more)
        return found.value


async def test_reports_and_touches_nothing_else():
    story = await Story(held("Bea"), GOOD).begin()
    problem = await story.told()
    assert (problem.kind, problem.outcome, problem.extra["entity"]) == (Kind.LOCK_CONFLICT, "rejected", 7)
    assert await story.save() is GOOD
    assert story.plugin.layer(Operation("Other", "s", "", "1.1", "Other", {})) is None


async def test_a_soap_caller_gets_the_answer_itself():
    answer = held("Bea")
    assert await (await Story(answer).begin()).save(route=None) is answer


STEAL = {"echo": "/Steal", "steal": "on-request"}


async def test_the_echo_is_exact_and_audited():
    story = await Story(held("Bea"), GOOD).begin(**STEAL)
    token = (await story.told()).extra["token"]
    assert await story.save(**{"steal-token": token}) is GOOD
    assert story.asked[1] == {"Id": 7, "Steal": [{"Who": "Bea", "At": "2023-11-14T00:00:00"}]}
    (line,) = story.host.audits
    assert (line["event"], line["victims"], line["entity"]) == ("lock-stolen", "Bea", "7")


@pytest.mark.parametrize(("after", "kind"), [(held("Carl"), Kind.LOCK_CHANGED), (held("Bea"), Kind.LOCK_CONFLICT)])
async def test_a_steal_that_fails_is_not_tried_again(after, kind):
    story = await Story(held("Bea"), after).begin(**STEAL)
    token = (await story.told()).extra["token"]
    assert (await story.told(**{"steal-token": token})).kind is kind
    assert len(story.asked) == 2
    assert story.host.audits[0]["event"] == "lock-steal-refused"


@pytest.mark.parametrize(
    ("rule", "holders", "stolen"),
    [
        ({"own": True}, ["Us"], True),
        ({"own": True}, ["Us", "Bea"], False),
        ({"names": ["Bea"]}, ["Bea"], True),
        ({"older": 3600}, ["Bea"], True),
        ({"older": 10**6}, ["Bea"], False),
        ({"own": True, "older": 10**6}, ["Us"], False),
    ],
)
async def test_rules_by_which_the_gateway_takes_over(rule, holders, stolen):
    story = await Story(held(*holders), GOOD).begin(echo="/Steal", when=[{**rule, "reason": "r"}])
    if stolen:
        assert await story.save() is GOOD
        assert story.host.audits[0]["reason"] == "r"
    else:
        assert (await story.told()).kind is Kind.LOCK_CONFLICT
        assert len(story.asked) == 1


async def test_l05_retries_are_bounded_and_only_for_what_is_held():
    story = await Story(held("Bea")).begin(retry={"tries": 4, "pause": 0.001})
    assert (await story.told()).kind is Kind.LOCK_CONFLICT
    assert len(story.asked) == 4
    stale = Message(None, value={}, fault=Fault("Sender", "", detail={"N": 2}))
    story = await Story(stale).begin(retry={"tries": 4, "pause": 0.001})
    assert (await story.told()).kind is Kind.PRECONDITION_FAILED
    assert len(story.asked) == 1
    assert not story.host.waits
    story = await Story(held("Bea"), held("Bea"), GOOD).begin(retry={"tries": 4, "pause": 0.001})
    assert await story.save() is GOOD
    assert len(story.host.waits) == 1  # one wait of one request, however often it was tried


async def test_deprecated_members():
    story = await Story(GOOD).begin(deprecated={"/Old": "pass", "/Gone": "refuse"})
    assert await story.save(value={"Id": 7, "Old": True}) is GOOD
    problem = await story.told(value={"Id": 7, "Gone": 1})
    assert (problem.kind, problem.outcome, len(story.asked)) == (Kind.INVALID_MESSAGE, "not-sent", 1)


async def test_never_means_never():
    story = await Story(held("Bea")).begin(echo="/Steal")
    assert "token" not in (await story.told()).extra
    for more in ({"steal-token": "x" * 43}, {"value": {"Id": 7, "Steal": [{}]}}):
        assert (await story.told(**more)).kind is Kind.FORBIDDEN
    assert len(story.asked) == 1


def test_what_it_fills():
    made = Locks(Locks.Settings.model_validate({"operations": {"Save": {"echo": "/E", "lock_set": "/L"}}}))
    assert made.fills(SAVE) == ("/E", "/L")
