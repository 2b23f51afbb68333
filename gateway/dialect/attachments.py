"""The law of SOAP with Attachments: what travels beside the envelope stands in it as base64 for everyone else.

WSDL 1.1 §5 (mime:multipartRelated), SOAP Messages with Attachments, WS-I Attachments Profile 1.0. A part that
mime:content binds is the last of the Body's members, under its part's name; an element of type swaRef holds its part.
Which these are is the contract's word; each part is taken in once, none is left over.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote

from lxml import etree

from ..codec.multipart import Part, cid_of, invalid
from ..codec.xop import Taken

_HEAD: Final = "{*}Header"
_BODY: Final = "{*}Body"
_SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
OCTETS: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Carried:
    """The parts of one message that travel beside it: name and media type each; `inside` the Body's child or beside."""

    parts: tuple[tuple[str, str], ...]
    inside: bool


@dataclass(frozen=True, slots=True)
class Attachments:
    """What the messages of one service have as attachments.

    `references`: the names of the elements of type swaRef; `carried`: by direction (True: a reply) and the Body's
    first child's name. Empty where the contract has none.
    """

    references: frozenset[str] = frozenset()
    carried: Mapping[tuple[bool, str], Carried] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.references or self.carried)

    def inline(self, root: Any, parts: Mapping[str, Part], reply: bool, *, most: int) -> None:
        """Put the parts' base64 into the tree, in place.

        `most`: bytes that all of it may have. Raises Problem ATTACHMENTS_INVALID (see the law of this file).
        """
        left = dict(parts)
        size = sum((len(part.body) + 2) // 3 * 4 for part in parts.values())
        if size > most:
            raise invalid(f"their base64 has more than {most} bytes")
        body = root.find(_BODY)
        for element in body.iter(*self.references) if body is not None and self.references else ():
            id_ = cid_of(element.text or "")
            if id_ is None or len(element):
                raise invalid("a swaRef refers to something else than a part by `cid:`")
            part = left.pop(id_, None)
            if part is None:
                twice = "a part is referred to twice"
                raise invalid(twice if id_ in parts else "a swaRef refers to a part that is not there")
            element.text = _text(part)
        self._carry(body, left, reply)
        if left:
            raise invalid(f"{len(left)} of them belong to nothing that the contract has in this message")

    def _carry(self, body: Any, left: dict[str, Part], reply: bool) -> None:
        row = self._row(body, reply)
        if row is None:
            return
        holder = body[0] if row.inside else body
        named = {_name_of(id_): id_ for id_ in left}
        mine = {name: named[name] for name, _ in row.parts if name in named}
        rest = iter([id_ for id_ in left if id_ not in mine.values()])  # others, in the order that they came in
        for name, _ in row.parts:
            id_ = mine.get(name) or next(rest, "")
            if id_:
                etree.SubElement(holder, name).text = _text(left.pop(id_))

    def _row(self, body: Any, reply: bool) -> Carried | None:
        first = next((child.tag for child in body), "") if body is not None else ""
        return self.carried.get((reply, first))

    def take(self, root: Any, reply: bool) -> list[Taken]:
        """Take the attachments out of a tree, in place; nothing where the message has none.

        Raises Problem ATTACHMENTS_INVALID for a signed message: what was signed would not be what is sent.
        """
        body = root.find(_BODY)
        taken = list(self._taken(body, reply)) if body is not None else []
        head = root.find(_HEAD)
        if taken and head is not None and next(head.iter(_SIGNATURE), None) is not None:
            raise invalid("a signed message has no form with attachments; MTOM has (upstream.mtom)")
        return taken

    def _taken(self, body: Any, reply: bool) -> Iterator[Taken]:
        mark = f"{secrets.token_hex(8)}@soapgw"
        row = self._row(body, reply)
        for name, kind in row.parts if row is not None else ():
            holder = body[0] if row is not None and row.inside else body
            element = next((child for child in reversed(holder) if child.tag == name), None)
            if element is not None:
                holder.remove(element)
                yield Taken(f"{quote(name, safe='')}={mark}", kind, _octets(element))  # WS-I AP R2933
        elements = list(body.iter(*self.references)) if self.references else []
        for at, element in enumerate(elements, 1):
            octets, id_ = _octets(element), f"{at}.{mark}"
            element.text = f"cid:{id_}"
            yield Taken(id_, OCTETS, octets)


def _name_of(id_: str) -> str:
    """The part that a Content-ID names by WS-I AP R2933, '' for another."""
    name, equals, _ = id_.partition("=")
    return unquote(name) if equals else ""


def _text(part: Part) -> str:
    return base64.b64encode(part.body).decode()


def _octets(element: Any) -> bytes:
    return base64.b64decode(element.text or "")
