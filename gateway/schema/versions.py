"""The law of conditional inclusion: what a schema document keeps for processors of other versions is not there.

The gateway reads XSD 1.1: an element whose vc:minVersion is later, or whose vc:maxVersion is not, goes, with all in it;
so does one that asks for types or facets that are unknown here, or for the lack of known ones. XSD 1.1 Part 1 §4.2.2.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

VERSIONING: Final = "http://www.w3.org/2007/XMLSchema-versioning"
_XS: Final = "http://www.w3.org/2001/XMLSchema"
OURS: Final = Decimal("1.1")
_TYPES: Final = frozenset(
    "anyType anySimpleType anyAtomicType error string boolean decimal float double duration dateTime time date "
    "gYearMonth gYear gMonthDay gDay gMonth hexBinary base64Binary anyURI QName NOTATION normalizedString "
    "token language NMTOKEN NMTOKENS Name NCName ID IDREF IDREFS ENTITY ENTITIES integer nonPositiveInteger "
    "negativeInteger long int short byte nonNegativeInteger unsignedLong unsignedInt unsignedShort "
    "unsignedByte positiveInteger yearMonthDuration dayTimeDuration dateTimeStamp".split()
)
_FACETS: Final = frozenset(
    "length minLength maxLength pattern enumeration whiteSpace maxInclusive maxExclusive minExclusive minInclusive "
    "totalDigits fractionDigits assertion assertions explicitTimezone".split()
)


def prune(root: Any) -> bool:
    """Takes what is for other processors out of a schema document, in place; whether it had conditions.

    Lines stay where they are. A whole document for others becomes an empty one.
    """
    if not any(key.startswith(f"{{{VERSIONING}}}") for each in root.iter(f"{{{_XS}}}*") for key in each.attrib):
        return False
    doomed = [each for each in root.iter(f"{{{_XS}}}*") if _for_others(each)]
    for each in doomed:
        if each is root:
            root[:] = []
            return True
        remove(each)
    for each in root.iterdescendants(f"{{{_XS}}}*"):  # decided: nobody asks again, by another version
        for key in [key for key in each.attrib if key.startswith(f"{{{VERSIONING}}}")]:
            del each.attrib[key]
    return True


def remove(element: Any) -> None:
    """The element goes; the lines that it took stay."""
    parent = element.getparent()
    tail = "\n" * _lines(element) + (element.tail or "")
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _lines(element: Any) -> int:
    texts = [element.text or ""]
    for inner in element.iterdescendants():
        texts += [inner.text or "", inner.tail or ""]
    return sum(text.count("\n") for text in texts)


def _for_others(element: Any) -> bool:
    for word, goes in _ROWS.items():
        given = element.get(f"{{{VERSIONING}}}{word}")
        if given is not None and goes(element, given):
            return True
    return False


def _version(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def _later(_: Any, text: str) -> bool:
    least = _version(text)
    return least is not None and least > OURS


def _earlier(_: Any, text: str) -> bool:
    most = _version(text)
    return most is not None and most <= OURS


def _known(element: Any, text: str, among: frozenset[str]) -> list[bool]:
    found = []
    for name in text.split():
        prefix, colon, local = name.rpartition(":")
        found.append(element.nsmap.get(prefix if colon else None) == _XS and local in among)
    return found


_ROWS: Final[dict[str, Callable[[Any, str], bool]]] = {
    "minVersion": _later,
    "maxVersion": _earlier,
    "typeAvailable": lambda at, text: not all(_known(at, text, _TYPES)),
    "typeUnavailable": lambda at, text: all(_known(at, text, _TYPES)),
    "facetAvailable": lambda at, text: not all(_known(at, text, _FACETS)),
    "facetUnavailable": lambda at, text: all(_known(at, text, _FACETS)),
}
