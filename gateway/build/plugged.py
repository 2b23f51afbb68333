"""The law of plug-ins at build: the configuration's plug-ins as objects, and what they fill in of each request.

Building has no side effects, so `check` and `serve` may both do it; starting belongs to `gateway.serving`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.value import steps_of
from ..plugins.registry import PluginError, Plugins, PluginSpec
from ..plugins.registry import build as build_plugins
from ..schema.ir import Array, Complex, Keys, Model, Slot
from ..schema.jsonnodes import leaves
from ..schema.names import split
from ..settings.loader import Loaded
from ..settings.mistakes import Mistake, Refused
from .bindings import member, members_at, members_of

if TYPE_CHECKING:
    from .book import BuiltService

Steps = tuple[str, ...]


def plugins_of(loaded: Loaded) -> Plugins:
    """The plug-ins with their settings checked. Raises Refused with every mistake."""
    labels = list(loaded.settings.plugins)
    odd = [label for label in labels if not _named(loaded.settings.plugins[label].get("services", ()))]
    if odd:
        words = "a list of the names of services is expected"
        raise Refused([loaded.mistake(("plugins", label, "services"), words) for label in odd])
    try:
        return build_plugins(_specs(loaded), base=Path(loaded.base))
    except PluginError as error:
        mistakes = []
        for (at, *rest), words in error.mistakes:
            inner = [str(step) for step in rest if step != "settings"]
            mistakes.append(loaded.mistake(("plugins", labels[int(at)], *inner), words))
        raise Refused(mistakes) from error


def _named(services: Any) -> bool:
    return isinstance(services, list | tuple) and all(isinstance(each, str) for each in services)


def _specs(loaded: Loaded) -> list[PluginSpec]:
    specs = []
    for label, settings in loaded.settings.plugins.items():
        own = dict(settings)
        named = own.pop("services", ())
        services = tuple(named) if _named(named) else ()
        specs.append(PluginSpec(str(own.pop("use", label)), own, label, services))
    return specs


def standing_before(loaded: Loaded, service: str) -> tuple[str, ...]:
    """The labels of the plug-ins before a service: those that share a contract's faces have the same."""
    return tuple(spec.label for spec in _specs(loaded) if not spec.services or service in spec.services)


def unserved(loaded: Loaded, plugins: Plugins, services: Mapping[str, BuiltService]) -> Iterator[Mistake]:
    """The operations that a plug-in's settings name and no service of its has: they would have no effect."""
    if len(services) < len(loaded.settings.services):
        return  # what is missing is told already
    for label, own, named in plugins.speaks_of():
        behind = [each for name, each in services.items() if not own or name in own]
        known = {bound.operation.name for each in behind for bound in each.operations}
        known |= {refused.name for each in behind for refused in each.refused}
        for operation in dict.fromkeys(named):
            if operation not in known:
                near = difflib.get_close_matches(operation, known, 1)
                words = f"no service of its has an operation {operation}" + (f"; {near[0]}?" if near else "")
                yield loaded.mistake(("plugins", label), words)


def named_by_plugins(loaded: Loaded) -> frozenset[str]:
    """The services that a plug-in names as its own."""
    return frozenset(service for spec in _specs(loaded) for service in spec.services)


def hidden(
    canonical: Model, face: Model, element: str, unwrap: tuple[str, ...], fills: Iterable[str]
) -> frozenset[Steps]:
    """Where the members that plug-ins fill in stand in a route's JSON: the descriptions leave them out."""
    found = set()
    for text in fills:
        names = [split(member(canonical, element, (), part).slot.element.name)[1] for part in _prefixes(steps_of(text))]
        if tuple(names[: len(unwrap)]) != unwrap or len(names) == len(unwrap):
            continue
        steps: Steps = ()
        for part in _prefixes(steps_of(text))[len(unwrap) :]:
            wanted = member(canonical, element, (), part).slot
            steps = (*steps, _key(face, element, unwrap, steps, wanted))
        found.add(steps)
    return frozenset(found)


def unknown(model: Model, element: str, pointer: str) -> str:
    """What is wrong with a pointer that a plug-in's settings name, '' when it may lead to a member of the message.

    Where a contract leaves it open (wildcards, derived types, mixed content) nothing is said against it.
    """
    type_id, many = model.elements[element].type, False
    steps = steps_of(pointer)
    for at, step in enumerate(steps):
        kind = model.types[type_id]
        form = kind.form if isinstance(kind, Complex) else None
        index = step == "*" or step.isdigit()
        if many or (isinstance(form, Array) and at):  # a whole message is an object always
            here = "/" + "/".join(steps[:at])
            if not index:
                return f"{here} is an array: `/*` or a number stands for its items, so there is no {pointer}"
            item = form.member if isinstance(form, Array) and not many else None
            if item is not None and not isinstance(item, Slot):
                return ""
            type_id, many = (item.element.type if item is not None else type_id), False
            continue
        content = form.member if isinstance(form, Array) else form.content if isinstance(form, Keys) else None
        if content is None or model.derived.get(type_id):
            return ""
        found = list(leaves(content))
        slot = members_of(model, type_id, whole=not at)[0].get(step)
        if slot is None:
            known = [each.key for each in found if isinstance(each, Slot)]
            words = f"the message has no member {pointer}; it has {', '.join(known[:8])}"
            return words if len(known) == len(found) else ""
        type_id, many = slot.element.type, slot.repeated
    return ""


def _prefixes(steps: Steps) -> list[Steps]:
    return [steps[: at + 1] for at in range(len(steps))]


def _key(face: Model, element: str, unwrap: tuple[str, ...], steps: Steps, wanted: Slot) -> str:
    """The key in the face of what another layout calls otherwise; an attribute may have the name of an element."""
    found = members_at(face, element, unwrap, steps).items()
    mark = wanted.key[0] in "@$" and wanted.key[0]
    return next(k for k, slot in found if slot.element.name == wanted.element.name and (k[0] in "@$" and k[0]) == mark)
