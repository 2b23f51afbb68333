"""The law of finding plug-ins: by entry point or by file, always by a name that the operator wrote.

Nothing registers itself by being imported. Building has no side effects (every mistake of every
plug-in's settings is told at once); starting is in order and all or nothing; stopping is in reverse
order, each plug-in once, and no failure hides another.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from gateway.core.described import Described, Served
from gateway.core.layers import Layer, WireLayer
from gateway.core.operation import Operation

from .api import Edge, Host, Place, Plugin

GROUP: Final = "soapgw.plugins"

# What ships: name -> module:class, imported only when a configuration asks for it.
SHIPPED: Final[Mapping[str, str]] = {
    "sessionblob": "gateway.plugins.encryption.sessionblob:SessionBlob",
    "wssecurity": "gateway.plugins.encryption.wssecurity:WsSecurity",
    "jose": "gateway.plugins.encryption.jose:Jose",
    "jwt": "gateway.plugins.auth.jwt:JwtBearer",
    "fields": "gateway.plugins.encryption.fields:Fields",
    "session": "gateway.plugins.sessions.session:SessionTickets",
    "locks": "gateway.plugins.locking.locks:Locks",
}


class PluginError(Exception):
    """A plug-in cannot be found, or its settings are wrong: one line for each mistake in `mistakes`."""

    def __init__(self, mistakes: Sequence[tuple[tuple[str | int, ...], str]]) -> None:
        super().__init__("\n".join(f"{'.'.join(map(str, path))}: {text}" for path, text in mistakes))
        self.mistakes = tuple(mistakes)  # (path inside `plugins`, words)


@dataclass(frozen=True, slots=True)
class PluginSpec:
    """One entry of the configuration's `plugins`: what to use, under which id, with which settings."""

    use: str  # a shipped name, an entry point's name, or `path/to/file.py:Class`
    settings: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    services: tuple[str, ...] = ()  # only for these; empty: for all

    @property
    def label(self) -> str:
        """The id, by default what is used."""
        return self.id or self.use


def known() -> tuple[str, ...]:
    """All names that `use` may have: shipped ones and entry points of installed distributions."""
    found = {point.name for point in importlib.metadata.entry_points(group=GROUP)}
    return tuple(sorted({*SHIPPED, *found}))


def find(use: str, *, base: Path | None = None) -> type[Plugin[Any]]:
    """The plug-in class. `base`: folder that a relative file is in. Raises PluginError."""
    if use in SHIPPED:
        module, _, name = SHIPPED[use].partition(":")
        return _checked(use, getattr(importlib.import_module(module), name))
    path, _, name = use.rpartition(":")
    if path.endswith(".py"):
        return _from_file(use, (base or Path()) / path, name)
    for point in importlib.metadata.entry_points(group=GROUP, name=use):
        return _checked(use, point.load())
    raise PluginError([((use,), f"no such plug-in; known are {', '.join(known())}, or `file.py:Class`")])


def _from_file(use: str, path: Path, name: str) -> type[Plugin[Any]]:
    if not path.is_file():
        raise PluginError([((use,), f"no such file: {path}")])
    module_name = f"soapgw_plugin_{path.stem}_{abs(hash(path.resolve()))}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # pydantic resolves annotations through it
    try:
        spec.loader.exec_module(module)
        found = getattr(module, name)
    except AttributeError as error:
        raise PluginError([((use,), f"{path.name} has no class {name}")]) from error
    except (ImportError, SyntaxError, ValueError, TypeError, NameError) as error:
        raise PluginError([((use,), f"{path.name} cannot be imported: {error}")]) from error
    return _checked(use, found)


def _checked(use: str, found: Any) -> type[Plugin[Any]]:
    if not (inspect.isclass(found) and issubclass(found, Plugin)):
        raise PluginError([((use,), "is no subclass of gateway.plugins.api.Plugin")])
    if not getattr(found, "name", ""):
        raise PluginError([((use,), "has no `name`")])
    return found


def build(specs: Sequence[PluginSpec], *, base: Path | None = None) -> Plugins:
    """All plug-ins with validated settings, none started. Raises PluginError with every mistake."""
    plugins: dict[str, Plugin[Any]] = {}
    mistakes: list[tuple[tuple[str | int, ...], str]] = []
    for index, spec in enumerate(specs):
        if spec.label in plugins:
            mistakes.append(((index, "id"), f"{spec.label} is there twice; give each its own id"))
            continue
        try:
            cls = find(spec.use, base=base)
            plugins[spec.label] = cls(cls.Settings.model_validate(dict(spec.settings)))
        except PluginError as error:
            mistakes += [((index, "use"), text) for _, text in error.mistakes]
        except ValidationError as error:
            mistakes += [((index, "settings", *e["loc"]), e["msg"]) for e in error.errors(include_input=False)]
        except ValueError as error:  # from a constructor that looks closer than the model can
            mistakes.append(((index, "settings"), str(error)))
    if mistakes:
        raise PluginError(mistakes)
    return Plugins(plugins, {spec.label: spec.services for spec in specs})


