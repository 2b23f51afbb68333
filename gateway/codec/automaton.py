"""The law of order: which element names may follow each other in one content model.

An expression becomes an automaton whose rows are made when they are first needed; repetition
counts are written out, so nested counts are exact (XSD 1.0 Part 1 §3.8.4, §3.9.4). Nothing here
reads XML or JSON: a row maps a name to the next row and what `bind` made of the leaf that took it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from ..schema import ir
from .expressions import Alt, Expression, Inter, Leaf, Rep, Seq, bare, size

BUDGET: Final = 20_000  # positions of one content model; beyond, an inner count is not written out
COMPARE: Final = 400  # positions up to which two content models are compared row by row

# ---------------------------------------------------------------- rows


class Row(dict[str, Any]):
    """One state: name -> (next row, *what `bind` made of the leaf's payload). A miss gives None."""

    __slots__ = ("_fill", "final", "leaves", "wild")

    def __init__(self, final: bool, fill: Callable[[Row], None]) -> None:
        super().__init__()
        self.final = final
        self.wild: tuple[tuple[ir.Wildcard, Any], ...] = ()
        self.leaves: dict[str, Any] = {}  # name -> payload
        self._fill: Callable[[Row], None] | None = fill

    def ready(self) -> Row:
        """The row with its steps."""
        if self._fill is not None:
            fill, self._fill = self._fill, None
            fill(self)
        return self

    def __missing__(self, name: Any) -> Any:
        if self._fill is not None:
            self.ready()
            if name in self:
                return self[name]
        if self.wild and isinstance(name, str):
            for wildcard, step in self.wild:
                if wildcard.takes(name):
                    return step
        return None

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__
    __ne__ = object.__ne__


Bind: TypeAlias = "Callable[[Any], tuple[Any, ...]]"


def automaton(expression: Expression, bind: Bind) -> Row:
    """The start row. `bind` turns a leaf's payload into the rest of the step."""
    if isinstance(expression, Inter):
        return _inter(expression, bind)
    return _Positions(expression, bind).start()


class _Positions:
    """The positions of an expression (Glushkov), counts written out, and the rows made of them."""

    def __init__(self, expression: Expression, bind: Bind) -> None:
        self.bind = bind
        self.leaves: list[Leaf] = []
        self.follow: list[set[int]] = []
        self.rows: dict[tuple[frozenset[int], bool], Row] = {}
        self.budget = BUDGET
        self.first, self.last, self.empty = self._build(expression)
        self.ends = frozenset(self.last)

    def start(self) -> Row:
        return self._row(frozenset(self.first), self.empty)

    def _row(self, after: frozenset[int], final: bool) -> Row:
        """The row from which the positions `after` may be entered."""
        key = (after, final)
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = Row(final, lambda row: self._fill(row, after))
        return row

    def _fill(self, row: Row, after: frozenset[int]) -> None:
        taken: dict[str | ir.Wildcard, list[int]] = {}
        for position in sorted(after):
            taken.setdefault(self.leaves[position].symbol, []).append(position)
        wild = []
        for symbol, positions in taken.items():
            target = self._row(
                frozenset().union(*(self.follow[p] for p in positions)), any(p in self.ends for p in positions)
            )
            payload = self.leaves[positions[0]].payload
            step = (target, *self.bind(payload))
            if isinstance(symbol, str):
                row.leaves[symbol] = payload
                row[symbol] = step
            else:
                wild.append((symbol, step))
        row.wild = tuple(sorted(wild, key=_openness))

    def _build(self, e: Expression) -> tuple[set[int], set[int], bool]:
        match e:
            case Leaf():
                self.leaves.append(e)
                self.follow.append(set())
                at = {len(self.leaves) - 1}
                return at, at, False
            case Seq(parts):
                return self._chain(self._build(part) for part in parts)
            case Alt(parts):
                first: set[int] = set()
                last: set[int] = set()
                empty = False
                for part in parts:
                    f, l_, n = self._build(part)
                    first |= f
                    last |= l_
                    empty = empty or n
                return first, last, empty
            case Rep(part, least, most):
                return self._repeat(part, least, most)
            case Inter():
                raise ValueError("xs:all stands inside another group")

    def _chain(self, parts: Iterable[tuple[set[int], set[int], bool]]) -> tuple[set[int], set[int], bool]:
        first: set[int] = set()
        last: set[int] = set()
        empty = True
        for f, l_, n in parts:
            for position in last:
                self.follow[position] |= f
            if empty:
                first = first | f
            last = (last | l_) if n else l_
            empty = empty and n
        return first, last, empty

    def _repeat(self, part: Expression, least: int, most: ir.Bound) -> tuple[set[int], set[int], bool]:
        each = size(part)
        copies = max(least, most or 1)
        if each * copies > BUDGET or len(self.leaves) + each * copies > 4 * BUDGET:
            least = least if each * least <= COMPARE else min(least, 1)
            most = None if most != 1 else 1
        if most is None:
            heads = [self._build(part) for _ in range(max(least - 1, 0))]
            f, l_, n = self._build(part)
            for position in l_:
                self.follow[position] |= f
            return self._chain([*heads, (f, l_, n or least == 0)])
        # optional copies nest, x(x(x)?)?, so that each position is followed by one copy only
        first: set[int] = set()
        last: set[int] = set()
        empty = True
        for count in range(most, 0, -1):
            f, l_, n = self._build(part)
            for position in l_:
                self.follow[position] |= first
            last = (last | l_) if empty else last
            first = (f | first) if n else f
            empty = n and empty
            if count > least:
                empty = True
        return first, last, empty


def _openness(step: tuple[ir.Wildcard, Any]) -> bool:
    """Open content takes what nothing else of the content does (XSD 1.1 Part 1 §3.4.4.2)."""
    return step[0].open


def _inter(e: Inter, bind: Bind) -> Row:
    """Rows of an xs:all: how often each was seen; few members are remembered, many are worked out anew."""
    parts: list[tuple[list[Leaf], int, ir.Bound]] = []
    for part, least, most in e.parts:
        leaves = part.parts if isinstance(part, Alt) else (part,)
        parts.append(([leaf for leaf in leaves if isinstance(leaf, Leaf)], least, most))
    caps = [least if most is None else most for _, least, most in parts]  # counts beyond say nothing new
    known: dict[tuple[int, ...], Row] = {}
    few = len(parts) <= 6 and all(cap <= 3 for cap in caps)

    def row(seen: tuple[int, ...]) -> Row:
        made = known.get(seen)
        if made is None:
            enough = all(count >= least for count, (_, least, _) in zip(seen, parts, strict=True))

            def fill(row_: Row) -> None:
                wild = []
                for i, (leaves, _, most) in enumerate(parts):
                    if most is not None and seen[i] >= most:
                        continue
                    target = row((*seen[:i], min(seen[i] + 1, caps[i]), *seen[i + 1 :]))
                    for leaf in leaves:
                        step = (target, *bind(leaf.payload))
                        if isinstance(leaf.symbol, str):
                            row_.leaves[leaf.symbol] = leaf.payload
                            row_[leaf.symbol] = step
                        else:
                            wild.append((leaf.symbol, step))
                row_.wild = tuple(sorted(wild, key=_openness))

            made = Row(enough or (e.optional and not any(seen)), fill)
            if few:
                known[seen] = made
        return made

    return row((0,) * len(parts))


# ---------------------------------------------------------------- questions for those who report


def way(start: Row, arrived: Callable[[Row], bool], most: int = 300) -> list[tuple[Row, str]] | None:
    """The shortest way to a row: (row, name taken there) each; None when there is none nearby."""
    queue: deque[tuple[Row, tuple[Any, ...]]] = deque([(start, ())])
    seen = {id(start)}
    keep = [start]
    while queue and len(seen) <= most:
        row, path = queue.popleft()
        if arrived(row.ready()):
            steps: list[tuple[Row, str]] = []
            while path:
                steps.append((path[0], path[1]))
                path = path[2]
            return steps[::-1]
        for name, step in [*row.items(), *(("*", step) for _, step in row.wild)]:
            if id(step[0]) not in seen:
                seen.add(id(step[0]))
                keep.append(step[0])
                queue.append((step[0], (row, name, path)))
    return None


def same(left: Expression, right: Expression) -> bool:
    """Whether two expressions take the same contents; False also where that is not known."""
    if bare(left) == bare(right):
        return True
    if size(left) + size(right) > COMPARE:
        return False
    a, b = automaton(left, lambda _: ()), automaton(right, lambda _: ())
    queue, seen, keep = deque([(a, b)]), {(id(a), id(b))}, [a, b]
    while queue:
        a, b = queue.popleft()
        a.ready(), b.ready()
        if a.final != b.final or a.keys() != b.keys():
            return False
        if [w for w, _ in a.wild] != [w for w, _ in b.wild]:
            return False
        pairs = [(step[0], b[name][0]) for name, step in a.items()]
        pairs += [(x[1][0], y[1][0]) for x, y in zip(a.wild, b.wild, strict=True)]
        for x, y in pairs:
            if (id(x), id(y)) not in seen:
                if len(seen) > 4 * COMPARE:
                    return False
                seen.add((id(x), id(y)))
                keep += [x, y]
                queue.append((x, y))
    return True
