"""Entering: the door's own dialect answers, inside its protection; a refused write says that it was not sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.limits import DEFAULT, VERY_LARGE
from gateway.core.message import Exchange, Fault, Message, Wire
from gateway.core.operation import Address, Door, Face, Route
from gateway.core.problem import Kind, Problem
from gateway.layers.enter import enter, through, unsent
from tests.layers.conftest import CODEC, exchange, operation, wire


class Tongue:
    """A dialect that says what it was given."""

    def __init__(self, fails: Problem | None = None, breaks: BaseException | None = None) -> None:
        self.fails = fails
        self.breaks = breaks

    def read_request(self, given: Wire, route: Any) -> Exchange:
        if self.fails:
            raise self.fails
        return exchange(given.body)

    def write_reply(self, _: Exchange, reply: Message) -> Wire:
        if self.breaks:
            raise self.breaks
        return Wire({}, reply.wire(CODEC), status=200)

    def write_problem(self, problem: Problem, request_id: str, _: Wire) -> Wire:
        return Wire({}, f"{problem.kind.slug} {problem.outcome} {request_id}".encode(), status=problem.status)


async def echo(asked: Exchange) -> Message:
    return Message(CODEC, value=asked.request.value())


def door(tongue: Tongue, service: Any = echo, **more: Any) -> Door:
    return Door("POST /x", tongue, service, DEFAULT, **more)


async def test_a_wire_goes_to_its_address_with_its_variables() -> None:
    async def page(given: Wire) -> Wire:
        return Wire({}, given.facts["path"]["id"].encode(), status=200)

    given = wire()
    reply = await enter(lambda _: (Address("/x/{id}", page), {"id": "7"}))(given)
    assert (reply.body, given.facts["door"]) == (b"7", "/x/{id}")


async def test_the_exchange_has_the_id_and_is_kept_on_both_wires() -> None:
    given = wire()
    given.body = b"hello"
    reply = await through(door(Tongue()))(given)
    assert reply.body == b"b'hello'"
    assert given.exchange is reply.exchange
    assert reply.exchange is not None
    assert reply.exchange.request_id == "r1"


@pytest.mark.parametrize(
    ("service_raises", "told"),
    [
        (Problem(Kind.LOCK_CONFLICT), b"lock-conflict None r1"),
        (RecursionError(), b"internal None r1"),
        (MemoryError(), b"internal None r1"),
    ],
)
async def test_what_is_raised_inside_is_answered_in_the_doors_dialect(service_raises: Any, told: bytes) -> None:
    async def service(_: Exchange) -> Message:
        raise service_raises

    reply = await through(door(Tongue(), service))(wire())
    assert reply.body == told
    assert isinstance(reply.facts["problem"], Problem)
    assert reply.exchange is not None, "the access log names the operation"


async def test_a_defect_is_not_for_the_door() -> None:
    async def service(_: Exchange) -> Message:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await through(door(Tongue(), service))(wire())


async def test_a_refused_write_was_not_sent() -> None:
    route = Route("POST", "/x", operation(), Face(CODEC, CODEC))
    reply = await through(door(Tongue(Problem(Kind.MALFORMED_JSON)), route=route))(wire())
    assert reply.body == b"malformed-json not-sent r1"
    reads = Route("POST", "/x", operation(writes=False), Face(CODEC, CODEC))
    reply = await through(door(Tongue(Problem(Kind.MALFORMED_JSON)), route=reads))(wire())
    assert reply.body == b"malformed-json None r1"


def test_what_is_known_of_the_outcome_stays() -> None:
    problem = Problem(Kind.UPSTREAM_TIMEOUT, outcome="unknown")
    unsent(problem, operation())
    assert problem.outcome == "unknown"
    unsent(problem, None)


async def test_an_answer_that_breaks_the_contract_is_the_services_failure() -> None:
    reply = await through(door(Tongue(breaks=Problem(Kind.INVALID_MESSAGE))))(wire())
    assert reply.body == b"upstream-schema-violation unknown r1"
    assert reply.status == 502
    reply = await through(door(Tongue(breaks=Problem(Kind.UPSTREAM_MALFORMED))))(wire())
    assert reply.body.startswith(b"upstream-malformed")


async def test_a_fault_is_told_to_the_observer() -> None:
    async def service(_: Exchange) -> Message:
        return Message(CODEC, value="x", fault=Fault("Sender", "no"))

    reply = await through(door(Tongue(), service))(wire())
    assert reply.facts["fault"].reason == "no"


async def test_answers_go_back_through_protection_and_protections_own_refusals_do_not() -> None:
    def sealing(inner: Any) -> Any:
        async def send(given: Wire) -> Wire:
            if given.facts.get("forged"):
                raise Problem(Kind.SECURITY_PROCESSING_FAILED)
            reply = await inner(given)
            return replace(reply, body=b"sealed " + reply.body)

        return send

    async def service(_: Exchange) -> Message:
        raise Problem(Kind.LOCK_CONFLICT)

    send = through(door(Tongue(), service), [sealing])
    assert (await send(wire())).body == b"sealed lock-conflict None r1"
    assert (await send(wire(forged=True))).body == b"security-processing-failed None r1"


@pytest.mark.parametrize(("size", "kept"), [(VERY_LARGE - 1, True), (VERY_LARGE, False)])
async def test_a_very_large_answer_is_given_up_once_it_is_written(size: int, kept: bool) -> None:
    answer = Message(CODEC, parsed=b"large", size=size)

    async def service(_: Exchange) -> Message:
        return answer

    assert (await through(door(Tongue(), service))(wire())).body == b"b'large'"
    assert (answer.parsed is not None) is kept
