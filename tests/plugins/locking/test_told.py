"""What the lock plug-in says of itself follows its settings: no token where nothing is taken over, 409 by setting."""

from __future__ import annotations

from gateway.plugins.locking.locks import Locks
from gateway.plugins.locking.settings import LockSettings

HELD = {"kind": "held", "when": [{"path": "/E", "equals": "1"}], "holders": "/H"}
STALE = {"kind": "stale", "when": [{"path": "/E", "equals": "2"}]}


class Named:
    def __init__(self, name):
        self.name = name


def said(**settings):
    return Locks(LockSettings.model_validate({"conflicts": [HELD], **settings})).describes(Named("Save"))


def test_where_a_client_may_take_over():
    told = said(operations={"Save": {"entity": "/Id", "echo": "/S", "steal": "on-request"}}, header="Take-It")
    assert list(told.headers) == ["Take-It"]
    assert "token" in told.problems[423].members
    assert "token" in told.problems[412].members


def test_where_nobody_may_and_the_status_is_another():
    told = said(operations={"Save": {"entity": "/Id"}}, status=409)
    assert not told.headers
    assert list(told.problems) == [409]
    assert "token" not in told.problems[409].members


def test_an_old_version_is_412_and_another_operation_says_nothing():
    told = said(conflicts=[HELD, STALE], operations={"Save": {"entity": "/Id"}})
    assert 412 in told.problems
    assert said(operations={"Other": {"entity": "/Id"}}) is None
