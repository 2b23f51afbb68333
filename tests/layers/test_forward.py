"""Forwarding: value to request, answer to value; a request that cannot be written was not sent."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.message import Exchange, Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.layers.forward import forward
from tests.layers.conftest import CODEC, exchange


class Far:
    """The half that faces a service."""

    def __init__(self, fails: Problem | None = None) -> None:
        self.fails = fails

    def write_request(self, asked: Exchange) -> Wire:
        if self.fails:
            raise self.fails
        return Wire({}, b"ask " + asked.request.wire(CODEC))

    def read_reply(self, _: Exchange, reply: Wire) -> Message:
        return Message(CODEC, raw=reply.body)


async def answer(asked: Wire) -> Wire:
    return Wire({}, asked.body.upper(), status=200)


async def test_there_and_back() -> None:
    reply = await forward(Far(), answer, 1000)(exchange(b"x"))
    assert reply.raw == b"ASK X"


async def test_large_messages_as_well() -> None:
    reply = await forward(Far(), answer, 0)(exchange(b"x" * 100))
    assert reply.raw is not None
    assert len(reply.raw) == 104


@pytest.mark.parametrize(("writes", "outcome"), [(True, "not-sent"), (False, None)])
async def test_what_cannot_be_written_was_not_sent(writes: bool, outcome: Any) -> None:
    async def never(_: Wire) -> Wire:
        raise AssertionError

    with pytest.raises(Problem) as caught:
        await forward(Far(Problem(Kind.INVALID_MESSAGE)), never, 1000)(exchange(b"x", writes=writes))
    assert caught.value.outcome == outcome
