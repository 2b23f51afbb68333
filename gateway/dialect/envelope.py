"""The law of envelopes: the shape around a SOAP body, of both versions, and nothing about its content.

Reads a parsed tree into an `Envelope` and writes the text around a body. Shape rules: SOAP 1.1 §4,
SOAP 1.2 Part 1 §5; the order of refusals is namespace, shape, header blocks, body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from ..core.message import HeaderBlock
from ..core.problem import Kind, Problem

Version = Literal["1.1", "1.2"]

NS: Final[Mapping[Version, str]] = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
_PARTS: Final = {version: (f"{{{uri}}}Header", f"{{{uri}}}Body") for version, uri in NS.items()}
BY_NS: Final[Mapping[str, Version]] = {uri: version for version, uri in NS.items()}
MEDIA: Final[Mapping[Version, str]] = {"1.1": "text/xml", "1.2": "application/soap+xml"}
ACTOR_NEXT: Final = "http://schemas.xmlsoap.org/soap/actor/next"
ROLE_NEXT: Final = "http://www.w3.org/2003/05/soap-envelope/role/next"
_NEXT: Final = frozenset(
    {
        "",
        ACTOR_NEXT,
        ROLE_NEXT,
        "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
    }
)


@dataclass(slots=True)
class Envelope:
    """An envelope as read: `body` is the first child of Body, None when Body is empty.

    `proven` is the body element once its codec has held it valid, so that this is done once.
    """

    version: Version
    headers: tuple[HeaderBlock, ...]
    body: Any
    others: tuple[Any, ...] = ()  # further children of Body: multi-part or multiRef
    bare: bool = False  # there was no envelope; the contract allows that
    proven: Any = None
    valid: bool = False  # libxml2 has held `proven` valid

    @property
    def is_fault(self) -> bool:
        """Whether the body is a Fault of the envelope's own version."""
        return self.body is not None and self.body.tag == f"{{{NS[self.version]}}}Fault"


def open_envelope(root: Any) -> Envelope:
    """Check the shape and give the parts. Raises Problem VERSION_MISMATCH or ENVELOPE_INVALID."""
    namespace, local = _split(root.tag)
    if local != "Envelope":
        raise Problem(Kind.ENVELOPE_INVALID, "The root element is not an Envelope.")
    version = BY_NS.get(namespace)
    if version is None:
        raise Problem(
            Kind.VERSION_MISMATCH, "The Envelope's namespace is neither that of SOAP 1.1 nor that of SOAP 1.2."
        )
    header, body = _children(root, version)
    blocks = tuple(_block(node, version) for node in header) if header is not None else ()
    _no_text(root, "Envelope")
    if header is not None:
        _no_text(header, "Header")
    _no_text(body, "Body")
    children = list(body)
    return Envelope(version, blocks, children[0] if children else None, tuple(children[1:]))


def _children(root: Any, version: Version) -> tuple[Any, Any]:
    head_name, body_name = _PARTS[version]
    header = body = None
    for node in root:
        if node.tag == body_name and body is None:
            body = node
        elif node.tag == head_name and header is None and body is None:
            header = node
        elif version == "1.1" and body is not None and _split(node.tag)[0] not in ("", NS[version]):
            continue  # SOAP 1.1 §4: qualified elements may follow the Body
        else:
            raise Problem(Kind.ENVELOPE_INVALID, "The Envelope holds something else than one Header before one Body.")
    if body is None:
        raise Problem(Kind.ENVELOPE_INVALID, "The Envelope has no Body.")
    return header, body


def _no_text(node: Any, name: str) -> None:
    text = node.text
    for child in node:
        if text and not text.isspace():
            break
        text = child.tail
    if text and not text.isspace():
        raise Problem(Kind.ENVELOPE_INVALID, f"The {name} holds text between its elements.")


def _block(node: Any, version: Version) -> HeaderBlock:
    uri = NS[version]
    flag = node.get(f"{{{uri}}}mustUnderstand", "0").strip()
    role = node.get(f"{{{uri}}}{'actor' if version == '1.1' else 'role'}", "").strip()
    if flag not in ("0", "1", "true", "false"):
        raise Problem(Kind.ENVELOPE_INVALID, "A header block's mustUnderstand is neither true nor false.")
    return HeaderBlock(name=node.tag, element=node, must_understand=flag in ("1", "true"), role=role)


def for_us(block: HeaderBlock) -> bool:
    """Whether a header block is meant for this node (SOAP 1.1 §4.2.2, SOAP 1.2 §2.2)."""
    return block.role in _NEXT


def write_envelope(version: Version, body: str, headers: str = "") -> bytes:
    """The envelope around a body's text: UTF-8, with declaration, prefix `soap`, no default namespace."""
    head = f"<soap:Header>{headers}</soap:Header>" if headers else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{NS[version]}">{head}<soap:Body>{body}</soap:Body></soap:Envelope>'
    ).encode()


def _split(tag: Any) -> tuple[str, str]:
    """Namespace and local name of a Clark name."""
    if not isinstance(tag, str):
        return "", ""
    if tag[:1] == "{":
        namespace, _, local = tag[1:].partition("}")
        return namespace, local
    return "", tag
