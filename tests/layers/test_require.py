"""A policy belongs to the operation; what came in clear, or would go out so, is refused."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.message import Exchange, Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.layers.require import require, sealed
from tests.layers.conftest import CODEC, exchange, operation, wire


async def served(_: Exchange) -> Message:
    return Message(CODEC, value="done")


async def sent(_: Wire) -> Wire:
    return Wire({}, b"done", status=200)


def test_who_asks_nothing_has_no_layer() -> None:
    assert require(operation(encryption="required")) is None  # that is the service's side
    assert require(operation(client_encryption="preferred")) is None


@pytest.mark.parametrize(
    ("policy", "facts", "kind"),
    [
        ({"client_encryption": "required"}, {}, Kind.ENCRYPTION_REQUIRED),
        ({"client_encryption": "required"}, {"encrypted": ("Body",)}, None),
        ({"client_signature": "required"}, {"encrypted": ("Body",)}, Kind.SIGNATURE_REQUIRED),
        ({"client_signature": "required"}, {"signed": ("Body",)}, None),
        ({"client_encryption": "required", "client_signature": "required"}, {"signed": 1}, Kind.ENCRYPTION_REQUIRED),
    ],
)
async def test_the_clients_side(policy: Any, facts: Any, kind: Kind | None) -> None:
    asked = exchange(**policy)
    asked.facts.update(facts)
    layer = require(asked.operation)
    assert layer is not None
    if kind is None:
        assert (await layer(served)(asked)).value() == "done"
        return
    with pytest.raises(Problem) as caught:
        await layer(served)(asked)
    assert (caught.value.kind, caught.value.outcome, caught.value.status) == (kind, "not-sent", 403)


@pytest.mark.parametrize(
    ("policy", "facts", "refused"),
    [
        ({"encryption": "required"}, {}, True),
        ({"encryption": "required", "clear_allowed": True}, {}, False),
        ({"encryption": "required"}, {"encrypted": 1}, False),
        ({"encryption": "required"}, {"exempt": True}, False),
        ({"encryption": "required"}, {"signed": 1}, True),
        ({"signature": "required"}, {"exempt": True}, True),  # what is exempt from encryption is not from a signature
        ({"encryption": "preferred"}, {}, False),
    ],
)
async def test_nothing_leaves_in_clear(policy: Any, facts: Any, refused: bool) -> None:
    out = wire(**facts)
    out.operation = operation(**policy)
    if not refused:
        assert (await sealed(sent)(out)).body == b"done"
        return
    with pytest.raises(Problem) as caught:
        await sealed(sent)(out)
    assert caught.value.outcome == "not-sent"
