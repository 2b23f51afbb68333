"""The law of XSD 1.1 in a contract: that it takes the slower path is told, once, at the construct that asks for it.

Messages of such a contract are read and written by the codec's own walk alone and judged by xmlschema, for libxml2
knows XSD 1.0: docs/xsd-1.1.md has what each construct becomes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.schema.bundle import newer_at
from gateway.schema.contract import Note, Place
from gateway.schema.gathering import Schemas
from gateway.schema.source import line_of

SLOWER: Final = "messages are judged by xmlschema, the slower path (docs/xsd-1.1.md)"


def slower(schemas: Schemas) -> Iterator[Note]:
    """The note at the first construct of XSD 1.1, if there is one."""
    for url, root in schemas.roots.items():
        found = newer_at(root)
        if found is not None:
            element, what = found
            source = schemas.sources[url]  # an inline one keeps the lines of its WSDL
            yield Note("approximated", f"XSD 1.1 ({what}): {SLOWER}", Place(source.file, line_of(element)))
            return
