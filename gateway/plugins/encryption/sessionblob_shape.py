"""The law of the session blob's place in a message: which members go into the blob, and where it stands.

A call's parameters stand in one container: in XML the sole child of the body's child (`Info`, or the
result), in JSON the object itself. SessionId and Count stay in clear; all else becomes the plaintext,
and comes back from it. Keys and sessions are not known here; `Shape` names the members.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

import orjson
from lxml import etree

from gateway.core.limits import Limits
from gateway.plugins.api import Refusal
from gateway.xml import canonical, escape_attribute, parse, text_of

_BODIES: Final = (
    "{http://schemas.xmlsoap.org/soap/envelope/}Body",
    "{http://www.w3.org/2003/05/soap-envelope}Body",
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The names of the three members that an encrypted call has; `whole`: in XML the plaintext is the container."""

    session: str = "SessionId"
    blob: str = "Blob"
    count: str = "Count"
    whole: bool = False

    @property
    def clear(self) -> tuple[str, str]:
        """The members that stay in clear."""
        return self.session, self.count


@dataclass(frozen=True, slots=True)
class Sealed:
    """The clear members of an encrypted call and its blob."""

    session_id: bytes
    count: int
    blob: bytes


# -- XML


def method_of(root: Any) -> Any:
    """The body's one child, or None (no envelope, an empty body, a fault)."""
    body = next((child for child in root if child.tag in _BODIES), None)
    if body is None or len(body) != 1 or etree.QName(body[0]).localname == "Fault":
        return None
    return body[0]


def container_of(method: Any) -> Any:
    """The element that holds the parameters: the method's sole child, or None."""
    return method[0] if method is not None and len(method) == 1 else None


def xml_members(container: Any) -> dict[str, str]:
    """The simple members of a container, by local name."""
    return {etree.QName(child).localname: text_of(child) for child in container if len(child) == 0}


def xml_take(container: Any, shape: Shape) -> bytes:
    """The plaintext: all children but those in clear, each in canonical form, which declares its namespace."""
    own = [child for child in container if etree.QName(child).localname not in shape.clear]
    if not shape.whole:
        return b"".join(canonical(child) for child in own)
    namespace = etree.QName(container).namespace
    holder = etree.Element(container.tag, nsmap={None: namespace} if namespace else {})  # type: ignore[dict-item]  # lxml's stubs have no default prefix
    start, end = canonical(holder).split(b"></", 1)
    return start + b">" + b"".join(canonical(child) for child in own) + b"</" + end


def xml_seal(container: Any, shape: Shape, sealed: Sealed) -> None:
    """Leave SessionId, Blob and Count in the container, in this order."""
    namespace = etree.QName(container).namespace
    for child in list(container):
        container.remove(child)
    container.text = None
    for name, text in (
        (shape.session, encoded(sealed.session_id)),
        (shape.blob, encoded(sealed.blob)),
        (shape.count, str(sealed.count)),
    ):
        etree.SubElement(container, f"{{{namespace}}}{name}" if namespace else name).text = text


def xml_sealed(container: Any, shape: Shape) -> Sealed | None:
    """The sealed call in a container, or None when it holds no blob. Raises Refusal when it holds more."""
    if container is None:
        return None
    names = [etree.QName(child).localname for child in container]
    if shape.blob not in names:
        return None
    if sorted(names) != sorted((shape.session, shape.blob, shape.count)):
        raise Refusal("refused", "beside the blob stands something else than session and count")
    members = xml_members(container)
    return _sealed(members, shape)


def xml_open(
    container: Any, shape: Shape, plain: bytes, limits: Limits, *, sealed: Sealed | None, response: bool
) -> None:
    """Put the plaintext's elements into the container; a request keeps SessionId and Count around them."""
    namespace = etree.QName(container).namespace or ""
    head = f'<x xmlns="{escape_attribute(namespace)}">'.encode()
    opened = parse(head + plain + b"</x>", limits, response=response)
    if shape.whole:
        if len(opened) != 1 or opened[0].tag != container.tag:
            raise Refusal("refused", "the plaintext is not the container")
        opened = opened[0]
    if any(etree.QName(child).localname in shape.clear for child in opened) and sealed is not None:
        raise Refusal("refused", "the plaintext repeats a clear member")
    first, last = _ends(container, shape) if sealed is not None else (None, None)
    for child in list(container):
        container.remove(child)
    for child in (first, *opened, last):
        if child is not None:
            child.tail = None
            container.append(child)
    etree.cleanup_namespaces(container)


def _ends(container: Any, shape: Shape) -> tuple[Any, Any]:
    found = {etree.QName(child).localname: child for child in container}
    return found[shape.session], found[shape.count]


# -- JSON


def json_take(members: dict[str, Any], shape: Shape) -> bytes:
    """The plaintext: an object of all members but those in clear."""
    return orjson.dumps({name: value for name, value in members.items() if name not in shape.clear})


def json_seal(shape: Shape, sealed: Sealed, *, count_as_string: bool) -> dict[str, Any]:
    """The object of an encrypted call."""
    return {
        shape.session: encoded(sealed.session_id),
        shape.blob: encoded(sealed.blob),
        shape.count: str(sealed.count) if count_as_string else sealed.count,
    }


def json_sealed(members: Any, shape: Shape) -> Sealed | None:
    """The sealed call in an object, or None. Raises Refusal when it holds more."""
    if not isinstance(members, dict) or shape.blob not in members:
        return None
    if set(members) != {shape.session, shape.blob, shape.count}:
        raise Refusal("refused", "beside the blob stands something else than session and count")
    return _sealed({name: str(value) for name, value in members.items()}, shape)


# -- both


def number(text: str) -> int:
    """A call's number in decimal digits. Raises Refusal."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refusal("refused", "the count is no whole number")
    return int(text)


def octets(text: str) -> bytes:
    """Base64, white space allowed as xs:base64Binary has it. Raises Refusal."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal("refused", "no base64") from error


def _sealed(members: dict[str, str], shape: Shape) -> Sealed:
    return Sealed(
        octets(members.get(shape.session, "")), number(members.get(shape.count, "")), octets(members[shape.blob])
    )


def encoded(data: bytes) -> str:
    """Base64."""
    return base64.b64encode(data).decode()
