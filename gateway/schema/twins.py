"""The law of twins: a component declared twice, alike, in two documents of a namespace is one component.

WSDLs that import each other carry copies of one schema, and schema files overlap: XSD 1.0 Part 1 §3.15.6
forbids it, toolkits live with it. Copies that say the same are dropped with a note; two that differ are left, and
refused where types are read.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from gateway.schema.contract import Note, Place
from gateway.schema.source import XS, Source
from gateway.xml.documents import parse_document

_KINDS: Final = frozenset(
    f"{{{XS}}}{name}" for name in ("element", "simpleType", "complexType", "attribute", "attributeGroup", "group")
)
_QNAMES: Final = frozenset({"type", "base", "ref", "itemType", "memberTypes", "substitutionGroup", "refer"})
_ANNOTATION: Final = f"{{{XS}}}annotation"
_DEFAULTS: Final = ("elementFormDefault", "attributeFormDefault", "blockDefault", "finalDefault")
_TYPES: Final = frozenset({f"{{{XS}}}simpleType", f"{{{XS}}}complexType"})


def drop_twins(sources: MutableMapping[str, Source], roots: MutableMapping[str, Any], notes: list[Note]) -> None:
    """Takes second copies out of the sources, in place; adds a note for each document that had some."""
    first: dict[tuple[str, str, str], tuple[str, Any]] = {}
    dropped: dict[str, list[int]] = {}
    for url, root in roots.items():
        namespace = (root.get("targetNamespace") or "").strip()
        if not namespace:
            continue  # it may be a chameleon: each of its includers has its own
        for index, child in enumerate(root):
            if child.tag not in _KINDS or not child.get("name"):
                continue  # without a name it is refused later
            kind = f"{{{XS}}}type" if child.tag in _TYPES else child.tag
            key = (namespace, kind, (child.get("name") or "").strip())
            told = first.setdefault(key, (url, child))
            if told[0] != url and _same(told[1], child):
                dropped.setdefault(url, []).append(index)
    for url, indexes in dropped.items():
        names = [roots[url][index].get("name") for index in indexes]
        text = f"{', '.join(names[:5])}{' …' if len(names) > 5 else ''}: declared alike in another document, too"
        notes.append(Note("repaired", text, Place(sources[url].file, sources[url].line + 1)))
        root = parse_document(sources[url].text)
        for child in [root[index] for index in indexes]:
            root.remove(child)
        roots[url] = root
        sources[url] = replace(sources[url], text=etree.tostring(root, encoding="utf-8"))


def _same(one: Any, other: Any) -> bool:
    return _defaults(one) == _defaults(other) and _said(one) == _said(other)


def _defaults(element: Any) -> tuple[str | None, ...]:
    root = element.getparent()
    return tuple(root.get(name) for name in _DEFAULTS)


def _said(element: Any) -> tuple[Any, ...]:
    """What a component says, prefixes resolved and annotations left out: equal when two say the same."""
    attributes = sorted(
        (name, tuple(_clark(element, each) for each in value.split()) if name in _QNAMES else value)
        for name, value in element.attrib.items()
    )
    children = tuple(_said(child) for child in element if child.tag != _ANNOTATION)
    return (element.tag, tuple(attributes), children)


def _clark(element: Any, name: str) -> str:
    prefix, colon, local = name.rpartition(":")
    return f"{{{element.nsmap.get(prefix if colon else None)}}}{local}"
