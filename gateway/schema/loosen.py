"""The law of loosening: members that somebody else fills in become optional, and nothing else changes.

A plug-in fills members of a request, so that a client need not send them. The model that this pass gives
has the particles at the given pointers with minOccurs 0; every type along a path is copied under an id of
its own, so that no other use of the type is touched. The contract's own model stays strict: what leaves for
the service is written by that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gateway.core.value import steps_of
from gateway.schema.errors import ContractError
from gateway.schema.ir import Complex, Element, ElementUse, Group, Model, Particle, Type, TypeId
from gateway.schema.names import split

Steps = tuple[str, ...]


def loosen(model: Model, fills: Mapping[str, Iterable[str]]) -> Model:
    """The model in which, for each global element, the members at JSON pointers are optional.

    Pointers are those of the canonical value: local names, with a prefix where a contract needs one. The model
    must not be laid out yet. Raises ContractError for a pointer that leads to no member.
    """
    work = _Loosening(model)
    elements = dict(model.elements)
    for name, pointers in fills.items():
        steps = sorted({steps_of(pointer) for pointer in pointers})
        if steps:
            elements[name] = work.element(elements[name], steps, name)
    return replace(model, types=work.types, elements=elements, derived=work.derived)


class _Loosening:
    """The types made so far; each copy belongs to one place of one element."""

    def __init__(self, model: Model) -> None:
        self.types: dict[TypeId, Type] = dict(model.types)
        self.derived: dict[TypeId, tuple[TypeId, ...]] = dict(model.derived)

    def element(self, element: Element, paths: list[Steps], where: str) -> Element:
        """The element with a type of its own in which the members are optional."""
        kind = self.types[element.type]
        if not isinstance(kind, Complex) or kind.particle is None:
            raise ContractError(f"{split(where)[1]} has no member {'/'.join(paths[0])} that could be filled in")
        left = set(paths)
        particle = self._group(kind.particle, paths, left, where)
        if left:
            raise ContractError(f"{split(where)[1]} has no member {'/'.join(min(left))} that could be filled in")
        copy = f"{kind.id}#filled:{where}"  # with '#': an anonymous type, which no xsi:type can name
        self.types[copy] = replace(kind, id=copy, particle=particle)
        self.derived[copy] = self.derived.get(kind.id, ())
        return replace(element, type=copy)

    def _group(self, group: Group, paths: list[Steps], left: set[Steps], where: str) -> Group:
        return replace(group, particles=tuple(self._particle(p, paths, left, where) for p in group.particles))

    def _particle(self, particle: Particle, paths: list[Steps], left: set[Steps], where: str) -> Particle:
        if isinstance(particle, Group):
            return self._group(particle, paths, left, where)
        if not isinstance(particle, ElementUse):
            return particle
        local = split(particle.element.name)[1]
        mine = [path for path in paths if path[0].rpartition(":")[2] == local]
        if not mine:
            return particle
        left.difference_update(mine)
        if any(len(path) == 1 for path in mine):
            particle = replace(particle, min=0)
        deeper = [path[1:] for path in mine if len(path) > 1]
        if deeper:
            inner = self.element(particle.element, deeper, f"{where}/{local}")
            particle = replace(particle, element=inner)
        return particle
