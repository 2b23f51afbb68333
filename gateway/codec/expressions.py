"""The law of expressions: a content model as a regular expression over element names and wildcards.

Made from the schema's particle, which is the truth, or from a layout node, which knows the JSON
shape; `same` (`gateway.codec.automaton`) says whether the two take the same contents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..schema import ir


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
    """Each part as often as it may, in any order (xs:all); only ever the whole content."""

    parts: tuple[tuple[Expression, int, ir.Bound], ...]  # with: how often at least and at most
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
        members_ = (of_particle(one, model, payload) for one in particle.particles if one.max != 0)
        return Inter(tuple(map(_counted, members_)), particle.min == 0)
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
        return Inter(tuple(_counted(of_layout(one)) for one in node.nodes if not _barred(one)), node.optional)
    if isinstance(node, ir.Choice):
        return rep(alt(of_layout(one) for one in node.nodes), 0 if node.optional else 1, 1)
    return rep(seq(of_layout(one) for one in node.nodes), 0 if node.optional else 1, 1)


def _barred(node: ir.Node) -> bool:
    return isinstance(node, ir.Slot | ir.AnySlot | ir.ItemsSlot) and node.max == 0


def _counted(inner: Expression) -> tuple[Expression, int, ir.Bound]:
    """A member of an xs:all, how often it stands at least and at most."""
    if isinstance(inner, Rep):
        return inner.part, inner.min, inner.max
    return inner, 0 if nullable(inner) else 1, 1


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
            return Inter(tuple((bare(part), least, most) for part, least, most in parts), optional)


def nullable(e: Expression) -> bool:
    match e:
        case Leaf():
            return False
        case Seq(parts):
            return all(map(nullable, parts))
        case Alt(parts):
            return any(map(nullable, parts))
        case Rep(part, least, _):
            return least == 0 or nullable(part)
        case Inter(parts, optional):
            return optional or all(least == 0 or nullable(part) for part, least, _ in parts)


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
            return sum(size(part) * max(least, most or 1) for part, least, most in parts)


def leaves(e: Expression) -> Iterator[Leaf]:
    """The leaves, in document order."""
    match e:
        case Leaf():
            yield e
        case Seq(parts) | Alt(parts):
            for part in parts:
                yield from leaves(part)
        case Rep(part):
            yield from leaves(part)
        case Inter(parts):
            for part, _, _ in parts:
                yield from leaves(part)
