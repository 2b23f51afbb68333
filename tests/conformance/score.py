"""The law of the scoreboard: every check of a suite ends as one row; the tables are drawn from the rows alone.

`ok` holds, `failed` does not and is new, `open` does not, is ours and known, `excused` does not and the suite's own fault
is named, `skipped` could not be asked (the reason is told).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

End = Literal["ok", "failed", "open", "excused", "skipped"]
ENDS: tuple[End, ...] = ("ok", "failed", "open", "excused", "skipped")


@dataclass(frozen=True, slots=True)
class Row:
    """One check of one case."""

    check: str
    case: str
    end: End
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """What one suite gave; `of` is how many cases it has, `seen` how many of them were run."""

    suite: str
    rows: Sequence[Row]
    seen: int
    of: int
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether anything does not hold that is not known to be open."""
        return any(row.end == "failed" for row in self.rows)


def table(board: Board) -> str:
    """The suite's table, as Markdown."""
    counts: dict[str, Counter[str]] = {}
    for row in board.rows:
        counts.setdefault(row.check, Counter())[row.end] += 1
    width = max([len(check) for check in counts] + [5])
    lines = [
        f"### {board.suite}: {board.seen} of {board.of} cases, {board.seconds:.0f} s",
        "",
        f"| {'check':{width}} | {' | '.join(f'{end:>7}' for end in ENDS)} |",
        f"| {'-' * width} | {' | '.join('-' * 6 + ':' for _ in ENDS)} |",
    ]
    for check, found in counts.items():
        lines.append(f"| {check:{width}} | {' | '.join(f'{found[end]:>7}' for end in ENDS)} |")
    return "\n".join(lines)


def detail(boards: Iterable[Board]) -> Iterator[str]:
    """One line for each row that is not ok, the same reasons together."""
    for board in boards:
        yield f"## {board.suite}"
        yield ""
        rows = sorted((row for row in board.rows if row.end != "ok"), key=lambda r: (ENDS.index(r.end), r.check, r.reason))
        last = ("", "", "")
        for row in rows:
            head = (row.end, row.check, row.reason)
            if head != last:
                yield f"- **{row.end}**, {row.check}: {_line(row.reason)}"
                last = head
            yield f"  - `{row.case}`"
        if not rows:
            yield "Nothing: every check holds."
        yield ""


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
