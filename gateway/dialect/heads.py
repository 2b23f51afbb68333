"""The law of header blocks in REST: those that a route maps are an HTTP field or a member of `$headers`, no other is.

Compiled at start (`gateway.build.heads`). A block is typed like a body: what it may not hold is refused on either side.
`$headers` stands in the JSON beside the message's own members and never reaches its codec.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..codec.lexical import Scalar, Unfit
from ..core.limits import DEFAULT
from ..core.message import HeaderBlock
from ..core.problem import Finding, Kind, Problem
from ..core.value import Value
from ..xml import parse as parse_xml
from ..xml import text_of
from .bare import renamed
from .envelope import BY_NS
from .soap import BodyCodec

KEY: Final = "$headers"


@dataclass(frozen=True, slots=True)
class Head:
    """One mapped block. `http` is the field's name, '' for `$headers`; `scalar` is its type there."""

    name: str  # Clark name
    key: str  # local name: the key in `$headers`
    codec: BodyCodec
    http: str = ""
    scalar: Scalar | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Heads:
    """The mapped blocks of a route, both ways."""

    request: tuple[Head, ...] = ()
    reply: tuple[Head, ...] = ()

    def take(self, parsed: Any, fields: Mapping[str, str]) -> tuple[HeaderBlock, ...]:
        """The request's blocks; `$headers` is taken out of `parsed`. Raises Problem with every finding."""
        given = parsed.pop(KEY, None) if isinstance(parsed, dict) and any(not h.http for h in self.request) else None
        if given is not None and not isinstance(given, dict):
            raise _invalid([Finding(f"/{KEY}", "", "It is no object.", "an object of header blocks")])
        members: dict[str, Any] = dict(given or {})
        findings: list[Finding] = []
        blocks: list[HeaderBlock] = []
        for head in self.request:
            here = f"header:{head.http}" if head.http else f"/{KEY}/{head.key}"
            absent = head.http.lower() not in fields if head.http else head.key not in members
            if absent:
                if head.required:
                    findings.append(Finding(here, "", "It is missing.", f"the header block {head.key}"))
                continue
            try:
                value = _read(head, fields[head.http.lower()]) if head.http else members.pop(head.key)
                blocks.append(HeaderBlock(head.name, head.codec.encode(value)))
            except Unfit as unfit:
                findings.append(Finding(here, "", unfit.detail + ".", unfit.expected))
            except Problem as problem:
                findings += [Finding(here + f.pointer, f.xpath, f.detail, f.expected) for f in problem.findings]
        known = ", ".join(head.key for head in self.request if not head.http)
        findings += [Finding(f"/{KEY}/{name[:128]}", "", "There is no such header block.", known) for name in members]
        if findings:
            raise _invalid(findings)
        return tuple(blocks)

    def give(self, blocks: Sequence[HeaderBlock]) -> tuple[dict[str, str], dict[str, Value]]:
        """HTTP fields and the content of `$headers` of a reply. Raises Problem for a block that breaks its type."""
        fields: dict[str, str] = {}
        members: dict[str, Value] = {}
        for head in self.reply:
            block = next((each for each in blocks if each.name == head.name), None)
            element = _element(block) if block is not None else None
            if block is None or element is None:
                continue
            try:
                value = head.codec.decode(element)
            except Problem as problem:
                detail = f"The header block {head.key} of the service's answer is not valid."
                raise Problem(Kind.UPSTREAM_SCHEMA_VIOLATION, detail, findings=problem.findings) from problem
            if head.http:
                fields[head.http.lower()] = _field(head, text_of(element).strip(" \t\r\n"))
            else:
                members[head.key] = value
        return fields, members


def beside(members: Mapping[str, Value], body: Value) -> Value:
    """A message with its `$headers`, where there are any, before it; what is no object rides in `$value`."""
    return {KEY: dict(members), **(body if isinstance(body, dict) else {"$value": body})} if members else body


def _element(block: HeaderBlock) -> Any:
    """The block as its type has it: without the envelope's own attributes (SOAP 1.1 §4.2, SOAP 1.2 Part 1 §5.2)."""
    if block.element is None:
        return parse_xml(block.value.encode(), DEFAULT, response=True) if isinstance(block.value, str) else None
    foreign = [name for name in block.element.attrib if name[1:].partition("}")[0] in BY_NS]
    if not foreign:
        return block.element
    twin = renamed(block.element, block.element.tag)
    for name in foreign:
        del twin.attrib[name]
    return twin


def _read(head: Head, text: str) -> Value:
    assert head.scalar is not None
    return head.scalar.read(text, {})


def _field(head: Head, text: str) -> str:
    """The text as a field's value. Raises Problem where it cannot be one (RFC 9110 §5.5)."""
    if not text.isascii() or not text.isprintable():
        detail = f"The header block {head.key} holds what no HTTP field may hold; map it to `$headers`."
        raise Problem(Kind.UPSTREAM_SCHEMA_VIOLATION, detail)
    return text


def _invalid(findings: Sequence[Finding]) -> Problem:
    return Problem(Kind.INVALID_MESSAGE, findings=findings)
