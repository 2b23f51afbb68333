"""Settings of the session plug-in: what has no effect or no meaning is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.plugins.sessions.settings import SessionSettings

LOGIN = {"operation": "Login", "request": {}, "ticket": "/R/Ticket"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": {**LOGIN, "redirect": "/R/Url"}},
        {"per": "caller"},
        {"pool": 2},
        {"place": "Ticket"},
        {"expired": [{"equals": "x"}]},
        {"pause": {"when": []}},
        {"nonsense": 1},
    ],
)
def test_refused(wrong):
    with pytest.raises(ValidationError):
        SessionSettings.model_validate({"login": LOGIN, "place": "/I/Ticket", **wrong})


def test_a_mistake_shows_no_password():
    login = {**LOGIN, "request": {"Password": "hunter2"}, "ticket": 7}
    with pytest.raises(ValidationError) as told:
        SessionSettings.model_validate({"login": login, "place": "/I/Ticket"})
    assert "hunter2" not in str(told.value)
