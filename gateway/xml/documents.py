"""The law of an operator's documents: WSDL, XSD and policies are read by one hardened parser at build time.

Not for messages (`gateway.xml.parse` is). UTF-8, UTF-16 and a byte order mark are read, and the few
single-byte encodings that old contracts carry; a DOCTYPE is refused before libxml2 sees it; nothing
is resolved, loaded or fetched. Errors are `DocumentError` with a line: the caller knows the file.
"""

from __future__ import annotations

import codecs
import re
from typing import Any, Final

from lxml import etree

#: bytes of one document; the largest schema documents of real contracts have about 3 MB
MAX_BYTES: Final = 16 * 1024 * 1024
MAX_ELEMENTS: Final = 1_000_000

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENCODINGS: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "us-ascii": "ascii", "ascii": "ascii",
    "iso-8859-1": "iso-8859-1", "latin1": "iso-8859-1", "iso-8859-15": "iso-8859-15",
    "windows-1250": "cp1250", "windows-1251": "cp1251", "windows-1252": "cp1252", "windows-1255": "cp1255",
}  # fmt: skip
_DECLARATION: Final = re.compile(r"<\?xml\s[^>]*?\?>")
_ENCODING: Final = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_BLANK: Final = re.compile(r"[ \t\r\n]+")


class DocumentError(Exception):
    """A document that is no XML, or more than is allowed. `line` is 1-based, 0 unknown."""

    def __init__(self, message: str, line: int = 0, *, doctype: bool = False) -> None:
        super().__init__(message)
        self.line = line
        self.doctype = doctype


def as_utf8(raw: bytes) -> bytes:
    """The document in UTF-8, without byte order mark and without an encoding that it no longer has."""
    if len(raw) > MAX_BYTES:
        raise DocumentError(f"the document has {len(raw)} bytes; at most {MAX_BYTES} are read")
    text = _decode(raw)
    found = _DECLARATION.match(text)
    if found:
        text = _ENCODING.sub("", found.group(), count=1) + text[found.end() :]
    return text.encode("utf-8")


def _decode(raw: bytes) -> str:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], encoding)
    if raw[:4] == b"<\x00?\x00":
        return _strictly(raw, "utf-16-le")
    if raw[:4] == b"\x00<\x00?":
        return _strictly(raw, "utf-16-be")
    declared = _ENCODING.search(raw[:200].split(b"?>", 1)[0].decode("latin-1"))
    name = declared.group(1).lower() if declared else "utf-8"
    if name not in _ENCODINGS:
        raise DocumentError(f"the encoding {name} is not read; save the document in UTF-8", 1)
    return _strictly(raw, _ENCODINGS[name])


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise DocumentError(f"a byte at offset {wrong.start} is not {encoding}", line) from None


def refuse_doctype(text: str) -> None:
    """Raises when the prolog holds a DOCTYPE (XML 1.0 §2.8): entities are never needed in a contract."""
    at = 0
    while at < len(text):
        blank = _BLANK.match(text, at)
        if blank:
            at = blank.end()
        elif text.startswith("<?", at):
            end = text.find("?>", at)
            at = len(text) if end < 0 else end + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            at = len(text) if end < 0 else end + 3
        elif text.startswith("<!DOCTYPE", at):
            line = text.count("\n", 0, at) + 1
            raise DocumentError("a document type declaration (DTD) is not read", line, doctype=True)
        else:
            return


def parse_document(utf8: bytes) -> Any:
    """The root element of a document from `as_utf8`. Raises `DocumentError` with the line."""
    refuse_doctype(utf8.decode("utf-8"))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True, collect_ids=False
    )
    try:
        root = etree.fromstring(utf8, parser)
    except etree.XMLSyntaxError as wrong:
        raise DocumentError(f"not well-formed XML: {wrong.msg}", wrong.lineno or 0) from None
    return root
