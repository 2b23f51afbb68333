"""The law of particles: an xmlschema content model becomes `ir` particles, with nothing resolved or rewritten.

Occurrence counts, group nesting and wildcards stay as the schema says them (XSD 1.0 Part 1 §3.8, §3.9, §3.10); only
groups without meaning (one particle, once; no particles; maxOccurs of 0) are dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, cast

from gateway.schema.ir import AnyUse, Element, ElementUse, Group, NamespaceTest, Particle, Wildcard

ElementOf: TypeAlias = Callable[[Any], Element]


def read_wildcard(xsd: Any) -> Wildcard:
    """The `Wildcard` of an xmlschema any or anyAttribute."""
    target = xsd.target_namespace or ""
    if xsd.not_namespace:
        test = NamespaceTest("not", frozenset(xsd.not_namespace))
    elif "##any" in xsd.namespace:
        test = NamespaceTest("any")
    elif "##other" in xsd.namespace:
        # XSD 1.0 Part 1 §3.10.2: not the target namespace, and never no namespace
        test = NamespaceTest("not", frozenset({target, ""}))
    else:
        test = NamespaceTest("in", frozenset(xsd.namespace))
    return Wildcard(test, xsd.process_contents, frozenset(xsd.not_qname))


def read_group(xsd: Any, element_of: ElementOf) -> Group | None:
    """The content model of a complex type; None when nothing can stand in it."""
    particle = _particle(xsd, element_of)
    if particle is None:
        return None
    if isinstance(particle, Group):
        return particle
    return Group("sequence", (particle,))


def _particle(xsd: Any, element_of: ElementOf) -> Particle | None:
    low, high = xsd.min_occurs, xsd.max_occurs
    if high == 0:
        return None
    if hasattr(xsd, "process_contents"):
        return AnyUse(read_wildcard(xsd), low, high)
    if not hasattr(xsd, "model"):
        return ElementUse(element_of(xsd), low, high)
    particles = [_particle(child, element_of) for child in xsd]
    kept = tuple(particle for particle in particles if particle is not None)
    if not kept:
        # an empty choice takes nothing at all (§3.8.6), which no schema in use means: read as empty content
        return None
    if xsd.model == "all":  # one in another is of one piece with it (XSD 1.1 Part 1 §3.8.2)
        kept = tuple(inner for one in kept for inner in _of_all(one))
    if len(kept) < len(particles) and xsd.model == "choice":
        low = 0  # a branch without content may be the chosen one
    if len(kept) == 1 and low == high == 1:
        return kept[0]
    return Group(cast(Any, xsd.model), kept, low, high)


def _of_all(particle: Particle) -> tuple[Particle, ...]:
    inside = isinstance(particle, Group) and particle.model == "all"
    return particle.particles if inside and isinstance(particle, Group) else (particle,)
