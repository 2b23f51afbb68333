"""All that can be called is frozen before the first request."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from gateway.core.operation import Operation


def test_an_operation_is_frozen_writes_and_asks_for_nothing_unless_told() -> None:
    operation = Operation("Op", "svc", "", "1.1", "{urn:t}Op", {})
    assert operation.writes, "what is not known to read is treated as a write"
    assert (operation.encryption, operation.client_encryption, operation.clear_allowed) == ("none", "none", False)
    with pytest.raises(FrozenInstanceError):
        operation.writes = False  # type: ignore[misc]
