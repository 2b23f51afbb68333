"""Every setting has an effect: some module outside the settings reads it by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, get_args

from gateway.settings.fields import Part
from gateway.settings.models import Settings
from gateway.settings.service import Mapping
from tests.house.tree import modules

# Settings that nobody reads by name, each with the reason; one that is read must be taken out.
UNREAD: dict[str, str] = {"Settings.include": "settings.includes joins the files before there are settings"}
# Read as a whole: `chosen()` and `bounds.limits()` take every field, and their own tests hold that.
WHOLE = ("Mapping", "Bounds", "RouteBounds")


def parts(kind: Any, seen: set[Any]) -> Iterator[type[Part]]:
    """Every part of the configuration under an annotation."""
    if isinstance(kind, type) and issubclass(kind, Part) and kind not in seen:
        seen.add(kind)
        yield kind
        for field in kind.model_fields.values():
            yield from parts(field.annotation, seen)
    for argument in get_args(kind):
        yield from parts(argument, seen)


def test_every_setting_is_read_by_someone() -> None:
    read = {
        node.attr
        for module in modules()
        if not module.name.startswith("settings")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
    }
    unread = {
        f"{part.__name__}.{name}"
        for part in parts(Settings, set())
        if part.__name__ not in WHOLE
        for name in part.model_fields
        if name not in read
    }
    assert sorted(unread - set(UNREAD)) == [], "a setting without effect: wire it, or take it out"
    assert sorted(set(UNREAD) - unread) == [], "read by now: take the exemption out"


def test_what_is_read_as_a_whole_is_there() -> None:
    assert Mapping.__name__ in WHOLE
    assert {part.__name__ for part in parts(Settings, set())} >= set(WHOLE)
