"""The law of WS-Addressing 1.0: its blocks end at the gateway, on either side, and are written anew on the other.

A caller's blocks are judged and answered here, over the very connection: a reply anywhere else is refused, since the
gateway calls no address that a message names. Towards a service whose contract asks for it they are filled in, and
its RelatesTo is compared. Core §3, SOAP Binding §5, §6 (faults), Metadata §4.4 (actions).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..core.message import Exchange, Fault, HeaderBlock
from ..core.operation import Operation
from ..core.problem import Kind, Problem
from ..xml import escape_attribute, escape_text, text_of
from .envelope import NS as SOAP
from .envelope import Version, for_us

NS: Final = "http://www.w3.org/2005/08/addressing"
ANONYMOUS: Final = f"{NS}/anonymous"
NONE: Final = f"{NS}/none"
FAULT: Final = f"{NS}/fault"  # the action of a fault of these rules
SOAP_FAULT: Final = f"{NS}/soap/fault"  # and of any fault that the contract does not declare
_ONCE: Final = ("To", "From", "ReplyTo", "FaultTo", "Action", "MessageID")
_NO_URI: Final = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\[\]]")
_SHOWN: Final = 128  # characters of an action, as of the names of members in a problem
_PREFIX: Final = f"{{{NS}}}"


@dataclass(frozen=True, slots=True)
class Addressed:
    """What the answer to an addressed request must say."""

    message_id: str = ""


def carries(headers: Iterable[HeaderBlock]) -> bool:
    """Whether a message has any of these blocks."""
    return any(block.name.startswith(_PREFIX) for block in headers)


def without(headers: Iterable[HeaderBlock]) -> tuple[HeaderBlock, ...]:
    """The blocks that are not of WS-Addressing."""
    return tuple(block for block in headers if not block.name.startswith(_PREFIX))


def action_of(headers: Iterable[HeaderBlock]) -> str:
    """The [action] of a message, '' without one."""
    found = next((block for block in headers if block.name == f"{_PREFIX}Action"), None)
    return text_of(found.element).strip() if found is not None else ""


def judged(operation: Operation, headers: Sequence[HeaderBlock], http_actions: Iterable[str]) -> Addressed:
    """What a request's blocks say, by the rules of the specification. Raises Problem ADDRESSING_INVALID."""
    found: dict[str, Any] = {}
    for block in headers:
        name = block.name.removeprefix(_PREFIX)
        if not block.name.startswith(_PREFIX) or not for_us(block) or name not in _ONCE:
            continue
        if name in found:
            raise _wrong("InvalidCardinality", name, f"The header block {name} stands twice.")
        found[name] = block.element
    actions = operation.actions
    if "Action" not in found:
        raise _wrong("", "Action", "The header block Action is missing.")
    action = text_of(found["Action"]).strip()
    for given in http_actions:
        if given and given != action:
            words = f"The header block Action is {shown(action)}, the action of the HTTP header {shown(given)}."
            raise _wrong("ActionMismatch", "Action", words)
    if action not in (actions.request, operation.action):
        words = f"The header block Action is {disagreement(action, operation)}."
        raise _wrong("ActionNotSupported", "Action", words)
    for name in ("ReplyTo", "FaultTo"):
        _check_endpoint(name, found.get(name), one_way=operation.one_way)
    message_id = text_of(found["MessageID"]).strip() if "MessageID" in found else ""
    if not message_id and (actions.required and not operation.one_way):
        raise _wrong("", "MessageID", "The header block MessageID is missing: a reply is expected.")
    return Addressed(message_id)


def disagreement(action: str, operation: Operation) -> str:
    """The action that came, and those that the operation of the body has, for a person."""
    known = [f"`{each}`" for each in dict.fromkeys((operation.action, operation.actions.request)) if each]
    return f"{shown(action)}; that of the body's operation {operation.name} is {' or '.join(known) or 'empty'}"


def shown(action: str) -> str:
    """An action that came: the characters that a URI may have (RFC 3986 §2), other ones as `?`, cut at 128."""
    text = _NO_URI.sub("?", action[:_SHOWN])
    return f"`{text}{'…' if len(action) > _SHOWN else ''}`"


def message_id(exchange: Exchange) -> str:
    """The MessageID of a caller's request, '' without one."""
    said = exchange.facts.get("addressing")
    return said.message_id if isinstance(said, Addressed) else ""


def duplicate() -> Problem:
    """The refusal of a message that was taken already (SOAP Binding §6.4.1.5)."""
    return _wrong("DuplicateMessageID", "MessageID", "A message with this MessageID was taken already.")


def unaddressed(operation: Operation) -> None:
    """Judge a request without any block. Raises Problem ADDRESSING_INVALID where the contract demands them."""
    if operation.actions.required:
        raise _wrong("", "Action", "The contract demands WS-Addressing: the header block Action is missing.")


def _check_endpoint(name: str, element: Any, *, one_way: bool) -> None:
    if element is None:
        return
    address = element.find(f"{_PREFIX}Address")
    if address is None:
        raise _wrong("MissingAddressInEPR", name, f"The header block {name} has no Address.")
    said = text_of(address).strip()
    if said != ANONYMOUS and not (one_way and said == NONE):
        detail = f"{name} is another address than the anonymous one: answers go over the connection of the request."
        raise _wrong("OnlyAnonymousAddressSupported", name, detail)


