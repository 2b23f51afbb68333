"""The law of what XSD 1.1 adds and the mapping does not have: it is told where it stands, and passes nowhere unjudged.

Open content and alternatives have no JSON shape of their own here. Messages without them are served, held to the schema
by xmlschema as all of XSD 1.1; one that uses them is refused as a whole. XSD 1.1 Part 1 §3.4.2, §3.12.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.schema.contract import Note, Place
from gateway.schema.gathering import Schemas
from gateway.schema.source import XS, line_of

_OPEN: Final = "a message with elements that it alone allows is refused (XSD 1.1 Part 1 §3.4.2)"
_OTHER: Final = "the declared type is served; a message with members of another is refused (XSD 1.1 Part 1 §3.12)"
_TOLD: Final = {
    f"{{{XS}}}openContent": f"xs:openContent: {_OPEN}",
    f"{{{XS}}}defaultOpenContent": f"xs:defaultOpenContent: {_OPEN}",
    f"{{{XS}}}alternative": f"xs:alternative: {_OTHER}",
}


def unmapped(schemas: Schemas) -> Iterator[Note]:
    """A note for each such element of the schemas."""
    for url, root in schemas.roots.items():
        source = schemas.sources[url]  # an inline one keeps the lines of its WSDL
        for element in root.iter(*_TOLD):
            if element.get("mode") != "none":
                yield Note("approximated", _TOLD[element.tag], Place(source.file, line_of(element)))
