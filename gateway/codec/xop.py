"""The law of XOP: binary values that travel as parts stand in the message again as base64, and the other way round.

XML-binary Optimized Packaging 1.0 §3; MTOM. The infoset is the message: what is signed, validated and converted is
the form with base64 in it. Each part is taken in once: none is missing, none is left over, and nothing but `cid:` is
followed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .multipart import Part, cid_of, invalid

NS: Final = "http://www.w3.org/2004/08/xop/include"
MEDIA: Final = "application/xop+xml"
_INCLUDE: Final = f"{{{NS}}}Include"
_CONTENT_TYPE: Final = "{http://www.w3.org/2005/05/xmlmime}contentType"
# canonical base64 (XSD 1.0 Part 2 §3.2.16): no white space, the bits that do not count are zero
_CANONICAL: Final = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?")
_MEDIA_TYPE: Final = re.compile(r"[!#$&^_.+\-0-9A-Za-z]+/[!#$&^_.+\-0-9A-Za-z]+")


def inline(root: Any, parts: Mapping[str, Part], *, most: int) -> None:
    """Put the parts' base64 where the tree refers to them; in place.

    `most`: bytes that the base64 of all parts may have. Raises Problem ATTACHMENTS_INVALID (see the law of this file).
    """
    left = dict(parts)
    size = 0
    for include in list(root.iter(_INCLUDE)):
        owner = include.getparent()
        alone = owner is not None and len(owner) == 1 and not _text(owner.text) and not _text(include.tail)
        if not alone or len(include) or _text(include.text):
            raise invalid("an xop:Include is not the only content of its element (XOP 1.0 §3.2)")
        id_ = cid_of(include.get("href") or "")
        if id_ is None:
            raise invalid("an xop:Include refers to something else than a part by `cid:`")
        part = left.pop(id_, None)
        if part is None:
            twice = "a part is referred to twice"
            raise invalid(twice if id_ in parts else "an xop:Include refers to a part that is not there")
        size += (len(part.body) + 2) // 3 * 4
        if size > most:
            raise invalid(f"their base64 has more than {most} bytes")
        owner.remove(include)
        owner.text = base64.b64encode(part.body).decode()
    if left:
        raise invalid(f"{len(left)} of them are referred to by nothing in the message")


def included(root: Any) -> frozenset[str]:
    """The Content-IDs that a tree's xop:Include elements name."""
    return frozenset(id_ for each in root.iter(_INCLUDE) if (id_ := cid_of(each.get("href") or "")) is not None)


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that was taken out of a tree: its Content-ID, its media type, its bytes."""

    id: str
    type: str
    body: bytes


def take(elements: Iterable[Any], over: int, prefix: str) -> list[Taken]:
    """Replace the base64 of these elements by references where it has more than `over` bytes; in place.

    What is not canonical stays as it is, for it would not come back as it was (XOP 1.0 §3.1). `prefix` makes the
    Content-IDs the message's own.
    """
    from lxml import etree

    taken: list[Taken] = []
    for element in elements:
        text = element.text or ""
        if len(element) or len(text) <= over // 3 * 4 or not _CANONICAL.fullmatch(text):
            continue
        body = base64.b64decode(text)
        if len(body) <= over:
            continue
        said = element.get(_CONTENT_TYPE) or ""
        id_ = f"{len(taken) + 1}.{prefix}"
        taken.append(Taken(id_, said if _MEDIA_TYPE.fullmatch(said) else "application/octet-stream", body))
        element.text = None
        include = etree.SubElement(element, _INCLUDE, nsmap={"xop": NS})
        include.set("href", f"cid:{id_}")
    return taken


def packed(envelope: bytes, kind: str, boundary: str, taken: Iterable[Taken], *, optimized: bool = True) -> bytes:
    """The body of multipart/related: the envelope, of media type `kind`, then the parts; `boundary` is in none.

    `optimized`: the root is XOP; without it, plain SOAP with Attachments.
    """
    line = f"--{boundary}"
    media = f'{MEDIA}; charset=utf-8; type="{kind}"' if optimized else f"{kind}; charset=utf-8"
    root = Taken(ROOT, media, envelope)
    pieces = []
    for each in (root, *taken):
        head = (line, f"Content-Type: {each.type}", "Content-Transfer-Encoding: binary", f"Content-ID: <{each.id}>")
        pieces += ["\r\n".join(head).encode(), b"\r\n\r\n", each.body, b"\r\n"]
    return b"".join([*pieces, f"{line}--\r\n".encode()])


ROOT: Final = "root.message@soapgw"


def _text(text: str | None) -> bool:
    """Whether there is more than white space."""
    return bool(text and text.strip(" \t\r\n"))
