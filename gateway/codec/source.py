"""The law of generated source: names of a schema enter it only through `repr()` or as constants by number.

`Source` collects functions and the objects that they close over; `build` compiles them in a namespace of
their own, with the text where tracebacks find it. No name of a schema is ever an identifier.
"""

from __future__ import annotations

import builtins
import itertools
import linecache
from typing import Any

_count = itertools.count(1)


class Source:
    """Python functions being written, for one element codec."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._constants: dict[str, Any] = {}
        self._known: dict[int, str] = {}

    def constant(self, value: Any, kind: str) -> str:
        """An identifier for an object; the same object gets the same one. `kind` is a letter of ours."""
        name = self._known.get(id(value))
        if name is None:
            name = f"{kind}{len(self._constants)}"
            self._constants[name] = value
            self._known[id(value)] = name
        return name

    def function(self, head: str, body: list[str]) -> None:
        """A function of the module; `body` is indented here."""
        self._lines.append(head)
        self._lines.extend("    " + line for line in body)
        self._lines.append("")

    @property
    def text(self) -> str:
        """The text so far."""
        return "\n".join(self._lines)

    def build(self, label: str) -> dict[str, Any]:
        """Compile; the functions by name. `label` shows in tracebacks."""
        text = self.text
        file = f"<generated {next(_count)} {label!r}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        namespace: dict[str, Any] = {"__builtins__": _BUILTINS, **self._constants}
        exec(compile(text, file, "exec"), namespace)  # noqa: S102  # the text holds no name but ours
        return namespace


_BUILTINS = {name: getattr(builtins, name) for name in ("len", "type", "int", "str", "dict", "list", "bool")}
