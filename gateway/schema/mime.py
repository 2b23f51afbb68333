"""The law of MIME bindings: which parts of a message travel beside its envelope, and as what (WSDL 1.1 §5).

A part that mime:content binds and soap:body does not take is carried: to everyone but the package it is a member in
base64, whatever its declared type. `attachments` are the mime:content elements of one input or output.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gateway.schema.contract import MimePart, Part
from gateway.schema.source import XS

_BASE64: Final = f"{{{XS}}}base64Binary"


def unknown(parts: tuple[Part, ...], attachments: list[Any]) -> list[str]:
    """The parts that are bound and not there."""
    known = {part.name for part in parts}
    return [name for name in dict.fromkeys(each.get("part") or "" for each in attachments) if name not in known]


def carried_of(parts: tuple[Part, ...], chosen: tuple[Part, ...], attachments: list[Any]) -> tuple[Part, ...]:
    """The parts that travel as attachments, `chosen` being those in the Body."""
    names = {each.get("part") for each in attachments} - {part.name for part in chosen}
    return tuple(Part(part.name, type=_BASE64) for part in parts if part.name in names)


def mime_parts(attachments: list[Any], carried: tuple[Part, ...]) -> Iterator[MimePart]:
    """Each carried part with its media types, in the order of the message."""
    found: dict[str, list[str]] = {part.name: [] for part in carried}
    for each in attachments:
        if each.get("part") in found:
            found[each.get("part")].append(each.get("type") or "*/*")
    for part, types in found.items():
        yield MimePart(part, tuple(types))
