"""The law of the relaxed model: a laid-out model that keeps its JSON shape and asks for less.

Facets but patterns of numbers (they decide the shape), requiredness, least counts, fixed values and identity constraints
are gone: with it an invalid document is turned into the JSON form that a client would send for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.schema import ir

_STRINGS = frozenset(
    "string normalizedString token language Name NCName NMTOKEN anyURI ID IDREF date dateTime time duration".split()
)


def relaxed(model: ir.Model) -> ir.Model:
    """The model with its demands taken away."""
    return replace(
        model,
        types={key: _type(value) for key, value in model.types.items()},
        elements={key: _element(value) for key, value in model.elements.items()},
        attributes={key: replace(value, required=False, fixed=None) for key, value in model.attributes.items()},
    )


def _type(kind: ir.Type) -> ir.Type:
    if isinstance(kind, ir.Simple):
        keep = kind.facets.patterns if kind.variety == "atomic" and kind.builtin not in _STRINGS else ()
        return replace(kind, facets=ir.Facets(patterns=keep))
    attributes = tuple(replace(each, required=False, fixed=None) for each in kind.attributes)
    return replace(kind, attributes=attributes, form=_form(kind.form), particle=_particle(kind.particle), asserts=())


def _element(element: ir.Element) -> ir.Element:
    return replace(element, fixed=None, identities=(), block_types=frozenset())


def _particle(particle: Any) -> Any:
    if particle is None:
        return None
    if isinstance(particle, ir.Group):
        return replace(particle, particles=tuple(map(_particle, particle.particles)), min=0)
    if isinstance(particle, ir.ElementUse):
        return replace(particle, element=_element(particle.element), min=0)
    return replace(particle, min=0)


def _form(form: Any) -> Any:
    if isinstance(form, ir.Keys):
        return replace(form, content=_node(form.content))
    if isinstance(form, ir.Array):
        return replace(form, member=_node(form.member))
    if isinstance(form, ir.Entries | ir.Mixed):
        return replace(form, entries=tuple(map(_node, form.entries)))
    return form


def _node(node: Any) -> Any:
    if node is None:
        return None
    if isinstance(node, ir.Slot):
        return replace(node, element=_element(node.element), min=0)
    if isinstance(node, ir.AnySlot):
        return replace(node, min=0)
    if isinstance(node, ir.ItemsSlot):
        return replace(node, entry=_node(node.entry), min=0)
    return replace(node, nodes=tuple(map(_node, node.nodes)), optional=True)
