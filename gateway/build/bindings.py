"""The law of bindings at build: every parameter and constant has one place in the message, or the route is refused.

A binding that is missing, doubled, out of the message or of no effect is a mistake with its place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..codec.lexical import Scalar
from ..codec.scalars import scalar_for
from ..core.value import pointer
from ..dialect.binding import Binding, Parameter, Steps
from ..schema.errors import ContractError
from ..schema.ir import Array, Complex, Keys, Model, Settings, Simple, Slot, Text
from ..schema.jsonnodes import leaves, required
from ..schema.jsonschema import SchemaWriter
from ..schema.names import split
from ..settings.service import Parameter as ParameterSettings
from ..settings.service import Route as RouteSettings

_VARIABLE = re.compile(r"\{([^{}]+)\}")
BODYLESS = frozenset({"GET", "HEAD", "DELETE"})


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a message that a binding fills."""

    slot: Slot
    sure: bool  # every valid message has it
    simple: str | None  # its simple type, None for a structure


def steps_of(text: str) -> Steps:
    """The steps of a JSON Pointer."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


def member(model: Model, element: str, unwrap: tuple[str, ...], steps: Steps) -> Member:
    """The member at a pointer. Raises ContractError when the message has none there."""
    declaration = model.elements[element]
    sure = True
    found: Slot | None = None
    for step in _unwrapped(model, declaration.type, unwrap):
        declaration = step.element
    type_id = declaration.type
    for at, step_name in enumerate(steps):
        slots, needed = _slots(model, type_id)
        found = slots.get(step_name)
        if found is None or (found.repeated and at < len(steps) - 1):
            shown = ", ".join(sorted(slots)[:8]) or "nothing"
            raise ContractError(
                f"the message has no member {pointer(steps)}; at {pointer(steps[:at]) or '/'} it has {shown}"
            )
        sure = sure and step_name in needed
        type_id = found.element.type
    if found is None:
        raise ContractError("a binding names a member of the message, such as /Id")
    return Member(found, sure, _simple(model, found.element.type))


def members_at(model: Model, element: str, unwrap: tuple[str, ...], steps: Steps) -> dict[str, Slot]:
    """The members of the structure at a pointer's steps, by their keys."""
    type_id = model.elements[element].type
    for slot in _unwrapped(model, type_id, unwrap):
        type_id = slot.element.type
    if steps:
        type_id = member(model, element, unwrap, steps).slot.element.type
    return _slots(model, type_id)[0]


def _unwrapped(model: Model, type_id: str, unwrap: tuple[str, ...]) -> Iterator[Slot]:
    for local in unwrap:
        slots, _ = _slots(model, type_id)
        slot = next((each for each in slots.values() if split(each.element.name)[1] == local), None)
        if slot is None:
            raise ContractError(f"there is no element {local} to unwrap")
        yield slot
        type_id = slot.element.type


def _slots(model: Model, type_id: str) -> tuple[dict[str, Slot], set[str]]:
    kind = model.types[type_id]
    form = kind.form if isinstance(kind, Complex) else None
    content = form.member if isinstance(form, Array) else form.content if isinstance(form, Keys) else None
    return {leaf.key: leaf for leaf in leaves(content) if isinstance(leaf, Slot)}, set(required(content))


def _simple(model: Model, type_id: str) -> str | None:
    kind = model.types[type_id]
    if isinstance(kind, Simple):
        return type_id
    return kind.simple if isinstance(kind.form, Text) and kind.form.bare else None


def binding(
    model: Model, element: str | None, settings: Settings, unwrap: tuple[str, ...], route: RouteSettings
) -> Binding:
    """The binding of a route. Raises ContractError for the first thing that is wrong with it."""
    method, _, path = route.route.partition(" ")
    _check_path(path, route.parameters)
    if not element:
        if route.parameters or route.constants:
            raise ContractError("the request has no members to bind")
        return Binding(body=False)
    taken: set[Steps] = set()
    parameters = []
    for each in route.parameters:
        steps = steps_of(each.to)
        _check_free(steps, taken)
        found = member(model, element, unwrap, steps)
        if found.simple is None:
            raise ContractError(f"{each.to} is a structure; a parameter fills a scalar")
        scalar: Scalar = scalar_for(model, found.simple, settings)
        needed = each.required if each.required is not None else each.place == "path" or found.sure
        parameters.append(Parameter(each.place, each.name, steps, scalar, found.slot.repeated, needed))
    constants = []
    for place, value in route.constants.items():
        steps = steps_of(place)
        _check_free(steps, taken)
        found = member(model, element, unwrap, steps)
        _check_constant(model, settings, found, place, value)
        constants.append((steps, value))
    if method in BODYLESS:
        _check_complete(model, element, unwrap, taken)
    return Binding(tuple(parameters), tuple(constants), method not in BODYLESS)


def _check_path(path: str, parameters: tuple[ParameterSettings, ...]) -> None:
    variables = set(_VARIABLE.findall(path))
    bound = [each.name for each in parameters if each.place == "path"]
    if len(set(bound)) != len(bound):
        raise ContractError("a variable of the path is bound twice")
    for name in sorted(variables - set(bound)):
        raise ContractError(f"the path's variable {{{name}}} is not bound: add it to `parameters`, `in: path`")
    for name in sorted(set(bound) - variables):
        raise ContractError(f"the path has no variable {{{name}}}")


def _check_free(steps: Steps, taken: set[Steps]) -> None:
    for other in taken:
        shared = min(len(other), len(steps))
        if other[:shared] == steps[:shared]:
            raise ContractError(f"{pointer(steps)} is filled twice")
    taken.add(steps)


def _check_constant(model: Model, settings: Settings, found: Member, place: str, value: Any) -> None:
    import jsonschema_rs

    writer = SchemaWriter(model, settings)
    schema = writer.place(found.slot.element)
    writer.finish()
    if found.slot.repeated:
        schema = {"type": "array", "items": schema}
    if not jsonschema_rs.Draft202012Validator({**schema, "$defs": writer.defs}).is_valid(value):
        raise ContractError(f"the constant for {place} does not fit the member's type")


def _check_complete(model: Model, element: str, unwrap: tuple[str, ...], taken: set[Steps]) -> None:
    """A route without a body must fill everything that every message needs."""
    declaration = model.elements[element]
    for slot in _unwrapped(model, declaration.type, unwrap):
        declaration = slot.element
    _, needed = _slots(model, declaration.type)
    missing = sorted(needed - {steps[0] for steps in taken})
    if missing:
        raise ContractError(f"a request without a body needs {', '.join(missing)} bound")
