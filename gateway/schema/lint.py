"""The law of lint: what of a schema is legal and will cost somebody something, told where it stands.

A pattern that repeats what already repeats (`(a+)+b`) stops engines that backtrack: ours is linear in the text, those
of generated clients and of the service itself often are not. XSD 1.0 Part 2 Appendix F.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.core.patterns import PatternError, translate
from gateway.schema.contract import Note, Place
from gateway.schema.gathering import Schemas
from gateway.schema.source import XS, line_of

_PATTERN: Final = f"{{{XS}}}pattern"
_WORDS: Final = (
    "the pattern {!r} repeats what repeats: an engine that backtracks may need years for a short text; here it is "
    "matched in one pass"
)


def costly(schemas: Schemas) -> Iterator[Note]:
    """A note for each pattern that is dangerous to others."""
    for url, root in schemas.roots.items():
        source = schemas.sources[url]
        for element in root.iter(_PATTERN):
            value = element.get("value") or ""
            try:
                risky = translate(value).risky
            except PatternError:  # refused where it is compiled, if it is used
                continue
            if risky:
                yield Note("costly", _WORDS.format(value[:80]), Place(source.file, line_of(element)))
