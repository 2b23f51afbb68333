"""The law of bindings at build: every parameter and constant has one place in the message, or the route is refused.

A binding that is missing, doubled, out of the message or of no effect is a mistake with its place in the file.
A place is an element, an attribute (`/person/@id`) or the text beside attributes (`/price/$value`) of the message.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..codec.lexical import Scalar, Unfit
from ..codec.scalars import scalar_for
from ..core.value import pointer, steps_of
from ..dialect.binding import Binding, Parameter, Steps
from ..schema.errors import ContractError, Gathered
from ..schema.ir import Array, Complex, Element, Keys, Model, Settings, Simple, Slot, Text
from ..schema.jsonnodes import leaves, required
from ..schema.jsonschema import SchemaWriter
from ..schema.names import split
from ..settings.mistakes import near
from ..settings.service import Parameter as ParameterSettings
from ..settings.service import Route as RouteSettings

_VARIABLE = re.compile(r"\{([^{}]+)\}")
POINTERS = re.compile(r"\{(/[^{}]*)\}")  # in a Location's template
BODYLESS = frozenset({"GET", "HEAD", "DELETE"})
# Fields that HTTP itself or the gateway reads: no parameter is made of them.
_READ = frozenset(
    "accept accept-encoding authorization connection content-encoding content-length content-type cookie expect host "
    "idempotency-key if-match if-none-match prefer te trailer transfer-encoding upgrade x-request-id".split()
)


# Of these what a service may want of a call, as its own description says.
_WANTED = frozenset("cookie idempotency-key if-match if-none-match prefer x-request-id".split())


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a message that a binding fills."""

    slot: Slot
    sure: bool  # every valid message has it
    simple: str | None  # its simple type, None for a structure
    items: Slot | None = None  # of a collapsed array: what repeats in it


def member(model: Model, element: str, unwrap: tuple[str, ...], steps: Steps) -> Member:
    """The member at a pointer. Raises ContractError when the message has none there."""
    declaration = model.elements[element]
    sure = True
    found: Slot | None = None
    for step in _unwrapped(model, declaration.type, unwrap):
        declaration = step.element
    type_id = declaration.type
    for at, step_name in enumerate(steps):
        slots, needed = members_of(model, type_id, whole=not (at or unwrap))
        found = slots.get(step_name)
        if found is None or (found.repeated and at < len(steps) - 1):
            shown = ", ".join(sorted(slots)[:8]) or "nothing"
            if not slots and _items(model, type_id) is not None:
                here = pointer(steps[:at]) or "the body"
                raise ContractError(f"the message has no member {pointer(steps)}; {here} is the array itself")
            close = near(step_name, list(slots)) if found is None else None
            meant = f'; did you mean "{pointer((*steps[:at], close, *steps[at + 1 :]))}"?' if close else ""
            raise ContractError(
                f"the message has no member {pointer(steps)}; at {pointer(steps[:at]) or '/'} it has {shown}{meant}"
            )
        sure = sure and step_name in needed
        type_id = found.element.type
    if found is None:
        raise ContractError("a binding names a member of the message, such as /Id")
    items = None if found.repeated else _items(model, found.element.type)
    return Member(found, sure, _simple(model, found.element.type), items)


def scalar_at(model: Model, settings: Settings, element: str, unwrap: tuple[str, ...], steps: Steps) -> Scalar:
    """The one scalar at a pointer, which a header field can hold. Raises ContractError."""
    found = member(model, element, unwrap, steps)
    read = None if found.simple is None or found.slot.repeated else scalar_for(model, found.simple, settings)
    if read is None or read.shape == "list":
        raise ContractError(f"{pointer(steps)} is no single scalar, as a version and what a Location names are")
    return read


def members_at(model: Model, element: str, unwrap: tuple[str, ...], steps: Steps) -> dict[str, Slot]:
    """The members of the structure at a pointer's steps, by their keys; elements before attributes."""
    type_id = model.elements[element].type
    for slot in _unwrapped(model, type_id, unwrap):
        type_id = slot.element.type
    if steps:
        type_id = member(model, element, unwrap, steps).slot.element.type
    return members_of(model, type_id, whole=not (steps or unwrap))[0]


def _unwrapped(model: Model, type_id: str, unwrap: tuple[str, ...]) -> Iterator[Slot]:
    for local in unwrap:
        slots, _ = _slots(model, type_id)
        slot = next((each for each in slots.values() if split(each.element.name)[1] == local), None)
        if slot is None:
            raise ContractError(f"there is no element {local} to unwrap")
        yield slot
        type_id = slot.element.type


