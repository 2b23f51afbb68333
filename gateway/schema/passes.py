"""The law of the small rewrites: particles in, particles out, the language they accept unchanged or, where a
count of nested groups cannot be one interval, widened.

Each pass has one idea and can be read alone. No JSON shape is decided here (`gateway.schema.layout`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from gateway.schema.ir import AnyUse, Bound, Element, ElementUse, Group, Model, Particle, Wildcard

Counts: TypeAlias = "tuple[int, Bound]"

# ---------------------------------------------------------------- occurrence counts; None is unbounded


def plus(one: Bound, two: Bound) -> Bound:
    """The sum of two bounds."""
    return None if one is None or two is None else one + two


def times(one: Bound, two: Bound) -> Bound:
    """The product of two bounds; 0 wins over unbounded."""
    if one == 0 or two == 0:
        return 0
    return None if one is None or two is None else one * two


def larger(one: Bound, two: Bound) -> Bound:
    """The greater of two bounds."""
    return None if one is None or two is None else max(one, two)


def repeats(high: Bound) -> bool:
    """Whether a bound lets a thing stand more than once."""
    return high is None or high > 1


def gapless(inner: Counts, outer: Counts) -> bool:
    """Whether (x{inner}){outer} allows every count between its least and its greatest."""
    (low, high), (least, most) = inner, outer
    if least == most == 1 or low == 0:
        return True
    if least == 0 and low > 1:
        return False
    if not repeats(most) or high is None:
        return True
    # k repetitions end at k*high, k+1 begin at (k+1)*low: worst where k is smallest
    first = max(least, 1)
    return (first + 1) * low <= first * high + 1


# ---------------------------------------------------------------- pass 1: substitution groups


def expand_heads(particle: Particle, model: Model) -> Particle:
    """A reference to the head of a substitution group becomes a choice of its members (§3.3.6, §3.9.4)."""
    if isinstance(particle, Group):
        return replace(particle, particles=tuple(expand_heads(child, model) for child in particle.particles))
    if isinstance(particle, ElementUse) and particle.element.is_global:
        members = model.substitutions.get(particle.element.name, ())
        elements = [model.elements[name] for name in members]
        if not particle.element.abstract:
            elements.insert(0, particle.element)
        if len(elements) == 1:
            return replace(particle, element=elements[0])
        if elements:
            return Group("choice", tuple(ElementUse(e) for e in elements), particle.min, particle.max)
    return particle


# ---------------------------------------------------------------- pass 2: needless groups


def tidy(particle: Particle, widened: list[Particle] | None = None) -> Particle:
    """Groups that carry nothing go: one in its own kind, one of a single particle, a repeating one of one name.

    `widened` collects the particles whose counts had to be widened to one interval.
    """
    widened = [] if widened is None else widened
    if not isinstance(particle, Group):
        return particle
    low = particle.min
    children: list[Particle] = []
    for child in (tidy(p, widened) for p in particle.particles):
        same = isinstance(child, Group) and child.model == particle.model != "all" and not repeats(child.max)
        if same and isinstance(child, Group) and (child.min == 1 or child.model == "choice"):
            low = 0 if child.min == 0 else low
            children += child.particles
        else:
            children.append(child)
    group = replace(particle, particles=tuple(children), min=low)
    if len(children) == 1:
        merged = _merged(children[0], group, widened)
        return _alone(merged, widened) if isinstance(merged, Group) else merged
    return _alone(group, widened)


def _alone(group: Group, widened: list[Particle]) -> Particle:
    """A repeating group of one thing as that thing; any other as it is."""
    only = _only(group) if repeats(group.max) else None
    if only is None:
        return group
    widened.append(only)  # several places of one name: its counts may have gaps
    return only


def _merged(child: Particle, group: Group, widened: list[Particle]) -> Particle:
    """(x{a,b}){m,n} as x{a*m,b*n}."""
    if not gapless((child.min, child.max), (group.min, group.max)):
        widened.append(child)
    return replace(child, min=child.min * group.min, max=times(child.max, group.max))


def _only(group: Group) -> Particle | None:
    """The one thing that a repeating group holds, with its counts; None when it holds several."""
    names, wildcards = elements_of(group), wildcards_of(group)
    counts = totals(group)
    if len(names) == 1 and not wildcards:
        ((name, element),) = names.items()
        low, high = counts[name]
        return ElementUse(element, low, high)
    if not names and len(wildcards) == 1:
        low, high = counts[""]
        return AnyUse(wildcards[0], low, high)
    return None


# ---------------------------------------------------------------- questions about particles


def leaves(particle: Particle) -> Iterable[ElementUse | AnyUse]:
    """The elements and wildcards of a particle, in document order."""
    if isinstance(particle, Group):
        for child in particle.particles:
            yield from leaves(child)
    else:
        yield particle


def elements_of(particle: Particle) -> dict[str, Element]:
    """Name -> element, each name once in document order, taking what any of its places takes."""
    found: dict[str, Element] = {}
    for leaf in leaves(particle):
        if isinstance(leaf, ElementUse):
            known = found.setdefault(leaf.element.name, leaf.element)
            if known != leaf.element:
                found[leaf.element.name] = _either(known, leaf.element)
    return found


def _either(one: Element, other: Element) -> Element:
    """Two declarations of one name in one type as one, which has its type in common (XSD 1.0 Part 1 §3.8.6)."""
    alike = (one.default, one.fixed) == (other.default, other.fixed)
    return replace(
        one,
        nillable=one.nillable or other.nillable,
        default=one.default if alike else None,
        fixed=one.fixed if alike else None,
        block_types=one.block_types & other.block_types,
        identities=one.identities if one.identities == other.identities else (),
    )


def wildcards_of(particle: Particle) -> tuple[Wildcard, ...]:
    """The distinct wildcards, in document order."""
    return tuple(dict.fromkeys(leaf.wildcard for leaf in leaves(particle) if isinstance(leaf, AnyUse)))


def totals(particle: Particle) -> Mapping[str, Counts]:
    """Name -> how often it may stand in the whole particle; all wildcards together under ''."""
    if isinstance(particle, ElementUse):
        return {particle.element.name: (particle.min, particle.max)}
    if isinstance(particle, AnyUse):
        return {"": (particle.min, particle.max)}
    parts = [totals(child) for child in particle.particles]
    found: dict[str, Counts] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        low, high = (0, 0) if particle.model != "choice" else min_max(parts, name)
        if particle.model != "choice":
            for part in parts:
                one = part.get(name, (0, 0))
                low, high = low + one[0], plus(high, one[1])
        found[name] = (low * particle.min, times(high, particle.max))
    return found


def min_max(parts: Iterable[Mapping[str, Counts]], name: str) -> Counts:
    """The counts of a name over exclusive branches."""
    every = [part.get(name, (0, 0)) for part in parts]
    high: Bound = 0
    for one in every:
        high = larger(high, one[1])
    return min(one[0] for one in every), high


def may_be_empty(particle: Particle) -> bool:
    """Whether a particle takes nothing at all (XSD 1.0 Part 1 §3.9.6, emptiable)."""
    if particle.min == 0 or not isinstance(particle, Group):
        return particle.min == 0
    return (any if particle.model == "choice" else all)(may_be_empty(child) for child in particle.particles)
