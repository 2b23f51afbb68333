"""The law of a refused contract: a WSDL, XSD or setting that cannot be served says so with its place.

Raised at build time only, never while a message is translated (that is `gateway.core.problem`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class ContractError(Exception):
    """A WSDL, a schema or a setting that is refused.

    `file` and `line` (1-based, 0 is unknown) are where it stands; `section` is the rule of the
    specification that is broken, as its own id (`XSD 1.0 Part 1 §3.4.2`, `WSDL 1.1 §2.4`). `setting` is the path of the
    setting that is to blame, from the one that was compiled; `each` are all that were found, this one among them.
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0, section: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.section = section
        self.setting: tuple[str | int, ...] = ()
        self.each: tuple[ContractError, ...] = (self,)

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "")
        rule = f" ({self.section})" if self.section else ""
        return f"{place}: {self.message}{rule}" if place else f"{self.message}{rule}"


class Gathered:
    """Goes on after what is wrong, and says all of it at the end."""

    def __init__(self) -> None:
        self._found: list[ContractError] = []

    @contextmanager
    def at(self, *setting: str | int) -> Iterator[None]:
        """What is raised within belongs to this setting."""
        try:
            yield
        except ContractError as error:
            self.add(error.each, *setting)

    def add(self, errors: Iterable[ContractError], *setting: str | int) -> None:
        """Keep what was found, at a setting."""
        for error in errors:
            error.setting = (*setting, *error.setting)
            if (error.setting, str(error)) not in [(other.setting, str(other)) for other in self._found]:
                self._found.append(error)

    def end(self) -> None:
        """Raises ContractError, the first with all others, where anything was found."""
        if self._found:
            first = self._found[0]
            first.each = tuple(self._found)
            raise first