def members_of(model: Model, type_id: str, *, whole: bool = False) -> tuple[dict[str, Slot], set[str]]:
    """The members of a type's JSON, each as a slot (its elements, then `$value` and attributes); and those it needs.

    `whole`: it is the message's own, which is an object also where it holds one array only.
    """
    kind = model.types[type_id]
    if isinstance(kind, Simple) or (isinstance(kind.form, Array) and not whole):
        return {}, set()
    slots, needed = _slots(model, type_id)
    if isinstance(kind.form, Text) and not kind.form.bare and kind.simple:
        slots["$value"] = Slot("$value", Element("$value", kind.simple), 1, 1, repeated=False)
        needed |= {"$value"}
    for use in kind.attributes:
        slots[use.key] = Slot(use.key, Element(use.name, use.type), int(use.required), 1, repeated=False)
        needed |= {use.key} if use.required else set()
    return slots, needed


def _slots(model: Model, type_id: str) -> tuple[dict[str, Slot], set[str]]:
    """The elements of a type, by their keys, and those that must be there."""
    kind = model.types[type_id]
    form = kind.form if isinstance(kind, Complex) else None
    content = form.member if isinstance(form, Array) else form.content if isinstance(form, Keys) else None
    return {leaf.key: leaf for leaf in leaves(content) if isinstance(leaf, Slot)}, set(required(content))


def _items(model: Model, type_id: str) -> Slot | None:
    """What repeats in a type whose JSON is an array."""
    kind = model.types[type_id]
    form = kind.form if isinstance(kind, Complex) else None
    return form.member if isinstance(form, Array) and isinstance(form.member, Slot) else None


def _simple(model: Model, type_id: str) -> str | None:
    kind = model.types[type_id]
    if isinstance(kind, Simple):
        return type_id
    return kind.simple if isinstance(kind.form, Text) and kind.form.bare else None


def binding(
    model: Model,
    element: str | None,
    settings: Settings,
    unwrap: tuple[str, ...],
    route: RouteSettings,
    *,
    sent: bool = False,
) -> Binding:
    """The binding of a route; `sent`: of a call, whose service may want fields that the gateway reads of its clients.

    Raises ContractError for all that is wrong with it, each at its setting.
    """
    wrong = Gathered()
    method, _, path = route.route.partition(" ")
    with wrong.at():
        _check_path(path, route.parameters)
    with wrong.at():
        _check_names(route, _READ - _WANTED if sent else _READ)
    chosen = frozenset({route.when.name} if route.when and route.when.place == "query" else ())
    if not element:
        with wrong.at():
            if route.parameters or route.constants or route.body.request:
                raise ContractError("the request has no members to bind")
        wrong.end()
        return Binding(body=False, beside=chosen)
    taken: set[Steps] = set()
    parameters = []
    for at, each in enumerate(route.parameters):
        steps = steps_of(each.to)
        with wrong.at("parameters", at):
            _check_free(steps, taken)
            parameters.append(_parameter(model, settings, member(model, element, unwrap, steps), each))
    constants = []
    for place, value in route.constants.items():
        steps = steps_of(place)
        with wrong.at("constants", place):
            _check_free(steps, taken)
            constants.append((steps, _constant(model, settings, member(model, element, unwrap, steps), place, value)))
    if route.version and route.version.request:
        with wrong.at("version", "request"):
            _check_free(steps_of(route.version.request), set(taken))
    wrong.end()  # what is left out is told only where the rest is right
    holders: tuple[Steps, ...] = ()
    if route.body.request or method in BODYLESS:
        _check_complete(model, element, unwrap, taken, route, method)
        holders = _holders(model, element, unwrap, taken)
    version = {steps_of(route.version.request)} if route.version and route.version.request else set()
    nils = _nils(model, element, unwrap, taken | version)
    return Binding(tuple(parameters), tuple(constants), method not in BODYLESS, chosen, holders, nils)


def _nils(model: Model, element: str, unwrap: tuple[str, ...], taken: set[Steps]) -> frozenset[Steps]:
    """The structures around bound members that may be nil."""
    whole = [
        model.elements[element],
        *(slot.element for slot in _unwrapped(model, model.elements[element].type, unwrap)),
    ]
    around = {steps[:end] for steps in taken for end in range(1, len(steps))}
    found = {steps for steps in around if member(model, element, unwrap, steps).slot.element.nillable}
    return frozenset({*found, *([()] if taken and whole[-1].nillable else ())})


def _holders(model: Model, element: str, unwrap: tuple[str, ...], taken: set[Steps]) -> tuple[Steps, ...]:
    """The structures that every message needs around bound members: no body gives them, so they are always there."""
    around = {steps[:end] for steps in taken for end in range(1, len(steps))}
    return tuple(steps for steps in sorted(around) if member(model, element, unwrap, steps).sure)


