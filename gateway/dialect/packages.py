"""The law of packages on the wire: whoever reads a message behind this reads a plain envelope, MTOM, SwA or neither.

SOAP MTOM §3, its SOAP 1.1 binding, SOAP with Attachments, and RFC 2387. A package is opened before anything else looks
at the message, since signatures and schemas speak of the form with base64 in it; it is made last, when the envelope is
written and protected.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from ..codec.multipart import invalid, unpack
from ..codec.xop import MEDIA, ROOT, Taken, included, inline, packed, take
from ..core.limits import LARGE, Limits
from ..core.message import Wire
from ..core.operation import Operation
from ..xml import element_text
from ..xml import parse as parse_xml
from .attachments import Attachments
from .envelope import Version
from .media import Media, media

#: the base64Binary elements of a Body's children, of an operation's request or (True) reply
Find = Callable[[Operation, bool, list[Any]], Iterable[Any]]

_VERSIONS: Final[dict[str, Version]] = {"soap11": "1.1", "soap12": "1.2"}
_BODY: Final = "{*}Body"
NO_ATTACHMENTS: Final = Attachments()


def is_package(wire: Wire) -> bool:
    """Whether a message says that it is multipart/related."""
    return media(wire.headers.get("content-type", "")).family == "multipart"


def open_package(
    wire: Wire, limits: Limits, *, response: bool = False, attachments: Attachments = NO_ATTACHMENTS
) -> None:
    """Make a plain envelope of a package, in place. Raises Problem ATTACHMENTS_INVALID, and as the parser does."""
    said = media(wire.headers["content-type"])
    early = _version(said.parameters.get("start-info", "")) or _version(said.parameters.get("type", ""))
    wire.facts |= {"soap": early} if early else {}  # in which a refusal is told
    package = unpack(wire.body, said.parameters, limits)
    root = media(package.root.type)
    root.require_utf8()
    optimized = root.type == MEDIA
    kind = root.parameters.get("type", "") or said.parameters.get("start-info", "") if optimized else root.type
    version = _version(kind)
    if not version:
        raise invalid("their root is no SOAP: `type` of application/xop+xml, or its own media type, says so")
    if package.others and not (optimized or attachments):
        raise invalid("the contract has no attachments, and the root is not application/xop+xml (MTOM)")
    tree = parse_xml(package.root.body, limits, response=response)
    most = limits.response if response else limits.body
    beside = dict(package.others)
    if optimized:  # a service may optimize what it also attaches
        mine = included(tree) if attachments else beside.keys()
        inline(tree, {id_: part for id_, part in beside.items() if id_ in mine}, most=most)
        beside = {id_: part for id_, part in beside.items() if id_ not in mine}
    if beside or not optimized:
        attachments.inline(tree, beside, response, most=most)
    wire.facts["soap"] = version
    wire.facts["package"] = True
    wire.body = element_text(tree).encode()
    wire.headers["content-type"] = _plain(media(kind), said, root)
    wire.headers.pop("content-length", None)


def _version(kind: str) -> str:
    """The SOAP version of a media type, '' for another."""
    return _VERSIONS.get(media(kind).family, "")


def _plain(kind: Media, said: Media, root: Media) -> str:
    """The Content-Type of the envelope alone; the action of SOAP 1.2 may stand at three places."""
    text = f"{kind.type}; charset=utf-8"
    given = (each.parameters["action"] for each in (kind, root, said) if "action" in each.parameters)
    action = next(given, "")
    return f'{text}; action="{_quoted(action)}"' if action and kind.family == "soap12" else text


def make_package(wire: Wire, operation: Operation, reply: bool, find: Find, over: int) -> Wire:
    """The message as MTOM, values of more than `over` bytes as parts of their own; a package even without any."""
    said = media(wire.headers.get("content-type", ""))
    if _version(said.type) == "":
        return wire
    root = parse_xml(wire.body, LARGE, response=True)
    body = root.find(_BODY)
    children = [] if body is None else list(body)
    taken = take(find(operation, reply, children), over, f"{secrets.token_hex(8)}@soapgw")
    return _packed(wire, root, said, taken, optimized=True)


def attach(wire: Wire, reply: bool, attachments: Attachments) -> Wire | None:
    """The message as SOAP with Attachments, None where it has none. Raises Problem ATTACHMENTS_INVALID."""
    said = media(wire.headers.get("content-type", ""))
    if not attachments or _version(said.type) == "":
        return None
    root = parse_xml(wire.body, LARGE, response=True)
    taken = attachments.take(root, reply)
    return _packed(wire, root, said, taken, optimized=False) if taken else None


def _packed(wire: Wire, root: Any, said: Media, taken: list[Taken], *, optimized: bool) -> Wire:
    boundary = f"soapgw-{secrets.token_hex(16)}"
    envelope = element_text(root).encode() if taken else wire.body
    kind = said.type
    action = said.parameters.get("action", "")
    more = f'; action="{_quoted(action)}"' if action else ""
    rest = f'type="{MEDIA}"; start="<{ROOT}>"; start-info="{kind}"' if optimized else f'type="{kind}"; start="<{ROOT}>"'
    headers = {**wire.headers, "content-type": f'multipart/related; boundary="{boundary}"; {rest}{more}'}
    body = packed(envelope, kind, boundary, taken, optimized=optimized)
    return replace(wire, headers=headers, body=body, tree=None)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
