"""The law of the catalogue: well-known documents are at hand, and nothing is asked of the network for them.

An entry is bytes with a namespace and the addresses it is known by. The bundle (`wellknown/`) was written by
this project from the published specifications: what messages use of them, legal XSD 1.0, no copies. An
operator's own entries come first. Lookup only; who may be followed from where is the loader's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from gateway.schema.errors import ContractError
from gateway.xml.documents import DocumentError, as_utf8, parse_document

_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_WSS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-"
_OASIS_11: Final = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"

#: file in `wellknown/` -> namespace, then other addresses that it is imported by
WELL_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "xml.xsd": (
        "http://www.w3.org/XML/1998/namespace",
        "http://www.w3.org/2001/xml.xsd",
        "http://www.w3.org/2001/03/xml.xsd",
        "http://www.w3.org/2005/08/xml.xsd",
        "http://www.w3.org/2009/01/xml.xsd",
    ),
    "soap-envelope-1.1.xsd": ("http://schemas.xmlsoap.org/soap/envelope/",),
    "soap-encoding-1.1.xsd": ("http://schemas.xmlsoap.org/soap/encoding/",),
    "soap-envelope-1.2.xsd": ("http://www.w3.org/2003/05/soap-envelope",),
    "soap-encoding-1.2.xsd": ("http://www.w3.org/2003/05/soap-encoding",),
    "ws-addressing.xsd": (
        "http://www.w3.org/2005/08/addressing",
        "http://www.w3.org/2005/08/addressing/ws-addr.xsd",
        "http://www.w3.org/2006/03/addressing/ws-addr.xsd",
    ),
    "ws-addressing-2004.xsd": ("http://schemas.xmlsoap.org/ws/2004/08/addressing",),
    "ws-addressing-metadata.xsd": ("http://www.w3.org/2007/05/addressing/metadata",),
    "wsse.xsd": (_WSS + "secext-1.0.xsd",),
    "wsse11.xsd": (_OASIS_11,),
    "wsu.xsd": (_WSS + "utility-1.0.xsd",),
    "xmlmime.xsd": ("http://www.w3.org/2005/05/xmlmime",),
    "xmlmime-2004.xsd": ("http://www.w3.org/2004/11/xmlmime",),
    "xmlmime-2004-06.xsd": ("http://www.w3.org/2004/06/xmlmime",),
    "xop.xsd": ("http://www.w3.org/2004/08/xop/include",),
    "swaref.xsd": (
        "http://ws-i.org/profiles/basic/1.1/xsd",
        "http://ws-i.org/profiles/basic/1.1/swaref.xsd",
    ),
    "xmldsig.xsd": (
        _DSIG,
        "http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd",
        "http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd",
    ),
    "xmlenc.xsd": (
        "http://www.w3.org/2001/04/xmlenc#",
        "http://www.w3.org/TR/xmlenc-core/xenc-schema.xsd",
        "http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd",
    ),
    "ws-policy.xsd": ("http://www.w3.org/ns/ws-policy", "http://www.w3.org/2007/02/ws-policy.xsd"),
    "ws-policy-2004.xsd": ("http://schemas.xmlsoap.org/ws/2004/09/policy",),
    "wsdl.xsd": ("http://schemas.xmlsoap.org/wsdl/", "http://schemas.xmlsoap.org/wsdl/2003-02-11.xsd"),
    "xml-soap.xsd": ("http://xml.apache.org/xml-soap",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the catalogue. `url` is unique; `aliases` are other addresses for it."""

    url: str
    text: bytes
    namespace: str = ""
    aliases: tuple[str, ...] = ()
    bundled: bool = False

    @property
    def sha256(self) -> str:
        """The hash of the text, hexadecimal."""
        return hashlib.sha256(self.text).hexdigest()


def _same(url: str) -> str:
    """An address without what does not tell documents apart: scheme's s, last slash, blanks."""
    return url.strip().replace("https://", "http://", 1).rstrip("/")


class Catalog:
    """Documents by address and by namespace. Frozen after it is made; of two entries the first one counts."""

    def __init__(self, entries: Iterable[Entry] = (), *, bundle: bool = True) -> None:
        self.entries = (*entries, *(_bundle() if bundle else ()))
        self._urls: dict[str, Entry] = {}
        self._namespaces: dict[str, Entry] = {}
        for entry in self.entries:
            for url in (entry.url, *entry.aliases):
                self._urls.setdefault(_same(url), entry)
            if entry.namespace:
                self._namespaces.setdefault(entry.namespace, entry)

    def by_url(self, url: str) -> Entry | None:
        """The document known by this address."""
        return self._urls.get(_same(url))

    def by_namespace(self, namespace: str) -> Entry | None:
        """The document whose target namespace this is."""
        return self._namespaces.get(namespace)


def given(path: Path) -> Entry:
    """An operator's own schema, known by its file and its namespace. Raises ContractError: it is no schema."""
    try:
        text = path.read_bytes()
        root = parse_document(as_utf8(text))
    except OSError as error:
        raise ContractError(f"this cannot be read: {error.strerror}", file=str(path)) from None
    except DocumentError as error:
        raise ContractError(str(error), file=str(path), line=error.line) from None
    if root.tag != "{http://www.w3.org/2001/XMLSchema}schema":
        raise ContractError("this is no XML Schema: its root is no xs:schema", file=str(path))
    return Entry(str(path.absolute()), text, root.get("targetNamespace", ""))


@cache
def _bundle() -> tuple[Entry, ...]:
    folder = resources.files("gateway.schema") / "wellknown"
    made = []
    for name, (namespace, *aliases) in WELL_KNOWN.items():
        file = folder / name
        if file.is_file():
            made.append(Entry(f"wellknown:/{name}", file.read_bytes(), namespace, (namespace, *aliases), bundled=True))
    return tuple(made)
