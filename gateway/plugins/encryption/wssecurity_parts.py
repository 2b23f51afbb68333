"""The law of parts: a part's name means the elements at its absolute places, every one of them, never an id's.

`body`, the tokens of the security header by their own words, or a Clark name: header blocks of that name and elements
of the body. What is signed or encrypted protects the message only where it is the body or something in it: a
token, a timestamp or a header block beside a clear body does not (WS-SecurityPolicy 1.3 §4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from lxml import etree

from .wssecurity_names import ASSERTION, ds, wsse, wsu
from .wssecurity_tree import Shape, refuse

Type = Literal["Content", "Element"]
FIXED: Final = {
    "timestamp": wsu("Timestamp"),
    "username": wsse("UsernameToken"),
    "signature": ds("Signature"),
    "saml": ASSERTION,
}


def parts(shape: Shape, security: Any, names: Sequence[str]) -> list[tuple[str, Any]]:
    """The elements that names mean, each with a short name; a header block that is not there is no mistake."""
    found: list[tuple[str, Any]] = []
    for name in names:
        if name == "body":
            found.append((name, shape.body))
        elif name in FIXED:
            found += [(name, node) for node in security.findall(FIXED[name])[:1]]
        else:
            blocks = [] if shape.header is None else shape.header.findall(name)
            found += [(etree.QName(name).localname, node) for node in (*blocks, *shape.body.iter(name))]
    return found


def of_body(shape: Shape, nodes: Iterable[Any]) -> bool:
    """Whether one of these is the body or stands in it."""
    return any(node is shape.body or shape.body in node.iterancestors() for node in nodes)


def targets(shape: Shape, security: Any, names: Sequence[str]) -> list[tuple[Any, Type]]:
    """What is encrypted: the body's content, a token or header block whole, an element of the body whole."""
    found: list[tuple[Any, Type]] = []
    if "body" in names:
        found.append((shape.body, "Content"))
    for name in names:
        nodes = [node for _, node in parts(shape, security, [name] if name != "body" else [])]
        hidden = [node for node in nodes if "body" in names and shape.body in node.iterancestors()]
        found += [(node, "Element") for node in nodes if node not in hidden]
    if not found:
        raise refuse("there is nothing to encrypt")
    return found


def sealed(shape: Shape, security: Any, names: Sequence[str], hidden: Sequence[Any]) -> tuple[bool, bool]:
    """Whether all that these names mean came encrypted, and something did; whether that hides any of the body."""
    found = [node for _, node in parts(shape, security, names)]
    opened = {id(node) for node in hidden}
    whole = bool(found) and all(
        id(node) in opened or any(id(owner) in opened for owner in node.iterancestors()) for node in found
    )
    return whole, whole and of_body(shape, found)
