"""The law of "the same document": exclusive canonical XML, with what MAPPING's second law sets aside.

Set aside here: prefixes, comments and processing instructions, white space between elements, hints of a schema's
location, the spelling of a scalar (white space around it, a number's or boolean's digits, the case of hexadecimal).
Whatever else differs is told with its path. Used by the verdict; messages are never compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_HINTS: Final = frozenset({f"{{{_XSI}}}schemaLocation", f"{{{_XSI}}}noNamespaceSchemaLocation"})
_TYPE: Final = f"{{{_XSI}}}type"
_BOOLEAN: Final = {"1": "true", "0": "false"}


def difference(left: Any, right: Any) -> str:
    """Where two elements are not the same document, '' when they are."""
    a, b = _plain(left), _plain(right)
    names = sorted({etree.QName(name).namespace or "" for tree in (a, b) for name in _names(tree)} - {""})
    spaces = {f"n{number}": name for number, name in enumerate(names)}
    if _canonical(a, spaces) == _canonical(b, spaces):
        return ""
    return _first(a, b, etree.QName(left).localname)


def _plain(node: Any) -> Any:
    made = etree.Element(node.tag, {k: v for k, v in node.attrib.items() if k not in _HINTS}, nsmap=node.nsmap)
    texts = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str):
            made.append(_plain(child))
            texts.append("")
        texts[-1] += child.tail or ""
    if len(made) and not any(text.strip(" \t\r\n") for text in texts):
        return made  # white space between elements
    made.text = texts[0]
    for child, tail in zip(made, texts[1:], strict=True):
        child.tail = tail
    return made


def _names(node: Any) -> Iterator[str]:
    for each in node.iter():
        yield each.tag
        yield from each.attrib


def _canonical(node: Any, spaces: dict[str, str]) -> bytes:
    made = etree.Element(node.tag, nsmap=spaces)
    _copied(node, made)
    try:
        return etree.tostring(made, method="c14n", exclusive=True)
    except etree.C14NError:  # a relative namespace name has no canonical form (Canonical XML §1.3)
        return etree.tostring(made)


def _copied(node: Any, made: Any) -> None:
    for key in sorted(node.attrib):
        text = node.get(key)
        made.set(key, "|".join(_name(text, node)) if key == _TYPE else text)
    made.text = node.text
    for child in node:
        inner = etree.SubElement(made, child.tag)
        _copied(child, inner)
        inner.tail = child.tail


def _name(text: str, node: Any) -> tuple[str, str]:
    prefix, _, local = text.strip(" \t\r\n").rpartition(":")
    return (node.nsmap.get(prefix or None) or "", local)


def _first(a: Any, b: Any, path: str) -> str:
    if a.tag != b.tag:
        return f"{path}: {b.tag} in place of {a.tag}"
    for key in sorted({*a.attrib, *b.attrib}):
        one, two = a.get(key), b.get(key)
        same = _name(one, a) == _name(two, b) if key == _TYPE and one and two else _alike(one, two, a, b)
        if not same:
            return f"{path}/@{etree.QName(key).localname}: {two!r} in place of {one!r}"
    if len(a) != len(b):
        return f"{path}: {len(b)} children in place of {len(a)}"
    if not _alike(a.text or "", b.text or "", a, b):
        return f"{path}: text {(b.text or '')[:60]!r} in place of {(a.text or '')[:60]!r}"
    for one, two in zip(a, b, strict=True):
        found = _first(one, two, f"{path}/{etree.QName(one).localname}")
        if found:
            return found
        if (one.tail or "") != (two.tail or ""):
            return f"{path}: text after {etree.QName(one).localname} differs"
    return ""


def _alike(one: str | None, two: str | None, a: Any, b: Any) -> bool:
    """Whether two texts may be one scalar."""
    if one is None or two is None or one == two:
        return one == two
    x, y = " ".join(one.split()), " ".join(two.split())
    if x == y or _BOOLEAN.get(x, x) == _BOOLEAN.get(y, y) or x.upper() == y:
        return True
    try:
        return Decimal(x) == Decimal(y)
    except InvalidOperation:
        return ":" in x and _name(x, a) == _name(y, b)
