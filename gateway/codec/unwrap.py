"""The law of peeling: pure wrappers are taken off a body's value and put on again.

A wrapper is peeled only where it is all that its parent may hold: one key, not repeated, no
attributes. Null stands for its absence or its nil, whichever it may be; where it may be both, null
is nil, and an absent one is refused on reading rather than told wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.value import Value
from ..schema import ir
from .flaw import Flaw, Flaws
from .names import local, short
from .plan import Plan, PlanError


@dataclass(frozen=True, slots=True)
class _Layer:
    key: str
    step: str
    optional: bool
    nillable: bool


class Peel:
    """The wrappers of one body, outermost first."""

    def __init__(self, layers: tuple[_Layer, ...]) -> None:
        self._layers = layers

    def off(self, value: Value) -> Value:
        """The value inside all wrappers. Raises Flaws for an absence that null could not tell."""
        for layer in self._layers:
            if value is None:
                return None
            if not isinstance(value, dict):
                raise Flaws(Flaw("The wrapper holds something else.", "its sole child", step=layer.step))
            if layer.key in value and len(value) == 1:
                value = value[layer.key]
            elif value:
                raise Flaws(Flaw("Something stands beside the wrapper.", "its sole child", step=layer.step))
            elif layer.nillable:
                raise Flaws(
                    Flaw(
                        "The wrapper is absent, which cannot be told from nil here.",
                        "the wrapper, or nil",
                        step=layer.step,
                    )
                )
            else:
                return None
        return value

    def on(self, value: Value) -> Value:
        """The value with its wrappers."""
        layers = list(self._layers)
        if value is None:
            while len(layers) > 1 and not (layers[-1].nillable or layers[-1].optional):
                layers.pop()
        for layer in reversed(layers):
            value = {layer.key: value}
        return value


def peel(plan: Plan, element: ir.Element, names: tuple[str, ...]) -> Peel:
    """Check at compile time that each name is the sole child of the one before. Raises PlanError."""
    layers: list[_Layer] = []
    at = element
    for name in names:
        type_ = plan.model.types[at.type]
        form = type_.form if isinstance(type_, ir.Complex) else None
        slot = _sole(form.content) if isinstance(form, ir.Keys) and form.content is not None else None
        if slot is None or local(slot.element.name) != name or not isinstance(type_, ir.Complex):
            raise PlanError(f"unwrap: {name} is not the sole child of {local(at.name)}")
        if type_.attributes or type_.any_attribute or slot.repeated or at.alternatives:
            raise PlanError(f"unwrap: {local(at.name)} has attributes, or {name} repeats")
        if (
            layers
            and any(layer.optional or layer.nillable for layer in layers)
            and (slot.min == 0 or slot.element.nillable)
        ):
            raise PlanError(f"unwrap: null could stand for {layers[-1].key} as well as for {name}")
        layers.append(_Layer(slot.key, short(slot.element.name, plan.prefixes), slot.min == 0, slot.element.nillable))
        at = slot.element
    return Peel(tuple(layers))


def _sole(node: ir.Node) -> ir.Slot | None:
    if isinstance(node, ir.Slot):
        return node
    if isinstance(node, (ir.Sequence, ir.All)) and len(node.nodes) == 1 and not node.optional:
        return _sole(node.nodes[0])
    return None
