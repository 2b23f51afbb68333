"""The law of PwsSaveProjectTaskType: what an insert needs, what an update keeps, which error says what.

Checked and drafted first, stored after the locks were passed: a refused save changes nothing.
"""

from __future__ import annotations

from typing import Final

from gateway.demo.projector_state import Project, ProjectorError, Record, State

NEEDED: Final = ("ProjectTaskTypeName", "DefaultProjectRateTypeIdentity", "StandardTaskTypeIdentity")
LONGEST: Final = {"ProjectTaskTypeName": 50, "PurchaseOrderNumber": 50, "ExternalSystemIdentifier": 50}


def drafted(state: State, project: Project, given: Record) -> Record:
    """The task type as it will stand, or ProjectorError. Tokens are checked first: stealing does not help."""
    rules = state.rules
    if given.get("RateTaskTimestamp") not in (None, project.rate_token()):
        raise ProjectorError(rules.stale_version, "RateTaskTimestamp")
    if given.get("EngagementTimestamp") not in (None, project.engagement_token()):
        raise ProjectorError(rules.stale_version, "EngagementTimestamp")
    detail: Record = {name: value for name, value in (given.get("ProjectTaskType") or {}).items() if value is not None}
    before = _present(project, detail)
    for name in NEEDED if before is None else ():
        if not detail.get(name):
            raise ProjectorError(10111, name)
    for name, most in LONGEST.items():
        if len(detail.get(name) or "") > most:
            raise ProjectorError(10112, name)
    draft: Record = {"InheritPurchaseOrderNumberFlag": True, **(before or {}), **detail}
    if draft.pop("NewExternalSystemIdentifier", None) is not None:
        draft["ExternalSystemIdentifier"] = detail["NewExternalSystemIdentifier"]
    _check_name(project, draft)
    _resolve(state, detail, draft)
    if given.get("AllowedProjectRateTypesClearFlag"):
        draft["AllowedProjectRateTypeIdentities"] = []
    if detail.get("PurchaseOrderNumber") and draft["InheritPurchaseOrderNumberFlag"]:
        raise ProjectorError(55069)
    if draft["InheritPurchaseOrderNumberFlag"]:
        draft.pop("PurchaseOrderNumber", None)
    return draft


def stored(state: State, project: Project, draft: Record) -> Record:
    """Keep the draft and give its identity; every token of the project is new from now on."""
    if draft.get("ProjectTaskTypeUid") is None:
        draft["ProjectTaskTypeUid"] = state.new_uid()
        draft["ProjectTaskTypeId"] = 60 + len(project.task_types) + 1
    project.task_types[draft["ProjectTaskTypeUid"]] = draft
    project.rate_version += 1
    project.engagement_version += 1
    names = ("ExternalSystemIdentifier", "ProjectTaskTypeId", "ProjectTaskTypeUid")
    return {name: draft.get(name) for name in names}


def _present(project: Project, detail: Record) -> Record | None:
    """The task type to update: by ProjectTaskTypeUid, which must be known, or ExternalSystemIdentifier."""
    uid = detail.get("ProjectTaskTypeUid")
    if uid is not None:
        if uid not in project.task_types:
            raise ProjectorError(54640)
        return project.task_types[uid]
    outer = detail.get("ExternalSystemIdentifier")
    known = (one for one in project.task_types.values() if outer and one.get("ExternalSystemIdentifier") == outer)
    return next(known, None)


def _check_name(project: Project, draft: Record) -> None:
    for other in project.task_types.values():
        same = other["ProjectTaskTypeName"].casefold() == draft["ProjectTaskTypeName"].casefold()
        if same and other["ProjectTaskTypeUid"] != draft.get("ProjectTaskTypeUid"):
            raise ProjectorError(54646)


def _resolve(state: State, detail: Record, draft: Record) -> None:
    """Refs become whole: what was named by one member is answered with all of them."""
    if "DefaultProjectRateTypeIdentity" in detail:
        draft["DefaultProjectRateTypeIdentity"] = state.rate_type(detail["DefaultProjectRateTypeIdentity"])
    if "StandardTaskTypeIdentity" in detail:
        draft["StandardTaskTypeIdentity"] = state.standard_type(detail["StandardTaskTypeIdentity"])
    if "AllowedProjectRateTypeIdentities" in detail:
        allowed = detail["AllowedProjectRateTypeIdentities"]
        draft["AllowedProjectRateTypeIdentities"] = [state.rate_type(one) for one in allowed]
