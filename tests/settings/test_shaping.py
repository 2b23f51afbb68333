"""gateway.settings.shaping: what a route may say of the JSON around a message."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.settings.shaping import Body, Version, When


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "needs a place"),
        ({"reply": "/a", "required": True}, "needs `request` or `check`"),
        ({"check": "PUT /tasks/{id}"}, "names a GET route"),
    ],
)
def test_a_version_without_sense_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Version.model_validate(given)


def test_a_version_may_be_compared_here_or_by_the_service() -> None:
    assert Version(check="GET /tasks/{id}", required=True).required
    assert Version(request="/Stamp", required=True).check is None


def test_a_field_and_a_place() -> None:
    when = When.model_validate({"in": "query", "name": "action", "equals": "back"})
    assert (when.place, when.name, when.equals) == ("query", "action", "back")
    assert Body(response="/Task").request is None
    with pytest.raises(ValidationError):
        When.model_validate({"in": "path", "name": "x", "equals": "y"})
    with pytest.raises(ValidationError):
        Body(request="Task")
