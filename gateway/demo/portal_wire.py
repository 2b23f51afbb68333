"""The law of the portal's words: its namespace, its members and their order, as NETID.md prints them.

Written by hand from the pages, not from the gateway's schema: the tests hold it against the XSD.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from lxml import etree

from gateway.demo.portal_state import PortalError, Task
from gateway.demo.soap11 import Element, build, text

NS: Final = "http://www.pointsharp.com/netid/server/portal"
ACTION: Final = f"{NS}/IServiceSoap/"
CONTENT_TYPE: Final = 'text/xml; charset="utf-8";'  # as printed, with the semicolon
DATE: Final = "%Y-%m-%d %H:%M:%S"


class Parameters:
    """The own parameters of a call: the children of Info, found by name."""

    def __init__(self, children: Mapping[str, Element]) -> None:
        self._children = children

    @classmethod
    def of(cls, info: Element | None) -> Parameters:
        """The children of Info in the portal's namespace; the first of a name counts."""
        found: dict[str, Element] = {}
        for child in info if info is not None else ():
            name = etree.QName(child)
            if name.namespace == NS:
                found.setdefault(name.localname, child)
        return cls(found)

    def has(self, name: str) -> bool:
        """Whether the parameter is there at all."""
        return name in self._children

    def word(self, name: str, default: str | None = None) -> str:
        """A string. Raises PortalError when it is mandatory (no default) and missing."""
        node = self._children.get(name)
        if node is None:
            if default is None:
                raise PortalError("NPR_PARAMETER_MISSING", f"The parameter {name} is mandatory.")
            return default
        return text(node)

    def number(self, name: str) -> int:
        """A whole number in decimal digits. Raises PortalError."""
        value = self.word(name)
        if not value.lstrip("+-").isascii() or not value.lstrip("+-").isdecimal():
            raise PortalError("NPR_PARAMETER_INVALID", f"The parameter {name} must be a numeric value.")
        return int(value)

    def binary(self, name: str, default: str | None = None) -> bytes:
        """Octets in base64. Raises PortalError."""
        try:
            return base64.b64decode("".join(self.word(name, default).split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise PortalError("NPR_PARAMETER_INVALID", f"The parameter {name} must be base64.") from error

    def flag(self, name: str) -> bool:
        """A boolean, false when missing; in any casing."""
        return self.word(name, "false").lower() in {"true", "1"}

    def task(self) -> Parameters:
        """The members of the whole task that SaveTask and ExecuteTask take. Raises PortalError."""
        node = self._children.get("Task")
        if node is None:
            raise PortalError("NPR_PARAMETER_MISSING", "The parameter Task is mandatory.")
        return Parameters.of(node)


def leaf(name: str, value: object) -> Element:
    """A member with text: dates without a zone, octets in base64, whole numbers in digits."""
    if isinstance(value, datetime):
        return build(NS, name, text=value.strftime(DATE))
    if isinstance(value, bytes):
        return build(NS, name, text=base64.b64encode(value).decode())
    if isinstance(value, bool):
        return build(NS, name, text="true" if value else "false")
    return build(NS, name, text=str(value))


def group(name: str, *children: Element) -> Element:
    """A member that holds members."""
    return build(NS, name, *children)


def task_node(task: Task, action_list: bool = False) -> Element:
    """The task as the pages print it, members in their order; its actions where they are asked for."""
    parts = [
        leaf("Id", task.id),
        leaf("OrganizationId", task.organization),
        leaf("RequestorId", task.requestor),
        leaf("BehalfOfId", task.behalf_of),
        leaf("ProcessorId", task.processor),
        leaf("EntityId", task.entity),
        leaf("EntityType", task.entity_type),
        leaf("EntityDescription", task.description),
        leaf("ActionIndex", task.action),
        leaf("ValidFrom", task.valid_from),
        leaf("ValidTo", task.valid_to),
        leaf("DateTime", task.at),
        group("Type", leaf("Id", task.kind[0]), leaf("Name", task.kind[1])),
        group("Status", leaf("Id", task.status[0]), leaf("Name", task.status[1]), leaf("DateTime", task.status_at)),
    ]
    if task.message:
        parts.append(group("Message", leaf("Code", task.message[0]), leaf("Type", task.message[1])))
    if action_list:
        named = enumerate(task.actions)
        parts.append(group("ActionList", *(group("Action", leaf("Index", n), leaf("Name", name)) for n, name in named)))
    return group("Task", *parts)


def call_status(code: str = "Success", description: str = "Success") -> Element:
    """The status of the call, which stands beside the task and is not the task's."""
    return group("Status", leaf("Code", code), leaf("Description", description))


def fault_detail(error: PortalError) -> Element:
    """The entry of a fault's detail (assumed: no page prints a fault)."""
    return group("PortalFault", leaf("Code", error.code), leaf("Description", error.description))
