from __future__ import annotations

import pytest

from gateway.core.message import Exchange, Message, Wire
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.layers.require import require, sealed


def operation(**policy):
    return Operation("Release", "S", "", "1.1", "", {}, **policy)


async def through(policy, facts):
    async def inner(exchange):
        return exchange.request

    one = operation(**policy)
    return await require(one)(inner)(Exchange(one, Message(None, value=1), facts=facts))


async def out(policy, facts):
    async def inner(wire):
        return Wire({}, b"", status=200)

    return await sealed(inner)(Wire({}, b"", method="POST", facts=facts, operation=operation(**policy)))


def test_no_policy_costs_nothing():
    assert require(operation()) is None
    assert require(operation(encryption="required")) is None  # the service's demand, not the client's
    assert require(operation(client_encryption="preferred")) is None


@pytest.mark.parametrize(
    ("policy", "facts", "kind"),
    [
        ({"client_encryption": "required"}, {}, Kind.ENCRYPTION_REQUIRED),
        ({"client_encryption": "required"}, {"encrypted": ()}, Kind.ENCRYPTION_REQUIRED),
        ({"client_encryption": "required"}, {"encrypted": ("body",)}, None),
        ({"client_signature": "required"}, {"encrypted": ("body",)}, Kind.SIGNATURE_REQUIRED),
        ({"client_signature": "required"}, {"signed": ("body",)}, None),
    ],
)
async def test_what_clients_must_do(policy, facts, kind):
    if kind is None:
        await through(policy, facts)
        return
    with pytest.raises(Problem) as caught:
        await through(policy, facts)
    assert caught.value.kind is kind
    assert caught.value.outcome == "not-sent"


@pytest.mark.parametrize(
    ("policy", "facts", "kind"),
    [
        ({}, {}, None),
        ({"encryption": "preferred"}, {}, None),
        ({"encryption": "required"}, {}, Kind.ENCRYPTION_REQUIRED),
        ({"encryption": "required"}, {"encrypted": ("parameters",)}, None),
        ({"encryption": "required"}, {"exempt": True}, None),
        ({"encryption": "required", "clear_allowed": True}, {}, None),
        ({"signature": "required"}, {"encrypted": ("body",), "exempt": True}, Kind.SIGNATURE_REQUIRED),
        ({"signature": "required"}, {"signed": ("body",)}, None),
    ],
)
async def test_nothing_leaves_in_clear(policy, facts, kind):
    if kind is None:
        assert (await out(policy, facts)).status == 200
        return
    with pytest.raises(Problem) as caught:
        await out(policy, facts)
    assert caught.value.kind is kind
    assert caught.value.outcome == "not-sent"
