"""The law of reading a protected envelope's shape: every part by its absolute position, every id found once.

Strict readers for elements of a security header: exactly these children, in this order, with these
attributes and no text; anything else is a refusal. Nothing here knows keys or algorithms.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from gateway.plugins.api import Refusal
from gateway.xml import text_of

from .wssecurity_names import ASSERTION, ID, NCNAME, PREFIXES, SOAP11, SOAP12, wsse

_ENVELOPES: Final = {f"{{{ns}}}Envelope": ns for ns in (SOAP11, SOAP12)}
_ULTIMATE: Final = frozenset({None, "", "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"})
_ID_NAMES: Final = frozenset({"id", "assertionid"})
_BASE64_LIMIT: Final = 64 * 1024  # characters of a token, signature or digest; ciphertexts have none


def refuse(cause: str) -> Refusal:
    """The one refusal of this plug-in; the cause is for the log."""
    return Refusal("refused", cause)


@dataclass(frozen=True, slots=True)
class Shape:
    """The fixed places of an envelope."""

    envelope: Any
    namespace: str
    header: Any  # None when absent
    body: Any


def shape_of(root: Any) -> Shape:
    """The envelope's places: at most one Header, first, then one Body, nothing else. Raises Refusal."""
    namespace = _ENVELOPES.get(root.tag)
    if namespace is None:
        raise refuse("no SOAP envelope")
    children = list(root)
    header = children.pop(0) if children and children[0].tag == f"{{{namespace}}}Header" else None
    if len(children) != 1 or children[0].tag != f"{{{namespace}}}Body":
        raise refuse("the envelope is not Header and Body")
    return Shape(root, namespace, header, children[0])


def security_of(shape: Shape, actor: str = "") -> Any:
    """The one Security header block for us, or None. Raises Refusal when there are two."""
    if shape.header is None:
        return None
    blocks = [child for child in shape.header if child.tag == wsse("Security") and _actor(shape, child) == actor]
    if len(blocks) > 1:
        raise refuse("two Security headers for one actor")
    return blocks[0] if blocks else None


def _actor(shape: Shape, block: Any) -> str:
    name = "actor" if shape.namespace == SOAP11 else "role"
    found = block.get(f"{{{shape.namespace}}}{name}")
    return "" if found in _ULTIMATE else str(found)


def make_security(shape: Shape, actor: str = "", *, must_understand: bool = True) -> Any:
    """The Security header block for the actor, made when it is not there."""
    block = security_of(shape, actor)
    if block is not None:
        return block
    header = shape.header
    if header is None:
        header = etree.Element(f"{{{shape.namespace}}}Header")
        shape.envelope.insert(0, header)
    block = etree.SubElement(header, wsse("Security"), nsmap=dict(PREFIXES))
    if must_understand:
        block.set(f"{{{shape.namespace}}}mustUnderstand", "1" if shape.namespace == SOAP11 else "true")
    if actor:
        block.set(f"{{{shape.namespace}}}{'actor' if shape.namespace == SOAP11 else 'role'}", actor)
    return block


# -- ids


class Ids:
    """All ids of a document: each value that is asked for must stand exactly once, in whatever attribute."""

    def __init__(self, root: Any) -> None:
        self._found: dict[str, list[tuple[Any, str]]] = {}
        for node in root.iter(etree.Element):
            for name, value in node.attrib.items():
                local = name.rpartition("}")[2].lower()
                if local in _ID_NAMES:
                    self._found.setdefault(value, []).append((node, name))
        for value, places in self._found.items():
            if len(places) > 1 and any(name == ID or name.startswith("{http://www.w3.org/XML") for _, name in places):
                raise refuse(f"the id {value[:64]!r} stands twice")

    def one(self, uri: str | None) -> Any:
        """The element that `#id` names: by wsu:Id, or by Id (or a SAML id) without a namespace. Raises Refusal."""
        if uri is None or not NCNAME.fullmatch(uri):
            raise refuse("a reference is not `#id`")
        places = self._found.get(uri[1:], [])
        if len(places) != 1:
            raise refuse("a reference names no element, or two")
        node, name = places[0]
        if name not in (ID, "Id", "ID", "AssertionID"):
            raise refuse("a reference names an element by an attribute that is no id here")
        return node


def id_of(node: Any) -> str:
    """The node's wsu:Id (for ds and xenc elements: Id), given when absent; of an assertion its own ID."""
    if node.tag == ASSERTION:
        return str(node.get("ID", ""))
    name = "Id" if etree.QName(node).namespace in (PREFIXES["ds"], PREFIXES["xenc"]) else ID
    value = node.get(name)
    if value is None:
        value = f"id-{secrets.token_hex(8)}"
        node.set(name, value)
    return str(value)


# -- strict reading


def children(node: Any, *names: str) -> list[Any]:
    """The children: exactly these, in this order; a name that ends in ? may be missing. Raises Refusal."""
    if (node.text or "").strip() or any((child.tail or "").strip() for child in node):
        raise refuse(f"text stands in {_local(node)}")
    found: list[Any] = []
    rest = list(node)
    for name in names:
        wanted = name.removesuffix("?")
        if rest and rest[0].tag == wanted:
            found.append(rest.pop(0))
        elif name.endswith("?"):
            found.append(None)
        else:
            raise refuse(f"{_local(node)} has no {wanted.rpartition('}')[2]} where it should be")
    if rest:
        raise refuse(f"{_local(node)} holds something that it should not")
    return found


def attributes(node: Any, *allowed: str) -> None:
    """The element may have these attributes and no others. Raises Refusal."""
    if set(node.attrib) - set(allowed):
        raise refuse(f"{_local(node)} has an attribute that it should not")


def leaf(node: Any, *allowed: str) -> str:
    """The text of an element without children, white space at its ends removed. Raises Refusal."""
    attributes(node, *allowed)
    if len(node):
        raise refuse(f"{_local(node)} has children")
    return text_of(node).strip()


def octets(node: Any, *allowed: str, limit: int = _BASE64_LIMIT) -> bytes:
    """The bytes of a base64 element. Raises Refusal."""
    text = "".join(leaf(node, *allowed).split())
    if len(text) > limit:
        raise refuse(f"{_local(node)} is too long")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise refuse(f"{_local(node)} is no base64") from error


def algorithm(node: Any, allowed: Collection[str], *more: str) -> str:
    """The Algorithm attribute, which must be in the table. Raises Refusal."""
    attributes(node, "Algorithm", *more)
    found = node.get("Algorithm", "")
    if found not in allowed:
        raise refuse(f"{_local(node)}: the algorithm {found[:128]!r} is not allowed")
    return str(found)


def _local(node: Any) -> str:
    return etree.QName(node).localname[:64]


def sub(parent: Any, name: str, text: str | None = None, **attribs: str) -> Any:
    """A child with text."""
    node = etree.SubElement(parent, name, attribs)
    node.text = text
    return node


def encoded(data: bytes) -> str:
    """Base64."""
    return base64.b64encode(data).decode()
