from __future__ import annotations

from typing import Any

import pytest

from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.core.protection import asked_of_clients, judge_client, judge_service


def operation(**policy: Any) -> Operation:
    return Operation("Pay", "bank", "", "1.1", "", {}, **policy)


@pytest.mark.parametrize(
    ("policy", "facts", "kind"),
    [
        ({"client_encryption": "required"}, {}, Kind.ENCRYPTION_REQUIRED),
        ({"client_encryption": "required"}, {"encrypted": ()}, Kind.ENCRYPTION_REQUIRED),
        ({"client_encryption": "required"}, {"signed": ("body",)}, Kind.ENCRYPTION_REQUIRED),
        ({"client_encryption": "required"}, {"encrypted": ("body",)}, None),
        ({"client_encryption": "required"}, {"exempt": True}, None),
        ({"client_signature": "required"}, {"exempt": True}, Kind.SIGNATURE_REQUIRED),
        ({"client_signature": "required"}, {"signed": ("body",)}, None),
        ({"client_encryption": "preferred"}, {}, None),
        ({"encryption": "required"}, {}, None),
    ],
)
def test_what_callers_must_do(policy: Any, facts: Any, kind: Kind | None) -> None:
    asked = operation(**policy)
    assert asked_of_clients(asked) == any("client" in name and need == "required" for name, need in policy.items())
    if kind is None:
        judge_client(asked, facts)
        return
    with pytest.raises(Problem) as caught:
        judge_client(asked, facts)
    assert (caught.value.kind, caught.value.outcome) == (kind, "not-sent")


def test_what_the_service_wants() -> None:
    with pytest.raises(Problem):
        judge_service(operation(encryption="required"), {})
    judge_service(operation(encryption="required", clear_allowed=True), {})
    judge_service(operation(encryption="required"), {"encrypted": ("body",)})
