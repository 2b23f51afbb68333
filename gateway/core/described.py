"""The law of description: what a part of the gateway says of itself to who reads the OpenAPI document.

Data only, drawn by `gateway.schema.openapi`; nothing on the path of a request reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Refused:
    """A problem that may be answered. `members`: JSON Schemas of what stands in it beside the usual ones."""

    words: str
    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Described:
    """What a plug-in adds to an operation: header fields that it reads (name, words) and problems by status."""

    headers: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[int, Refused] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Served:
    """A path of a plug-in's own.

    `takes` has the members of its JSON body, each the JSON pointer of a member in an operation's message;
    `gives` the JSON Schemas of its answer's members, none for an answer without a body.
    """

    method: str
    path: str
    summary: str
    service: str = ""
    takes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    status: int = 200
    gives: Mapping[str, Any] = field(default_factory=dict)
    example: Any = None  # of the answer
    problems: Mapping[int, Refused] = field(default_factory=dict)
    asked: Any = None  # an example of the body; else one is drawn from the contract
