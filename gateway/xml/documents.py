"""The law of an operator's documents: WSDL, XSD and policies are read by one hardened parser at build time.

Not for messages (`gateway.xml.parse` is). UTF-8, UTF-16 and a byte order mark are read, and the few
single-byte encodings that old contracts carry; a DOCTYPE is refused before libxml2 sees it; nothing
is resolved, loaded or fetched. Errors are `DocumentError` with a line: the caller knows the file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from lxml import etree

#: bytes of one document; the largest schema documents of real contracts have about 3 MB
MAX_BYTES: Final = 16 * 1024 * 1024

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENCODINGS: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "us-ascii": "ascii", "ascii": "ascii",
    "iso-8859-1": "iso-8859-1", "latin1": "iso-8859-1", "iso-8859-15": "iso-8859-15",
    "windows-1250": "cp1250", "windows-1251": "cp1251", "windows-1252": "cp1252", "windows-1255": "cp1255",
}  # fmt: skip
_DECLARATION: Final = re.compile(r"<\?xml\s[^>]*?\?>")
_ENCODING: Final = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_TAG: Final = re.compile(rb"<[^\s/>]+")
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
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(utf8, parser)
    except etree.XMLSyntaxError as wrong:
        raise DocumentError(f"not well-formed XML: {wrong.msg}", wrong.lineno or 0) from None
    return root


class _Slicer:
    """Finds where elements of one name stand in the text, and which prefixes they have from around them."""

    def __init__(self, namespace: str, local: str) -> None:
        self.namespace, self.local = namespace, local
        self.scopes: list[dict[str, str]] = [{}]
        self.found: list[Slice] = []
        self.open = 0  # depth below an element that was found, 0 outside
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.ordered_attributes = True
        self.at: tuple[int, int, dict[str, str]] = (0, 0, {})

    def start(self, name: str, attributes: list[str]) -> None:
        if self.open:
            self.open += 1
            return
        outer = self.scopes[-1]
        own = {
            key[6:]: value
            for key, value in zip(attributes[::2], attributes[1::2], strict=True)
            if key == "xmlns" or key.startswith("xmlns:")
        }
        scope = outer | own if own else outer
        prefix, _, local = name.rpartition(":")
        if local == self.local and scope.get(prefix, "") == self.namespace:
            self.open = 1
            inherited = {key: value for key, value in outer.items() if key not in own}
            self.at = (self.parser.CurrentByteIndex, self.parser.CurrentLineNumber, inherited)
            return
        self.scopes.append(scope)

    def end(self, name: str) -> None:
        if not self.open:
            self.scopes.pop()
            return
        self.open -= 1
        if not self.open:
            self.found.append(Slice(*self.at, self.parser.CurrentByteIndex))


@dataclass(frozen=True, slots=True)
class Slice:
    """An element of a document: offset of its `<` in bytes, its line, the prefixes in scope from around it."""

    start: int
    line: int
    inherited: Mapping[str, str]
    end_tag: int  # offset of its end tag; nowhere when it is empty

    def standing_alone(self, utf8: bytes) -> bytes:
        """The element's own text, with the declarations that it had from around it."""
        stop = self._start_tag_ends(utf8)
        if utf8[stop - 2 : stop] != b"/>":
            stop = utf8.index(b">", self.end_tag) + 1
        text = utf8[self.start : stop]
        name = _TAG.match(text)
        at = name.end() if name else 0
        declared = "".join(
            f" xmlns{':' if prefix else ''}{prefix}={quoteattr(uri)}" for prefix, uri in self.inherited.items()
        )
        return text[:at] + declared.encode() + text[at:]

    def _start_tag_ends(self, utf8: bytes) -> int:
        """Behind the first `>` outside of quotes."""
        quote = 0
        for at in range(self.start, len(utf8)):
            byte = utf8[at]
            if quote:
                quote = 0 if byte == quote else quote
            elif byte in b"\"'":
                quote = byte
            elif byte == 0x3E:
                return at + 1
        return len(utf8)


def slices(utf8: bytes, namespace: str, local: str) -> list[Slice]:
    """Where the outermost elements of this name begin, in document order; for a document that `parse_document` took.

    Raises DocumentError for a name that only XML 1.0's fifth edition has: libxml2 reads by that, expat by the fourth.
    """
    slicer = _Slicer(namespace, local)
    try:
        slicer.parser.Parse(utf8, True)
    except expat.ExpatError as error:
        raise DocumentError(f"not well-formed XML: {expat.ErrorString(error.code)}", error.lineno) from None
    return slicer.found
