"""The law of steps: a service's path as a route has it, each variable a whole step of it under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_STEP: Final = re.compile(r"\{([^{}]*)\}")


def variables(names: Iterable[str]) -> dict[str, str]:
    """A path's variables, each with a name that a route can have."""
    found = {}
    for name in names:
        plain = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name)
        found[name] = plain if plain[:1].isalpha() or plain[:1] == "_" else "_" + plain
    return found


def route_path(path: str, names: Mapping[str, str]) -> str | None:
    """The path with its variables by these names, None where no route can have it."""
    steps = []
    for step in path.split("/"):
        found = _STEP.fullmatch(step)
        if found is None and ("{" in step or "}" in step):
            return None
        steps.append("{" + names[found[1]] + "}" if found is not None else step)
    told = "/".join(steps)
    ok = told.startswith("/") and "//" not in told and not any(c <= " " or c in "?#" for c in told)
    return told if ok and len(set(names.values())) == len(names) else None
