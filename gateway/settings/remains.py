"""The law of remains: a configuration with mistakes, less these, so that whoever checks it sees the contract's as well.

A key that is near a known one is taken for it, another is left out, and so is a value that does not fit; where
something is missing, what it is missing from goes. It is never served.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from .document import Document
from .mistakes import Mistake, Path, dotted

if TYPE_CHECKING:
    from .loader import Loaded

T = TypeVar("T")
ROUNDS: Final = 50  # what one look finds hides what the next does


@dataclass(slots=True)
class Remains:
    """What is left of a configuration. `loaded` is set once it is one; What stands in `touched` was changed for it."""

    document: Document
    loaded: Loaded | None = None
    touched: set[Path] = field(default_factory=set)
    _gone: dict[str, list[int]] = field(default_factory=dict)  # list -> which of its items were left out

    def further(self, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
        """Those of the mistakes found in the remains that are not of our own making: none beside what was left out."""
        places = set(map(dotted, self.touched))
        for each in mistakes:
            named = replace(each, setting=self._counted(each.setting))
            if not any(f"{named.setting}.".startswith((f"{place}.", f"{place}[")) for place in places):
                yield named

    def _counted(self, setting: str) -> str:
        """A setting as it is in the file, where items before it were left out."""
        for items, gone in self._gone.items():
            if setting.startswith(f"{items}["):
                index, rest = setting[len(items) + 1 :].split("]", 1)
                at = int(index)
                for each in sorted(gone):
                    at += each <= at
                return f"{items}[{at}]{rest}"
        return setting

    def take_out(self, path: Path, kind: str, meant: str | None) -> Literal["taken", "moved", "nothing"]:
        """Take one mistake out. `kind` is pydantic's; `meant`: the known key that an unknown one is near to.

        `moved`: places found before are no longer right; `nothing`: no configuration is left.
        """
        if kind == "missing":
            path = path[:-1]
        if not path:
            return "nothing"
        *around, last = path
        value = self.document.value
        for part in around:
            if not _has(value, part):
                return "taken"  # with what it stood in
            value = value[part]
        if isinstance(value, list) and isinstance(last, int):
            self._drop(value, tuple(around), last)
            return "moved"
        if not isinstance(value, dict) or last not in value:
            return "nothing"
        found = value.pop(last)
        # a value that is left out leaves its default, which may not go with what stands beside it
        self.touched.add(path[:-1] if kind != "extra_forbidden" and len(path) > 3 else path)
        if meant is not None and meant not in value:
            value[meant] = found
        return "taken"

    def _drop(self, items: list[Any], around: Path, at: int) -> None:
        """Take an item out of a list; the places of those behind it move up."""
        del items[at]
        gone = self._gone.setdefault(dotted(around), [])
        original = at
        for each in sorted(gone):
            original += each <= original
        gone.append(original)
        self.touched.add((*around, original))
        self.document.marks = dict(_moved(self.document.marks, around, at))
        self.document.files = dict(_moved(self.document.files, around, at))
        self.document.filled = {path for path, _ in _moved(dict.fromkeys(self.document.filled), around, at)}


def _has(value: Any, part: str | int) -> bool:
    return part in range(len(value)) if isinstance(value, list) else isinstance(value, dict) and part in value


def _moved(marks: Mapping[Path, T], around: Path, at: int) -> Iterator[tuple[Path, T]]:
    depth = len(around)
    for path, mark in marks.items():
        index = path[depth] if path[:depth] == around and len(path) > depth else None
        if not isinstance(index, int) or index < at:
            yield path, mark
        elif index > at:
            yield (*around, index - 1, *path[depth + 1 :]), mark
