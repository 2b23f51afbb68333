"""The law of the Projector's words: six namespaces, the members of each type in their order, one reader, one writer.

The table is written by hand from PROJECTOR.md, not from the gateway's schema. Reading is that of WCF's
DataContractSerializer: what comes out of order or in another namespace is silently ignored; writing
says nil for what is absent. A record is a dict of members by name; dateTime stays text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.demo.projector_state import Record
from gateway.demo.soap11 import Element, SoapFault, build, is_nil, null, ordered

PWS: Final = "http://projectorpsa.com/PwsProjectorServices/"
REQ: Final = "http://projectorpsa.com/DataContracts/Requests/"
RSP: Final = "http://projectorpsa.com/DataContracts/Responses/"
SCH: Final = "http://projectorpsa.com/DataContracts/Shared/Scheduling/"
COM: Final = "http://projectorpsa.com/DataContracts/Shared/Common/"
SVC: Final = "http://projectorpsa.com/CommonServices/"
ACTION: Final = f"{PWS}IPwsProjectorServices/"
CONTENT_TYPE: Final = "text/xml; charset=utf-8"

# Members in wire order: "name:kind". Kinds: string int long short boolean time, a type's name, or [type].
# "!" after a kind: a value type, left out when absent instead of nil.
_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "PwsProjectRef": (COM, "ProjectCode:string ProjectId:int ProjectUid:long"),
    "PwsProjectTaskTypeRef": (COM, "ExternalSystemIdentifier:string ProjectTaskTypeId:int ProjectTaskTypeUid:long"),
    "PwsProjectTaskTypeDetail": (
        COM,
        "ExternalSystemIdentifier:string ProjectTaskTypeId:int ProjectTaskTypeUid:long ProjectTaskTypeName:string "
        "AllowedProjectRateTypeIdentities:[PwsProjectRateTypeRef] DefaultProjectRateTypeIdentity:PwsProjectRateTypeRef "
        "InactiveFlag:boolean NarrativeRequiredFlag:boolean NewExternalSystemIdentifier:string SortOrder:short "
        "StandardTaskTypeIdentity:PwsStandardTaskTypeRef InheritPurchaseOrderNumberFlag:boolean "
        "PurchaseOrderNumber:string",
    ),
    "PwsProjectRateTypeRef": (COM, "ExternalSystemIdentifier:string ProjectRateTypeId:int ProjectRateTypeUid:long"),
    "PwsStandardTaskTypeRef": (
        COM,
        "StandardTaskTypeCode:string StandardTaskTypeId:int StandardTaskTypeName:string StandardTaskTypeUid:long",
    ),
    "PwsUserRef": (COM, "UserDisplayName:string UserId:int UserReferenceSystemId:string UserUid:long"),
    "PwsUserSummary": (
        COM,
        "UserDisplayName:string UserId:int UserReferenceSystemId:string UserUid:long "
        "EmailAddress:string FirstName:string LastName:string MiddleName:string",
    ),
    "PwsMessage": (
        COM,
        "AdditionalErrorText:string ErrorCode:string ErrorNumber:int ErrorText:string Type:string "
        "ReferenceId1:string ReferenceId2:string",
    ),
    "PwsProjectorLockEntity": (COM, "EntityCode:string EntityId:int EntityUid:long LockType:string"),
    "PwsEntityLockSummaryItem": (
        COM,
        "LockCount:int LockHolderUserIdentity:PwsUserRef MostRecentLockAcquisitionTimestamp:time",
    ),
    "PwsEntityLockSummary": (COM, "EntityIdentity:PwsProjectorLockEntity EntityLockSummary:[PwsEntityLockSummaryItem]"),
    "PwsProjectorLockRequest": (COM, "EntityIdentity:PwsProjectorLockEntity EntityTimestamp:string"),
    "PwsProjectorLock": (
        COM,
        "EntityIdentity:PwsProjectorLockEntity EntityTimestamp:string LockStolenFlag:boolean "
        "StolenLocks:[PwsEntityLockSummaryItem]",
    ),
    "PwsStolenLock": (COM, "LockStolenByUser:PwsUserSummary ProjectorLockSetId:int"),
    "PwsFault": (
        COM,
        "Messages:[PwsMessage] ResponseId:int ServiceName:string LockHolderUserIdentity:PwsUserRef "
        "LockHolders:[PwsEntityLockSummary] LockTaker:PwsUserRef AllowLocksToBeStolenFlag:boolean",
    ),
    "Request": (REQ, "RequestId:int! SessionTicket:string"),
    "Response": (SVC, "Messages:[PwsMessage] ResponseId:int Status:string! ServerTimestampUtc:time!"),
    "PwsAuthenticate": (
        REQ,
        "AccountCode:string CultureName:string Fingerprint:string Password:string UserName:string UtcOffsetMinutes:int",
    ),
    "PwsUnauthenticate": (REQ, ""),
    "PwsAcquireProjectorLocks": (
        REQ,
        "LockDurationSeconds:int Locks:[PwsProjectorLockRequest] LocksToSteal:[PwsEntityLockSummary] "
        "ProjectorLockSetId:int",
    ),
    "PwsCheckProjectorLocks": (
        REQ,
        "Locks:[PwsProjectorLockRequest] LocksToSteal:[PwsEntityLockSummary] ProjectorLockSetId:int",
    ),
    "PwsRenewProjectorLocks": (REQ, "LockDurationSeconds:int ProjectorLockSetId:int"),
    "PwsReleaseProjectorLocks": (REQ, "ProjectorLockSetId:int"),
    "PwsGetProject": (SCH, "ProjectIdentity:PwsProjectRef"),
    "PwsSaveProjectTaskType": (
        SCH,
        "AllowedProjectRateTypesClearFlag:boolean! EngagementTimestamp:string ProjectIdentity:PwsProjectRef "
        "ProjectTaskType:PwsProjectTaskTypeDetail StealLockFlag:boolean! LocksToSteal:[PwsEntityLockSummary] "
        "ProjectorLockSetId:int RateTaskTimestamp:string",
    ),
    "PwsAuthenticateResponse": (RSP, "RedirectUrl:string SessionTicket:string"),
    "PwsUnauthenticateResponse": (RSP, ""),
    "PwsAcquireProjectorLocksResponse": (RSP, "Locks:[PwsProjectorLock] ProjectorLockSetId:int"),
    "PwsCheckProjectorLocksResponse": (RSP, "Locks:[PwsProjectorLock]"),
    "PwsRenewProjectorLocksResponse": (RSP, ""),
    "PwsReleaseProjectorLocksResponse": (RSP, "StolenLock:PwsStolenLock"),
    "PwsGetProjectResponse": (
        SCH,
        "EngagementTimestamp:string ProjectIdentity:PwsProjectRef ProjectTaskTypes:[PwsProjectTaskTypeDetail] "
        "RateTaskTimestamp:string",
    ),
    "PwsSaveProjectTaskTypeResponse": (
        SCH,
        "ProjectTaskTypeIdentity:PwsProjectTaskTypeRef EngagementTimestamp:string "
        "LockStolenFromUserIdentity:PwsUserRef RateTaskTimestamp:string StolenLocks:PwsEntityLockSummary",
    ),
}

Member = tuple[str, str, str]  # namespace, name, kind


def _members(name: str) -> list[Member]:
    ns, listed = _PARTS[name]
    return [(ns, *pair.split(":")) for pair in listed.split()]  # type: ignore[misc]


TYPES: Final[Mapping[str, list[Member]]] = {name: _members(name) for name in _PARTS}
_INTEGERS: Final = {"int": 31, "long": 63, "short": 15}


def request_members(operation: str) -> list[Member]:
    """The members of an operation's request: the base's first. PwsAuthenticate needs no ticket."""
    base = [m for m in TYPES["Request"] if operation != "PwsAuthenticate" or m[1] != "SessionTicket"]
    return [*base, *TYPES[operation]]


def read(node: Element | None, members: Sequence[Member]) -> Record:
    """The record of a node; members that are nil or absent are not in it. Raises SoapFault on a bad scalar."""
    found = ordered(node, [(ns, name) for ns, name, _ in members])
    kinds = {name: kind for _, name, kind in members}
    return {name: _value(child, kinds[name].rstrip("!")) for name, child in found.items() if not is_nil(child)}


def _value(node: Element, kind: str) -> Any:
    if kind.startswith("["):
        item = kind[1:-1]
        return [read(child, TYPES[item]) for child in node if child.tag == f"{{{COM}}}{item}" and not is_nil(child)]
    if kind in TYPES:
        return read(node, TYPES[kind])
    words = "".join(str(piece) for piece in node.itertext())
    if kind == "boolean":
        known = {"true": True, "1": True, "false": False, "0": False}
        if words.strip() in known:
            return known[words.strip()]
        raise _unread(node)
    if kind in _INTEGERS:
        return _whole(node, words.strip(), _INTEGERS[kind])
    return words


def _whole(node: Element, words: str, bits: int) -> int:
    digits = words.removeprefix("-") if words.startswith("-") else words.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        raise _unread(node)
    number = int(words)
    if not -(2**bits) <= number < 2**bits:
        raise _unread(node)
    return number


def _unread(node: Element) -> SoapFault:
    return SoapFault("Client", f"The formatter threw an exception while trying to deserialize {node.tag}.")


def write(ns: str, name: str, members: Sequence[Member], record: Record) -> Element:
    """The element of a record: each member in its order, nil when it is absent."""
    return build(ns, name, *written(members, record))


def written(members: Sequence[Member], record: Record) -> list[Element]:
    """The members of a record as elements."""
    nodes = []
    for ns, name, kind in members:
        value = record.get(name)
        if value is not None:
            nodes.append(_node(ns, name, kind.rstrip("!"), value))
        elif not kind.endswith("!"):
            nodes.append(null(ns, name))
    return nodes


def _node(ns: str, name: str, kind: str, value: Any) -> Element:
    if kind.startswith("["):
        return build(ns, name, *(write(COM, kind[1:-1], TYPES[kind[1:-1]], item) for item in value))
    if kind in TYPES:
        return write(ns, name, TYPES[kind], value)
    if kind == "boolean":
        return build(ns, name, text="true" if value else "false")
    return build(ns, name, text=str(value))


def canon_records(summaries: Sequence[Record]) -> Any:
    """The comparable form of PwsEntityLockSummary records as this service writes them."""
    return tuple(canon(write(COM, "PwsEntityLockSummary", TYPES["PwsEntityLockSummary"], one)) for one in summaries)


def canon_echo(node: Element | None) -> Any:
    """The comparable form of what came as LocksToSteal; empty when absent, nil or empty."""
    return () if node is None or is_nil(node) else tuple(canon(child) for child in node)


def canon(node: Element) -> Any:
    """Names, nils, order and text of a node: all that may not change in an echo. Prefixes do not count."""
    children = tuple(canon(child) for child in node)
    words = "" if children else "".join(str(piece) for piece in node.itertext())
    return (str(node.tag), is_nil(node), words, children)
