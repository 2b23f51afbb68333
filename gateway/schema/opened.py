"""The law of open content: what XSD 1.1 lets stand between and after a type's own elements, written out as particles.

An open content of mode suffix is a wildcard at the end; of mode interleave one before each element and at the end, so
that the content is `$items`, as with any two wildcards; in an xs:all, whose order is set aside, it is one member more.
The names that notQName bars in words (`##defined`, `##definedSibling`) are listed. XSD 1.1 Part 1 §3.4.1, §3.10.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, TypeVar

from gateway.schema.ir import AnyUse, ElementUse, Group, Particle, Wildcard
from gateway.schema.passes import elements_of

_Judged = TypeVar("_Judged", Group, Wildcard)
DEFINED: Final = "##defined"
SIBLING: Final = "##definedSibling"


def opened(particle: Group | None, mode: str, wildcard: Wildcard) -> Group:
    """The content with what is open in it: `mode` is suffix or interleave."""
    rest = AnyUse(replace(wildcard, open=True), 0, None)
    if particle is None:
        return Group("sequence", (rest,))
    if particle.model == "all":  # that a suffix comes last is left to the judge
        return replace(particle, particles=(*particle.particles, rest))
    own: Particle = particle if mode == "suffix" else _between(particle, rest)
    return Group("sequence", (own, rest))


def _between(particle: Particle, rest: AnyUse) -> Particle:
    if isinstance(particle, Group):
        return replace(particle, particles=tuple(_between(inner, rest) for inner in particle.particles))
    return Group("sequence", (rest, replace(particle, min=1, max=1)), particle.min, particle.max)


def settled(of: _Judged, defined: Iterable[str]) -> _Judged:
    """A content or a wildcard in which every barred name is a name; `defined` are the global ones of its kind."""
    if isinstance(of, Wildcard):
        return _listed(of, defined, ())
    siblings = elements_of(of)

    def visit(particle: Particle) -> Particle:
        if isinstance(particle, AnyUse):
            return replace(particle, wildcard=_listed(particle.wildcard, defined, siblings))
        if isinstance(particle, ElementUse):
            return particle
        return replace(particle, particles=tuple(map(visit, particle.particles)))

    return replace(of, particles=tuple(map(visit, of.particles)))


def _listed(wildcard: Wildcard, defined: Iterable[str], siblings: Iterable[str]) -> Wildcard:
    barred = wildcard.barred
    if DEFINED in barred:
        barred = (barred - {DEFINED}) | frozenset(defined)
    if SIBLING in barred:
        barred = (barred - {SIBLING}) | frozenset(siblings)
    return wildcard if barred == wildcard.barred else replace(wildcard, barred=barred)
