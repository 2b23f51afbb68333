"""The law of naming: any text becomes an XML name that is one's own, and stays the same from run to run.

An NCName of XML 1.0's second edition is kept as it is; every other character is `_`, and a number is added where two
would meet. Two names meet already when they differ in case and punctuation only: classes made of the WSDL would have
one name. Kept here: names of types, elements, operations; the way back is `gateway.schema.drawn.shapes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from gateway.core.xmlnames import NAME_CHARS, NAME_START

LONGEST: Final = 200
_WORDS: Final = re.compile(r"[^\W_]+")
_STARTS: Final = tuple(NAME_START)
_REST: Final = tuple(NAME_CHARS)


def _inside(char: str, ranges: Iterable[tuple[int, int]]) -> bool:
    code = ord(char)
    return char != ":" and any(low <= code <= high for low, high in ranges)


def ncname(text: str) -> str:
    """The text as an NCName: itself where it is one."""
    found = "".join(char if _inside(char, _REST) else "_" for char in text[:LONGEST])
    return found if found and _inside(found[0], _STARTS) else "_" + found


def pascal(text: str) -> str:
    """`pet store` is `PetStore`; a word keeps its inner capitals."""
    return ncname("".join(word[:1].upper() + word[1:] for word in _WORDS.findall(text)) or "_")


def camel(text: str) -> str:
    """`Get pet by id` is `getPetById`."""
    name = pascal(text)
    return name[:1].lower() + name[1:]


def fold(name: str) -> str:
    """What a generated class or member keeps of a name."""
    return "".join(char for char in name if char.isalnum()).lower() or name


class Names:
    """The names of one scope, each given once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {fold(name) for name in taken}

    def give(self, wanted: str) -> str:
        """An NCName as near to the wanted one as is free."""
        name = first = ncname(wanted)
        number = 1
        while fold(name) in self._taken:
            number += 1
            name = f"{first}_{number}"
        self._taken.add(fold(name))
        return name


def words_of_path(path: str) -> Iterator[str]:
    """`/pets/{petId}/photos` is pets, By, petId, photos: what an operation without an id is called by."""
    for step in path.split("/"):
        for at, part in enumerate(re.split(r"\{([^{}]*)\}", step)):
            if at % 2:
                yield "By"
            yield part
