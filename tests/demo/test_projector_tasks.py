"""Saving a task type, without the wire: what is drafted, what is kept, and that a refusal changes nothing."""

from __future__ import annotations

import copy

import pytest

from gateway.demo.projector_state import ProjectorError, seeded
from gateway.demo.projector_tasks import drafted, stored

NEW = {
    "ProjectTaskTypeName": "Drafting",
    "DefaultProjectRateTypeIdentity": {"ProjectRateTypeId": 702},
    "StandardTaskTypeIdentity": {"StandardTaskTypeCode": "TES"},
}


@pytest.fixture
def state():
    return seeded()


def save(state, detail, **given):
    project = state.projects[0]
    return stored(state, project, drafted(state, project, {"ProjectTaskType": detail, **given}))


def test_refs_become_whole_and_defaults_are_the_services(state):
    identity = save(state, {**NEW, "AllowedProjectRateTypeIdentities": [{"ProjectRateTypeId": 703}]})
    kept = state.projects[0].task_types[identity["ProjectTaskTypeUid"]]
    assert kept["DefaultProjectRateTypeIdentity"]["ExternalSystemIdentifier"] == "RT-SENIOR"
    assert kept["StandardTaskTypeIdentity"]["StandardTaskTypeName"] == "Test"
    assert kept["AllowedProjectRateTypeIdentities"][0]["ProjectRateTypeUid"] > 2**53
    assert kept["InheritPurchaseOrderNumberFlag"] is True
    save(state, {"ProjectTaskTypeUid": identity["ProjectTaskTypeUid"]}, AllowedProjectRateTypesClearFlag=True)
    assert state.projects[0].task_types[identity["ProjectTaskTypeUid"]]["AllowedProjectRateTypeIdentities"] == []


def test_an_update_is_keyed_by_the_external_identifier_too(state):
    first = save(state, {**NEW, "ExternalSystemIdentifier": "X-1"})
    second = save(state, {"ExternalSystemIdentifier": "X-1", "NewExternalSystemIdentifier": "X-2", "SortOrder": 3})
    assert second["ProjectTaskTypeUid"] == first["ProjectTaskTypeUid"]
    assert second["ExternalSystemIdentifier"] == "X-2"


def test_a_purchase_order_needs_that_nothing_is_inherited(state):
    own = {**NEW, "InheritPurchaseOrderNumberFlag": False, "PurchaseOrderNumber": "PO"}
    uid = save(state, own)["ProjectTaskTypeUid"]
    assert state.projects[0].task_types[uid]["PurchaseOrderNumber"] == "PO"
    save(state, {"ProjectTaskTypeUid": uid, "InheritPurchaseOrderNumberFlag": True})
    assert "PurchaseOrderNumber" not in state.projects[0].task_types[uid]


@pytest.mark.parametrize(
    ("detail", "number"),
    [
        ({}, 10111),
        ({**NEW, "ProjectTaskTypeName": "kick-OFF"}, 54646),
        ({"ProjectTaskTypeUid": 1}, 54640),
        ({**NEW, "StandardTaskTypeIdentity": {"StandardTaskTypeCode": "?"}}, 54651),
        ({**NEW, "PurchaseOrderNumber": "PO"}, 55069),
    ],
)
def test_a_refusal_changes_nothing(state, detail, number):
    before = copy.deepcopy(state.projects)
    with pytest.raises(ProjectorError) as error:
        save(state, detail)
    assert error.value.number == number
    assert state.projects == before