class Plugins:
    """The plug-ins of one configuration, in its order: the first is the outermost."""

    def __init__(self, plugins: Mapping[str, Plugin[Any]], services: Mapping[str, Sequence[str]] | None = None) -> None:
        self._plugins = dict(plugins)
        self._services = dict(services or {})
        self._started: list[Plugin[Any]] = []

    def __iter__(self) -> Any:
        return iter(self._plugins.items())

    def __len__(self) -> int:
        return len(self._plugins)

    async def start(self, host_for: Callable[[str, Plugin[Any]], Host]) -> None:
        """Start all, or none: when one fails, those already started (and the failed one) are stopped."""
        for label, plugin in self._plugins.items():
            self._started.append(plugin)
            try:
                await plugin.start(host_for(label, plugin))
            except BaseException as error:
                try:
                    await self.stop()
                except ExceptionGroup as second:
                    raise BaseExceptionGroup(f"plug-in {label} failed to start", [error, second]) from None
                raise

    async def stop(self) -> None:
        """Stop what was started, in reverse order; failures are told together."""
        failures: list[Exception] = []
        while self._started:
            plugin = self._started.pop()
            try:
                await plugin.stop()
            except Exception as error:  # noqa: BLE001  # every plug-in is stopped, whatever another one does
                failures.append(error)
        if failures:
            raise ExceptionGroup("plug-ins failed to stop", failures)

    def wire_layers(self, edge: Edge, where: Place) -> list[WireLayer]:
        """The wire layers at an edge, outermost first; at the upstream's edge the first listed seals last."""
        made = [plugin.wire_layer(edge, where) for plugin in self._of(where.service)]
        layers = [layer for layer in made if layer is not None]
        return layers if edge == "client" else layers[::-1]

    def layers(self, operation: Operation, *, within: Plugin[Any] | None = None) -> list[Layer]:
        """The value layers of an operation, outermost first. `within`: only those inside a plug-in that calls itself.

        What stands outside of it judges clients (who they are, what they may), and the plug-in is none.
        """
        before = self._of(operation.service)
        inner = before[before.index(within) + 1 :] if within in before else before
        made = [p.layer(operation) for p in inner]
        return [layer for layer in made if layer is not None]

    def standing(self, service: str, kind: type[Plugin[Any]]) -> list[Plugin[Any]]:
        """The plug-ins of a kind that stand before a service."""
        return [plugin for plugin in self._of(service) if isinstance(plugin, kind)]

    def gates(self, operation: Operation) -> list[WireLayer]:
        """What judges callers of an operation before a kept answer is given again, outermost first."""
        made = [plugin.gate(operation) for plugin in self._of(operation.service)]
        return [layer for layer in made if layer is not None]

    def objections(self, operation: Operation) -> list[tuple[str, str]]:
        """(label, words) of what in each plug-in's settings cannot serve this operation."""
        return [(label, words) for label, p in self._named(operation.service) for words in p.objections(operation)]

    def fills(self, operation: Operation) -> tuple[str, ...]:
        """JSON pointers of the request members that plug-ins fill in: the face does not ask for them."""
        return tuple(sorted({pointer for p in self._of(operation.service) for pointer in p.fills(operation)}))

    def names(self, operation: Operation) -> list[tuple[str, str]]:
        """(label, JSON pointer) of the request members that each plug-in's settings name."""
        of = self._named(operation.service)
        return [(label, place) for label, p in of for place in sorted({*p.names(operation), *p.fills(operation)})]

    def speaks_of(self) -> list[tuple[str, Sequence[str], Sequence[str]]]:
        """Each one's label, the services that it is for (none: all) and the operations that its settings name."""
        return [(label, self._services.get(label, ()), p.speaks_of()) for label, p in self._plugins.items()]

    def describes(self, operation: Operation) -> list[Described]:
        """What they say of an operation."""
        said = [plugin.describes(operation) for plugin in self._of(operation.service)]
        return [each for each in said if each is not None]

    def serves(self) -> list[Served]:
        """The paths of their own."""
        return [each for plugin in self._plugins.values() for each in plugin.serves()]

    def _of(self, service: str) -> list[Plugin[Any]]:
        """The plug-ins that stand before this service."""
        return [plugin for _, plugin in self._named(service)]

    def _named(self, service: str) -> list[tuple[str, Plugin[Any]]]:
        of = self._services
        return [(label, p) for label, p in self._plugins.items() if not (own := of.get(label)) or service in own]
