"""The arrows between the rooms: who may import whom. Names the import that breaks one."""

from __future__ import annotations

import pytest

from tests.house.tree import PACKAGE, Module, modules

# A room and what it may import of ours, beside itself. A module belongs to the longest room that fits.
ARROWS: dict[str, frozenset[str]] = {
    "core": frozenset(),
    "version": frozenset(),
    "xml": frozenset({"core"}),
    "settings": frozenset({"core"}),
    "observe": frozenset({"core"}),
    "state": frozenset({"core"}),
    "schema": frozenset({"core", "xml", "schema.ir"}),
    "codec": frozenset({"core", "xml", "schema.ir"}),
    "schema.ir": frozenset(),
    "dialect": frozenset({"core", "xml", "codec"}),
    "layers": frozenset({"core", "observe"}),
    "plugins.api": frozenset({"core"}),
    "plugins": frozenset({"plugins.api", "core", "xml", "settings"}),
    "net": frozenset({"core", "observe"}),
}
# These see everything but the insides of net; nothing of the house sees them.
GUESTS = frozenset({"demo", "testing"})
# The roof: the composition root and what stands on it. It sees everything; only the roof sees it.
ROOF = frozenset(
    {"", "__main__", "app", "beside", "build", "cli", "commands", "library", "reload", "serving", "supervisor"}
)


def room(name: str) -> str:
    """The room of a module."""
    known = [each for each in (*ARROWS, *GUESTS, *ROOF) if each and (name == each or name.startswith(each + "."))]
    return max(known, key=len, default="" if not name else f"?{name.split('.')[0]}")


def broken(module: Module) -> list[str]:
    """The imports of a module that no arrow allows."""
    here = room(module.name)
    if here.startswith("?"):
        return [f"{module.path.name}: no room is called {here[1:]}: add it to HOUSE and to this table"]
    found = []
    for line, name in module.imports():
        there = room(name)
        if there == here or here in ROOF:
            continue
        if here in GUESTS:
            inside_net = there == "net" and name.count(".") > 1
            allowed = not inside_net
        else:
            allowed = there in ARROWS[here]
        if not allowed:
            found.append(f"gateway/{module.path.relative_to(PACKAGE)}:{line}: {here} may not import {name}")
    return found


def test_every_import_follows_an_arrow() -> None:
    found = [line for module in modules() for line in broken(module)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("at", "text", "refused"),
    [
        ("core/x.py", "from ..xml import parse", True),
        ("core/x.py", "from .problem import Kind", False),
        ("codec/x.py", "from ..schema.ir import Model", False),
        ("codec/x.py", "from gateway.schema.xsd import read_schemas", True),
        ("codec/x.py", "def late():\n    from gateway.dialect import soap", True),
        ("plugins/locking/x.py", "from gateway.plugins.api import Plugin", False),
        ("plugins/locking/x.py", "import gateway.net.upstream", True),
        ("demo/x.py", "from gateway.net.upstream import Upstream", True),
        ("net/x.py", "from gateway.app import serve", True),
        ("odd/x.py", "", True),
    ],
)
def test_the_check_itself_sees_what_it_should(at: str, text: str, refused: bool) -> None:
    assert bool(broken(Module(PACKAGE / at, text))) is refused
