"""The law of swaRef: to everyone but the package an element of this type holds its attachment in base64.

WS-I Attachments Profile 1.0 §4.4: on the wire it is a `cid:` reference. The sources that types are read from call it
xs:base64Binary; the documents that the contract gives back stay as they are. What a package has is put in and taken out
by `gateway.dialect.attachments`.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from gateway.schema.source import XS, Source
from gateway.xml.documents import parse_document

NAMESPACE: Final = "http://ws-i.org/profiles/basic/1.1/xsd"
NAME: Final = f"{{{NAMESPACE}}}swaRef"
_TYPE: Final = f"{{{XS}}}simpleType"


def inlined(sources: MutableMapping[str, Source], roots: MutableMapping[str, Any]) -> None:
    """Rewrites the declaration of swaRef, wherever it stands, in place."""
    for url, source in list(sources.items()):
        if (roots[url].get("targetNamespace") or "").strip() != NAMESPACE:
            continue
        root = parse_document(source.text)
        for declared in root.iterfind(_TYPE):
            if declared.get("name") == "swaRef":
                for inner in list(declared):
                    declared.remove(inner)
                restriction = etree.SubElement(declared, f"{{{XS}}}restriction", nsmap={"swaxs": XS})
                restriction.set("base", "swaxs:base64Binary")
        roots[url] = root
        sources[url] = replace(source, text=etree.tostring(root, encoding="utf-8"))
