"""One path, two tongues: told by Content-Type, answered in kind."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.message import Message
from gateway.core.problem import Kind, Problem
from tests.dialect.conftest import BOUGHT, BUY, CONTENT, envelope, posted, sent


def test_both_reach_the_same_operation_and_are_answered_in_kind(door: Any, shop: Any) -> None:
    one = door("/buy")
    codec = shop.bound("Buy").operation.faces["1.1"].reply
    requests = [sent(b'{"id": 7}'), posted(envelope(BUY)), posted(envelope(BUY, "1.2"), "1.2")]
    types = ["application/json; charset=utf-8", CONTENT["1.1"], CONTENT["1.2"]]
    for wire, told in zip(requests, types, strict=True):
        exchange = one.dialect.read_request(wire, one.route)
        assert exchange.request.value() == {"id": 7}
        reply = one.dialect.write_reply(exchange, Message(codec, parsed=codec.parse(envelope(BOUGHT))))
        assert (reply.status, reply.headers["content-type"]) == (200, told)


@pytest.mark.parametrize(
    ("wire", "told"),
    [
        (posted(b'{"id": 7}'), CONTENT["1.1"]),  # JSON that says it is SOAP
        (posted(b'{"id": 7}', "1.2"), CONTENT["1.2"]),
        (sent(envelope(BUY)), "application/problem+json"),  # SOAP that says it is JSON
    ],
)
def test_a_body_that_is_not_what_was_said_is_refused_in_the_tongue_that_was_said(
    door: Any, wire: Any, told: str
) -> None:
    one = door("/buy")
    with pytest.raises(Problem) as caught:
        one.dialect.read_request(wire, one.route)
    assert caught.value.kind is Kind.CONTENT_MISMATCH
    assert one.dialect.write_problem(caught.value, "r1", wire).headers["content-type"] == told
