"""The law of the panel: the JSON Schemas of many messages compiled as one, since what they share is most of them.

Compiled at the first message that needs one, or when the book is settled. A schema for each message by itself would
hold the contract's types as often as it has messages: 60 MB each where wildcards name every global element.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

from ..schema.ir import Model, Settings
from ..schema.jsonschema import DIALECT, SchemaWriter

MOST: Final = 200  # messages of one panel: what one first message may have to wait for


@dataclass(frozen=True, slots=True)
class Broken:
    """One error: where in the message, which rule."""

    instance_path: tuple[str | int, ...]
    kind: Any
    message: str


class Panel:
    """Checkers of one laid-out model; those that are asked for before it is compiled share it. Thread-safe."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self._writer: SchemaWriter | None = SchemaWriter(model, settings)
        self._roots: dict[str, Any] = {}
        self._made: Any = None
        self._one = threading.Lock()

    @property
    def full(self) -> bool:
        """Whether it takes no more."""
        return self._writer is None or len(self._roots) >= MOST

    def checker(self, element: str, unwrap: tuple[str, ...]) -> Checker:
        """The checker of an element's JSON form. Raises KeyError for an unknown element or wrapper."""
        with self._one:
            assert self._writer is not None
            name = str(len(self._roots))
            self._roots[name] = self._writer.root(element, unwrap)
            return Checker(self, name)

    def made(self) -> Any:
        """The compiled schema."""
        if self._made is None:
            with self._one:
                if self._made is None and self._writer is not None:
                    self._writer.finish()
                    schema = {"$schema": DIALECT, "properties": self._roots, "$defs": self._writer.defs}
                    self._made = jsonschema_rs.Draft202012Validator(schema)
                    self._writer, self._roots = None, {}
        return self._made


class Checker:
    """The compiled JSON Schema of one message."""

    def __init__(self, panel: Panel, name: str) -> None:
        self._panel = panel
        self._name = name

    def is_valid(self, instance: Any) -> bool:
        """The verdict."""
        return bool(self._panel.made().is_valid({self._name: instance}))

    def iter_errors(self, instance: Any) -> Iterator[Broken]:
        """The errors, with `instance_path`, `kind` and `message`."""
        for error in self._panel.made().iter_errors({self._name: instance}):
            yield Broken(tuple(error.instance_path)[1:], error.kind, error.message)
