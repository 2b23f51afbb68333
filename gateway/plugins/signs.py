"""The law of signs: how a plug-in's settings say what an answer means; by typed places and codes, never by words.

A `Sign` is a condition on a reply: on a fault's typed detail, or on a status inside a good answer. Pointers are
JSON Pointers (RFC 6901) into the canonical value; `*` stands for every item or member.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, model_validator

from gateway.core.message import Message
from gateway.core.value import Value, steps_of

from .api import PluginSettings


class Sign(PluginSettings):
    """A condition on an answer; all that is given must hold."""

    at: Literal["fault", "reply", "any"] = Field(default="any", description="a fault, a good answer, or either")
    name: str = Field(default="", description="the fault detail's element: {namespace}local, or local")
    code: str = Field(default="", description="the fault's code by its SOAP 1.2 name: Sender, Receiver")
    path: str = Field(default="", pattern=r"^(/.*)?$", description="a place in the detail, or in the answer")
    equals: str | tuple[str, ...] = Field(default=(), description="what stands there, as text; else anything")

    @model_validator(mode="after")
    def _some_condition(self) -> Sign:
        if not (self.name or self.code or self.path):
            raise ValueError("a sign needs a condition: `name`, `code` or `path`")
        if (self.name or self.code) and self.at == "reply":
            raise ValueError("`name` and `code` are those of a fault")
        return self

    def shows(self, reply: Message) -> bool:
        """Whether the answer bears the sign."""
        fault = reply.fault
        if (self.at == "fault" and fault is None) or (self.at == "reply" and fault is not None):
            return False
        if fault is None:
            return not (self.name or self.code) and self._holds(seen(reply))
        if self.name and self.name not in (fault.name, fault.name.rpartition("}")[2]):
            return False
        if self.code and self.code != fault.code:
            return False
        return not self.path or self._holds(fault.detail)

    def _holds(self, document: Value) -> bool:
        found = places(document, self.path)
        wanted = (self.equals,) if isinstance(self.equals, str) else self.equals
        return bool(found) if not wanted else any(text(value) in wanted for value in found)


def shown(signs: Iterable[Sign], reply: Message) -> bool:
    """Whether the answer bears one of the signs."""
    return any(sign.shows(reply) for sign in signs)


def seen(reply: Message) -> Value:
    """The answer's value, looked at without marking it as read: untouched bytes stay the same bytes."""
    if reply.read or reply.parsed is None:
        return reply.value()
    return Message(reply.codec, parsed=reply.parsed).value()


def text(value: Any) -> str:
    """A scalar as a setting writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def places(document: Any, pointer: str) -> list[Any]:
    """Everything that stands at a pointer; nothing where nothing is."""
    found = [document]
    for step in steps_of(pointer):
        deeper: list[Any] = []
        for here in found:
            if isinstance(here, dict):
                deeper += here.values() if step == "*" else [here[step]] if step in here else []
            elif isinstance(here, list):
                fits = step.isascii() and step.isdigit() and len(step) <= 9 and int(step) < len(here)
                deeper += here if step == "*" else [here[int(step)]] if fits else []
        found = deeper
    return found


def at(document: Any, pointer: str) -> Any:
    """What stands at a pointer first, None without anything."""
    found = places(document, pointer) if pointer else []
    return found[0] if found else None


def put(document: Value, pointer: str, value: Value) -> Value:
    """A copy of the document with a member set; the structures on the way are made where they are missing."""
    return _put(document, steps_of(pointer), value)


def _put(document: Value, steps: tuple[str, ...], value: Value) -> Value:
    if not steps:
        return value
    whole: dict[str, Value] = dict(document) if isinstance(document, dict) else {}
    whole[steps[0]] = _put(whole.get(steps[0]), steps[1:], value)
    return whole
