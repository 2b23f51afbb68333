"""Nothing passes rescue, and nothing of a defect is shown."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.problem import Speaker
from gateway.dialect.rest_client import problem_wire
from gateway.layers.rescue import rescue
from gateway.observe.log import Log
from tests.layers.conftest import wire


def rescued(error: BaseException) -> tuple[Any, io.StringIO]:
    lines = io.StringIO()

    async def inner(_: Wire) -> Wire:
        raise error

    return rescue(lambda problem, *known: problem_wire(Speaker(), problem, *known), Log(lines))(inner), lines


@pytest.mark.parametrize("error", [KeyError("SECRET"), RecursionError("SECRET"), MemoryError(), UnicodeError("SECRET")])
async def test_a_defect_is_500_with_nothing_but_the_id(error: Exception) -> None:
    send, lines = rescued(error)
    reply = await send(wire())
    told = json.loads(reply.body)
    assert (reply.status, told["type"], told["requestId"]) == (500, "/problems/internal", "r1")
    assert reply.facts["problem"].cause == type(error).__name__
    line = json.loads(lines.getvalue())
    assert (line["event"], line["request_id"], line["type"]) == ("defect", "r1", type(error).__name__)
    assert "inner:" in line["places"]
    assert "SECRET" not in reply.body.decode() + lines.getvalue()


async def test_a_problem_that_nobody_answered_is_answered() -> None:
    send, lines = rescued(Problem(Kind.NOT_FOUND))
    reply = await send(wire())
    assert (reply.status, reply.facts["problem"].kind, lines.getvalue()) == (404, Kind.NOT_FOUND, "")


async def test_what_ends_the_process_passes() -> None:
    send, _ = rescued(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        await send(wire())
