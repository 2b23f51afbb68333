"""The law of plug-ins at build: the configuration's plug-ins as objects, and what they fill in of each request.

Building has no side effects, so `check` and `serve` may both do it; starting belongs to `gateway.serving`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..plugins.registry import PluginError, Plugins, PluginSpec
from ..plugins.registry import build as build_plugins
from ..schema.ir import Model
from ..schema.names import split
from ..settings.loader import Loaded
from ..settings.mistakes import Refused
from .bindings import member, members_at, steps_of

Steps = tuple[str, ...]


def plugins_of(loaded: Loaded) -> Plugins:
    """The plug-ins with their settings checked. Raises Refused with every mistake."""
    labels = list(loaded.settings.plugins)
    try:
        return build_plugins(_specs(loaded), base=Path(loaded.base))
    except PluginError as error:
        mistakes = []
        for (at, *rest), words in error.mistakes:
            inner = [str(step) for step in rest if step != "settings"]
            mistakes.append(loaded.mistake(("plugins", labels[int(at)], *inner), words))
        raise Refused(mistakes) from error


def _specs(loaded: Loaded) -> list[PluginSpec]:
    specs = []
    for label, settings in loaded.settings.plugins.items():
        own = dict(settings)
        services = tuple(map(str, own.pop("services", ())))
        specs.append(PluginSpec(str(own.pop("use", label)), own, label, services))
    return specs


def standing_before(loaded: Loaded, service: str) -> tuple[str, ...]:
    """The labels of the plug-ins before a service: those that share a contract's faces have the same."""
    return tuple(spec.label for spec in _specs(loaded) if not spec.services or service in spec.services)


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
            wanted = member(canonical, element, (), part).slot.element.name
            steps = (*steps, _key(face, element, unwrap, steps, wanted))
        found.add(steps)
    return frozenset(found)


def _prefixes(steps: Steps) -> list[Steps]:
    return [steps[: at + 1] for at in range(len(steps))]


def _key(face: Model, element: str, unwrap: tuple[str, ...], steps: Steps, wanted: str) -> str:
    return next(key for key, slot in members_at(face, element, unwrap, steps).items() if slot.element.name == wanted)
