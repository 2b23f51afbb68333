"""The law of order: which element names may follow each other in one content model.

A content model becomes an expression over symbols, and that an automaton whose rows are made when
they are first needed; repetition counts are written out, so nested counts are exact (XSD 1.0
Part 1 §3.8.4, §3.9.4). Nothing here reads XML or JSON: a row maps a name to the next row and the
leaf that took it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ..schema import ir

BUDGET: Final = 20_000  # positions of one content model; beyond, an inner count is not written out
COMPARE: Final = 400  # positions up to which two content models are compared row by row

# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Leaf:
    """One symbol: an element's Clark name or a wildcard, and what the reader knows it by."""

    symbol: str | ir.Wildcard
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Seq:
    """All parts in order."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Alt:
    """One of the parts; of none: nothing matches."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Rep:
    """A part repeated."""

    part: Expression
    min: int
    max: ir.Bound


@dataclass(frozen=True, slots=True)
class Inter:
    """Each part at most once, in any order (xs:all); only ever the whole content."""

    parts: tuple[tuple[Expression, bool], ...]  # with: is it required
    optional: bool = False


Expression: TypeAlias = "Leaf | Seq | Alt | Rep | Inter"


def rep(part: Expression, least: int, most: ir.Bound) -> Expression:
    """A repetition, left away where it says nothing."""
    if least == 1 and most == 1:
        return part
    if most == 0:
        return Seq(())
    return Rep(part, least, most)


def seq(parts: Iterable[Expression]) -> Expression:
    """A sequence, flat."""
    flat: list[Expression] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Seq) else (part,))
    return flat[0] if len(flat) == 1 else Seq(tuple(flat))


def alt(parts: Iterable[Expression]) -> Expression:
    """A choice, flat."""
    flat: list[Expression] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Alt) else (part,))
    return flat[0] if len(flat) == 1 else Alt(tuple(flat))


def of_particle(
    particle: ir.Particle, model: ir.Model, payload: Callable[[ir.Element | ir.Wildcard], Any]
) -> Expression:
    """The expression of a schema's particle; a substitution head is the choice of its members."""
    if isinstance(particle, ir.ElementUse):
        return rep(alt(Leaf(e.name, payload(e)) for e in members(particle.element, model)), particle.min, particle.max)
    if isinstance(particle, ir.AnyUse):
        return rep(Leaf(particle.wildcard, payload(particle.wildcard)), particle.min, particle.max)
    if particle.model == "all":
        parts = tuple(
            (of_particle(one, model, payload).part, False)  # type: ignore[union-attr]
            if one.min == 0 and one.max != 0
            else (of_particle(one, model, payload), True)
            for one in particle.particles
        )
        return Inter(parts, particle.min == 0)
    parts_ = (of_particle(one, model, payload) for one in particle.particles)
    if particle.model == "choice":
        inner = alt(part for part, one in zip(parts_, particle.particles, strict=True) if one.max != 0)
        return rep(inner, particle.min, particle.max)
    return rep(seq(parts_), particle.min, particle.max)


def members(element: ir.Element, model: ir.Model) -> Iterator[ir.Element]:
    """The declarations that may stand where this one is named."""
    if not element.abstract:
        yield element
    if element.is_global:
        for name in model.substitutions.get(element.name, ()):
            yield model.elements[name]


def of_layout(node: ir.Node) -> Expression:
    """The expression of a layout node; a leaf's payload is its slot."""
    if isinstance(node, ir.Slot):
        return rep(Leaf(node.element.name, node), node.min, node.max)
    if isinstance(node, ir.AnySlot):
        return rep(Leaf(node.wildcard, node), node.min, node.max)
    if isinstance(node, ir.ItemsSlot):
        return rep(of_layout(node.entry), node.min, node.max)
    if isinstance(node, ir.All):
        return Inter(tuple(_all_part(one) for one in node.nodes), node.optional)
    if isinstance(node, ir.Choice):
        return rep(alt(of_layout(one) for one in node.nodes), 0 if node.optional else 1, 1)
    return rep(seq(of_layout(one) for one in node.nodes), 0 if node.optional else 1, 1)


def _all_part(node: ir.Node) -> tuple[Expression, bool]:
    inner = of_layout(node)
    if isinstance(inner, Rep) and inner.min == 0:
        return rep(inner.part, 1, inner.max), False
    return inner, not _nullable(inner)


def bare(expression: Expression) -> Expression:
    """The same without payloads: equal bare expressions have equal languages."""
    match expression:
        case Leaf(symbol):
            return Leaf(symbol)
        case Seq(parts):
            return Seq(tuple(map(bare, parts)))
        case Alt(parts):
            return Alt(tuple(map(bare, parts)))
        case Rep(part, least, most):
            return Rep(bare(part), least, most)
        case Inter(parts, optional):
            return Inter(tuple((bare(part), need) for part, need in parts), optional)


def _nullable(e: Expression) -> bool:
    match e:
        case Leaf():
            return False
        case Seq(parts):
            return all(map(_nullable, parts))
        case Alt(parts):
            return any(map(_nullable, parts))
        case Rep(part, least, _):
            return least == 0 or _nullable(part)
        case Inter(parts, optional):
            return optional or not any(need and not _nullable(part) for part, need in parts)


def size(e: Expression) -> int:
    """Leaves, counts written out."""
    match e:
        case Leaf():
            return 1
        case Seq(parts) | Alt(parts):
            return sum(map(size, parts))
        case Rep(part, least, most):
            return size(part) * max(least, most or 1)
        case Inter(parts, _):
            return sum(size(part) for part, _ in parts)


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
            namespace = name[1 : name.index("}")] if name[0] == "{" else ""
            for wildcard, step in self.wild:
                if wildcard.test.takes(namespace):
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
        row.wild = tuple(wild)

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
            least, most = min(least, 1), None if most != 1 else 1
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


def _inter(e: Inter, bind: Bind) -> Row:
    """Rows of an xs:all: what was seen; few members are remembered, many are worked out anew."""
    parts: list[tuple[dict[str, Any], bool]] = []
    for part, need in e.parts:
        leaves = part.parts if isinstance(part, Alt) else (part,)
        parts.append(({leaf.symbol: leaf.payload for leaf in leaves if isinstance(leaf, Leaf)}, need))  # type: ignore[misc]
    known: dict[frozenset[int], Row] = {}

    def row(seen: frozenset[int]) -> Row:
        made = known.get(seen)
        if made is None:
            final = all(not need or i in seen for i, (_, need) in enumerate(parts)) or (e.optional and not seen)

            def fill(row_: Row) -> None:
                for i, (leaves, _) in enumerate(parts):
                    if i not in seen:
                        target = row(seen | {i})
                        for name, payload in leaves.items():
                            row_.leaves[name] = payload
                            row_[name] = (target, *bind(payload))

            made = Row(final, fill)
            if len(parts) <= 6:
                known[seen] = made
        return made

    return row(frozenset())


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
