"""The law of packages: a multipart/related body becomes its parts, or a Problem; nothing is decoded twice or guessed.

RFC 2046 §5.1 (delimiters, headers), RFC 2387 (`start`, `type`), RFC 2392 (`cid:`). Bytes in, bytes out: what the parts
mean is `gateway.codec.xop`'s. Every bound holds before a part is copied.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from ..core.limits import Limits
from ..core.problem import Kind, Problem

# RFC 2046 §5.1.1: at most 70 characters of this set, the last one no blank
_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_FIELD: Final = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:[ \t]*(.*?)[ \t]*", re.DOTALL)
_FOLD: Final = re.compile(rb"\r\n[ \t]+")
_PLAIN: Final = frozenset({"", "7bit", "8bit", "binary"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its Content-ID without brackets ('' without one), its media type as it was said, its bytes."""

    id: str
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """A whole body: the root and, by Content-ID, what else came with it."""

    root: Part
    others: Mapping[str, Part]


def unpack(body: bytes, parameters: Mapping[str, str], limits: Limits) -> Package:
    """The parts of a multipart/related body with these parameters of its Content-Type.

    Raises Problem ATTACHMENTS_INVALID: a delimiter, header or encoding that is none, a root that is missing, a
    Content-ID that is missing or given twice, more parts or longer headers than allowed.
    """
    boundary = parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise invalid("Content-Type has no boundary that RFC 2046 §5.1.1 allows")
    parts = [_part(raw, at, limits) for at, raw in enumerate(_cut(body, boundary.encode(), limits.parts), 1)]
    if not parts:
        raise invalid("the body has no parts")
    start = parameters.get("start", "").strip()
    wanted = start.removeprefix("<").removesuffix(">")
    root = next((each for each in parts if each.id == wanted), None) if start else parts[0]
    if root is None:
        raise invalid("no part has the Content-ID that `start` names")
    others: dict[str, Part] = {}
    for at, each in enumerate(parts, 1):
        if each is root:
            continue
        if not each.id:
            raise invalid(f"part {at} has no Content-ID: nothing can refer to it")
        if each.id in others or each.id == root.id:
            raise invalid(f"part {at} has the Content-ID of another part")
        others[each.id] = each
    return Package(root, others)


def cid_of(reference: str) -> str | None:
    """The Content-ID that a `cid:` URL names (RFC 2392 §2), None for any other URL."""
    scheme, colon, rest = reference.strip().partition(":")
    return unquote(rest) if colon and scheme.lower() == "cid" else None


def invalid(words: str) -> Problem:
    """The problem in which everything that is wrong with a package is told."""
    return Problem(Kind.ATTACHMENTS_INVALID, f"The message's parts are refused: {words}.")


def _cut(body: bytes, boundary: bytes, most: int) -> Iterator[bytes]:
    """What stands between the delimiters; the last one must be the closing one."""
    delimiter = re.compile(rb"\r\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r\n|\Z)")
    whole = b"\r\n" + body
    start, count = -1, 0
    for found in delimiter.finditer(whole):
        if start >= 0:
            count += 1
            if count > most:
                raise invalid(f"there are more than {most}")
            yield whole[start : found.start()]
        if found[1]:
            return
        start = found.end()
    raise invalid("the closing delimiter is missing" if start >= 0 else "the boundary does not stand in the body")


def _part(raw: bytes, at: int, limits: Limits) -> Part:
    """A part from what stands between two delimiters; `raw` begins with the line break after the first."""
    end = raw.find(b"\r\n\r\n", 0, limits.part_head + 6)
    if end < 0:
        long = len(raw) > limits.part_head + 6
        words = f"has more than {limits.part_head} bytes" if long else "does not end"
        raise invalid(f"the header of part {at} {words}")
    fields = _fields(raw[2:end], at)
    coding = fields.get("content-transfer-encoding", "").lower()
    body = raw[end + 4 :]
    if coding == "base64":
        try:
            body = base64.b64decode(b"".join(body.split()), validate=True)
        except binascii.Error:
            raise invalid(f"part {at} is not the base64 that its header says") from None
    elif coding not in _PLAIN:
        raise invalid(f"part {at} has another Content-Transfer-Encoding than binary, 8bit, 7bit or base64")
    given = fields.get("content-id", "")
    id_ = given.removeprefix("<").removesuffix(">")
    if bool(given) != bool(id_) or any(char in id_ for char in "<> "):
        raise invalid(f"the Content-ID of part {at} is none (RFC 2045 §7)")
    return Part(id_, fields.get("content-type", "text/plain"), body)


def _fields(head: bytes, at: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _FOLD.sub(b" ", head).split(b"\r\n") if head else ():
        field = _FIELD.fullmatch(line)
        if field is None or not field[2].isascii() or any(byte < 32 and byte != 9 for byte in field[2]):
            raise invalid(f"part {at} has a header field that is none")
        name = field[1].decode().lower()
        if name in found:
            raise invalid(f"part {at} has the header field {name} twice")
        found[name] = field[2].decode()
    return found
