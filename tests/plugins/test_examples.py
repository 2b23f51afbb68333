"""The worked examples of docs/write-a-plugin.md do what they say: a lock and a session, in some 25 lines each."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.message import Exchange, Fault, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.registry import find
from gateway.testing import FakeHost, started
from tests.house.tree import ROOT

EXAMPLES = ROOT / "docs/examples"


def operation(name):
    return Operation(name, "s", "", "1.1", name, {})


def exchange(name, value):
    return Exchange(operation(name), Message(None, value=value))


@pytest.mark.parametrize(("file", "cls"), [("lock.py", "OneWriter"), ("session.py", "Ticket")])
def test_the_class_itself_is_short(file, cls):
    text = (EXAMPLES / file).read_text()
    body = text[text.index(f"class {cls}(") :]
    assert len([line for line in body.splitlines() if line.strip()]) <= 32


async def test_one_writer():
    plugin = await started(find("lock.py:OneWriter", base=EXAMPLES), {"operations": ["Save"]})
    layer = plugin.layer(operation("Save"))
    assert plugin.layer(operation("Get")) is None
    entered = asyncio.Event()

    async def slow(exchange):
        entered.set()
        await asyncio.sleep(0.01)
        return Message(None, value={"ok": True})

    service = layer(slow)
    first = asyncio.create_task(service(exchange("Save", {"Id": 7})))
    await entered.wait()
    with pytest.raises(Problem) as told:
        await service(exchange("Save", {"Id": 7}))
    assert (told.value.kind, told.value.outcome) == (Kind.LOCK_CONFLICT, "not-sent")
    assert (await service(exchange("Save", {"Id": 8}))).value() == {"ok": True}
    assert (await first).value() == {"ok": True}
    assert (await service(exchange("Save", {"Id": 7}))).value() == {"ok": True}


async def test_a_ticket_for_all_and_a_new_one_when_it_is_forgotten():
    valid, logins = set(), 0

    async def calls(name, value):
        nonlocal logins
        assert (name, value) == ("Login", {"User": "gateway"})
        logins += 1
        await asyncio.sleep(0.001)
        valid.add(f"T{logins}")
        return Message(None, value={"Ticket": f"T{logins}"})

    plugin = await started(
        find("session.py:Ticket", base=EXAMPLES), {"login": "Login", "user": "gateway"}, FakeHost(calls=calls)
    )
    assert plugin.layer(operation("Login")) is None
    assert plugin.fills(operation("Get")) == ("/Ticket",)

    async def service(exchange):
        value = exchange.request.value()
        if value["Ticket"] not in valid:
            return Message(None, value={}, fault=Fault("Sender", "", detail={"Code": "EXPIRED"}))
        return Message(None, value={"id": value["Id"]})

    call = plugin.layer(operation("Get"))(service)
    answers = await asyncio.gather(*(call(exchange("Get", {"Id": n})) for n in range(20)))
    assert [answer.value()["id"] for answer in answers] == list(range(20))
    assert logins == 1
    valid.clear()
    answers = await asyncio.gather(*(call(exchange("Get", {"Id": n})) for n in range(20)))
    assert all(answer.fault is None for answer in answers)
    assert logins == 2
