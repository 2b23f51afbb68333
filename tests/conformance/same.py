"""The law of "the same document": exclusive canonical XML, with what MAPPING's law 2 sets aside.

Knows neither codec nor model: two trees are aligned, a place that differs is made equal only where law 2 allows it
(spelling of a scalar, white space between elements, the order of an `all`, an empty element that stands for its
default, xsi:type of the declared type, hints, prefixes), and then both are written canonically and compared by byte.
"""

from __future__ import annotations

import binascii
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

XS: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_HINTS: Final = (f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation")
_TYPE: Final = f"{{{XSI}}}type"
_NIL: Final = f"{{{XSI}}}nil"
_SPACE: Final = re.compile(r"[ \t\r\n]+")
_BOOLEAN: Final = {"1": "true", "0": "false"}
_BASE64: Final = re.compile(r"[A-Za-z0-9+/= ]*")


@dataclass(frozen=True, slots=True)
class Aside:
    """What the schema documents allow: literals of default and fixed, and whether any content is an `all`."""

    literals: frozenset[str]
    has_all: bool
    has_mixed: bool = True

    def stands_for(self, written: str) -> bool:
        """Whether a text is a default of the schema, spelled canonically."""
        nowhere = etree.Element("nowhere")
        return any(_alike(literal, written, nowhere, nowhere) for literal in self.literals)

    @classmethod
    def of(cls, documents: list[bytes]) -> Aside:
        """Read off the schema documents' text."""
        literals, has_all, has_mixed = set(), False, False
        for text in documents:
            for node in etree.fromstring(text, etree.XMLParser(resolve_entities=True)).iter(etree.Element):
                has_all |= node.tag == f"{{{XS}}}all"
                has_mixed |= node.get("mixed", "").strip() in ("true", "1")
                has_mixed |= node.tag == f"{{{XS}}}element" and node.get("type") is None
                literals.update(value for key in ("default", "fixed") if (value := node.get(key)) is not None)
        return cls(frozenset(literals), has_all, has_mixed)


def difference(left: Any, right: Any, aside: Aside) -> str:
    """Where the encoded `right` is another document than `left`; '' when it is the same."""
    for root in (left, right):
        etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    ours, theirs = _plain(left), _plain(right)
    found = _align(ours, theirs, left, right, aside, left.tag)
    if found:
        return found
    names = sorted({etree.QName(tag).namespace or "" for tree in (ours, theirs) for tag in _tags(tree)} - {""})
    spaces = {f"n{number}": f"urn:n:{name}" for number, name in enumerate(names)}
    if _written(ours, spaces) != _written(theirs, spaces):
        return "the canonical forms differ"
    return ""


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str]
    texts: list[str]  # before the first child, after each child
    children: list[_Node]
    source: Any


def _plain(node: Any) -> _Node:
    attributes = {k: v for k, v in node.attrib.items() if k not in _HINTS}
    if attributes.get(_NIL, "").strip() in ("false", "0"):
        del attributes[_NIL]
    children = [_plain(child) for child in node]
    texts = [node.text or "", *(child.tail or "" for child in node)]
    if children and not any(text.strip(" \t\r\n") for text in texts):
        texts = [""] * len(texts)  # white space between elements
    return _Node(node.tag, attributes, texts, children, node)


def _align(ours: _Node, theirs: _Node, left: Any, right: Any, aside: Aside, path: str) -> str:
    if ours.tag != theirs.tag:
        return f"{path}: {theirs.tag} in place of {ours.tag}"
    kind = ours.attributes.pop(_TYPE, None), theirs.attributes.pop(_TYPE, None)
    if kind[1] is not None and (kind[0] is None or _name(kind[0], left) != _name(kind[1], right)):
        return f"{path}: xsi:type {kind[1]} in place of {kind[0]}"
    for key in ours.attributes.keys() | theirs.attributes.keys():
        mine, written = ours.attributes.get(key), theirs.attributes.get(key)
        if mine is None or written is None:
            return f"{path}: attribute {key} is {written!r} in place of {mine!r}"
        if not _alike(mine, written, left, right):
            return f"{path}/@{key}: {written!r} in place of {mine!r}"
        theirs.attributes[key] = mine
    if len(ours.children) != len(theirs.children):
        return f"{path}: {len(theirs.children)} children in place of {len(ours.children)}"
    if [c.tag for c in ours.children] != [c.tag for c in theirs.children] and aside.has_all:
        for one in (ours, theirs):
            one.children.sort(key=lambda child: child.tag)
    for mine, written in zip(ours.texts, theirs.texts, strict=True):
        if not _alike(mine, written, left, right) and not (mine.strip() == "" and aside.stands_for(written)):
            return f"{path}: text {written[:80]!r} in place of {mine[:80]!r}"
    theirs.texts = ours.texts
    for mine, written in zip(ours.children, theirs.children, strict=True):
        where = f"{path}/{etree.QName(mine.tag).localname}"
        if found := _align(mine, written, mine.source, written.source, aside, where):
            return found
    return ""


def _alike(mine: str, written: str, left: Any, right: Any) -> bool:
    """Whether two texts may be one scalar: its white space, its number, its boolean, its octets, its name."""
    if mine == written:
        return True
    a, b = (_SPACE.sub(" ", text).strip(" ") for text in (mine, written))
    if a == b or _BOOLEAN.get(a, a) == _BOOLEAN.get(b, b):
        return True
    words = a.split(" "), b.split(" ")
    if len(words[0]) == len(words[1]) > 1:
        return all(_alike(x, y, left, right) for x, y in zip(*words, strict=True))
    return _number(a, b) or _octets(a, b) or _name(a, left) == _name(b, right)


def _number(a: str, b: str) -> bool:
    try:
        return Decimal(a) == Decimal(b) or float(a) == float(b) or _single(a) == _single(b)
    except (InvalidOperation, ValueError, OverflowError):
        return False


def _single(text: str) -> bytes:
    return struct.pack("<f", float(text))


def _octets(a: str, b: str) -> bool:
    if a.upper() == b and re.fullmatch(r"[0-9A-F]*", b):
        return True
    if not (_BASE64.fullmatch(a) and _BASE64.fullmatch(b)):
        return False
    try:
        return binascii.a2b_base64(a) == binascii.a2b_base64(b) and a.replace(" ", "") == b
    except binascii.Error:
        return False


def _name(text: str, node: Any) -> tuple[str | None, str]:
    prefix, colon, local = text.strip(" \t\r\n").rpartition(":")
    if colon and prefix not in node.nsmap:
        return (f"?{prefix}", local)
    return (node.nsmap.get(prefix or None), local)


def _tags(node: _Node) -> Iterator[str]:
    yield node.tag
    yield from node.attributes
    for child in node.children:
        yield from _tags(child)


def _written(node: _Node, spaces: dict[str, str]) -> bytes:
    return etree.tostring(_built(node, spaces), method="c14n", exclusive=True)


def _absolute(name: str) -> str:
    """A Clark name in a namespace that canonical XML takes: it has no form for relative ones (C14N §1.3)."""
    return "{urn:n:" + name[1:] if name.startswith("{") else name


def _built(node: _Node, spaces: dict[str, str]) -> Any:
    attributes = {_absolute(key): text for key, text in node.attributes.items()}
    made = etree.Element(_absolute(node.tag), attributes, nsmap=spaces)
    made.text = node.texts[0]
    for child, text in zip(node.children, node.texts[1:], strict=True):
        inner = _built(child, spaces)
        inner.tail = text
        made.append(inner)
    return made
