"""The law of mistakes: each says the file, the line, the column, the setting and what to write instead.

All of them are told at once. No value of a setting stands in a mistake: it may be a secret.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from .remains import Remains

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake of a configuration; lines and columns count from 1, 0 where unknown."""

    file: str
    line: int
    column: int
    setting: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.setting}: {self.message}" if self.setting else f"{place}: {self.message}"


class Refused(Exception):
    """A configuration that is not served. `mistakes` is never empty, in the order of the file.

    `remains`: the configuration without what was wrong in it, where it is one, for those who look for more.
    """

    def __init__(self, mistakes: Iterable[Mistake], remains: Remains | None = None) -> None:
        self.mistakes: tuple[Mistake, ...] = tuple(sorted(set(mistakes)))
        self.remains = remains
        super().__init__("\n".join(map(str, self.mistakes)))


def dotted(path: Path) -> str:
    """A setting's path as people write it: `services.portal.routes[0].route`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def near(word: str, known: Sequence[str]) -> str | None:
    """The known name that is most like the word, None when none is."""
    close = difflib.get_close_matches(word.lower(), [name.lower() for name in known], n=1, cutoff=0.6)
    return next((name for name in known if close and name.lower() == close[0]), None)


def nearest(word: str, known: Sequence[str]) -> str:
    """The words `; did you mean "x"?`, or what there is when nothing is near and the list is short."""
    name = near(word, known)
    if name is not None:
        return f'; did you mean "{name}"?'
    return f"; known here: {', '.join(sorted(known))}" if 0 < len(known) <= 12 else ""
