"""When packages are opened and made: the layers alone, the test playing whoever is behind."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.layers.package import opened, packed


def is_package(wire: Wire) -> bool:
    return wire.body.startswith(b"P:")


def open_(wire: Wire) -> None:
    if wire.body == b"P:bad":
        raise Problem(Kind.ATTACHMENTS_INVALID)
    wire.body = wire.body[2:]


def make(wire: Wire) -> Wire:
    return Wire({}, b"P:" + wire.body)


def blame(problem: Problem, exchange: Any) -> Problem:
    return Problem(Kind.UPSTREAM_MALFORMED, exchange)


class Behind:
    """Answers what it is told to and keeps what it got."""

    def __init__(self, body: bytes = b"answer", exchange: Any = "call") -> None:
        self.got = b""
        self.body, self.exchange = body, exchange

    async def __call__(self, wire: Wire) -> Wire:
        self.got = wire.body
        return Wire({}, self.body, exchange=self.exchange)


@pytest.mark.parametrize(
    ("sent", "got", "answer"), [(b"P:ask", b"ask", b"P:answer"), (b"ask", b"ask", b"answer")], ids=["package", "plain"]
)
async def test_a_client_is_answered_in_kind(sent: bytes, got: bytes, answer: bytes) -> None:
    behind = Behind()
    reply = await opened(is_package, open_, make, None, 1)(behind)(Wire({}, sent))
    assert (behind.got, reply.body) == (got, answer)


@pytest.mark.parametrize("behind", [Behind(b""), Behind(exchange=None)], ids=["empty", "refused"])
async def test_an_answer_that_is_no_message_stays_as_it_is(behind: Behind) -> None:
    reply = await opened(is_package, open_, make, None, 1)(behind)(Wire({}, b"P:ask"))
    assert reply.body == behind.body


async def test_what_attaches_to_a_reply_comes_before_answering_in_kind() -> None:
    def attach(wire: Wire) -> Wire:
        return Wire({}, b"A:" + wire.body) if wire.body == b"answer" else wire

    for asked in (b"ask", b"P:ask"):
        reply = await opened(is_package, open_, make, attach, 1)(Behind())(Wire({}, asked))
        assert reply.body == b"A:answer"
        reply = await opened(is_package, open_, make, attach, 1)(Behind(b"other"))(Wire({}, asked))
        assert reply.body == (b"P:other" if asked == b"P:ask" else b"other")


async def test_a_bad_package_of_a_client_goes_no_further() -> None:
    behind = Behind()
    with pytest.raises(Problem) as caught:
        await opened(is_package, open_, make, None, 1)(behind)(Wire({}, b"P:bad"))
    assert (caught.value.kind, behind.got) == (Kind.ATTACHMENTS_INVALID, b"")


@pytest.mark.parametrize("maker", [make, None])
@pytest.mark.parametrize("body", [b"P:answer", b"answer"])
async def test_a_service_is_sent_what_it_takes_and_may_answer_as_it_likes(maker: Any, body: bytes) -> None:
    behind = Behind(body)
    reply = await packed(is_package, open_, maker, blame, 1)(behind)(Wire({}, b"ask"))
    assert behind.got == (b"P:ask" if maker else b"ask")
    assert reply.body == b"answer"


async def test_a_bad_package_of_a_service_is_its_fault() -> None:
    with pytest.raises(Problem) as caught:
        await packed(is_package, open_, None, blame, 1)(Behind(b"P:bad"))(Wire({}, b"ask", exchange="call"))
    assert (caught.value.kind, caught.value.detail) == (Kind.UPSTREAM_MALFORMED, "call")
