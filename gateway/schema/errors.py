"""The law of refusal at build time: a contract that cannot be served says where and why.

Raised by everything in `gateway.schema`; the command line and the settings loader show it. Words are for
an integrator who has the file open: what stands there, what the specification allows, in which section.
"""

from __future__ import annotations


class ContractError(Exception):
    """A WSDL or XSD that is refused. `file` and `line` (1-based, 0 unknown) name the place, `construct` the element."""

    def __init__(
        self, message: str, *, file: str = "", line: int = 0, section: str = "", construct: str = ""
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.section = section
        self.construct = construct
        super().__init__(message)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        construct = f"{self.construct}: " if self.construct else ""
        section = f" ({self.section})" if self.section else ""
        return f"{place}{construct}{self.message}{section}"
