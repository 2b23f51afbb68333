"""gateway.commands.messages: which route of a configuration is meant; the rest is tested through `translate`."""

from __future__ import annotations

import pytest

from gateway.cli import Misuse
from gateway.commands.messages import Messages
from gateway.commands.task import Task
from gateway.settings import load

from .conftest import ROOT


@pytest.fixture(scope="module")
def messages() -> Messages:
    return Messages(load(ROOT / "config/netid.yaml", {}))


def test_an_operation_means_its_default_route(messages: Messages) -> None:
    _, face = messages.face(Task(b"", operation="ReleaseTask"))
    assert (face.route.path, face.unwrap_request) == ("/portal/ReleaseTask", ())


def test_a_route_is_named_by_verb_and_path(messages: Messages) -> None:
    _, face = messages.face(Task(b"", route="POST /api/task/release"))
    assert face.unwrap_request == ("Info",)


@pytest.mark.parametrize("task", [Task(b"{}"), Task(b"", operation="Nope"), Task(b"", route="GET /api/task/release")])
def test_what_is_not_there_or_not_named_is_misuse(messages: Messages, task: Task) -> None:
    with pytest.raises(Misuse):
        messages.face(task)