def _parameter(model: Model, settings: Settings, found: Member, each: ParameterSettings) -> Parameter:
    slot = found.items or found.slot
    simple = found.simple if found.items is None else _simple(model, slot.element.type)
    if simple is None:
        raise ContractError(f"{each.to} is a structure; a parameter fills a scalar")
    scalar: Scalar = scalar_for(model, simple, settings)
    if each.list and not (slot.repeated or scalar.shape == "list"):
        raise ContractError(f"`list` of the parameter {each.name} has no effect: {each.to} does not repeat")
    if each.list == "repeat" and each.place != "query":
        raise ContractError(f"the parameter {each.name} cannot be repeated in the {each.place}: comma, space or pipe")
    needed = each.required if each.required is not None else each.place == "path" or found.sure
    if each.place == "path" and not needed:
        raise ContractError(f"`required: false` of the parameter {each.name} has no effect: a path's always is")
    style = each.list or ("repeat" if each.place == "query" else "comma")
    many = slot.repeated or scalar.shape == "list"
    style = style if many else "repeat"
    made = Parameter(each.place, each.name, steps_of(each.to), scalar, slot.repeated, needed, style)
    if each.example is not None:
        try:
            made.value(each.example)
        except Unfit as unfit:
            raise ContractError(f"the example of {each.name} is {unfit.detail}; expected {unfit.expected}") from None
    return made


def _check_names(route: RouteSettings, owned: frozenset[str]) -> None:
    """Each name of the query and the header is bound once, and is nobody else's."""
    heads = {head.http.lower(): head.name for head in route.headers if head.http}
    seen: set[tuple[str, str]] = set()
    for each in route.parameters:
        name = each.name.lower() if each.place == "header" else each.name
        if (each.place, name) in seen:
            raise ContractError(f"the {each.place} parameter {each.name} is bound twice")
        seen.add((each.place, name))
        if each.place == "header" and name in heads:
            raise ContractError(f"{each.name} is the header block {heads[name]} already")
        if each.place == "header" and name in owned:
            raise ContractError(f"{each.name} is not a field that a parameter may be")


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


def _constant(model: Model, settings: Settings, found: Member, place: str, value: Any) -> Any:
    """The constant's value; text from the environment is read by the member's type. Raises ContractError."""
    import jsonschema_rs

    writer = SchemaWriter(model, settings)
    schema = writer.place(found.slot.element)
    writer.finish()
    if found.slot.repeated:
        schema = {"type": "array", "items": schema}
    fits = jsonschema_rs.Draft202012Validator({**schema, "$defs": writer.defs}).is_valid
    if not fits(value) and isinstance(value, str) and found.simple is not None and not found.slot.repeated:
        with contextlib.suppress(Unfit):
            value = scalar_for(model, found.simple, settings).read(value, {})
    if not fits(value):
        raise ContractError(f"the constant for {place} does not fit the member's type")
    return value


def _check_complete(
    model: Model, element: str, unwrap: tuple[str, ...], taken: set[Steps], route: RouteSettings, method: str
) -> None:
    """What no body can give must be filled: all that every message needs, beside the member that the body is."""
    declaration = model.elements[element]
    for slot in _unwrapped(model, declaration.type, unwrap):
        declaration = slot.element
    inner = steps_of(route.body.request) if route.body.request else ()
    if inner:
        if method in BODYLESS:
            raise ContractError(f"`body: request` has no effect: {method} has no body")
        member(model, element, unwrap, inner)
        if any(inner[: len(steps)] == steps for steps in taken):
            raise ContractError(f"{route.body.request} is filled twice")
    version = steps_of(route.version.request) if route.version and route.version.request else ()
    given = {*taken, *([inner] if inner else ()), *([version] if version else ())}
    missing = [pointer(steps) for steps in _lacking(model, declaration.type, given, inner, (), whole=not unwrap)]
    if missing:
        what = "whose body is a member" if inner else "without a body"
        raise ContractError(f"a request {what} needs {', '.join(missing)} bound")


def _lacking(
    model: Model, type_id: str, given: set[Steps], body: Steps, at: Steps, *, whole: bool = False
) -> Iterator[Steps]:
    """The members that every message needs and nobody fills; what stands within the body's member is the client's."""
    slots, needed = members_of(model, type_id, whole=whole)
    heads = {steps[0] for steps in given}
    for key in sorted(needed - heads):
        yield (*at, key)
    for key in sorted(heads & set(slots)):
        deeper = {steps[1:] for steps in given if steps[0] == key}
        if () not in deeper and (*at, key) != body:
            yield from _lacking(model, slots[key].element.type, deeper, body, (*at, key))