def _wrong(subcode: str, header: str, detail: str) -> Problem:
    """`subcode` '' is a block that is missing: that has a subcode of its own."""
    return Problem(
        Kind.ADDRESSING_INVALID, detail, extra={"addressing": subcode or "MessageAddressingHeaderRequired",
                                                "header": f"{_PREFIX}{header}"}, outcome="not-sent",
    )  # fmt: skip


# ---------------------------------------------------------------- what is written


def new_id() -> str:
    """A MessageID of its own."""
    return f"urn:uuid:{uuid.uuid4()}"


def request_blocks(operation: Operation, to: str, message_id: str) -> str:
    """The blocks of a request to a service (Core §3.2)."""
    reply = "" if operation.one_way else f"<wsa:ReplyTo><wsa:Address>{ANONYMOUS}</wsa:Address></wsa:ReplyTo>"
    return _blocks(
        f"<wsa:Action{{}}>{escape_text(operation.actions.request)}</wsa:Action>"
        f"<wsa:MessageID{{}}>{message_id}</wsa:MessageID><wsa:To{{}}>{escape_text(to)}</wsa:To>"
        + reply.replace("<wsa:ReplyTo>", "<wsa:ReplyTo{}>")
    )


def reply_blocks(addressed: Addressed, action: str) -> str:
    """The blocks of an answer (Core §3.4)."""
    relates = f"<wsa:RelatesTo{{}}>{escape_text(addressed.message_id)}</wsa:RelatesTo>" if addressed.message_id else ""
    return _blocks(
        f"<wsa:Action{{}}>{escape_text(action)}</wsa:Action><wsa:MessageID{{}}>{new_id()}</wsa:MessageID>{relates}"
    )


def _blocks(text: str) -> str:
    return text.replace("{}", f' xmlns:wsa="{NS}"')


def fault_action(operation: Operation, fault: Fault) -> str:
    """The action of a service's fault: that of the declared one, else of any SOAP fault (SOAP Binding §6)."""
    return operation.actions.faults.get(fault.declared, SOAP_FAULT)


def fault_body(version: Version, problem: Problem) -> tuple[str, str]:
    """The Fault of a refusal and, for SOAP 1.1, the header block of its detail (SOAP Binding §6)."""
    subcode, name = str(problem.extra["addressing"]), str(problem.extra["header"]).removeprefix(_PREFIX)
    reason = escape_text(problem.detail)
    detail = f'<wsa:ProblemHeaderQName xmlns:wsa="{NS}">wsa:{name}</wsa:ProblemHeaderQName>'
    outer = subcode in ("MessageAddressingHeaderRequired", "ActionNotSupported")  # subcodes of their own
    wsa = f'xmlns:wsa="{NS}"'
    if version == "1.1":
        fault = f"<faultcode {wsa}>wsa:{subcode}</faultcode><faultstring>{reason}</faultstring>"
        return f"<soap:Fault>{fault}</soap:Fault>", f"<wsa:FaultDetail {wsa}>{detail}</wsa:FaultDetail>"
    inner = "" if outer else f"<soap:Subcode><soap:Value {wsa}>wsa:{subcode}</soap:Value></soap:Subcode>"
    first = subcode if outer else "InvalidAddressingHeader"
    code = f"<soap:Subcode><soap:Value {wsa}>wsa:{first}</soap:Value>{inner}</soap:Subcode>"
    return (
        f"<soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value>{code}</soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{reason}</soap:Text></soap:Reason>'
        f"<soap:Detail>{detail}</soap:Detail></soap:Fault>",
        "",
    )


# ---------------------------------------------------------------- what comes back


def check_reply(headers: Iterable[HeaderBlock], message_id: str) -> None:
    """Compare a service's RelatesTo with what was sent. Raises Problem UPSTREAM_MALFORMED."""
    blocks = [block for block in headers if block.name.startswith(_PREFIX)]
    related = [text_of(block.element).strip() for block in blocks if block.name == f"{_PREFIX}RelatesTo"]
    if blocks and message_id not in related:
        raise Problem(
            Kind.UPSTREAM_MALFORMED,
            "The service's answer relates to another message.",
            cause=f"RelatesTo is {', '.join(related)[:200] or 'missing'}, the MessageID was {message_id}",
        )


# ---------------------------------------------------------------- what SOAP itself says in header blocks

_SPOKEN: Final = (SOAP["1.2"], SOAP["1.1"])  # the better one first


def upgrade_block() -> str:
    """The Upgrade block of a VersionMismatch fault (SOAP 1.2 Part 1 §5.4.7): the versions that are spoken here."""
    rows = "".join(
        f'<up:SupportedEnvelope qname="v{at}:Envelope" xmlns:v{at}="{uri}"/>' for at, uri in enumerate(_SPOKEN)
    )
    return f'<up:Upgrade xmlns:up="{SOAP["1.2"]}">{rows}</up:Upgrade>'


def not_understood_blocks(names: Iterable[str]) -> str:
    """The NotUnderstood blocks of a MustUnderstand fault (SOAP 1.2 Part 1 §5.4.8)."""
    return "".join(map(_not_understood, names))


def _not_understood(name: str) -> str:
    namespace, _, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
    if not namespace:
        return f'<soap:NotUnderstood qname="{escape_attribute(local)}"/>'
    return f'<soap:NotUnderstood qname="nu:{escape_attribute(local)}" xmlns:nu="{escape_attribute(namespace)}"/>'
