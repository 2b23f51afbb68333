"""The law of vendoring: a contract as a folder of files that name only each other, so that serving never fetches.

Every document that was read is written under a flat name, its locations rewritten to those names, beside a manifest
with the SHA-256 of each. The package's own well-known schemas are not copied: they are found by their namespace, and
the manifest says which were used. Gives bytes; writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from lxml import etree

from gateway.schema.contract import Contract, Document
from gateway.schema.loader import WSDL, WSDL20, pointers
from gateway.schema.source import XS
from gateway.xml.documents import parse_document

MANIFEST: Final = "manifest.json"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_IMPORTS: Final = (f"{{{WSDL}}}import", f"{{{WSDL20}}}import", f"{{{WSDL20}}}include")


def vendored(contract: Contract) -> dict[str, bytes]:
    """File name -> bytes, the manifest among them; `entry_of` names the first."""
    names = _names(contract)
    written = {names[d.url]: _rewritten(d, names) for d in contract.documents if d.url in names}
    manifest = {
        "entry": entry_of(contract),
        "documents": [
            {"file": names[d.url], "kind": d.kind, "sha256": hashlib.sha256(written[names[d.url]]).hexdigest()}
            for d in contract.documents
            if d.url in names
        ],
        "bundled": [{"url": d.url, "sha256": d.sha256} for d in contract.documents if d.url not in names],
    }
    written[MANIFEST] = json.dumps(manifest, indent=2).encode() + b"\n"
    return written


def entry_of(contract: Contract) -> str:
    """The file name of the document that was named."""
    return _names(contract)[contract.location]


def _names(contract: Contract) -> dict[str, str]:
    """Document url -> file name, without a clash on a file system that knows no case; the named one first."""
    names: dict[str, str] = {}
    taken: set[str] = {MANIFEST}
    for document in sorted(contract.documents, key=lambda d: d.url != contract.location):
        if document.origin == "bundle":
            continue
        stem = _stem(document)
        name, number = f"{stem}.{document.kind}", 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}-{number}.{document.kind}"
        taken.add(name.lower())
        names[document.url] = name
    return names


def _stem(document: Document) -> str:
    """The last step of its address, without what no file name should have: `Portal?wsdl` is `Portal`."""
    parts = urlsplit(document.url)
    last = unquote(parts.path).rstrip("/").rpartition("/")[2]
    stem = re.sub(r"\.(wsdl|xsd|xml|svc|asmx|php)$", "", last, flags=re.IGNORECASE)
    if parts.query and parts.query.lower() not in ("wsdl", "singlewsdl"):
        stem = f"{stem}-{parts.query}"
    return _UNSAFE.sub("-", stem).strip(".-") or "contract"


def _rewritten(document: Document, names: Mapping[str, str]) -> bytes:
    """The document with its locations changed, untouched where none of them has to."""
    root = parse_document(document.text)
    changed = False
    for schema in [root] if document.kind == "xsd" else list(root.iter(f"{{{XS}}}schema")):
        for pointer, location, _ in pointers(schema):
            changed |= _moved(pointer, "schemaLocation", location, document, names)
    if document.kind == "wsdl":
        for element in root.iterchildren(*_IMPORTS):
            changed |= _moved(element, "location", (element.get("location") or "").strip(), document, names)
        for types in root.iterchildren(f"{{{WSDL20}}}types"):
            for pointer, location, _ in pointers(types):
                changed |= _moved(pointer, "schemaLocation", location, document, names)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) if changed else document.text


def _moved(element: Any, attribute: str, location: str, document: Document, names: Mapping[str, str]) -> bool:
    new = names.get(document.links.get(location, ""))
    if new is None or new == element.get(attribute):
        return False
    element.set(attribute, new)
    return True
