"""Settings of the lock plug-in: what has no effect or no meaning is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.plugins.locking.settings import LockSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"operations": {"Save": {"steal": "on-request"}}},
        {"operations": {"Save": {"when": [{"own": True, "reason": "r"}]}}},
        {"operations": {"Save": {"echo": "/E", "when": [{"reason": "r"}]}}},
        {"operations": {"Save": {"guard": {}}}},
        {"operations": {"Save": {"retry": {"tries": 1000}}}},
        {"conflicts": [{"kind": "held", "when": []}]},
        {"conflicts": [{"kind": "words", "when": [{"path": "/x"}]}]},
        {"status": 418},
        {"token_seconds": 86_400},
        {"nonsense": 1},
    ],
)
def test_refused(wrong):
    with pytest.raises(ValidationError):
        LockSettings.model_validate(wrong)


def test_nothing_is_stolen_unless_it_is_said():
    assert LockSettings.model_validate({"operations": {"Save": {}}}).operations["Save"].steal == "never"
