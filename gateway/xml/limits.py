"""The law of XML limits: bounds are proven on bytes, before a parser sees the message.

Cheap counts prove most messages (2 µs a KB, a quarter of the parser's own time); only when a count
does not is each tag looked at. The scan is exact for well-formed XML: outside comments and CDATA
a `<` is always markup (XML 1.0 §2.4), so a message that it misreads is one that the parser refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from struct import iter_unpack
from typing import Final

from gateway.core.limits import Limits
from gateway.core.problem import Kind, Problem

_PIECE: Final = 256 * 1024  # bytes that are looked at in one go
_MARKS: Final = b"<>!?=\"'"
_BUT_MARKS: Final = bytes(set(range(256)) - set(_MARKS))
_BUT_TAGS: Final = bytes(set(range(256)) - set(b"<="))
# a byte that may stand in a name (XML 1.0 §2.3; any beyond ASCII) is one letter, any other a space
_NAME: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:" + bytes(range(0x80, 0x100))
_SHAPE: Final = bytes(b"n"[0] if byte in _NAME else b" "[0] for byte in range(256))
_SEPARATOR: Final = re.compile(rb"[\s<>/\"']").search  # what an attribute's name cannot hold
_INSIDE: Final = re.compile(rb"""[^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*+""").match  # a tag behind its `<`
_TAG: Final = re.compile(r"""<([^\s<>/"'=]*)([^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*)>?""")
# a name is tried only where one may begin, and never given back: linear on any input
_QUOTED: Final = re.compile(r"""(?<![^\s"'])([^\s"'=]++)\s*+=\s*+("[^"]*"|'[^']*')""")


@lru_cache(maxsize=16)
def _run(length: int) -> Callable[[bytes], object]:
    """A search for an element's name of that many bytes."""
    return re.compile(b"<[^\\s<>/]{%d}" % length).search


def _beyond(what: str, limit: int, field: str) -> Problem:
    return Problem(Kind.XML_LIMIT_EXCEEDED, f"The XML has more than {limit} {what}.", limit=field)


def check(raw: bytes, start: int, limits: Limits, *, elements: int) -> bool:
    """Refuse what is beyond the limits, the depth excepted; whether the depth is proven, too.

    `start` is the offset behind the XML declaration, `elements` the bound on elements and
    comments. Raises Problem: XML_LIMIT_EXCEEDED, XML_PI_FORBIDDEN, MALFORMED_XML.
    """
    rest = raw[start:] if start else raw
    comments = 0
    # What the bytes have side by side, the marks have side by side: they are fewer, and looked at instead.
    marks = _kept(rest, _BUT_MARKS)
    if _has(marks, b"<!"):
        rest, comments = _cut(rest, elements)
        marks = _kept(rest, _BUT_MARKS)
    if _has(marks, b"<?") and b"<?" in rest:
        raise Problem(Kind.XML_PI_FORBIDDEN)
    tags = opens = _count(marks, b"<")
    if tags + comments > elements or limits.xml_depth < tags <= 2 * limits.xml_depth:
        opens = tags - _count(rest, b"</")
        if opens + comments > elements:
            raise _beyond("elements and comments", elements, "xml_elements")
    if not _proven(rest, marks, limits):
        _scan(rest.decode(), limits)
        return True
    return opens <= limits.xml_depth


def _kept(rest: bytes, dropped: bytes) -> bytes:
    """The bytes that are left of many, a piece at a time: no other thread runs while one is looked at."""
    if len(rest) <= _PIECE:
        return rest.translate(None, dropped)
    return b"".join([rest[at : at + _PIECE].translate(None, dropped) for at in range(0, len(rest), _PIECE)])


def _has(marks: bytes, word: bytes) -> bool:
    """Whether a word stands in the bytes, a piece at a time: a search for one sign among many like it is slow."""
    if len(marks) <= _PIECE:
        return word in marks
    more = len(word) - 1
    return any(marks.find(word, at, at + _PIECE + more) >= 0 for at in range(0, len(marks), _PIECE))


def _count(rest: bytes, word: bytes) -> int:
    """How often a word stands in the bytes, a piece at a time; its own end is never its beginning."""
    if len(rest) <= _PIECE:
        return rest.count(word)
    more = len(word) - 1
    return sum([rest.count(word, at, at + _PIECE + more) for at in range(0, len(rest), _PIECE)])


def _cut(rest: bytes, limit: int) -> tuple[bytes, int]:
    """The bytes without comments and CDATA sections, and the number of comments."""
    parts: list[bytes] = []
    comments = sections = at = 0
    while True:
        found = rest.find(b"<!", at)
        if found < 0:
            parts.append(rest[at:])
            return b" ".join(parts), comments
        pi = rest.find(b"<?", at, found)
        if pi >= 0:  # a PI could hide the rest
            raise Problem(Kind.XML_PI_FORBIDDEN)
        parts.append(rest[at:found])
        if rest.startswith(b"<!--", found):
            comments += 1
            end, size = rest.find(b"-->", found + 4), 3
        elif rest.startswith(b"<![CDATA[", found):
            sections += 1
            end, size = rest.find(b"]]>", found + 9), 3
        else:
            raise Problem(Kind.MALFORMED_XML, "A declaration stands inside the document.")
        if end < 0:
            raise Problem(Kind.MALFORMED_XML, "A comment or CDATA section does not end.")
        if comments > limit or sections > limit:
            raise _beyond("elements and comments", limit, "xml_elements")
        at = end + size


def _proven(rest: bytes, marks: bytes, limits: Limits) -> bool:
    """Whether counts alone show that attributes, namespaces, names and values are in bounds."""
    signs = _count(marks, b"=")
    if signs > limits.xml_attributes and (
        signs > limits.xml_attributes_total
        or b"=" * (limits.xml_attributes + 1) in marks.translate(None, _BUT_TAGS)  # none between them is a `<`
    ):
        return False
    if signs > limits.xml_namespaces and not _few_namespaces(rest, limits):
        return False
    return _short_names(rest, signs, limits.xml_name) and _short_values(rest, limits.xml_attribute_value)


def _few_namespaces(rest: bytes, limits: Limits) -> bool:
    """Whether no more declarations stand in the message than it may have, and in no tag."""
    found = _count(rest, b"xmlns")
    if found <= limits.xml_namespaces:
        return True
    if found > limits.xml_namespaces_total:
        return False
    run = 0
    for piece in rest.split(b"xmlns")[1:]:
        run += 1
        if run > limits.xml_namespaces:
            return False
        if b"<" in piece:  # the next one is another tag's
            run = 0
    return True


def _short_names(rest: bytes, signs: int, most: int) -> bool:
    """Whether no name is longer: a longer one would fill a block of half its length, wherever it begins."""
    size = len(rest)
    if size <= most:
        return True
    block = (most + 2) // 2
    piece = max(block, _PIECE - _PIECE % block)
    for at in range(0, size - block + 1, piece):
        shape = rest[at : at + piece].translate(_SHAPE) if size > piece else rest.translate(_SHAPE)
        if (b"n" * block,) in iter_unpack(f"{block}s", memoryview(shape)[: len(shape) - len(shape) % block]):
            break
    else:
        return True
    if _run(most + 1)(rest) is not None:  # long words in text: look at what is a name
        return False
    pieces = rest.split(b"=")[:-1] if signs else ()
    return not any(len(piece) > most and _SEPARATOR(piece.rstrip()[-most - 1 :]) is None for piece in pieces)


def _short_values(rest: bytes, most: int) -> bool:
    """Whether no attribute's value is longer: no `<` stands in one, so half its length would be without any."""
    size, block = len(rest), (most + 2) // 2
    if size <= most or all(rest.find(b"<", at, at + block) >= 0 for at in range(0, size - block + 1, block)):
        return True
    for piece in rest.split(b"<"):
        if len(piece) > most:
            tag = _INSIDE(piece)
            if tag is None or tag.end() > most:
                return False
    return True


def _scan(text: str, limits: Limits) -> None:
    """Each tag in turn: depth, names, attributes, namespaces, values. Exact; about 0.4 µs a tag."""
    depth = attributes = namespaces = 0
    long = limits.xml_name
    for tag in _TAG.finditer(text):
        name, inside = tag.groups()
        if not name:  # an end tag, or no tag at all
            depth -= 1
            continue
        depth += 1
        if depth > limits.xml_depth:
            raise _beyond("levels", limits.xml_depth, "xml_depth")
        if len(name) > long:
            raise _beyond("characters in a name", long, "xml_name")
        if "=" in inside:
            declared, own = _attributes(inside, limits)
            namespaces += declared
            attributes += own
            if namespaces > limits.xml_namespaces_total:
                raise _beyond("namespace declarations", limits.xml_namespaces_total, "xml_namespaces_total")
            if attributes > limits.xml_attributes_total:
                raise _beyond("attributes", limits.xml_attributes_total, "xml_attributes_total")
        if inside.endswith("/"):
            depth -= 1


def _attributes(inside: str, limits: Limits) -> tuple[int, int]:
    """Namespace declarations and attributes of one tag, each within its bounds."""
    declared = own = 0
    for found in _QUOTED.finditer(inside):
        name = found[1]
        if name == "xmlns" or name.startswith("xmlns:"):
            declared += 1
            if declared > limits.xml_namespaces:
                raise _beyond("namespace declarations on an element", limits.xml_namespaces, "xml_namespaces")
        else:
            own += 1
            if own > limits.xml_attributes:
                raise _beyond("attributes on an element", limits.xml_attributes, "xml_attributes")
        if len(name) > limits.xml_name:
            raise _beyond("characters in a name", limits.xml_name, "xml_name")
        if len(found[2]) - 2 > limits.xml_attribute_value:
            raise _beyond("characters in an attribute value", limits.xml_attribute_value, "xml_attribute_value")
    return declared, own
