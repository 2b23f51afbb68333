"""The law of weight: a schema that would keep the processors busy for minutes is refused before they see it.

libxml2 needs time cubic in the particles of one group (1,000: 3 s), xmlschema 2 ms a type. The bounds lie
far beyond the contracts we have met (of 1,080 the largest has 2,300 nodes and 75 particles in a group).
"""

from __future__ import annotations

from typing import Any, Final

from gateway.schema.errors import ContractError
from gateway.schema.source import XS

MAX_NODES: Final = 150_000  # elements of all schema documents of a contract
MAX_PARTICLES: Final = 1_000  # in one sequence, choice or all
MAX_NESTING: Final = 64  # groups within groups
_GROUPS: Final = frozenset(f"{{{XS}}}{name}" for name in ("sequence", "choice", "all"))


def weigh(schema: Any, file: str, so_far: int) -> int:
    """The nodes so far with this schema's. Raises ContractError, with the line, for one beyond the bounds."""
    for element in schema.iter():
        so_far += 1
        if element.tag in _GROUPS:
            if len(element) > MAX_PARTICLES:
                _refuse(element, file, f"{len(element)} particles in one group; at most {MAX_PARTICLES} are read")
            if _nesting(element) > MAX_NESTING:
                _refuse(element, file, f"groups are nested deeper than {MAX_NESTING}")
    if so_far > MAX_NODES:
        _refuse(schema, file, f"the schemas have more than {MAX_NODES} elements")
    return so_far


def _nesting(element: Any) -> int:
    depth = 1
    above = element.getparent()
    while above is not None and above.tag in _GROUPS:
        depth += 1
        above = above.getparent()
    return depth


def _refuse(element: Any, file: str, words: str) -> None:
    raise ContractError(words, file=file, line=element.sourceline or 0, section="limits of the gateway")
